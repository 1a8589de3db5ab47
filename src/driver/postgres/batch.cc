// SPDX-License-Identifier: MIT
#include "src/driver/postgres/batch.h"

#include <algorithm>
#include <utility>

namespace gander::driver::postgres {

std::size_t offset_of_character(std::string_view text, std::int64_t position) {
  std::size_t offset = 0;
  for (std::int64_t left = position - 1; left > 0 && offset < text.size(); --left) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) {
      ++offset;
    }
  }
  return offset;
}

void Batch::clear() {
  text_.clear();
  units_.clear();
  statements_ = 0;
}

Batch::Unit& Batch::append(std::string_view sql, std::size_t statements) {
  Unit& unit = units_.emplace_back();
  unit.begin = text_.size();
  unit.size = sql.size();
  unit.first_statement = statements_;
  statements_ += static_cast<std::int64_t>(statements);
  text_ += sql;
  // On a line of its own: the unit may end in a comment. An empty statement has no result.
  text_ += "\n;\n";
  return unit;
}

void Batch::add(std::string_view sql, std::size_t statements, Part part) {
  append(sql, statements).part = part;
}

void Batch::add(const sql::Statement& statement, const MessageShape& shape) {
  Unit& unit = append(statement.text, shape.starts.size());
  unit.part = Part::script;
  unit.statement = statement;
  unit.statement.text = unit.statement.source = {};
  unit.source = statement.source;
  unit.statement.anchors = {};
  unit.anchors.assign(statement.anchors.begin(), statement.anchors.end());
  unit.starts = shape.starts;
}

const Batch::Unit* Batch::unit_at(std::size_t offset) const {
  const auto after =
      std::upper_bound(units_.begin(), units_.end(), offset,
                       [](std::size_t at, const Unit& unit) { return at < unit.begin; });
  return after == units_.begin() ? nullptr : &*(after - 1);
}

const Batch::Unit* Batch::unit_of_statement(std::int64_t index) const {
  // The last unit that begins at or before it: units without statements share a number with the
  // next.
  const auto after = std::upper_bound(
      units_.begin(), units_.end(), index,
      [](std::int64_t wanted, const Unit& unit) { return wanted < unit.first_statement; });
  return after == units_.begin() ? nullptr : &*(after - 1);
}

const Batch::Unit* Batch::unit_of(std::int64_t completed, std::int64_t position) const {
  if (position > 0) return unit_at(offset_of_character(text_, position));
  return unit_of_statement(completed);
}

std::string_view Batch::script_text(std::int64_t completed, std::int64_t position) const {
  const Unit* unit = unit_of(completed, position);
  if (unit == nullptr || unit->part != Part::script) return {};
  return std::string_view(text_).substr(unit->begin, unit->size);
}

Error error_of_part(Batch::Part part, ErrorDetails details) {
  if (part == Batch::Part::commit && !details.sqlstate.empty()) {
    details.message = "at COMMIT: " + details.message;
  }
  if (part == Batch::Part::record && details.code != ErrorCode::connection) {
    // What Store::record() sends divides by zero for it.
    const bool nothing_changed = details.sqlstate == "22012";
    details.message =
        "the version could not be recorded: " +
        (nothing_changed ? "its row is not as it must be in the version table" : details.message);
    if (nothing_changed) {
      details.hint =
          "look for a trigger, a rule or row security on that table that keeps changes out, and "
          "for statements in the migration that change or empty it";
    }
  }
  return Error(std::move(details));
}

Error Batch::locate(ErrorDetails details, std::int64_t completed, std::int64_t position) const {
  const std::size_t offset = offset_of_character(text_, position);
  const Unit* unit = unit_of(completed, position);
  if (unit == nullptr) return Error(std::move(details));
  if (unit->part != Part::script) return error_of_part(unit->part, std::move(details));
  std::size_t within = 0;
  if (position > 0) {
    within = std::min(offset - unit->begin, unit->size);
    // The server stumbled over the `;` behind the unit, which is not in the file.
    const bool at_end = offset - unit->begin >= unit->size;
    if (at_end && details.sqlstate == "42601") details.message = "syntax error at end of input";
  } else {
    const auto index = static_cast<std::size_t>(completed - unit->first_statement);
    if (index < unit->starts.size()) within = unit->starts[index];
  }
  sql::Statement statement = unit->statement;
  statement.text = std::string_view(text_).substr(unit->begin, unit->size);
  statement.source = unit->source;
  statement.anchors = unit->anchors;
  return statement_error(statement, within, std::move(details));
}

}  // namespace gander::driver::postgres
