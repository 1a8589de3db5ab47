// SPDX-License-Identifier: MIT
#include "src/sql/words.h"

namespace gander::sql {

std::string Words::name() {
  std::string text;
  while (at_name()) {
    text += take().text;
    if (!accept('.')) break;
    text += '.';
  }
  return text;
}

void Words::skip_parentheses() {
  if (!accept('(')) return;
  for (int depth = 1; depth > 0 && !at_end();) {
    const Token token = take();
    if (token.is('(')) ++depth;
    if (token.is(')')) --depth;
  }
}

std::optional<bool> Words::truth() {
  if (token_.kind == Token::Kind::symbol) return std::nullopt;
  const std::string value = unquoted(token_);
  for (const std::string_view no : {"FALSE", "OFF", "0"}) {
    if (!equals_keyword(value, no)) continue;
    take();
    return false;
  }
  for (const std::string_view yes : {"TRUE", "ON", "1"}) {
    if (!equals_keyword(value, yes)) continue;
    take();
    return true;
  }
  return std::nullopt;
}

// An option without a value is on.
std::optional<bool> Words::option_in_parentheses(std::string_view option) {
  if (!accept('(')) return std::nullopt;
  std::optional<bool> found;
  bool at_option = true;
  for (int depth = 1; depth > 0 && !at_end();) {
    const Token token = take();
    depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
    if (at_option && depth == 1 && token.is(option)) {
      accept('=');
      found = truth().value_or(true);
    }
    at_option = token.is(',');
  }
  return found;
}

}  // namespace gander::sql
