// SPDX-License-Identifier: MIT
#include "src/runner/scratch_database.h"

#include <algorithm>
#include <utility>

#include "src/check/renamed.h"
#include "src/run/executor.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/schema/compare.h"

namespace gander {
namespace {

// In a new database there is none of the schemas that settings name.
void make_schemas(driver::Driver& driver, const driver::SessionOptions& options,
                  const TableName& table) {
  if (options.schema.empty() && table.schema.empty()) return;
  driver::SessionOptions plain = options;
  plain.schema.clear();
  plain.tables.clear();
  const std::unique_ptr<driver::Connection> session = driver.connect(plain);
  const driver::Dialect& dialect = driver.dialect();
  const std::string of_table = table.schema_quoted ? table.schema : dialect.fold(table.schema);
  for (const std::string& name : {options.schema, of_table}) {
    if (name.empty() || name == session->default_schema()) continue;
    session->execute("CREATE SCHEMA IF NOT EXISTS " + dialect.quote(name));
  }
}

}  // namespace

ScratchDatabase::ScratchDatabase(driver::Driver& beside, const driver::SessionOptions& options,
                                 const TableName& table, const store::Author& author,
                                 std::string_view purpose, Content content) {
  const std::unique_ptr<driver::Scratches> scratches = beside.scratches(options);
  if (scratches == nullptr) {
    throw Error(ErrorCode::unsupported, "no scratch database can be made beside this one",
                "name the database by its URL, not by a handle that is borrowed");
  }
  const bool empty = content == Content::nothing;
  scratch_ = empty ? scratches->make(purpose) : scratches->duplicate(purpose);
  driver_ = scratch_->driver();
  if (empty && driver_->file_path().empty()) make_schemas(*driver_, options, table);
  database_ = std::make_unique<run::Database>(*driver_, options, table, author, false);
  database_->store().load();
}

ScratchDatabase MigrationRunner::Impl::make_scratch() {
  return {target_.driver(), session_options(), table_, author()};
}

// Nobody else is there: no lock, no history, and nothing to be told of.
void MigrationRunner::Impl::run_on(ScratchDatabase& scratch, std::span<const run::Task> tasks) {
  if (tasks.empty()) return;
  Options options = options_;
  options.observer = nullptr;
  options.versioning = true;
  options.history = false;
  Report report;
  run::Executor(scratch.database(), options, cancel_, &report).execute(tasks);
}

schema::Snapshot MigrationRunner::Impl::made_by(const std::vector<source::Migration>& migrations,
                                                bool grants) {
  ScratchDatabase scratch = make_scratch();
  if (!migrations.empty()) {
    const run::Tasks prepared =
        prepare(plan::make({.kind = plan::Request::Kind::up}, migrations, {}));
    run_on(scratch, prepared.tasks);
    if (prepared.defect) throw *prepared.defect;
  }
  return read_schema(scratch.database(), grants);
}

Schema MigrationRunner::Impl::migrated_schema(const SchemaOptions& options) {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  return schema_value(made_by(migrations, options.grants));
}

SchemaComparison MigrationRunner::Impl::drift(const SchemaOptions& options) {
  const Scope scope(*this);
  std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  require_database();
  store::Store& store = database().store();
  store.load({.fingerprints = true, .expected = migrations.size()});
  const std::vector<std::int64_t> unknown = plan::unknown_versions(migrations, store.applied());
  const std::vector<std::int64_t> settled = check::settled(unknown, store.fingerprints());
  for (const std::int64_t version : unknown) {
    if (std::ranges::binary_search(settled, version)) continue;
    throw Error(ErrorCode::not_found,
                "version " + std::to_string(version) +
                    " is applied and has no file here: what it has made is not known",
                "bring its file back, or settle it with `MigrationRunner::accept(" +
                    std::to_string(version) + ")`");
  }
  std::erase_if(migrations, [&](const source::Migration& migration) {
    return !store.applied().is_applied(migration.version);
  });
  return schema::compare(made_by(migrations, options.grants),
                         read_schema(database(), options.grants));
}

Schema MigrationRunner::Impl::loaded_schema(const std::string& sql, const std::string& file,
                                            const SchemaOptions& options) {
  const Scope scope(*this);
  ScratchDatabase scratch = make_scratch();
  run_script(scratch.database(), sql, file);
  // What the script has set does not reach the reading, and what it has written to the schema's own
  // table is known to a new session alone.
  scratch.database().reopen();
  return schema_value(read_schema(scratch.database(), options.grants));
}

}  // namespace gander
