// SPDX-License-Identifier: MIT
#include "src/driver/mysql/effect.h"

#include <initializer_list>
#include <optional>
#include <utility>

#include "src/driver/mysql/grammar.h"
#include "src/driver/mysql/lexical.h"
#include "src/sql/lexer.h"
#include "src/sql/words.h"

namespace gander::driver::mysql {
namespace {

using Kind = Effect::Kind;
using sql::Token;
using sql::Words;

// A name in double quotes is one where sql_mode has ANSI_QUOTES, and an error elsewhere.
bool at_name(const Words& words) {
  return words.at_name() || words.peek().kind == Token::Kind::string;
}

bool accept_guard(Words& words) {
  const bool guarded = words.peek().is("if");
  words.skip_if_exists();
  return guarded;
}

// WAIT 5, NOWAIT: MariaDB.
void skip_wait(Words& words) {
  if (words.accept("wait")) words.take();
  words.accept("nowait");
}

bool mentions(Words words, std::string_view wanted) {
  for (; !words.at_end(); words.take()) {
    if (words.peek().is(wanted)) return true;
  }
  return false;
}

// Reads one statement.
class Reading {
 public:
  explicit Reading(Words words) : words_(words) {}

  Effect effect() {
    if (words_.accept("set")) return set();
    if (words_.accept("create")) return create();
    if (words_.accept("drop")) return drop();
    if (words_.accept("alter")) return alter();
    if (words_.accept("rename")) return rename();
    if (words_.accept("truncate")) return truncate();
    if (words_.accept("revoke")) return revoke();
    if (words_.accept("install")) return plugins(Change::comes);
    if (words_.accept("uninstall")) return plugins(Change::goes);
    return is_repeatable() ? repeatable() : unknown();
  }

 private:
  static Effect unknown() { return {}; }
  static Effect repeatable() { return {.kind = Kind::repeatable, .touches = {}}; }

  Effect objects() {
    if (found_.touches.empty()) return unknown();
    found_.kind = Kind::objects;
    return std::move(found_);
  }

  void touch(Object object, Change change) {
    found_.touches.push_back({std::move(object), change});
  }

  bool is_repeatable() {
    if (words_.accept_any({"analyze", "optimize", "repair"})) {
      // MariaDB's ANALYZE runs the statement behind it.
      words_.accept_any({"no_write_to_binlog", "local"});
      return words_.peek().is_any({"table", "tables", "view"});
    }
    if (words_.accept("load")) return words_.accept("index");
    if (words_.accept("cache")) return words_.accept("index");
    if (words_.accept("reset")) return words_.accept_any({"query", "persist"});
    if (words_.accept("begin")) return !words_.accept("not");
    if (words_.accept("start") || words_.accept("stop")) {
      return words_.accept_any({"transaction", "slave", "replica", "all"});
    }
    return words_.peek().is_any({"check", "checksum", "flush", "lock", "unlock", "grant", "use",
                                 "show", "explain", "describe", "desc", "help", "commit"});
  }

  Effect set() {
    if (words_.peek().is("password")) return unknown();
    if (!words_.accept("statement")) return repeatable();
    // SET STATEMENT a = 1, b = 2 FOR ...: MariaDB.
    while (!words_.at_end() && !words_.accept("for")) words_.take();
    return Reading(words_).effect();
  }

  // schema.name or name; empty if there is none.
  Object name(ObjectType type) {
    Object object{type, {}, {}};
    if (!at_name(words_)) return object;
    object.name = sql::unquoted(words_.take());
    if (words_.accept('.')) {
      object.schema = std::exchange(object.name, {});
      if (at_name(words_)) object.name = sql::unquoted(words_.take());
    }
    return object;
  }

  // a, b, c
  Effect list(ObjectType type, Change change) {
    do {
      Object object = is_account(type) ? account(type) : name(type);
      if (object.name.empty()) return unknown();
      touch(std::move(object), change);
    } while (words_.accept(','));
    return objects();
  }

  Effect one(ObjectType type, Change change) {
    Object object = name(type);
    if (object.name.empty()) return unknown();
    touch(std::move(object), change);
    return objects();
  }

  static bool is_account(ObjectType type) {
    return type == ObjectType::user || type == ObjectType::role;
  }

  // 'user'@'host', role
  Object account(ObjectType type) {
    Object object{type, {}, {}};
    if (!at_name(words_)) return object;
    const Token user = words_.take();
    if (user.is("current_user")) return object;
    object.name = sql::unquoted(user);
    if (!words_.accept('@')) return object;
    if (!at_name(words_)) return {type, {}, {}};
    object.schema = sql::unquoted(words_.take());
    return object;
  }

