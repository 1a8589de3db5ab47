// SPDX-License-Identifier: MIT
// Recognizes statements by their leading words (PostgreSQL 18 manual, part VI).
#include "src/driver/postgres/bare_statement.h"

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/message_shape.h"
#include "src/sql/outline.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Scanner;
using sql::Token;
using sql::Words;
namespace {

using Kind = BareStatement::Kind;

BareStatement named(const sql::Outline& statement, Kind kind) {
  BareStatement found;
  found.name = statement.name;
  found.kind = found.name.empty() ? Kind::unknown : kind;
  return found;
}

BareStatement create(const sql::Outline& statement) {
  if (statement.kind == "database") return named(statement, Kind::create_database);
  if (statement.kind == "tablespace") return named(statement, Kind::create_tablespace);
  if (statement.kind == "subscription") return named(statement, Kind::create_subscription);
  BareStatement found;
  if (statement.kind != "index" || !statement.concurrently) return found;
  found.name_of_index = statement.name;
  found.name = statement.table;
  found.kind = found.name.empty() ? Kind::unknown : Kind::create_index;
  return found;
}

BareStatement drop(const sql::Outline& statement) {
  if (statement.kind == "index" && statement.concurrently) {
    return named(statement, Kind::drop_index);
  }
  if (statement.kind == "database") return named(statement, Kind::drop_database);
  if (statement.kind == "tablespace") return named(statement, Kind::drop_tablespace);
  if (statement.kind == "subscription") return named(statement, Kind::drop_subscription);
  return {};
}

BareStatement alter(const sql::Outline& statement) {
  BareStatement found;
  if (statement.kind == "system" || statement.kind == "subscription") {
    found.kind = Kind::repeatable;
    return found;
  }
  Words words = statement.rest;
  if (statement.kind != "table" || !words.accept("detach") || !words.accept("partition")) return {};
  found.table = statement.name;
  found.name = words.name();
  if (!words.accept("concurrently")) return {};
  found.kind = Kind::detach_partition;
  return found;
}

BareStatement reindex(Words& words) {
  BareStatement found;
  // REINDEX (CONCURRENTLY) TABLE t and REINDEX TABLE CONCURRENTLY t; without it on whole databases.
  found.kind = Kind::reindex;
  words.skip_parentheses();
  return found;
}

BareStatement recognize(Words& words) {
  const sql::Outline statement = sql::outline(words);
  switch (statement.verb) {
    case sql::Outline::Verb::create:
      return create(statement);
    case sql::Outline::Verb::drop:
      return drop(statement);
    case sql::Outline::Verb::alter:
      return alter(statement);
    case sql::Outline::Verb::other:
      break;
  }
  BareStatement found;
  if (words.accept("reindex")) return reindex(words);
  if (words.accept("vacuum") || words.accept("analyze") || words.accept("cluster") ||
      words.accept("checkpoint")) {
    found.kind = Kind::repeatable;
  }
  return found;
}

}  // namespace

BareStatement bare_statement(std::string_view sql) {
  // Of several statements in one message the server would have run all or none of those that fit a
  // transaction, and these do not fit one: only a single statement can be judged.
  if (message_shape(sql).starts.size() > 1) return {};
  Words words(kLexicalRules, sql);
  return recognize(words);
}

bool works_concurrently(std::string_view sql) {
  switch (bare_statement(sql).kind) {
    case Kind::create_index:
    case Kind::drop_index:
      return true;
    case Kind::reindex:
      break;
    default:
      return false;
  }
  Scanner scanner(kLexicalRules, sql);
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.is("concurrently")) return true;
  }
  return false;
}

std::string catalogue_name(std::string_view identifier) {
  std::string name;
  if (identifier.starts_with('"')) {
    for (std::size_t i = 1; i + 1 < identifier.size(); ++i) {
      name += identifier[i];
      if (identifier[i] == '"') ++i;
    }
    return name;
  }
  for (const char c : identifier) {
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return name;
}

}  // namespace gander::driver::postgres
