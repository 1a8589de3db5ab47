// SPDX-License-Identifier: MIT
#include "src/run/stepwise.h"

#include <utility>

#include "src/base/user_code.h"
#include "src/run/executor.h"
#include "src/run/half_run.h"
#include "src/sql/traits.h"

namespace gander::run {
namespace {

using sql::Statement;
using sql::StatementKind;
using Clock = std::chrono::steady_clock;

// What the journal cannot follow is refused before it runs.
[[noreturn]] void refuse(const Statement& statement, const char* what, const char* hint) {
  ErrorDetails details;
  details.code = ErrorCode::unsupported;
  details.message = what;
  details.hint = hint;
  throw driver::statement_error(statement, 0, std::move(details));
}

std::string before_image(driver::Connection& connection, const Statement& statement) {
  driver::Witness* const witness = connection.witness();
  return witness == nullptr ? std::string() : witness->before_image(statement);
}

driver::Outcome judge(driver::Connection& connection, const Statement& statement,
                      const std::string& before) {
  driver::Witness* const witness = connection.witness();
  return witness == nullptr ? driver::Outcome::unknown : witness->judge(statement, before);
}

Error with_resume_hint(const Error& error, const store::JournalRow& row) {
  ErrorDetails details = error.details();
  if (!details.hint.empty() || details.code != ErrorCode::sql) return error;
  const std::string done = std::to_string(row.done);
  if (row.state == store::JournalState::undecided) {
    details.hint = "what it did before it failed is not known: " + way_on(row);
  } else if (row.done == 0) {
    details.hint = "nothing of this migration has been kept; fix it and run again";
  } else if (details.statement > row.done + 1) {
    details.hint = "statements 1 to " + done +
                   " are done and stay, those behind them were rolled " +
                   "back; fix this one and run again: it goes on behind statement " + done;
  } else {
    details.hint = "statements 1 to " + done +
                   " are done and stay; fix this one and run again: it goes on here";
  }
  return error.with_details(std::move(details));
}

}  // namespace

Stepwise::Stepwise(Database& database, const Options& options, const CancelToken& cancel,
                   std::int64_t index, std::int64_t total)
    : database_(database), options_(options), cancel_(cancel), index_(index), total_(total) {}

std::optional<MigrationResult> Stepwise::run(const Task& task) {
  for (;;) {
    try {
      return attempt(task);
    } catch (const store::Overtaken&) {
      // Another run works on the same migration: look where it stands now.
      end_transactions();
      database_.store().forget_work();
      cancel_.throw_if_stopped();
    } catch (const Error& error) {
      end_transactions();
      if (options_.versioning) forget_work(database_);
      if (flowing_ && was_overtaken(task, error)) continue;
      if (options_.versioning) note_failure(error);
      throw with_resume_hint(error, row_);
    } catch (...) {
      end_transactions();
      throw;
    }
  }
}

std::optional<MigrationResult> Stepwise::attempt(const Task& task) {
  chain_.clear();
  unit_begun_ = own_transaction_ = settled_ = false;
  witnessed_ = task.mode == Mode::witnessed;
  own_units_ = 0;
  anchored_ = false;
  row_ = {};
  row_written_ = false;
  outcome_ = 0;
  unrepeated_.clear();
  commits_ = database_.connection().implicit_commits();
  flowing_ = commits_ != nullptr && task.mode == Mode::stepwise && !task.is_function();
  keeps_open_ = flowing_ && task.wrapped;
  if (options_.versioning && !take_up(task)) return std::nullopt;
  resumed_after_ = settled_ ? task.statement_count() : row_.done;
  flown_ = row_.done;
  flown_chain_ = row_.chain;
  tell_started(options_.observer, task, index_, total_, resumed_after_);
  const Clock::time_point start = Clock::now();
  if (task.is_function()) {
    call_function(task);
  } else if (task.mode == Mode::verbatim) {
    if (!settled_) run_verbatim(task);
  } else if (settled_) {
    // The file has been edited since, which changes nothing.
  } else if (options_.versioning) {
    walk(task);
  } else {
    run_unrecorded(task);
  }
  MigrationResult result;
  result.version = task.migration->version;
  result.name = task.migration->name;
  result.direction = task.direction;
  result.empty = task.statement_count() == 0;
  result.statements = task.statement_count() - resumed_after_;
  result.resumed_after = resumed_after_;
  result.duration = Clock::now() - start;
  if (options_.versioning) finish(task, result.duration);
  return result;
}

// Finds or starts the journal row. False when the version is already as wanted.
bool Stepwise::take_up(const Task& task) {
  bool wanted = false;
  in_transaction([&] {
    database_.store().refresh();
    database_.store().ensure_tables();
    database_.store().ensure_journal();
    wanted = take_up_row(task);
  });
  return wanted;
}

bool Stepwise::take_up_row(const Task& task) {
  store::Store& store = database_.store();
  const std::int64_t version = task.migration->version;
  const bool up = task.direction == Direction::up;
  const bool already = store.applied().contains(version) == up;
  const std::optional<store::JournalRow> found = database_.journal().find(version);
  if (!already) keep_course(store, task.direction);
  if (!found) {
    if (already) return false;
    start_row(task);
    return true;
  }
  row_ = *found;
  row_written_ = true;
  // Another run is on the opposite way and has not yet removed or added the version: its journal.
  if (already && row_.direction != task.direction) return false;
  if (already) {
    // Another tool has applied it meanwhile: the version table is what counts.
    database_.journal().finish(row_);
    store.append_history({HistoryEvent::adopted,
                          version,
                          task.migration->name,
                          task.checksum(),
                          0,
                          {},
                          "completed by another tool after statement " + std::to_string(row_.done),
                          task.stamp()});
    return false;
  }
  if (row_.direction != task.direction) throw half_way(row_);
  if (row_.state == store::JournalState::undecided) leave_undecided(row_.error);
  if (!task.is_function()) take_up_form(task);
  return true;
}

// A total of 0 says that the script runs verbatim.
void Stepwise::start_row(const Task& task) {
  row_ = {};
  row_.version = task.migration->version;
  row_.direction = task.direction;
  row_.total = task.mode == Mode::verbatim ? 0 : task.statement_count();
  // What flows has a row with its first intent: rows alone commit with the version's.
  row_written_ = !flowing_;
  if (row_written_) database_.journal().start(row_);
}

// The row may have been left by a run that took the script for one of the other form.
void Stepwise::take_up_form(const Task& task) {
  check_form(task, row_);
  const bool whole = row_.total == 0;
  settled_ = whole && row_.done > 0;
  if (settled_ || whole == (task.mode == Mode::verbatim)) return;
  database_.journal().finish(row_);
  start_row(task);
}

void Stepwise::walk(const Task& task) {
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  Statement statement;
  std::int64_t units = 0;
  while ((*statements)->next(&statement)) {
    cancel_.throw_if_stopped();
    if (!unit_begun_) unit_ = store::extend_chain(chain_);
    unit_begun_ = !statement.last_piece;
    unit_.update(statement.shown());
    if (statement.last_piece) chain_ = unit_.hex_digest();
    units = statement.number;
    if (statement.number <= row_.done && !own_transaction_) {
      pass_completed(statement);
      continue;
    }
    if (!unrepeated_.empty()) throw Error(unrepeated_.begin()->second);
    StatementWatch watch(options_.observer, task, statement);
    step(statement);
    watch.finished(database_.connection());
    if (!statement.last_piece) continue;
    flown_ = statement.number;
    flown_chain_ = chain_;
  }
  if ((*statements)->checksum() != task.checksum()) {
    throw Error(ErrorCode::invalid_migration, "the file changed while it was being applied",
                "its completed statements stay; run again when the file is complete");
  }
  if (own_transaction_ && !keeps_open_) {
    throw Error(ErrorCode::invalid_migration, "the file begins a transaction that it does not end",
                "add the missing COMMIT; the open transaction was rolled back");
  }
  if (row_.done > units) throw fewer_statements(row_, units);
}

// A statement that an earlier run has completed: its text must be the same, and what it did to the
// session is done again.
void Stepwise::pass_completed(const Statement& statement) {
  if (statement.last_piece && statement.number == row_.done && chain_ != row_.chain) {
    throw driver::statement_error(statement, 0, changed_since(row_));
  }
  if (statement.kind == StatementKind::session) repeat_setting(statement);
}

// A later one of the same kind replaces it, and it may name what is gone since (USE of a database
// that has been dropped): only the last of its kind has to succeed.
void Stepwise::repeat_setting(const Statement& statement) {
  const std::string key = sql::setting_of(database_.dialect().grammar(), statement.text);
  try {
    database_.connection().run(statement);
    unrepeated_.erase(key);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql) throw;
    unrepeated_.insert_or_assign(key, error);
  }
}

