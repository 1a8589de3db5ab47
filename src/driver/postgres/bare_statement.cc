// SPDX-License-Identifier: MIT
// Recognizes statements by their leading words (PostgreSQL 18 manual, part VI).
#include "src/driver/postgres/bare_statement.h"

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/outline.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Scanner;
using sql::Token;
using sql::Words;
namespace {

using Kind = BareStatement::Kind;

BareStatement create_index(Words& words) {
  BareStatement found;
  if (!words.accept("concurrently")) return found;
  words.skip_if_exists();
  if (!words.peek().is("on")) found.name_of_index = words.name();
  if (!words.accept("on")) return {};
  words.accept("only");
  found.name = words.name();
  found.kind = found.name.empty() ? Kind::unknown : Kind::create_index;
  return found;
}

BareStatement named(Words& words, Kind kind) {
  BareStatement found;
  words.skip_if_exists();
  found.name = words.name();
  found.kind = found.name.empty() ? Kind::unknown : kind;
  return found;
}

BareStatement create(Words& words) {
  words.accept("unique");
  if (words.accept("index")) return create_index(words);
  if (words.accept("database")) return named(words, Kind::create_database);
  if (words.accept("tablespace")) return named(words, Kind::create_tablespace);
  if (words.accept("subscription")) return named(words, Kind::create_subscription);
  return {};
}

BareStatement drop(Words& words) {
  if (words.accept("index") && words.accept("concurrently")) return named(words, Kind::drop_index);
  if (words.accept("database")) return named(words, Kind::drop_database);
  if (words.accept("tablespace")) return named(words, Kind::drop_tablespace);
  if (words.accept("subscription")) return named(words, Kind::drop_subscription);
  return {};
}

BareStatement alter(Words& words) {
  BareStatement found;
  if (words.accept("system") || words.accept("subscription")) {
    found.kind = Kind::repeatable;
    return found;
  }
  if (!words.accept("table")) return found;
  words.skip_if_exists();
  words.accept("only");
  found.table = words.name();
  if (!words.accept("detach") || !words.accept("partition")) return {};
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
  BareStatement found;
  if (words.accept("create")) return create(words);
  if (words.accept("drop")) return drop(words);
  if (words.accept("alter")) return alter(words);
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
  if (outline(sql).starts.size() > 1) return {};
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
