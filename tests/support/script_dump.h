// SPDX-License-Identifier: MIT
// What a script splits into, as one line of text, for tests.
//
//   <a><b>/<c>            two Up statements, one Down statement
//   <a>/!7:3 message      a defect of the Down section
//   !1:1 message          a defect of the whole script
//
// A line end within a statement is shown as `~`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "src/driver/clickhouse/grammar.h"
#include "src/driver/mysql/grammar.h"
#include "src/driver/postgres/grammar.h"
#include "src/driver/sqlite/grammar.h"
#include "src/script/reader.h"
#include "src/script/splitter.h"

namespace gander::script {

// Gives at most `chunk` bytes a read, as a pipe may.
class ChunkedInput final : public Input {
 public:
  ChunkedInput(std::string_view text, std::size_t chunk) : text_(text), chunk_(chunk) {}

  std::size_t read(char* buffer, std::size_t capacity) override {
    std::size_t size = std::min({capacity, chunk_, text_.size()});
    std::copy_n(text_.data(), size, buffer);
    text_.remove_prefix(size);
    return size;
  }
  std::int64_t size() const override { return -1; }

 private:
  std::string_view text_;
  std::size_t chunk_;
};

inline ReadOptions test_options(const sql::Grammar& grammar,
                                std::map<std::string, std::string> variables = {}) {
  ReadOptions options;
  options.grammar = &grammar;
  options.file = "1_test.sql";
  options.variables.environment = [variables](std::string_view name) -> std::optional<std::string> {
    auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return options;
}

inline std::string show(const ErrorDetails& error) {
  return "!" + std::to_string(error.line) + ":" + std::to_string(error.column) + " " +
         error.message;
}

inline std::string show(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', '~');
  return out;
}

inline std::string dump(std::string_view script, const ReadOptions& options, Limits limits = {},
                        std::size_t chunk = std::string_view::npos) {
  std::string sections[2];
  ChunkedInput input(script, chunk);
  Splitter splitter(input, options, std::nullopt, limits);
  sql::Statement statement;
  bool open = false;
  std::size_t last = 0;
  std::size_t whole[2] = {};  // without the pieces of a unit whose rest is in error
  try {
    while (splitter.next(&statement)) {
      std::size_t section = splitter.direction() == Direction::up ? 0 : 1;
      std::string& out = sections[section];
      if (!open || section != last) out += "<";
      last = section;
      out += show(statement.text);
      open = !statement.last_piece;
      if (open) continue;
      out += ">";
      whole[section] = out.size();
    }
  } catch (const Error& error) {
    return show(error.details());
  }
  const auto& up = splitter.section_error(Direction::up);
  const auto& down = splitter.section_error(Direction::down);
  if (up) sections[0] = sections[0].substr(0, whole[0]) + show(*up);
  if (down) sections[1] = sections[1].substr(0, whole[1]) + show(*down);
  return sections[0] + "/" + sections[1];
}

inline std::string dump(std::string_view script,
                        const sql::Grammar& grammar = driver::sqlite::kGrammar) {
  return dump(script, test_options(grammar));
}

// The part of a dump that belongs to one direction, read by a StatementReader.
inline std::string read_direction(std::string_view script, ReadOptions options,
                                  Direction direction) {
  options.direction = direction;
  auto input = string_input(script);
  StatementReader reader(*input, options);
  sql::Statement statement;
  std::string out;
  std::string unit;
  try {
    while (reader.next(&statement)) {
      unit += show(statement.text);
      if (!statement.last_piece) continue;
      out += "<" + unit + ">";
      unit.clear();
    }
  } catch (const Error& error) {
    return out + show(error.details());
  }
  return out;
}

}  // namespace gander::script
