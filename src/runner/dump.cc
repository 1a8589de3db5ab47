// SPDX-License-Identifier: MIT
// The schema of the database: as a value, and as a script.
#include <memory>
#include <utility>

#include "gander/schema.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/schema/print.h"

namespace gander {
namespace {

// What the tool has made, of whichever version, and the lease of goose's table locker (v3.30.1,
// lock/internal/table).
std::vector<TableName> own_tables(const store::Names& names) {
  TableName lease = names.version_table;
  lease.table = "goose_lock";
  std::vector<TableName> all = names.tables();
  all.push_back(std::move(lease));
  return all;
}

// Without times and without who: the same text for two databases with the same versions.
std::string versions_text(const store::Store& store, const driver::Dialect& dialect) {
  const store::Names& names = store.names();
  const sql::LexicalRules& rules = dialect.grammar().lexical;
  const std::string applied = std::string(dialect.ledger().truth) + ")";
  std::string rows = "\n  (0, " + applied;
  const std::vector<std::int64_t> versions = store.applied().newest_first();
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    rows += ",\n  (" + std::to_string(*version) + ", " + applied;
  }
  return schema::ended(names.create_version, rules) +
         schema::ended("INSERT INTO " + names.version + " (version_id, is_applied) VALUES" + rows,
                       rules);
}

}  // namespace

driver::Catalogue& MigrationRunner::Impl::catalogue(run::Database& database) {
  driver::Catalogue* const catalogue = database.connection().catalogue();
  if (catalogue != nullptr) return *catalogue;
  throw Error(ErrorCode::unsupported,
              "the schema of this kind of database cannot be read as a value yet",
              "use the dump of the database's own tools");
}

driver::SnapshotRequest MigrationRunner::Impl::snapshot_request(run::Database& database,
                                                                bool grants) {
  return {.without = own_tables(database.store().names()), .grants = grants};
}

schema::Snapshot MigrationRunner::Impl::read_schema(run::Database& database, bool grants) {
  return catalogue(database).snapshot(snapshot_request(database, grants));
}

Schema MigrationRunner::Impl::schema_value(schema::Snapshot snapshot) {
  return {std::make_shared<const schema::Snapshot>(std::move(snapshot)),
          dialect().grammar().lexical};
}

Schema MigrationRunner::Impl::schema(const SchemaOptions& options) {
  const Scope scope(*this);
  require_database();
  return schema_value(read_schema(database(), options.grants));
}

std::string MigrationRunner::Impl::dump(const DumpOptions& options) {
  const Scope scope(*this);
  require_database();
  return dump_text(options);
}

std::string MigrationRunner::Impl::dump_text(const DumpOptions& options) {
  std::string text = schema_value(read_schema(database(), options.grants)).text();
  if (!options.versions) return text;
  if (!text.empty()) text += '\n';
  database().store().load();
  return text + versions_text(database().store(), dialect());
}

}  // namespace gander
