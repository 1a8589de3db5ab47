// SPDX-License-Identifier: MIT
#include "src/driver/postgres/needs.h"

#include <cstddef>
#include <vector>

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/message_shape.h"

namespace gander::driver::postgres {

namespace {

using Verb = sql::Outline::Verb;

bool is_relation(std::string_view kind) {
  return kind == "table" || kind == "index" || kind == "view" || kind == "sequence" ||
         kind == "materialized view" || kind == "foreign table";
}

// What else stands in a schema.
bool has_schema(std::string_view kind) {
  return is_relation(kind) || kind == "type" || kind == "domain" || kind == "function" ||
         kind == "procedure" || kind == "aggregate";
}

}  // namespace

void Needs::add(const std::string& place, std::string_view sql) {
  const std::vector<std::size_t> starts = message_shape(sql).starts;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : sql.size();
    add_statement(place, sql::outline({kLexicalRules, sql.substr(starts[i], end - starts[i])}));
  }
}

void Needs::add_statement(const std::string& place, const sql::Outline& statement) {
  if (statement.verb == Verb::create) return add_create(place, statement);
  if (statement.verb == Verb::other || !is_relation(statement.kind)) return;
  add_altered(place, statement.name);
  if (statement.verb == Verb::alter) return;
  for (sql::Words rest = statement.rest; rest.accept(',');) add_altered(place, rest.name());
}

void Needs::add_altered(const std::string& place, const std::string& name) {
  if (!name.empty()) altered_.emplace(name, place);
}

void Needs::add_schema_of(const std::string& place, const std::string& name) {
  const std::size_t dot = name.rfind('.');
  schemas_.emplace(dot == std::string::npos ? "" : name.substr(0, dot), place);
}

void Needs::add_create(const std::string& place, const sql::Outline& statement) {
  if (statement.temporary) return;
  if (statement.kind == "schema") {
    on_database_.emplace("SCHEMA", place);
  } else if (statement.kind == "extension") {
    if (!statement.name.empty()) extensions_.emplace(statement.name, place);
  } else if (statement.kind == "index") {
    add_altered(place, statement.table);
  } else if (has_schema(statement.kind) && !statement.name.empty()) {
    add_schema_of(place, statement.name);
  }
}

}  // namespace gander::driver::postgres
