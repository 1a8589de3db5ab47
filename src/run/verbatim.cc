// SPDX-License-Identifier: MIT
// Stepwise's other way: a script whose transactions do not follow its units (`COMMIT; ... BEGIN;`
// on one line) is run as it stands, on one connection.
//
// Nothing can be recorded between its statements, so one intent stands for all of them: a run that
// dies after the first COMMIT leaves the version in doubt. The last transaction, the script's own
// where one is open, holds the version row.
#include <utility>

#include "src/run/executor.h"
#include "src/run/stepwise.h"

namespace gander::run {
namespace {

Error with_doubt_hint(const Error& error, std::int64_t version) {
  ErrorDetails details = error.details();
  const std::string number = std::to_string(version);
  details.hint =
      "parts of the file may have been committed: look at the database, then "
      "`MigrationRunner::resolve(" +
      number +
      ")` with Resolution::done if all of it happened, Resolution::redo to run it again from its "
      "first statement, Resolution::abandon to give it up";
  return Error(std::move(details));
}

}  // namespace

void Stepwise::run_verbatim(const Task& task) {
  driver::Connection& connection = database_.connection();
  const bool transactional = task.transactional();
  if (options_.versioning) in_transaction([&] { database_.journal().intend(&row_, ""); });
  // Once something may have been committed, a failure is no longer clean.
  bool parted = false;
  try {
    if (transactional) connection.begin();
    if (transactional) database_.fence();
    send_verbatim(task, &parted);
    if (!transactional && connection.in_transaction()) {
      throw Error(ErrorCode::invalid_migration,
                  "the file begins a transaction that it does not end",
                  "add the missing COMMIT; the open transaction was rolled back");
    }
    if (!options_.versioning && connection.in_transaction()) connection.commit();
  } catch (const Error& error) {
    if (!options_.versioning || error.code() == ErrorCode::connection) throw;
    connection.rollback();
    in_transaction([&] {
      if (!parted) database_.journal().withdraw(&row_);
      if (parted)
        database_.journal().set_state(&row_, store::JournalState::undecided, record_of(error));
    });
    if (parted) throw with_doubt_hint(error, row_.version);
    throw;
  }
}

void Stepwise::send_verbatim(const Task& task, bool* parted) {
  driver::Connection& connection = database_.connection();
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  sql::Statement statement;
  while ((*statements)->next(&statement)) {
    cancel_.throw_if_stopped();
    if (statement.kind == sql::StatementKind::nothing) continue;
    if (statement.transactions.any()) *parted = true;
    StatementWatch watch(options_.observer, task, statement);
    connection.run(statement);
    connection.flush();
    watch.finished(connection);
    if (!connection.in_transaction()) *parted = true;
  }
  if ((*statements)->checksum() != task.checksum()) {
    throw Error(ErrorCode::invalid_migration, "the file changed while it was being applied",
                "run again when the file is complete");
  }
}

}  // namespace gander::run