void Stepwise::step(const Statement& statement) {
  if (own_transaction_ && !flowing_) return step_own_transaction(statement);
  if (witnessed_) return step_witnessed(statement);
  if (!flowing_ && (transaction_ || !statement.last_piece)) return step_piece(statement);
  if (row_.running == statement.number) {
    if (settle_doubt(statement)) return;
    if (statement.kind == StatementKind::bare) return run_bare(statement);
    in_transaction([&] { database_.journal().withdraw(&row_); });
  }
  if (flowing_) return step_flowing(statement);
  switch (statement.kind) {
    case StatementKind::begin_transaction:
      begin();
      own_transaction_ = true;
      own_units_ = 1;
      return;
    case StatementKind::session:
      return step_repeatable(statement);
    case StatementKind::end_transaction:
      // There is none to end: an error on SQLite, a warning on PostgreSQL.
      return step_repeatable(statement);
    case StatementKind::bare:
      return step_bare(statement);
    default:
      return step_wrapped(statement);
  }
}

// No statement shares a transaction with its record.
void Stepwise::step_witnessed(const Statement& statement) {
  if (!statement.last_piece) {
    refuse(statement, "a block of more than 1 MiB cannot be run on this database in one go",
           "end the block before this statement with `-- +goose StatementEnd` and begin another "
           "after it");
  }
  if (statement.kind == StatementKind::nothing) return note_complete();
  if (statement.kind == StatementKind::session) return step_repeatable(statement);
  if (row_.running != statement.number) return step_bare(statement);
  if (!settle_doubt(statement)) run_bare(statement);
}

