// SPDX-License-Identifier: MIT
#include "src/driver/postgres/objects.h"

#include <algorithm>

#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

}  // namespace

Objects::Objects(Connection& connection)
    : connection_(connection), usual_(connection.default_schema()) {
  for (const auto& row :
       connection_
           .look("SELECT s::text FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) AS s")
           .rows) {
    path_.push_back(text(row[0]));
  }
  for (const auto& row : connection_
                             .look("SELECT n.nspname::text, c.relname::text, c.relispartition FROM "
                                   "pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON "
                                   "n.oid = c.relnamespace WHERE n.nspname <> 'pg_toast'")
                             .rows) {
    const bool partition = std::get<std::int64_t>(row[2]) != 0;
    relations_.emplace(Qualified{text(row[0]), text(row[1])},
                       partition ? Kind::partition : Kind::whole);
  }
  for (const auto& row :
       connection_
           .look("SELECT n.nspname::text, t.typname::text FROM pg_catalog.pg_type "
                 "AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace")
           .rows) {
    types_.emplace(text(row[0]), text(row[1]));
  }
  for (const auto& row :
       connection_.look("SELECT nspname::text FROM pg_catalog.pg_namespace").rows) {
    schemas_.insert(text(row[0]));
  }
}

std::optional<std::string> Objects::schema_of(const std::string& name) const {
  const auto found = std::ranges::find_if(path_, [&](const std::string& schema) {
    return relations_.contains(Qualified{schema, name});
  });
  if (found == path_.end()) return std::nullopt;
  return *found;
}

std::optional<bool> Objects::has_relation(const ObjectName& object) const {
  std::string schema = object.schema;
  if (schema.empty() && object.creating) {
    // An index is made beside its table.
    schema = object.table.empty() ? usual_ : schema_of(object.table).value_or(usual_);
  } else if (schema.empty()) {
    const std::optional<std::string> found = schema_of(object.name);
    if (!found) return false;
    schema = *found;
  }
  const auto found = relations_.find(Qualified{schema, object.name});
  if (found == relations_.end()) return false;
  // A partition may have gone with its table.
  if (found->second == Kind::partition && object.creating) return std::nullopt;
  return true;
}

std::optional<bool> Objects::has_column(const ObjectName& object) {
  const std::optional<std::string> schema =
      object.schema.empty() ? schema_of(object.table) : std::optional(object.schema);
  if (!schema) return std::nullopt;
  const Qualified table{*schema, object.table};
  if (!relations_.contains(table)) return std::nullopt;
  auto known = columns_.find(table);
  if (known == columns_.end()) {
    known = columns_.emplace(table, std::set<std::string>()).first;
    for (const auto& row :
         connection_
             .look(
                 "SELECT attname::text FROM pg_catalog.pg_attribute WHERE NOT attisdropped AND "
                 "attrelid = pg_catalog.to_regclass(" +
                 dialect().literal(dialect().quote(*schema) + "." + dialect().quote(object.table)) +
                 ")")
             .rows) {
      known->second.insert(text(row[0]));
    }
  }
  return known->second.contains(object.name);
}

std::optional<bool> Objects::has(const ObjectName& object) {
  if (usual_.empty() && object.schema.empty() && object.kind != ObjectKind::schema) {
    return std::nullopt;
  }
  switch (object.kind) {
    case ObjectKind::relation:
    case ObjectKind::part:
      return has_relation(object);
    case ObjectKind::column:
      return has_column(object);
    case ObjectKind::schema:
      return schemas_.contains(object.name);
    case ObjectKind::type:
      if (!object.schema.empty()) return types_.contains({object.schema, object.name});
      if (object.creating) return types_.contains({usual_, object.name});
      return std::ranges::any_of(
          path_, [&](const std::string& schema) { return types_.contains({schema, object.name}); });
  }
  return std::nullopt;
}

}  // namespace gander::driver::postgres
