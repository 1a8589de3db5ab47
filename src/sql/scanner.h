// SPDX-License-Identifier: MIT
// Scanner: the tokens of a text that is at hand as a whole, by the rules of its database.
//
// The lexer has cut the file before, by the same rules; here a statement is looked at once more
// where it matters what it says.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "src/sql/lexical.h"

namespace gander::sql {

struct Token {
  enum class Kind { end, word, quoted_name, string, number, symbol };
  Kind kind = Kind::end;
  std::string_view text;  // as written, quotes included
  std::size_t offset = 0;

  // ASCII case folding; `keyword` is in lower case.
  bool is(std::string_view keyword) const;
  bool is(char symbol) const { return kind == Kind::symbol && text.front() == symbol; }
  bool is_any(std::initializer_list<std::string_view> keywords) const;
};

// What stands between the quotes of a name or a text, doubled ones once; any other token as it is.
std::string unquoted(const Token& token);

// Comments and white space are passed over, and the marks around code in a comment. `rules` and
// `text` must outlive the scanner and its tokens.
class Scanner {
 public:
  Scanner(const LexicalRules& rules, std::string_view text) : rules_(&rules), text_(text) {}
  Token next();

 private:
  void skip_blanks();
  bool skip_comment();
  Token quoted();
  Token take(Token::Kind kind, std::size_t end);

  const LexicalRules* rules_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t escape_end_ = 0;  // behind the last E'...', 0 if none
  bool executable_ = false;     // in /*! ... */
};

// All of them, without the end. `rules` and `text` must outlive them.
std::vector<Token> tokens_of(const LexicalRules& rules, std::string_view text);

}  // namespace gander::sql