// A unit that comes in pieces is one transaction, so nothing in it may need to be outside of one.
void Stepwise::step_piece(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::ordinary:
    case StatementKind::nothing:
    case StatementKind::copy_from_stdin:
      return step_wrapped(statement);
    default:
      refuse(statement, "a block of more than 1 MiB holds a statement that needs to be on its own",
             "end the block before this statement with `-- +goose StatementEnd` and begin another "
             "after it");
  }
}

// The script's own transaction: its statements and the journal entry for all of them commit at
// once.
void Stepwise::step_own_transaction(const Statement& statement) {
  if (statement.last_piece) ++own_units_;
  if (statement.kind != StatementKind::end_transaction) {
    if (statement.kind != StatementKind::nothing) database_.connection().run(statement);
    return;
  }
  const sql::TransactionEnd end =
      sql::transaction_end(database_.dialect().grammar().lexical, statement.text);
  if (end == sql::TransactionEnd::prepares) {
    refuse(statement, "a prepared transaction cannot be followed by the journal",
           "use COMMIT; the open transaction was rolled back");
  }
  if (end == sql::TransactionEnd::chains) {
    refuse(statement, "AND CHAIN cannot be followed by the journal",
           "write the next BEGIN on its own; the open transaction was rolled back");
  }
  own_transaction_ = false;
  if (end == sql::TransactionEnd::keeps) {
    database_.journal().complete(&row_, chain_, own_units_);
    return commit();
  }
  transaction_.reset();
  in_transaction([&] { database_.journal().complete(&row_, chain_, own_units_); });
}

