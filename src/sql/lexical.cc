// SPDX-License-Identifier: MIT
#include "src/sql/lexical.h"

#include "src/sql/space.h"

namespace gander::sql {

bool continues_string(std::string_view text, std::size_t end, std::size_t at) {
  if (end == 0) return false;
  std::string_view between = text.substr(end, at - end);
  if (between.find('\n') == std::string_view::npos) return false;
  while (true) {
    between = trim_start(between);
    if (between.substr(0, 2) != "--") return between.empty();
    between.remove_prefix(std::min(between.find('\n'), between.size()));
  }
}

std::size_t block_comment_end(const LexicalRules& rules, std::string_view text, std::size_t at) {
  int depth = 1;
  for (std::size_t i = at + 2; i + 1 < text.size(); ++i) {
    if (text[i] == '*' && text[i + 1] == '/') {
      ++i;
      if (--depth == 0) return i + 1;
    } else if (rules.nested_comments && text[i] == '/' && text[i + 1] == '*') {
      ++i;
      ++depth;
    }
  }
  return text.size();
}

std::size_t quote_end(std::string_view text, std::size_t at, bool backslashes) {
  const char close = text[at] == '[' ? ']' : text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && backslashes) {
      ++i;
    } else if (text[i] == close) {
      const bool doubled = close != ']' && i + 1 < text.size() && text[i + 1] == close;
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return text.size();
}

}  // namespace gander::sql
