// SPDX-License-Identifier: MIT
#include "src/script/skip.h"

#include <array>
#include <cstring>

namespace gander::script {
namespace {

using Table = std::array<bool, 256>;

constexpr Table table_of(std::string_view specials) {
  Table table{};
  for (char c : specials) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr std::array<Table, 4> kSpecial = {table_of("'\"`[-/;"), table_of("'\"$-/;"),
                                           table_of("'\"`#-/;"), table_of("'\"`#$-/;")};

std::size_t find(std::string_view text, std::size_t from, char c) {
  auto* at = static_cast<const char*>(std::memchr(text.data() + from, c, text.size() - from));
  return at == nullptr ? text.size() : static_cast<std::size_t>(at - text.data());
}

std::size_t find_either(std::string_view text, std::size_t from, char a, char b) {
  while (from < text.size() && text[from] != a && text[from] != b) ++from;
  return from;
}

}  // namespace

bool is_special(Grammar grammar, char c) {
  return kSpecial[static_cast<std::size_t>(grammar)][static_cast<unsigned char>(c)];
}

std::size_t skip_code(Grammar grammar, std::string_view text, std::size_t from) {
  const Table& special = kSpecial[static_cast<std::size_t>(grammar)];
  while (from < text.size() && !special[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

std::size_t skip_quoted(std::string_view text, std::size_t from, char close, bool backslash) {
  return backslash ? find_either(text, from, close, '\\') : find(text, from, close);
}

std::size_t skip_comment(std::string_view text, std::size_t from, bool nested) {
  return nested ? find_either(text, from, '*', '/') : find(text, from, '*');
}

}  // namespace gander::script