void Stepwise::step_wrapped(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  const store::JournalRow before = row_;
  const bool whole = statement.last_piece && !transaction_;
  try {
    if (!transaction_) begin();
    if (statement.kind != StatementKind::nothing) connection.run(statement);
    if (!statement.last_piece) return;
    database_.journal().complete(&row_, chain_);
    commit();
  } catch (const Error& error) {
    row_ = before;
    transaction_.reset();
    if (!whole || !connection.refused_transaction(error)) throw;
    step_bare(statement);
  }
}

void Stepwise::step_bare(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  in_transaction([&] { database_.journal().intend(&row_, before_image(connection, statement)); });
  run_bare(statement);
}

// The intent is recorded, by this run or by one before it that did not come to the outcome. It is
// not taken back and recorded anew for a second try: two runs without a lock could do that to each
// other for ever (tests/model/sqlite.pml).
void Stepwise::run_bare(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  try {
    connection.run(statement);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection) throw;
    // The unit may have begun a transaction of its own.
    connection.rollback();
    const bool clean =
        judge(connection, statement, row_.before_image) == driver::Outcome::did_not_happen;
    in_transaction([&] {
      if (clean) database_.journal().withdraw(&row_);
      if (!clean)
        database_.journal().set_state(&row_, store::JournalState::undecided, record_of(error));
    });
    throw;
  }
  in_transaction([&] { database_.journal().complete(&row_, chain_); });
}

// Changes nothing but the session: to run it once more after a crash is harmless, so it needs no
// intent.
void Stepwise::step_repeatable(const Statement& statement) {
  database_.connection().run(statement);
  note_complete();
}

void Stepwise::note_complete() {
  in_transaction([&] { database_.journal().complete(&row_, chain_); });
}

// The run before us died between intent and outcome, or is between them now. True: the statement
// happened.
bool Stepwise::settle_doubt(const Statement& statement) {
  const driver::Outcome outcome = judge(database_.connection(), statement, row_.before_image);
  switch (outcome) {
    case driver::Outcome::happened:
      in_transaction([&] { database_.journal().complete(&row_, chain_); });
      return true;
    case driver::Outcome::did_not_happen:
      return false;
    case driver::Outcome::unknown:
      break;
  }
  const std::string why = "the run stopped while statement " + std::to_string(statement.number) +
                          " was executing, and the database cannot tell whether it happened";
  in_transaction(
      [&] { database_.journal().set_state(&row_, store::JournalState::undecided, why); });
  leave_undecided(why);
}

void Stepwise::leave_undecided(const std::string& why) { throw doubt(row_, why); }

void Stepwise::call_function(const Task& task) {
  const std::function<void(Connection&)>* function = task.function();
  if (function == nullptr) return;
  driver::Connection& connection = database_.connection();
  if (options_.versioning) {
    if (row_.done > 0) return;
    if (row_.running > 0) leave_undecided("the run stopped while its function was executing");
  }
  if (commits_ != nullptr && task.migration->function->transactional) {
    return call_flowing(*function);
  }
  if (options_.versioning) {
    in_transaction([&] { database_.journal().intend(&row_, ""); });
  }
  called_ = true;
  try {
    (*function)(*connection.lend());
  } catch (...) {
    const Error error = of_user_code(ErrorCode::sql, "the function migration");
    end_transactions();
    if (options_.versioning) in_transaction([&] { database_.journal().withdraw(&row_); });
    throw error;
  }
  if (!options_.versioning) return;
  chain_ = store::extend_chain("").hex_digest();
  in_transaction([&] { database_.journal().complete(&row_, chain_); });
}

