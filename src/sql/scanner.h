// SPDX-License-Identifier: MIT
// Scanner: the tokens of PostgreSQL text, as far as a driver must look into a statement; of
// SQLite's, too, where no more than words and names is asked for. outline(): where the statements
// of one message begin and what they do to the session.
//
// The script reader has cut the file before; here a unit is looked at once more because only the
// number of statements in it tells which one an error without a position belongs to. A wrong guess
// costs a misplaced caret, never a wrong execution.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gander::sql {

struct Token {
  enum class Kind { end, word, quoted_name, string, number, symbol };
  Kind kind = Kind::end;
  std::string_view text;  // as written, quotes included
  std::size_t offset = 0;

  // ASCII case folding; `keyword` is in lower case.
  bool is(std::string_view keyword) const;
  bool is(char symbol) const { return kind == Kind::symbol && text.front() == symbol; }
};

// Comments and white space are passed over. `text` must outlive the scanner and its tokens.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  Token next();

 private:
  void skip_blanks();
  std::size_t skip_comment(std::size_t from) const;
  std::size_t skip_quoted(std::size_t from, char quote, bool backslash) const;
  std::size_t skip_dollar_quote(std::size_t from) const;
  Token take(Token::Kind kind, std::size_t end);

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Outline {
  std::vector<std::size_t> starts;    // offset of each statement's first token
  bool controls_transaction = false;  // a statement that begins or ends a transaction is among them
  bool touches_session = false;       // may leave settings, temporary tables, a role behind
};

Outline outline(std::string_view text);

}  // namespace gander::sql
