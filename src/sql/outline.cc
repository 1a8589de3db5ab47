// SPDX-License-Identifier: MIT
#include "src/sql/outline.h"

#include <algorithm>

namespace gander::sql {
namespace {

using Verb = Outline::Verb;

Verb verb_of(Words& words) {
  if (words.accept("create")) return Verb::create;
  if (words.accept("alter")) return Verb::alter;
  return words.accept("drop") ? Verb::drop : Verb::other;
}

void read_modifiers(Outline* found) {
  Words& words = found->rest;
  if (words.accept("or")) found->replaces = words.accept("replace");
  while (true) {
    if (words.accept_any({"temporary", "temp", "global", "local"})) {
      found->temporary = true;
    } else if (words.accept("unique")) {
      found->unique = true;
    } else if (!words.accept_any({"unlogged", "recursive", "virtual"})) {
      return;
    }
  }
}

std::string folded_word(Words& words) {
  if (words.peek().kind != Token::Kind::word) return {};
  std::string word(words.take().text);
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return word;
}

std::string kind_of(Words& words) {
  const std::string first = folded_word(words);
  const bool more = first == "materialized" || first == "foreign" ||
                    (first == "event" && words.peek().is("trigger"));
  return more ? first + ' ' + folded_word(words) : first;
}

}  // namespace

Outline outline(const Words& words) {
  Outline found(words);
  Words& rest = found.rest;
  found.verb = verb_of(rest);
  if (found.verb == Verb::other) return found;
  if (found.verb == Verb::create) read_modifiers(&found);
  found.kind = kind_of(rest);
  found.concurrently = rest.accept("concurrently");
  found.guarded = rest.peek().is("if");
  rest.skip_if_exists();
  found.only = rest.accept("only");
  const bool index = found.creates("index");
  if (!index || !rest.peek().is("on")) found.name = rest.name();
  if (index && rest.accept("on")) {
    found.only = rest.accept("only");
    found.table = rest.name();
  }
  return found;
}

}  // namespace gander::sql