void Stepwise::finish(const Task& task, std::chrono::nanoseconds duration) {
  store::Store& store = database_.store();
  const bool up = task.direction == Direction::up;
  const auto work = [&] {
    // What flows is found out by record() if another tool was faster.
    if (!flowing_) store.refresh();
    if (anchored_ && transaction_) was_committed();
    // Where it does not commit with the version's row, it says until then that all is done.
    const bool first = database_.dialect().atomicity() != driver::Atomicity::none;
    if (row_written_ && first) database_.journal().finish(row_);
    store::HistoryRecord record{up ? HistoryEvent::applied : HistoryEvent::reverted,
                                task.migration->version,
                                task.migration->name,
                                task.checksum(),
                                task.statement_count(),
                                duration,
                                "",
                                task.stamp()};
    if (store.applied().contains(task.migration->version) != up) {
      store.record(task.direction, record);
    } else if (transaction_) {
      // Another tool was faster with what is not committed here: it is taken back.
      throw store::Overtaken{};
    } else {
      record.event = HistoryEvent::adopted;
      record.detail = "another tool recorded it first";
      store.append_history(record);
    }
    if (row_written_ && !first) database_.journal().finish(row_);
  };
  driver::Connection& connection = database_.connection();
  if (transaction_) {
    work();
    commit();
    return store.settle();
  }
  if (!connection.in_transaction()) return in_transaction(work);
  // The transaction that a script run verbatim has left open.
  work();
  connection.commit();
  store.settle();
}

// Without versioning there is no table to resume from.
void Stepwise::run_unrecorded(const Task& task) {
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  Statement statement;
  // Where the engine ends it by itself, what stands behind commits one by one, as with goose.
  if (keeps_open_) transaction_.emplace(database_.connection());
  while ((*statements)->next(&statement)) {
    cancel_.throw_if_stopped();
    if (statement.kind == StatementKind::nothing) continue;
    StatementWatch watch(options_.observer, task, statement);
    database_.connection().run(statement);
    watch.finished(database_.connection());
  }
  if (transaction_) commit();
}

// Best effort: the failure itself is what is reported.
void Stepwise::note_failure(const Error& error) {
  const ErrorCode code = error.code();
  const bool lost = code == ErrorCode::connection || code == ErrorCode::in_doubt;
  if (row_.version == 0 || lost || (code == ErrorCode::interrupted && outcome_ == 0)) return;
  try {
    in_transaction([&] {
      const std::optional<store::JournalRow> found = database_.journal().find(row_.version);
      if (!found) {
        row_ = {};
        return;
      }
      row_ = *found;
      if (row_.state == store::JournalState::undecided) return;
      if (outcome_ > 0 && row_.running == outcome_) {
        database_.journal().complete(&row_, outcome_chain_);
      }
      if (code == ErrorCode::interrupted) return;
      database_.journal().set_state(&row_, store::JournalState::failed, error.details().message);
    });
  } catch (const Error&) {
  } catch (const store::Overtaken&) {
  }
}

// Begins a transaction and makes sure that no other run has moved the migration on: where no run
// lock exists, the write lock that begin() takes is what excludes them.
void Stepwise::begin() {
  anchored_ = false;
  transaction_.emplace(database_.connection());
  database_.fence();
  if (database_.locked() || !row_written_) return;
  const std::optional<store::JournalRow> now = database_.journal().find(row_.version);
  if (!now || now->direction != row_.direction || now->done != row_.done ||
      now->running != row_.running) {
    throw store::Overtaken{};
  }
}

void Stepwise::commit() {
  transaction_->commit();
  transaction_.reset();
}

// Of a script that fails also the one that it has begun itself, run verbatim or without versioning.
void Stepwise::end_transactions() noexcept {
  if (!transaction_) database_.connection().rollback();
  transaction_.reset();
}

void Stepwise::in_transaction(const std::function<void()>& work) {
  driver::Transaction transaction(database_.connection());
  database_.fence();
  work();
  transaction.commit();
  if (options_.versioning) database_.store().settle();
}

}  // namespace gander::run
