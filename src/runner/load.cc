// SPDX-License-Identifier: MIT
// Runs a script that is no migration, such as a dump, in an empty database.
#include <utility>

#include "src/run/settings_scope.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/schema/describe.h"
#include "src/script/reader.h"

namespace gander {
namespace {

// Runs statements in transactions of a size that the database can hold.
class Loader {
 public:
  Loader(driver::Connection& connection, int limit) : connection_(connection), limit_(limit) {}
  ~Loader() {
    if (open_) connection_.rollback();
  }
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  void run(const sql::Statement& statement) {
    switch (statement.kind) {
      case sql::StatementKind::nothing:
      case sql::StatementKind::begin_transaction:
      case sql::StatementKind::end_transaction:
        return;
      case sql::StatementKind::session:
        // Some mean something before the first transaction alone.
        return connection_.run(statement);
      case sql::StatementKind::bare:
        commit();
        return connection_.run(statement);
      case sql::StatementKind::ordinary:
      case sql::StatementKind::copy_from_stdin:
        break;
    }
    if (!std::exchange(open_, true)) connection_.begin();
    connection_.run(statement);
    if (statement.last_piece && ++objects_ == limit_) commit();
  }

  void commit() {
    if (!open_) return;
    connection_.commit();
    open_ = false;
    objects_ = 0;
    committed_ = true;
  }

  bool committed() const { return committed_; }

 private:
  driver::Connection& connection_;
  const int limit_;  // 0: none
  int objects_ = 0;  // statements of the transaction
  bool open_ = false;
  bool committed_ = false;
};

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::usage, "the database is not empty: it has the " + what,
              "load into a new one; `MigrationRunner::up()` changes one that has a schema");
}

}  // namespace

void MigrationRunner::Impl::run_script(run::Database& database, const std::string& sql,
                                       const std::string& file) {
  driver::Connection& connection = database.connection();
  const run::SettingsScope settings(database);
  const std::unique_ptr<Input> input = string_input(sql);
  Loader loader(connection, dialect().objects_per_transaction());
  try {
    script::StatementReader reader(
        *input, {.grammar = &dialect().grammar(), .file = file, .variables = {}, .plain = true});
    sql::Statement statement;
    while (reader.next(&statement)) {
      cancel_.throw_if_stopped();
      loader.run(statement);
    }
    loader.commit();
  } catch (const Error& error) {
    ErrorDetails details = error.details();
    if (details.file.empty()) details.file = file;
    if (loader.committed()) {
      details.hint += (details.hint.empty() ? "" : "; ") +
                      std::string(
                          "a part of the script is in the database: drop it, and load into "
                          "a new one");
    }
    throw error.with_details(std::move(details));
  }
}

void MigrationRunner::Impl::load(const std::string& sql, const std::string& file) {
  const Scope scope(*this);
  nothing_pending_at_.reset();
  const schema::Snapshot there = read_schema(database(), false);
  for (const schema::Object& object : there.objects) {
    if (!object.steps.empty()) refuse(schema::described(object.id));
  }
  database().store().load();
  if (database().store().version_table_exists()) {
    refuse("version table " + database().store().names().version);
  }
  run_script(database(), sql, file);
  if (database_ != nullptr) close_database();  // with what the script has set
}

}  // namespace gander
