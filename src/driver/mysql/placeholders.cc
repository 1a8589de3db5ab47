// SPDX-License-Identifier: MIT
#include "src/driver/mysql/placeholders.h"

#include <algorithm>
#include <charconv>

#include "gander/error.h"
#include "src/driver/mysql/lexical.h"
#include "src/sql/scanner.h"

namespace gander::driver::mysql {
namespace {

using sql::Token;

// Of $12; 0 for anything else.
std::size_t number_of(std::string_view text) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  if (text.size() < 2 || text.front() != '$') return 0;
  const auto [at, failure] = std::from_chars(text.data() + 1, end, number);
  return failure == std::errc() && at == end ? number : 0;
}

// `$` and the number may be one token or two.
std::string_view dollar_number(const Token& token, std::string_view sql) {
  if (!token.text.starts_with('$')) return {};
  std::size_t end = token.offset + 1;
  while (end < sql.size() && sql[end] >= '0' && sql[end] <= '9') ++end;
  return sql.substr(token.offset, std::max(end - token.offset, token.text.size()));
}

}  // namespace

Placeholders::Placeholders(std::string_view text) {
  std::size_t copied = 0;
  std::size_t own = 0;
  sql::Scanner scanner(kLexicalRules, text);
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.offset < copied) continue;
    if (token.is('?')) {
      values.push_back(own++);
      continue;
    }
    const std::string_view written = dollar_number(token, text);
    const std::size_t number = number_of(written);
    if (number == 0) continue;
    sql.append(text.substr(copied, token.offset - copied)).append("?");
    copied = token.offset + written.size();
    values.push_back(number - 1);
    wanted = std::max(wanted, number);
  }
  if (own > 0 && wanted > 0) {
    throw Error(ErrorCode::usage, "the statement has parameters of both kinds, $1 and ?",
                "write $1, $2 ...");
  }
  wanted = std::max(wanted, own);
  sql += text.substr(copied);
}

}  // namespace gander::driver::mysql
