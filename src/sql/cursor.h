// SPDX-License-Identifier: MIT
// Words: the tokens of a statement with one of lookahead, for recognizing what it begins with.
#pragma once

#include <string>
#include <string_view>

#include "src/sql/scanner.h"

namespace gander::sql {

class Words {
 public:
  explicit Words(std::string_view sql) : scanner_(sql), token_(scanner_.next()) {}

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
  bool at_name() const {
    return token_.kind == Token::Kind::word || token_.kind == Token::Kind::quoted_name;
  }
  bool done() const { return token_.kind == Token::Kind::end || token_.is(';'); }

  // name or schema.name, as written; empty if there is none.
  std::string name() {
    std::string text;
    while (at_name()) {
      text += take().text;
      if (!accept('.')) break;
      text += '.';
    }
    return text;
  }

  void skip_if_exists() {
    if (!accept("if")) return;
    accept("not");
    accept("exists");
  }

  void skip_parentheses() {
    if (!accept('(')) return;
    for (int depth = 1; depth > 0 && token_.kind != Token::Kind::end;) {
      const Token token = take();
      if (token.is('(')) ++depth;
      if (token.is(')')) --depth;
    }
  }

 private:
  Scanner scanner_;
  Token token_;
};

}  // namespace gander::sql
