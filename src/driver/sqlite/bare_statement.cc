// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/bare_statement.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string>

namespace gander::driver::sqlite {
namespace {

constexpr std::array kRepeatable = {"VACUUM", "PRAGMA", "ATTACH", "DETACH", "ANALYZE", "REINDEX"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<signed char>(c) < 0;
}

std::string_view without_blanks(std::string_view sql) {
  while (!sql.empty()) {
    if (is_space(sql.front())) {
      sql.remove_prefix(1);
    } else if (sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    } else if (sql.starts_with("/*")) {
      sql.remove_prefix(std::min(sql.find("*/", 2), sql.size() - 2) + 2);
    } else {
      break;
    }
  }
  return sql;
}

// A word, a text or name in quotes, or one other byte; empty at the end.
std::string_view take_token(std::string_view* sql) {
  *sql = without_blanks(*sql);
  std::size_t size = 0;
  while (size < sql->size() && is_word((*sql)[size])) ++size;
  if (size == 0 && !sql->empty()) {
    const char open = sql->front();
    const bool quotes = open == '\'' || open == '"' || open == '`' || open == '[';
    size = quotes ? std::min(sql->find(open == '[' ? ']' : open, 1), sql->size() - 1) + 1 : 1;
  }
  const std::string_view token = sql->substr(0, size);
  sql->remove_prefix(size);
  return token;
}

bool is_keyword(std::string_view token, std::string_view keyword) {
  return token.size() == keyword.size() &&
         std::equal(token.begin(), token.end(), keyword.begin(),
                    [](char a, char b) { return sqlite3_strnicmp(&a, &b, 1) == 0; });
}

}  // namespace

bool repeatable(std::string_view sql) {
  const std::string_view verb = take_token(&sql);
  const bool known = std::any_of(kRepeatable.begin(), kRepeatable.end(),
                                 [&](const char* name) { return is_keyword(verb, name); });
  if (!known) return false;
  bool ended = false;
  for (std::string_view token = take_token(&sql); !token.empty(); token = take_token(&sql)) {
    if (ended && token != ";") return false;
    ended = ended || token == ";";
    if (is_keyword(verb, "VACUUM") && is_keyword(token, "INTO")) return false;
  }
  return true;
}

}  // namespace gander::driver::sqlite
