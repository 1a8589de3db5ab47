// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/statement_text.h"

#include <utility>

#include "src/driver/sqlite/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::sqlite {
namespace {

using sql::Words;

// [schema.]name
std::string take_name(Words& words, std::string* schema = nullptr) {
  std::string name = unquoted(words.take());
  if (!words.accept('.')) return name;
  if (schema != nullptr) *schema = std::move(name);
  return unquoted(words.take());
}

}  // namespace

std::optional<PragmaText> pragma_of(std::string_view sql) {
  Words words(kLexicalRules, sql);
  if (!words.accept("pragma")) return std::nullopt;
  PragmaText pragma;
  pragma.name = take_name(words, &pragma.schema);
  for (char& c : pragma.name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!words.accept('=') && !words.accept('(')) return pragma;
  pragma.sets = true;
  while (!words.done() && !words.peek().is(')')) pragma.value += unquoted(words.take());
  return pragma;
}

std::optional<VanishingTable> vanishing_table(std::string_view sql) {
  Words words(kLexicalRules, sql);
  VanishingTable table;
  if (words.accept("drop")) {
    if (!words.accept("table")) return std::nullopt;
    if (words.accept("if")) words.accept("exists");
    table.dropped = true;
    table.name = take_name(words);
    return table;
  }
  if (!words.accept("alter") || !words.accept("table")) return std::nullopt;
  table.name = take_name(words);
  if (!words.accept("rename") || !words.peek().is("to")) return std::nullopt;
  return table;
}

}  // namespace gander::driver::sqlite
