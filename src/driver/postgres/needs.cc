// SPDX-License-Identifier: MIT
#include "src/driver/postgres/needs.h"

#include <cstddef>
#include <vector>

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/outline.h"

namespace gander::driver::postgres {

using sql::Words;
namespace {

// TABLE, INDEX and the like after ALTER or DROP. False for what is no relation.
bool accept_relation(Words& words) {
  words.accept("foreign");
  if (words.accept("materialized")) return words.accept("view");
  return words.accept("table") || words.accept("index") || words.accept("view") ||
         words.accept("sequence");
}

}  // namespace

void Needs::add(const std::string& place, std::string_view sql) {
  const std::vector<std::size_t> starts = outline(sql).starts;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : sql.size();
    Words words(kLexicalRules, sql.substr(starts[i], end - starts[i]));
    if (words.accept("create")) {
      add_create(place, words);
    } else if (words.accept("alter")) {
      if (accept_relation(words)) add_named(place, words);
    } else if (words.accept("drop")) {
      if (!accept_relation(words)) continue;
      do {
        add_named(place, words);
      } while (words.accept(','));
    }
  }
}

void Needs::add_named(const std::string& place, Words& words) {
  words.accept("concurrently");
  words.skip_if_exists();
  words.accept("only");
  const std::string name = words.name();
  if (!name.empty()) altered_.emplace(name, place);
}

void Needs::add_schema_of(const std::string& place, const std::string& name) {
  const std::size_t dot = name.rfind('.');
  schemas_.emplace(dot == std::string::npos ? "" : name.substr(0, dot), place);
}

void Needs::add_index(const std::string& place, Words& words) {
  words.accept("concurrently");
  words.skip_if_exists();
  if (!words.peek().is("on")) words.name();
  if (!words.accept("on")) return;
  words.accept("only");
  const std::string table = words.name();
  if (table.empty()) return;
  altered_.emplace(table, place);
}

void Needs::add_create(const std::string& place, Words& words) {
  if (words.accept("or")) words.accept("replace");
  if (words.accept("schema")) {
    on_database_.emplace("SCHEMA", place);
    return;
  }
  if (words.accept("extension")) {
    words.skip_if_exists();
    const std::string name = words.name();
    if (!name.empty()) extensions_.emplace(name, place);
    return;
  }
  if (words.accept("unique")) {
    if (words.accept("index")) add_index(place, words);
    return;
  }
  if (words.accept("index")) return add_index(place, words);
  if (words.accept("temporary") || words.accept("temp") || words.accept("global") ||
      words.accept("local")) {
    return;
  }
  words.accept("unlogged");
  words.accept("recursive");
  const bool relation = words.peek().is("table") || words.peek().is("view") ||
                        words.peek().is("materialized") || words.peek().is("sequence") ||
                        words.peek().is("foreign");
  const bool other = words.peek().is("type") || words.peek().is("domain") ||
                     words.peek().is("function") || words.peek().is("procedure") ||
                     words.peek().is("aggregate");
  if (relation) {
    if (!accept_relation(words)) return;
  } else if (other) {
    words.take();
  } else {
    return;
  }
  words.skip_if_exists();
  const std::string name = words.name();
  if (!name.empty()) add_schema_of(place, name);
}

}  // namespace gander::driver::postgres
