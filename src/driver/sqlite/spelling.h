// SPDX-License-Identifier: MIT
// Spelling: the text of a definition in one spelling, so that two that say the same are the same
// text: blanks, comments, the case of keywords and names and the style of quotes do not count, what
// stands in a string literal does.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/sql/scanner.h"

namespace gander::driver::sqlite {

// Numbers and blobs are one token each. Views into `sql`, without the end.
std::vector<sql::Token> tokens_of(std::string_view sql);

// Without regard to case, as SQLite compares names: ASCII alone.
std::string folded(std::string_view name);

// What a definition leans on, for which the program that opens the database must provide.
struct Uses {
  std::set<std::string> collations;  // folded
  std::set<std::string> functions;
};

class Spelling {
 public:
  using Tokens = std::span<const sql::Token>;

  // `names`: what can be meant by a name in the definition, folded. A word in double quotes that is
  // none of them is a string to SQLite (https://sqlite.org/quirks.html, section 8), and kept as it
  // is.
  explicit Spelling(const std::set<std::string>& names, Uses* uses = nullptr)
      : names_(names), uses_(uses) {}

  // Of an expression or a query.
  Spelling& add(Tokens tokens);
  // A token that can be nothing but a name, whatever its quotes.
  Spelling& add_name(const sql::Token& token);
  // A keyword or symbol, in capitals.
  Spelling& add(std::string_view text);

  bool empty() const { return text_.empty(); }
  std::string take() { return std::move(text_); }

 private:
  enum class Sort { word, keyword, literal, open, close, comma, dot, symbol };
  void add_token(Tokens tokens, std::size_t at);
  void append(std::string_view text, Sort sort);
  bool stand_apart(std::string_view text, Sort sort) const;

  const std::set<std::string>& names_;
  Uses* uses_;
  std::string text_;
  Sort last_ = Sort::open;
  std::string last_symbol_;
  bool unary_ = false;  // the last symbol is a sign
};

}  // namespace gander::driver::sqlite
