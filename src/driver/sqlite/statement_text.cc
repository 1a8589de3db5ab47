// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/statement_text.h"

#include <sqlite3.h>

#include <algorithm>

namespace gander::driver::sqlite {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<signed char>(c) < 0;
}

class Tokens {
 public:
  explicit Tokens(std::string_view sql) : rest_(sql) { advance(); }

  // A word, a text or name in quotes, or one other byte; empty at the end.
  std::string_view now() const { return token_; }

  void advance() {
    skip_blanks();
    std::size_t size = 0;
    while (size < rest_.size() && is_word(rest_[size])) ++size;
    if (size == 0 && !rest_.empty()) size = is_quote(rest_[0]) ? quoted() : 1;
    token_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  bool is(std::string_view keyword) const {
    return token_.size() == keyword.size() &&
           sqlite3_strnicmp(token_.data(), keyword.data(), static_cast<int>(keyword.size())) == 0;
  }

  bool take(std::string_view keyword) {
    if (!is(keyword)) return false;
    advance();
    return true;
  }

  // The token as a name or text.
  std::string take_plain() {
    std::string plain;
    const char open = token_.empty() ? '\0' : token_[0];
    if (!is_quote(open)) {
      plain = token_;
    } else {
      const char close = open == '[' ? ']' : open;
      const std::size_t end = std::max<std::size_t>(token_.size(), 2) - 1;
      for (std::size_t i = 1; i < end; ++i) {
        plain += token_[i];
        if (token_[i] == close) ++i;  // a doubled quote
      }
    }
    advance();
    return plain;
  }

 private:
  static bool is_quote(char c) { return c == '\'' || c == '"' || c == '`' || c == '['; }

  void skip_blanks() {
    for (;;) {
      if (!rest_.empty() && is_space(rest_[0])) {
        rest_.remove_prefix(1);
      } else if (rest_.starts_with("--")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        rest_.remove_prefix(std::min(rest_.find("*/", 2), rest_.size() - 2) + 2);
      } else {
        return;
      }
    }
  }

  std::size_t quoted() const {
    const char close = rest_[0] == '[' ? ']' : rest_[0];
    std::size_t end = rest_.find(close, 1);
    while (close != ']' && end != std::string_view::npos && end + 1 < rest_.size() &&
           rest_[end + 1] == close) {
      end = rest_.find(close, end + 2);
    }
    return std::min(end, rest_.size() - 1) + 1;
  }

  std::string_view rest_;
  std::string_view token_;
};

// [schema.]name
std::string take_name(Tokens& tokens, std::string* schema = nullptr) {
  std::string name = tokens.take_plain();
  if (!tokens.take(".")) return name;
  if (schema != nullptr) *schema = std::move(name);
  return tokens.take_plain();
}

}  // namespace

std::optional<PragmaText> pragma_of(std::string_view sql) {
  Tokens tokens(sql);
  if (!tokens.take("PRAGMA")) return std::nullopt;
  PragmaText pragma;
  pragma.name = take_name(tokens, &pragma.schema);
  for (char& c : pragma.name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!tokens.take("=") && !tokens.take("(")) return pragma;
  pragma.sets = true;
  while (!tokens.now().empty() && !tokens.is(")") && !tokens.is(";")) {
    pragma.value += tokens.take_plain();
  }
  return pragma;
}

std::optional<VanishingTable> vanishing_table(std::string_view sql) {
  Tokens tokens(sql);
  VanishingTable table;
  if (tokens.take("DROP")) {
    if (!tokens.take("TABLE")) return std::nullopt;
    if (tokens.take("IF")) tokens.take("EXISTS");
    table.dropped = true;
    table.name = take_name(tokens);
    return table;
  }
  if (!tokens.take("ALTER") || !tokens.take("TABLE")) return std::nullopt;
  table.name = take_name(tokens);
  if (!tokens.take("RENAME") || !tokens.is("TO")) return std::nullopt;
  return table;
}

}  // namespace gander::driver::sqlite
