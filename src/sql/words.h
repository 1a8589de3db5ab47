// SPDX-License-Identifier: MIT
// Words: the tokens of a statement with one of lookahead, for recognizing what it says.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "src/sql/scanner.h"

namespace gander::sql {

// A copy goes on by itself from where the original stands.
class Words {
 public:
  Words(const LexicalRules& rules, std::string_view sql)
      : scanner_(rules, sql), token_(scanner_.next()) {}

  const Token& peek() const { return token_; }
  Token take() {
    Token taken = token_;
    token_ = scanner_.next();
    return taken;
  }
  bool accept(std::string_view word) {
    if (!token_.is(word)) return false;
    take();
    return true;
  }
  bool accept(char symbol) {
    if (!token_.is(symbol)) return false;
    take();
    return true;
  }
  bool accept_any(std::initializer_list<std::string_view> words) {
    if (!token_.is_any(words)) return false;
    take();
    return true;
  }
  bool at_name() const {
    return token_.kind == Token::Kind::word || token_.kind == Token::Kind::quoted_name;
  }
  bool at_end() const { return token_.kind == Token::Kind::end; }
  bool done() const { return at_end() || token_.is(';'); }

  // name or schema.name, as written; empty if there is none.
  std::string name();

  // The same in any quotes.
  void skip_name() {
    take();
    if (accept('.')) take();
  }

  void skip_if_exists() {
    if (!accept("if")) return;
    accept("not");
    accept("exists");
  }

  void skip_parentheses();

  // Passes over a list of options, `(NAME, NAME value, NAME = value)`, if one is next, and tells
  // what it sets `option` to.
  std::optional<bool> option_in_parentheses(std::string_view option);

  // Passes over TRUE, ON, 1, FALSE, OFF or 0, in quotes or not; any other token stays.
  std::optional<bool> truth();

 private:
  Scanner scanner_;
  Token token_;
};

}  // namespace gander::sql