  // What may stand between CREATE or ALTER and the noun.
  void skip_modifiers() {
    for (;;) {
      if (words_.accept("definer")) {
        words_.accept('=');
        account(ObjectType::user);
        words_.skip_parentheses();
      } else if (words_.accept("algorithm")) {
        words_.accept('=');
        words_.take();
      } else if (words_.accept("sql")) {
        words_.take();  // SECURITY
        words_.take();
      } else if (!words_.accept_any({"aggregate", "undo", "unique", "fulltext", "online", "offline",
                                     "ignore", "json", "relational", "duality", "external"})) {
        return;
      }
    }
  }

  // Nouns that are alike in CREATE and DROP.
  std::optional<ObjectType> noun() {
    if (words_.accept("trigger")) return ObjectType::trigger;
    if (words_.accept("procedure")) return ObjectType::procedure;
    if (words_.accept("function")) return ObjectType::function;
    if (words_.accept("event")) return ObjectType::event;
    if (words_.accept("library")) return ObjectType::library;
    if (words_.accept_any({"database", "schema"})) return ObjectType::database;
    if (words_.accept_any({"table", "tables", "view", "sequence"})) return ObjectType::table;
    if (words_.accept("server")) return ObjectType::server;
    if (words_.accept("tablespace")) return ObjectType::tablespace;
    if (words_.accept("user")) return ObjectType::user;
    if (words_.accept("role")) return ObjectType::role;
    if (words_.accept("package")) {
      return words_.accept("body") ? ObjectType::package_body : ObjectType::package;
    }
    if (words_.accept("resource") && words_.accept("group")) return ObjectType::resource_group;
    if (words_.accept("spatial") && words_.accept("reference") && words_.accept("system")) {
      return ObjectType::reference_system;
    }
    return std::nullopt;
  }

  bool at_index() {
    Words ahead = words_;
    ahead.accept("spatial");
    return ahead.peek().is("index");
  }

  Effect create() {
    bool replaces = false;
    if (words_.accept("or")) replaces = words_.accept("replace");
    // Gone with its session.
    if (words_.peek().is("temporary")) return unknown();
    skip_modifiers();
    if (at_index()) return replaces ? repeatable() : index();
    const bool view = words_.peek().is("view");
    const std::optional<ObjectType> type = noun();
    if (!type) return unknown();
    found_.guarded = accept_guard(words_);
    const bool loses = (*type == ObjectType::table && !view) || *type == ObjectType::database;
    if (replaces && !loses) return repeatable();
    if (replaces && *type == ObjectType::database) return unknown();
    const Change change = replaces ? Change::replaced : Change::comes;
    if (is_account(*type)) return accounts(*type);
    if (*type == ObjectType::trigger) return trigger();
    // A function of a library is in another list.
    if (*type == ObjectType::function && mentions(words_, "soname")) return unknown();
    if (*type == ObjectType::reference_system) return number();
    return one(*type, change);
  }

  // CREATE USER a IDENTIFIED BY 'x', b ...
  Effect accounts(ObjectType type) {
    for (;;) {
      Object object = account(type);
      if (object.name.empty()) return unknown();
      touch(std::move(object), Change::comes);
      while (!words_.done() && !words_.peek().is(',')) {
        // Of what follows the accounts no comma is one of the list.
        if (words_.peek().is_any({"require", "with", "password", "account", "default"})) {
          return objects();
        }
        words_.take();
      }
      if (!words_.accept(',')) return objects();
    }
  }

  Effect trigger() {
    Object object = name(ObjectType::trigger);
    if (object.name.empty()) return unknown();
    while (!words_.at_end() && !words_.accept("on")) words_.take();
    const Object table = name(ObjectType::table);
    object.table = table.name;
    if (object.schema.empty()) object.schema = table.schema;
    touch(std::move(object), Change::comes);
    return objects();
  }

  Effect number() {
    const Token token = words_.take();
    if (token.kind != Token::Kind::number) return unknown();
    touch({ObjectType::reference_system, {}, std::string(token.text)}, Change::comes);
    return objects();
  }

  // [SPATIAL] INDEX [IF EXISTS] i [USING BTREE] ON t
  Effect index() {
    while (!words_.at_end() && !words_.accept("on")) words_.take();
    return one(ObjectType::table, Change::altered);
  }

  Effect drop() {
    if (words_.peek().is("temporary")) return unknown();
    if (words_.peek().is("prepare")) return repeatable();
    words_.accept("undo");
    if (at_index()) return index();
    const std::optional<ObjectType> type = noun();
    if (!type) return unknown();
    found_.guarded = accept_guard(words_);
    if (*type == ObjectType::reference_system) {
      Effect effect = number();
      for (Touch& touched : effect.touches) touched.change = Change::goes;
      return effect;
    }
    return list(*type, Change::goes);
  }

