// SPDX-License-Identifier: MIT
// Statements are told by their heads, but for the few commands whose decisive word comes late
// (DETACH PARTITION ... CONCURRENTLY, COPY ... FROM STDIN).
//
// `bare` is what no server takes inside a transaction block, whatever its state (PostgreSQL 13 to
// 18; see PostgresScriptTest for each). What it refuses only now and then (REINDEX of a partitioned
// table) is ordinary, so that nothing is refused here that the server would take.
#include "src/driver/postgres/grammar.h"

#include <array>

#include "src/driver/postgres/lexical.h"

namespace gander::driver::postgres {
namespace {

using sql::Token;
using sql::Words;
using Kind = sql::StatementKind;

Kind bare_if(bool bare) { return bare ? Kind::bare : Kind::ordinary; }

// Passes over all before WITH. False: there is none.
bool skip_to_with(Words& words) {
  while (!words.at_end() && !words.peek().is("with")) words.take();
  return words.accept("with");
}

// With a slot to make on the publisher it refuses a transaction; connect = false makes none.
Kind create_subscription(Words words) {
  if (!skip_to_with(words)) return Kind::bare;
  Words again = words;
  return bare_if(words.option_in_parentheses("create_slot").value_or(true) &&
                 again.option_in_parentheses("connect").value_or(true));
}

// What asks the publisher for its tables refuses a transaction, and so do two options that must be
// changed on the publisher too (PostgreSQL 17 and 18).
Kind alter_subscription(Words words) {
  words.skip_name();
  if (words.accept("refresh")) return Kind::bare;
  if (!words.accept_any({"set", "add", "drop"})) return Kind::ordinary;
  if (words.accept("publication")) {
    if (!skip_to_with(words)) return Kind::bare;
    return bare_if(words.option_in_parentheses("refresh").value_or(true));
  }
  Words again = words;
  return bare_if(words.option_in_parentheses("failover") ||
                 again.option_in_parentheses("two_phase"));
}

Kind alter(Words words) {
  if (words.accept("system")) return Kind::bare;
  if (words.accept("subscription")) return alter_subscription(words);
  if (words.accept("database")) {
    words.skip_name();
    return bare_if(words.accept("set") && words.accept("tablespace"));
  }
  if (!words.accept("table")) return Kind::ordinary;
  words.accept("if");
  words.accept("exists");
  words.accept("only");
  words.skip_name();
  if (!words.accept("detach")) return Kind::ordinary;
  words.accept("partition");
  words.skip_name();
  return bare_if(words.accept("concurrently"));
}

Kind reindex(Words words) {
  if (words.option_in_parentheses("concurrently").value_or(false)) return Kind::bare;
  if (words.accept_any({"database", "system", "schema"})) return Kind::bare;
  words.accept_any({"index", "table"});
  return bare_if(words.accept("concurrently"));
}

// DROP SUBSCRIPTION is ordinary: whether it refuses depends on the slot that the subscription has.
Kind create_or_drop(bool create, Words words) {
  if (words.accept_any({"database", "tablespace"})) return Kind::bare;
  if (create && words.accept("subscription")) return create_subscription(words);
  if (create) words.accept("unique");
  return bare_if(words.accept("index") && words.accept("concurrently"));
}

bool copies_from_stdin(Words words) {
  // A query in parentheses can only be copied TO.
  words.accept("binary");
  if (words.peek().is('(')) return false;
  words.take();
  while (words.accept('.')) words.take();
  for (int depth = 0; !words.at_end();) {
    const Token token = words.take();
    depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
    if (depth <= 0 && token.is("from")) return words.peek().is("stdin");
  }
  return false;
}

Kind cluster(Words words) {
  words.accept("verbose");
  words.skip_parentheses();
  return bare_if(words.done());
}

// As pg_dump sets it: SELECT pg_catalog.set_config('search_path', '', false)
Kind select(Words words) {
  if (words.accept("pg_catalog")) words.take();
  return words.accept("set_config") ? Kind::session : Kind::ordinary;
}

Kind kind(Words words) {
  const Token first = words.take();
  if (first.is("select")) return select(words);
  if (first.is("create") || first.is("drop")) return create_or_drop(first.is("create"), words);
  if (first.is("alter")) return alter(words);
  if (first.is("copy")) return copies_from_stdin(words) ? Kind::copy_from_stdin : Kind::ordinary;
  if (first.is("vacuum")) return Kind::bare;
  if (first.is("reindex")) return reindex(words);
  if (first.is("cluster")) return cluster(words);
  if (first.is("discard")) return words.accept("all") ? Kind::bare : Kind::session;
  if (first.is("set")) {
    return words.accept_any({"local", "transaction", "constraints"}) ? Kind::ordinary
                                                                     : Kind::session;
  }
  if (first.is("reset")) return Kind::session;
  if (first.is_any({"commit", "end", "rollback", "abort"}) && words.accept("prepared")) {
    return Kind::bare;
  }
  return Kind::nothing;
}

// pg_dump brackets its output with these; they only restrict psql itself.
constexpr std::array<std::string_view, 2> kClientLines = {"\\restrict", "\\unrestrict"};

}  // namespace

constinit const sql::Grammar kGrammar = {.lexical = kLexicalRules,
                                         .bodies = sql::Bodies::routines,
                                         .kind = kind,
                                         .follow = follow,
                                         .client_lines = kClientLines,
                                         .units_are_transactions = true};

}  // namespace gander::driver::postgres
