// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/effect.h"

#include <utility>

#include "src/driver/clickhouse/grammar.h"
#include "src/driver/clickhouse/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::clickhouse {
namespace {

using Kind = Effect::Kind;
using sql::Token;
using sql::Words;

// Doubled quotes stand for one, and backslashes escape, in names too.
std::string plain(const Token& token) {
  if (token.kind != Token::Kind::quoted_name) return std::string(token.text);
  std::string out;
  for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
    if (token.text[i] == '\\' || token.text[i] == token.text.front()) ++i;
    if (i + 1 < token.text.size()) out += token.text[i];
  }
  return out;
}

// name or database.name; false if there is none.
bool take_name(Words* words, ObjectType type, Effect* effect) {
  if (!words->at_name()) return false;
  Object object{type, {}, plain(words->take())};
  if (type == ObjectType::table && words->accept('.')) {
    if (!words->at_name()) return false;
    object.database = std::exchange(object.name, plain(words->take()));
  }
  effect->objects.push_back(std::move(object));
  return true;
}

void take_guard(Words* words, Effect* effect) {
  if (!words->accept("if")) return;
  words->accept("not");
  words->accept("empty");
  effect->guarded = words->accept("exists");
}

// The kind of object behind CREATE or DROP; false where it is none of the catalogue's.
bool take_type(Words* words, ObjectType* type) {
  words->accept_any({"materialized", "live", "window"});
  *type = ObjectType::table;
  if (words->accept("database"))
    *type = ObjectType::database;
  else if (words->accept("function"))
    *type = ObjectType::function;
  else if (!words->accept_any({"table", "view", "dictionary"}))
    return false;
  return true;
}

bool mentions(Words words, std::string_view wanted) {
  for (; !words.at_end(); words.take()) {
    if (words.peek().is(wanted)) return true;
  }
  return false;
}

bool is_on_cluster(Words words) {
  for (; !words.at_end(); words.take()) {
    if (words.accept("on") && words.peek().is("cluster")) return true;
  }
  return false;
}

// `name = 0` somewhere in it.
bool says_zero(Words words, std::string_view name) {
  while (!words.at_end()) {
    if (!words.take().is(name)) continue;
    if (words.accept('=') && words.peek().text == "0") return true;
  }
  return false;
}

Effect create(Words words) {
  Effect effect;
  if (words.accept("or")) effect.replaces = words.accept("replace");
  if (words.accept_any({"temporary"})) return effect;
  ObjectType type{};
  if (!take_type(&words, &type)) {
    // Users, roles, quotas: what IF NOT EXISTS and OR REPLACE pass over may be done again.
    while (!words.at_end() && !words.peek().is("if")) words.take();
    take_guard(&words, &effect);
    if (effect.guarded || effect.replaces) effect.kind = Kind::repeatable;
    return effect;
  }
  take_guard(&words, &effect);
  if (!take_name(&words, type, &effect)) return effect;
  effect.kind = Kind::creates;
  effect.fills =
      type == ObjectType::table && (mentions(words, "select") || mentions(words, "populate"));
  return effect;
}

Effect drop(Words words) {
  Effect effect;
  if (words.accept("temporary")) return effect;
  ObjectType type{};
  if (!take_type(&words, &type)) return effect;
  take_guard(&words, &effect);
  do {
    if (!take_name(&words, type, &effect)) return effect;
  } while (words.accept(','));
  effect.kind = Kind::drops;
  return effect;
}

Effect rename(Words words, Kind kind) {
  Effect effect;
  const bool database = words.accept("database");
  if (!database) words.accept_any({"table", "tables", "dictionary", "dictionaries"});
  const ObjectType type = database ? ObjectType::database : ObjectType::table;
  take_guard(&words, &effect);
  do {
    if (!take_name(&words, type, &effect) || !words.accept_any({"to", "and"}) ||
        !take_name(&words, type, &effect)) {
      return effect;
    }
  } while (words.accept(','));
  effect.kind = kind;
  return effect;
}

// What one command of ALTER TABLE does.
Kind command(const Words& at) {
  Words words = at;
  while (words.accept('(')) {
  }
  if (words.accept_any({"update", "delete", "materialize"})) return Kind::mutates;
  if (words.accept("clear")) return Kind::mutates;
  if (words.accept("drop")) {
    return words.peek().is_any({"part", "partition", "detached"}) ? Kind::other : Kind::defines;
  }
  if (words.accept("modify")) return Kind::defines;
  return words.peek().is_any({"add", "rename", "comment", "alter", "reset", "remove"})
             ? Kind::defines
             : Kind::other;
}

Effect alter(Words words) {
  Effect effect;
  words.accept("temporary");
  if (!words.accept("table")) return effect;
  if (!take_name(&words, ObjectType::table, &effect)) return effect;
  if (words.accept("on")) {
    words.take();  // CLUSTER
    words.take();
  }
  effect.kind = command(words);
  // Those behind commas outside of parentheses.
  int depth = 0;
  while (!words.done()) {
    const Token token = words.take();
    if (token.is('(') || token.is('[')) ++depth;
    if (token.is(')') || token.is(']')) --depth;
    if (depth != 0 || !token.is(',')) continue;
    // `MODIFY SETTING a = 1, b = 2` and assignments of UPDATE have commas, too.
    const Kind next = command(words);
    if (next != Kind::other && next != effect.kind) effect.kind = Kind::other;
  }
  return effect;
}

Effect insert(Words words) {
  Effect effect;
  words.accept("into");
  words.accept("table");
  if (words.peek().is("function")) return effect;
  if (take_name(&words, ObjectType::table, &effect)) effect.kind = Kind::insert;
  return effect;
}

Effect rows(Words words, std::string_view before) {
  Effect effect;
  if (!before.empty() && !words.accept(before)) return effect;
  if (take_name(&words, ObjectType::table, &effect)) effect.kind = Kind::mutates;
  return effect;
}

Effect read(Words words) {
  if (words.accept("create") || words.accept("attach")) return create(words);
  if (words.accept("replace")) {
    Effect effect = create(words);
    effect.replaces = true;
    return effect;
  }
  if (words.accept_any({"drop", "detach"})) return drop(words);
  if (words.accept("rename")) return rename(words, Kind::renames);
  if (words.accept("exchange")) return rename(words, Kind::exchanges);
  if (words.accept("alter")) return alter(words);
  if (words.accept("insert")) return insert(words);
  if (words.accept("delete")) return rows(words, "from");
  if (words.accept("update")) return rows(words, "");
  Effect effect;
  const bool harmless =
      words.peek().is_any({"optimize", "system", "grant", "revoke", "kill", "check", "show",
                           "describe", "desc", "exists", "explain"});
  // A SELECT may call a table function that writes nowhere: INSERT is what writes.
  if (harmless || words.peek().is_any({"select", "with", "set", "use"})) {
    effect.kind = Kind::repeatable;
  }
  // WITH ... INSERT
  if (words.peek().is("with") && mentions(words, "insert")) effect.kind = Kind::other;
  return effect;
}

}  // namespace

Effect effect_of(std::string_view sql) {
  const Words words(kLexicalRules, sql);
  Effect effect = read(words);
  effect.on_cluster = is_on_cluster(words);
  effect.waits =
      !says_zero(words, "mutations_sync") && !says_zero(words, "lightweight_deletes_sync");
  return effect;
}

}  // namespace gander::driver::clickhouse