  Effect alter() {
    skip_modifiers();
    if (words_.accept("table")) return alter_table();
    if (words_.accept("user")) return unknown();
    if (words_.accept("sequence")) return mentions(words_, "restart") ? unknown() : repeatable();
    if (words_.accept("event")) return renamed(ObjectType::event);
    if (words_.accept("tablespace")) return alter_tablespace();
    if (words_.accept_any({"database", "schema"})) {
      return mentions(words_, "upgrade") ? unknown() : repeatable();
    }
    const bool plain = words_.peek().is_any(
        {"view", "procedure", "function", "server", "instance", "resource", "library", "package"});
    return plain ? repeatable() : unknown();
  }

  // ALTER EVENT e ... RENAME TO f; without it only settings are made again.
  Effect renamed(ObjectType type) {
    accept_guard(words_);
    Object old = name(type);
    while (!words_.done() && !words_.peek().is("do")) {
      if (words_.accept("rename")) {
        words_.accept("to");
        Object fresh = name(type);
        if (old.name.empty() || fresh.name.empty()) return unknown();
        touch(std::move(old), Change::goes);
        touch(std::move(fresh), Change::comes);
        return objects();
      }
      words_.take();
    }
    return repeatable();
  }

  Effect alter_tablespace() {
    if (mentions(words_, "datafile")) return unknown();
    return renamed(ObjectType::tablespace);
  }

  Effect alter_table() {
    found_.guarded = accept_guard(words_);
    Object table = name(ObjectType::table);
    if (table.name.empty()) return unknown();
    skip_wait(words_);
    Object fresh{ObjectType::table, {}, {}};
    Object partner{ObjectType::table, {}, {}};
    bool rows = false;
    bool only_keys = true;  // DISABLE KEYS, ENABLE KEYS
    while (!words_.done()) {
      if (words_.peek().is('(')) {
        words_.skip_parentheses();
        continue;
      }
      const Token token = words_.take();
      if (token.is_any({"discard", "import"})) return unknown();
      if (token.is("truncate")) rows = true;
      if (token.is("exchange")) {
        while (!words_.done() && !words_.accept("table")) words_.take();
        partner = name(ObjectType::table);
        rows = true;
      }
      const bool whole = token.is("rename") && !words_.peek().is_any({"column", "index", "key"});
      if (whole) {
        if (!words_.accept_any({"to", "as"})) words_.accept('=');
        fresh = name(ObjectType::table);
      }
      only_keys = only_keys && token.is_any({"disable", "enable", "keys"});
    }
    if (only_keys) return repeatable();
    if (!fresh.name.empty()) {
      if (fresh.schema.empty()) fresh.schema = table.schema;
      if (fresh == table) return unknown();
      touch(std::move(table), Change::goes);
      touch(std::move(fresh), Change::comes);
      found_.guarded = false;
      return objects();
    }
    touch(std::move(table), rows ? Change::refilled : Change::altered);
    if (!partner.name.empty()) touch(std::move(partner), Change::refilled);
    return objects();
  }

  Effect rename() {
    const bool accounts = words_.accept("user");
    if (!accounts && !words_.accept_any({"table", "tables"})) return unknown();
    found_.guarded = accept_guard(words_);
    const auto next = [&] {
      return accounts ? account(ObjectType::user) : name(ObjectType::table);
    };
    do {
      Object old = next();
      skip_wait(words_);
      if (!words_.accept("to")) return unknown();
      Object fresh = next();
      if (old.name.empty() || fresh.name.empty()) return unknown();
      touch(std::move(old), Change::moves_off);
      touch(std::move(fresh), Change::moves_in);
    } while (words_.accept(','));
    return objects();
  }

  Effect truncate() {
    words_.accept("table");
    return one(ObjectType::table, Change::refilled);
  }

  // REVOKE what [ON what] FROM account, account
  Effect revoke() {
    while (!words_.done() && !words_.accept("from")) {
      if (words_.peek().is('(')) {
        words_.skip_parentheses();
      } else {
        words_.take();
      }
    }
    do {
      const Object who = account(ObjectType::user);
      if (who.name.empty()) return unknown();
      touch({ObjectType::grants, who.schema, who.name}, Change::altered);
    } while (words_.accept(','));
    return objects();
  }

  Effect plugins(Change change) {
    if (words_.accept("plugin")) {
      found_.guarded = accept_guard(words_);
      return one(ObjectType::plugin, change);
    }
    if (words_.accept("component")) return list(ObjectType::component, change);
    return unknown();
  }

  Words words_;
  Effect found_;
};

}  // namespace

Effect effect_of(std::string_view statement) {
  // Of several statements each would have to be looked at where the one before it has left things.
  if (sql::statement_starts(kGrammar, statement).size() > 1) return {};
  return Reading(Words(kLexicalRules, statement)).effect();
}

}  // namespace gander::driver::mysql
