// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/parameter.h"

#include <sqlite3.h>

#include <string>

namespace gander::driver::sqlite {
namespace {

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<signed char>(c) < 0;
}

// Behind the next `end` at or after `from`.
std::size_t past(std::string_view sql, std::size_t from, std::string_view end) {
  const std::size_t found = sql.find(end, from);
  return found == std::string_view::npos ? sql.size() : found + end.size();
}

}  // namespace

// A doubled quote reads as two literals side by side, which ends at the same place.
std::size_t parameter_offset(std::string_view sql) {
  std::size_t at = 0;
  while (at < sql.size()) {
    const char c = sql[at];
    if (c == '?' || c == ':' || c == '@' || c == '$') return at;
    if (c == '\'' || c == '"' || c == '`') {
      at = past(sql, at + 1, std::string_view(&c, 1));
    } else if (c == '[') {
      at = past(sql, at, "]");
    } else if (sql.substr(at, 2) == "--") {
      at = past(sql, at, "\n");
    } else if (sql.substr(at, 2) == "/*") {
      at = past(sql, at + 2, "*/");
    } else if (is_word_byte(c)) {
      while (at < sql.size() && is_word_byte(sql[at])) ++at;
    } else {
      ++at;
    }
  }
  return at;
}

// goose's words, which come from Go's database/sql.
ErrorDetails missing_value(sqlite3_stmt* prepared) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  const char* name = sqlite3_bind_parameter_name(prepared, 1);
  details.message = name == nullptr ? "missing argument with index 1"
                                    : "missing named argument \"" + std::string(name + 1) + "\"";
  details.hint = "a migration has no values for parameters: write the value itself";
  return details;
}

}  // namespace gander::driver::sqlite
