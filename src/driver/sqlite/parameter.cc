// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/parameter.h"

#include <sqlite3.h>

#include <string>

#include "src/driver/sqlite/lexical.h"
#include "src/sql/scanner.h"

namespace gander::driver::sqlite {

std::size_t parameter_offset(std::string_view sql) {
  sql::Scanner scanner(kLexicalRules, sql);
  sql::Token token = scanner.next();
  const auto begins = [&] {
    return token.is('?') || token.is(':') || token.is('@') || token.is('$');
  };
  while (token.kind != sql::Token::Kind::end && !begins()) token = scanner.next();
  return token.offset;
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
