// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/values.h"

#include <charconv>
#include <utility>

namespace gander::driver::clickhouse {
namespace {

// Takes a line without its end.
std::string_view take_line(std::string_view* text) {
  const std::size_t end = std::min(text->find('\n'), text->size());
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return line;
}

char escaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '0':
      return '\0';
    default:
      return c;
  }
}

std::optional<std::string> cell_of(std::string_view text) {
  if (text == "\\N") return std::nullopt;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i] == '\\' && i + 1 < text.size() ? escaped(text[++i]) : text[i];
  }
  return out;
}

Table::Cells cells_of(std::string_view line) {
  Table::Cells cells;
  for (;;) {
    const std::size_t end = line.find('\t');
    cells.push_back(cell_of(line.substr(0, end)));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
  }
}

std::vector<std::string> texts_of(Table::Cells cells) {
  std::vector<std::string> texts;
  for (std::optional<std::string>& cell : cells) texts.push_back(std::move(cell).value_or(""));
  return texts;
}

// Without Nullable(...) and LowCardinality(...).
std::string_view inner(std::string_view type) {
  for (const std::string_view outer : {"LowCardinality(", "Nullable("}) {
    if (type.starts_with(outer)) type = type.substr(outer.size(), type.size() - outer.size() - 1);
  }
  return type;
}

}  // namespace

Table table_of(std::string_view text) {
  Table table;
  if (text.empty()) return table;
  table.names = texts_of(cells_of(take_line(&text)));
  table.types = texts_of(cells_of(take_line(&text)));
  while (!text.empty()) {
    Table::Cells cells = cells_of(take_line(&text));
    if (cells.size() != table.names.size() || table.types.size() != table.names.size()) {
      ErrorDetails details;
      details.code = ErrorCode::connection;
      details.message = "the server's answer is no table";
      details.hint = "take a FORMAT out of the query";
      throw Error(std::move(details));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Value value_of(std::string_view type, const std::optional<std::string>& cell) {
  if (!cell) return {};
  type = inner(type);
  const char* end = cell->data() + cell->size();
  if (type.starts_with("Int") || type.starts_with("UInt")) {
    std::int64_t number = 0;
    const auto [at, failure] = std::from_chars(cell->data(), end, number);
    // A UInt64 may be larger.
    if (failure == std::errc() && at == end) return number;
  } else if (type.starts_with("Float")) {
    // strtod() would obey the program's locale.
    double number = 0;
    const auto [at, failure] = std::from_chars(cell->data(), end, number);
    if (failure == std::errc() && at == end) return number;
  } else if (type == "Bool") {
    return std::int64_t{*cell == "true" ? 1 : 0};
  }
  return *cell;
}

Rows rows_of(const Table& table) {
  Rows rows;
  rows.columns = table.names;
  rows.rows.reserve(table.rows.size());
  for (const Table::Cells& cells : table.rows) {
    std::vector<Value>& values = rows.rows.emplace_back();
    values.reserve(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      values.push_back(value_of(table.types[i], cells[i]));
    }
  }
  return rows;
}

std::int64_t CellsRow::integer(int column) const {
  const std::string_view digits = text(column);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string_view CellsRow::text(int column) const {
  const std::optional<std::string>& cell = cells_[static_cast<std::size_t>(column)];
  return cell ? std::string_view(*cell) : std::string_view();
}

}  // namespace gander::driver::clickhouse
