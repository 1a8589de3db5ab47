// SPDX-License-Identifier: MIT
#include "src/driver/mysql/split.h"

#include "src/driver/mysql/grammar.h"
#include "src/sql/lexer.h"

namespace gander::driver::mysql {

std::vector<std::string_view> statements_of(std::string_view sql) {
  std::vector<std::string_view> statements;
  sql::Lexer lexer(kGrammar);
  while (lexer.feed(sql, true, 1) == sql::Lexer::Stop::piece) {
    const std::size_t cut = lexer.cut();
    statements.push_back(sql.substr(0, cut));
    lexer.drop_front(cut);
    sql.remove_prefix(cut);
  }
  if (lexer.significant()) statements.push_back(sql);
  return statements;
}

}  // namespace gander::driver::mysql
