// SPDX-License-Identifier: MIT
#include "src/runner/scratch_database.h"

#include <utility>

#include "src/run/executor.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

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
                                 const TableName& table, const store::Author& author) {
  const std::unique_ptr<driver::Scratches> scratches = beside.scratches(options);
  if (scratches == nullptr) {
    throw Error(ErrorCode::unsupported, "no scratch database can be made beside this one",
                "name the database by its URL, not by a handle that is borrowed");
  }
  scratch_ = scratches->make();
  driver_ = scratch_->driver();
  if (driver_->file_path().empty()) make_schemas(*driver_, options, table);
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

Schema MigrationRunner::Impl::migrated_schema(const SchemaOptions& options) {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  const run::Tasks prepared =
      prepare(plan::make({.kind = plan::Request::Kind::up}, migrations, {}));
  ScratchDatabase scratch = make_scratch();
  run_on(scratch, prepared.tasks);
  if (prepared.defect) throw *prepared.defect;
  return schema_value(read_schema(scratch.database(), options.grants));
}

Schema MigrationRunner::Impl::loaded_schema(const std::string& sql, const std::string& file,
                                            const SchemaOptions& options) {
  const Scope scope(*this);
  ScratchDatabase scratch = make_scratch();
  run_script(scratch.database(), sql, file);
  return schema_value(read_schema(scratch.database(), options.grants));
}

}  // namespace gander
