// SPDX-License-Identifier: MIT
#include "src/run/executor.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "src/base/backoff.h"
#include "src/base/user_code.h"
#include "src/driver/transaction.h"
#include "src/run/half_run.h"
#include "src/run/settings_scope.h"
#include "src/run/stepwise.h"

namespace gander::run {
namespace {

using Clock = std::chrono::steady_clock;

// A group ends when its scripts reach this size, so that a failure never costs the replay of more.
constexpr std::int64_t kGroupBytes = 16 * 1024 * 1024;

// A group is committed once it has taken so long: an interruption costs no more finished work than
// that, and a commit is cheap against it.
constexpr std::chrono::seconds kGroupTime{1};

// How often in a row the database is tried before it counts as gone (about a quarter of a minute,
// enough for a server to restart).
constexpr int kReconnectTries = 12;
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::seconds kLongestPause{4};
constexpr std::chrono::microseconds kLook = std::chrono::milliseconds(40);

std::int64_t count_of(const std::vector<driver::IntegrityProblem>& problems,
                      const std::string& what) {
  for (const driver::IntegrityProblem& problem : problems) {
    if (problem.what == what) return problem.count;
  }
  return 0;
}

// May a group that failed so be run again one migration at a time? A failing disk is not asked
// twice on the same handle, and who has waited for another run does not wait again. A full disk
// has taken the group back, and those that fit are kept.
bool is_worth_replaying(const Error& error, const driver::Connection& connection) {
  const ErrorCode code = error.code();
  if (error.cause() != nullptr) return false;  // an observer has ended the run
  if (connection.is_full(error)) return true;
  return code != ErrorCode::storage && (code != ErrorCode::locked || Retry::concerns(error));
}

// Without a transaction around it a file may also switch the check of keys off and on again.
bool may_break_keys(const Task& task, const driver::Dialect& dialect) {
  const script::Section& section = task.script->summary().section(task.direction);
  if (!dialect.leaves_keys_unchecked()) return false;
  if (section.drops_or_renames_table) return true;
  if (section.settings == 0) return false;
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  sql::Statement statement;
  while ((*statements)->next(&statement)) {
    if (dialect.switches_keys(statement)) return true;
  }
  return false;
}

// Of a run that has lost its session and gets no other.
Error while_lost(const Error& error) {
  ErrorDetails details = error.details();
  details.message +=
      "; the connection was lost before that, and whether the migration in progress was applied is "
      "not known";
  return error.with_details(std::move(details));
}

}  // namespace

Error in_migration(const Error& error, const source::Migration& migration) {
  ErrorDetails details = error.details();
  if (details.file.empty()) details.file = migration.place;
  if (details.version == 0) details.version = migration.version;
  return error.with_details(std::move(details));
}

std::string record_of(const Error& error) {
  ErrorDetails details = error.details();
  details.source_line.clear();
  details.detail.clear();
  return Error(std::move(details)).what();
}

StatementWatch::StatementWatch(Observer* observer, const Task& task,
                               const sql::Statement& statement, bool deferred)
    : observer_(observer), version_(task.migration->version), number_(statement.number) {
  if (observer_ == nullptr) return;
  observer_->statement_started({version_, number_, task.statement_count(), statement.place().line,
                                statement.shown(), statement.bytes_read, task.script->bytes(),
                                deferred});
  start_ = Clock::now();
}

void StatementWatch::finished(driver::Connection& connection) {
  if (observer_ == nullptr) return;
  // A database that measures transactions defers statements inside them: this one may not even have
  // been sent.
  const bool deferred =
      !connection.elapsed_sql().nanoseconds.empty() && connection.in_transaction();
  std::chrono::nanoseconds taken{0};
  if (!deferred) taken = Clock::now() - start_;
  observer_->statement_finished({version_, number_, taken});
}

void StatementWatch::answered() {
  if (observer_ == nullptr) return;
  observer_->statement_finished({version_, number_, Clock::now() - start_});
}

void tell_started(Observer* observer, const Task& task, std::int64_t index, std::int64_t total,
                  std::int64_t resumed_after) {
  if (observer == nullptr) return;
  observer->migration_started({task.migration->version, task.migration->name, task.direction, index,
                               total, task.statement_count(), resumed_after, task.transactional()});
}

Executor::Executor(Database& database, const Options& options, const CancelToken& cancel,
                   Report* report)
    : database_(database), options_(options), cancel_(cancel), report_(report) {}

void Executor::execute(std::span<const Task> tasks) {
  const SettingsScope settings(database_);
  tasks_ = tasks;
  total_ = static_cast<std::int64_t>(tasks.size());
  index_ = 1;
  note_warnings({});
  tell_warnings();
  prepare_tables();
  while (index_ <= total_) {
    const std::span<const Task> rest = tasks.subspan(static_cast<std::size_t>(index_ - 1));
    if (alone_ == 0 && run_together(rest)) continue;
    run_one(rest.front());
    ++index_;
    if (alone_ > 0) --alone_;
  }
}

// On a server the tables get a transaction of their own before the first migration, as with goose:
// a role that may not create the history can still migrate. A file gets them with its first
// migration, and none if that fails.
void Executor::prepare_tables() {
  if (!options_.versioning) return;
  for (int lost = 0;; ++lost) {
    store::Store& store = database_.store();
    const bool there = store.version_table_exists();
    if (store.token() || (there && (store.history_exists() || !store.wants_history()))) return;
    try {
      driver::Transaction transaction(database_.connection());
      database_.fence();
      store.ensure_tables();
      transaction.commit();
      return store.settle();
    } catch (const store::Overtaken&) {
      // The run lock is held again.
      forget_work();
    } catch (const Error& error) {
      forget_work();
      if (can_reconnect(error) && lost < kReconnects) {
        reconnect();
      } else if (there && error.code() == ErrorCode::not_writable) {
        return give_up_history(error);
      } else {
        throw;
      }
    }
  }
}

void Executor::give_up_history(const Error& error) {
  database_.give_up_history();
  std::string text = "no history is kept: " + error.details().message;
  if (options_.observer != nullptr) options_.observer->message({Message::Kind::warning, text});
  report_->warnings.push_back(std::move(text));
}

// Several tasks at once, if there are several that can be run so. True: index_ has moved on, or
// alone_ says that the next ones are to be tried one by one.
bool Executor::run_together(std::span<const Task> rest) {
  if (options_.commit == Commit::each || options_.isolate) return false;
  if (database_.dialect().atomicity() == driver::Atomicity::statement) return run_batch(rest);
  if (database_.dialect().atomicity() != driver::Atomicity::migration) return false;
  if (!database_.dialect().shares_commits()) return run_pipeline(rest);
  const std::size_t count = group_size(rest);
  return count > 1 && run_group(rest.first(count));
}

std::size_t Executor::group_size(std::span<const Task> tasks) const {
  std::size_t count = 0;
  std::int64_t bytes = 0;
  while (count < tasks.size() && bytes < kGroupBytes) {
    const Task& task = tasks[count];
    // A function may do what cannot be replayed: it has a commit of its own.
    if (task.mode != Mode::transaction || task.is_function()) break;
    // Undone and applied again (redo) in one commit, a version looks as it did before: whether an
    // unanswered commit happened could not be told.
    if (count > 0 && task.migration == tasks[count - 1].migration) break;
    bytes += task.script->bytes();
    ++count;
  }
  return count == 0 ? 1 : count;
}

// When the group fails somewhere nothing of it stays; its tasks are then run one by one, which
// finds the failing one and keeps those before it.
bool Executor::run_group(std::span<const Task> tasks) {
  std::vector<MigrationResult> results;
  const std::int64_t first = index_;
  std::size_t count = 0;
  try {
    driver::Transaction transaction(database_.connection());
    open_work();
    count = apply_group(tasks, &results);
    end_work(index_ > total_ && !results.empty(), &transaction);
  } catch (const Error& error) {
    tries_along_ = false;
    const Task& failed = tasks[static_cast<std::size_t>(
        std::min<std::int64_t>(index_ - first, static_cast<std::int64_t>(tasks.size()) - 1))];
    index_ = first;
    forget_work();
    cancel_.throw_if_stopped();
    if (!is_worth_replaying(error, database_.connection()))
      throw in_migration(error, *failed.migration);
    alone_ = static_cast<std::int64_t>(tasks.size());
    if (!can_reconnect(error)) return true;
    reconnect();
    if (count == 0 || !is_done(tasks[count - 1])) return true;
    index_ += static_cast<std::int64_t>(count);
    alone_ = 0;
  } catch (...) {
    forget_work();
    throw;
  }
  publish(std::move(results));
  return true;
}

// Stops early, with what is finished, when the group has taken long enough or the run is to end.
std::size_t Executor::apply_group(std::span<const Task> tasks,
                                  std::vector<MigrationResult>* results) {
  const Clock::time_point end = Clock::now() + kGroupTime;
  std::size_t count = 0;
  cancel_.throw_if_stopped();
  while (count < tasks.size()) {
    if (std::optional<MigrationResult> result = apply(tasks[count])) {
      results->push_back(std::move(*result));
    }
    ++index_;
    ++count;
    if (cancel_.stopped() || Clock::now() >= end) break;
  }
  return count;
}

void Executor::run_one(const Task& task) {
  Retry retry(options_.wait);
  bool prepared = true;  // until it turns out that what was is gone
  called_ = false;
  for (int lost = 0;;) {
    std::optional<Error> loss;
    try {
      cancel_.throw_if_stopped();
      if (task.mode != Mode::transaction) {
        run_stepwise(task);
      } else {
        run_transaction(task);
      }
      if (options_.isolate) reset_session();
      return;
    } catch (const Error& error) {
      // Without what went along, it may succeed.
      const bool alone = error.code() == ErrorCode::sql ||
                         (database_.connected() && database_.connection().is_full(error));
      if (std::exchange(tries_along_, false) && alone) continue;
      if (is_worth_repeating(task, error, &retry, &prepared)) continue;
      if (!can_reconnect(error) || ++lost > kReconnects) {
        fail(task, error);
      }
      loss = error;
    }
    try {
      reconnect();
    } catch (const Error& error) {
      throw in_migration(error, *task.migration);
    }
    if (is_done(task)) {
      publish({task.migration->version,
               task.migration->name,
               task.direction,
               task.statement_count() == 0,
               task.statement_count(),
               0,
               {}});
      return;
    }
    // It may do what cannot be replayed, and what it has lost may be a connection of its own.
    if (called_) fail(task, *loss);
  }
}

void Executor::reset_session() {
  driver::SessionSettings* const settings = database_.connection().session_settings();
  if (settings != nullptr) settings->reset_session();
}

void Executor::run_stepwise(const Task& task) {
  const bool check = options_.check_foreign_keys && !task.is_function() &&
                     may_break_keys(task, database_.dialect());
  std::vector<driver::IntegrityProblem> before;
  if (check) before = database_.connection().integrity_problems();
  Stepwise stepwise(database_, options_, cancel_, index_, total_);
  std::optional<MigrationResult> result;
  try {
    result = stepwise.run(task);
  } catch (...) {
    called_ = stepwise.called();
    throw;
  }
  note_warnings(task.migration->place);
  if (!result) return;
  // What an earlier run has broken was there before this one.
  if (result->resumed_after > 0) before.clear();
  if (check) note_broken_keys(task, before);
  publish(std::move(*result));
}

// The migration is done and recorded: nothing here may fail it.
void Executor::note_broken_keys(const Task& task,
                                const std::vector<driver::IntegrityProblem>& before) {
  const std::string& place = task.migration->place;
  try {
    for (const driver::IntegrityProblem& problem : database_.connection().integrity_problems()) {
      const std::int64_t more = problem.count - count_of(before, problem.what);
      if (more <= 0) continue;
      warnings_.push_back(place + ": the migration is applied and has broken foreign keys: " +
                          problem.what + ": " + std::to_string(more) +
                          "; it had no transaction that could take them back: mend them in "
                          "another migration");
    }
  } catch (const Error& error) {
    warnings_.push_back(place + ": whether foreign keys are broken could not be checked: " +
                        error.details().message);
  }
}

bool Executor::is_worth_repeating(const Task& task, const Error& error, Retry* retry,
                                  bool* prepared) {
  if (task.is_function()) return false;  // it may do what cannot be replayed
  // Nothing says which of its statements are done.
  if (!options_.versioning && task.mode != Mode::transaction) return false;
  if (*prepared && database_.connected() && database_.connection().is_unprepared(error)) {
    *prepared = false;
    return true;
  }
  return Retry::concerns(error) && retry->wait(cancel_, error, database_.connection().lock_limit());
}

bool Executor::can_reconnect(const Error& error) const {
  // Without versions nothing says what is done, and a second time may be once too often.
  return error.code() == ErrorCode::connection && options_.versioning &&
         database_.driver().reconnectable();
}

// Comes back with a session that holds the lock again, or throws the last Error.
void Executor::reconnect() {
  Backoff backoff(kFirstPause, kLongestPause);
  for (int tries = 1;; ++tries) {
    try {
      database_.reopen();
      SettingsScope::enter(database_.connection());
      return;
    } catch (const Error& error) {
      if (!can_reconnect(error) || tries >= kReconnectTries) throw while_lost(error);
    }
    // In slices, so that a run that is to end does.
    for (std::chrono::microseconds left = backoff.next(); left.count() > 0; left -= kLook) {
      if (cancel_.stopped()) throw while_lost(cancel_.error());
      database_.driver().pause(std::min(left, kLook));
    }
  }
}

// After reconnect(): the commit whose answer was lost may have happened. The lock is ours again, so
// what the version table says now is final.
bool Executor::is_done(const Task& task) {
  if (!options_.versioning) return false;
  const bool up = task.direction == Direction::up;
  if (database_.store().applied().contains(task.migration->version) != up) return false;
  // It may have been this run: no sign that another one has gone the other way.
  database_.store().expect(task.migration->version);
  return true;
}

void Executor::run_transaction(const Task& task) {
  std::vector<MigrationResult> results;
  try {
    driver::Transaction transaction(database_.connection());
    open_work();
    if (std::optional<MigrationResult> result = apply(task)) results.push_back(std::move(*result));
    // A function may do what cannot be replayed: nothing else may fail its commit.
    end_work(index_ == total_ && !results.empty() && !task.is_function(), &transaction);
  } catch (const Error& error) {
    forget_work();
    // The applied set has been read again. If the version is as wanted now, another run was faster,
    // and what failed here, or was kept from happening twice, matters to nobody.
    if (error.code() == ErrorCode::sql && is_done(task)) return;
    throw;
  } catch (...) {
    forget_work();
    throw;
  }
  publish(std::move(results));
}

void Executor::end_work(bool last, driver::Transaction* transaction) {
  if (last && along_ != nullptr && database_.dialect().shares_commits()) {
    tries_along_ = true;
    std::exchange(along_, nullptr)();
  }
  transaction->commit();
  worked_along_ = std::exchange(tries_along_, false);
  if (options_.versioning) database_.store().settle();
}

void Executor::open_work() {
  database_.fence();
  if (!options_.versioning) return;
  if (database_.store().open_work()) refuse_unfinished();
  database_.store().ensure_tables();
}

// Somebody has been here since the run began: with a migration that they have not finished?
void Executor::refuse_unfinished() {
  const std::span<const Task> rest = tasks_.subspan(static_cast<std::size_t>(index_ - 1));
  for (const store::JournalRow& row : database_.journal().rows()) {
    if (is_in_the_way(row, rest, database_.store().applied())) throw half_way(row);
  }
}

void Executor::forget_work() {
  warnings_.clear();
  if (options_.versioning) run::forget_work(database_);
}

// Inside a transaction: false when another run has brought the version where this task would.
bool Executor::is_wanted(const Task& task) {
  if (!options_.versioning) return true;
  store::Store& store = database_.store();
  const bool applied = task.direction == Direction::down;
  // What a function does may reach beyond the database: it is not left to the record to fail.
  const bool wanted = task.is_function() ? store.look_up(task.migration->version, applied)
                                         : store.confirm(task.migration->version, applied);
  if (wanted) keep_course(store, task.direction);
  return wanted;
}

// Inside the transaction: everything a migration does. Nothing when another run has done it.
std::optional<MigrationResult> Executor::apply(const Task& task) {
  const Clock::time_point start = Clock::now();
  const bool up = task.direction == Direction::up;
  store::Store& store = database_.store();
  if (!is_wanted(task)) return std::nullopt;
  tell_started(options_.observer, task, index_, total_, 0);
  MigrationResult result;
  result.version = task.migration->version;
  result.name = task.migration->name;
  result.direction = task.direction;
  result.empty = task.statement_count() == 0;
  if (task.is_function()) {
    call_function(task);
    result.statements = task.statement_count();
  } else {
    result.statements = run_script(task);
  }
  note_warnings(task.migration->place);
  result.duration = Clock::now() - start;
  if (options_.versioning) {
    store.record(task.direction, {up ? HistoryEvent::applied : HistoryEvent::reverted,
                                  result.version, result.name, task.checksum(), result.statements,
                                  result.duration, "", task.stamp(), true, !task.is_function()});
  }
  if (!options_.versioning || !store.keeps_history()) database_.connection().take_elapsed();
  return result;
}

std::int64_t Executor::run_script(const Task& task) {
  driver::Connection& connection = database_.connection();
  const bool check = options_.check_foreign_keys &&
                     task.script->summary().section(task.direction).drops_or_renames_table;
  std::vector<driver::IntegrityProblem> before;
  if (check) before = connection.integrity_problems();
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  sql::Statement statement;
  std::int64_t count = 0;
  while ((*statements)->next(&statement)) {
    cancel_.throw_if_stopped();
    if (statement.last_piece) ++count;
    if (statement.kind == sql::StatementKind::nothing) continue;
    StatementWatch watch(options_.observer, task, statement, connection.defers());
    connection.run(statement);
    if (!connection.in_transaction()) {
      ErrorDetails details;
      details.code = ErrorCode::in_doubt;
      details.message =
          "this statement ended the migration's transaction: what ran before it may "
          "be committed, and the version is not recorded";
      details.hint =
          "compare the schema with the file, undo or complete it by hand, and put `-- "
          "+goose NO TRANSACTION` at the top of the file";
      throw driver::statement_error(statement, 0, std::move(details));
    }
    watch.finished(connection);
  }
  if ((*statements)->checksum() != task.script->summary().checksum) {
    throw Error(ErrorCode::invalid_migration, "the file changed while it was being applied",
                "nothing of it was kept; run again when the file is complete");
  }
  if (check) check_integrity(task, before);
  return count;
}

void Executor::check_integrity(const Task& task,
                               const std::vector<driver::IntegrityProblem>& before) {
  for (const driver::IntegrityProblem& problem : database_.connection().integrity_problems()) {
    const std::int64_t more = problem.count - count_of(before, problem.what);
    if (more <= 0) continue;
    ErrorDetails details;
    details.code = ErrorCode::sql;
    details.file = task.migration->place;
    details.message =
        "the migration would break foreign keys: " + problem.what + ": " + std::to_string(more);
    details.hint = problem.hint;
    if (details.hint.empty()) {
      details.hint = "move or delete those rows in the same migration; the database is unchanged";
    }
    throw Error(std::move(details));
  }
}

void Executor::call_function(const Task& task) {
  const std::function<void(Connection&)>* function = task.function();
  if (function == nullptr) return;
  called_ = true;
  try {
    (*function)(*database_.connection().lend());
  } catch (const Error&) {
    throw;
  } catch (...) {
    throw of_user_code(ErrorCode::sql, "the function migration");
  }
  if (!database_.connection().in_transaction()) {
    throw Error(
        ErrorCode::in_doubt, "the function migration ended the transaction that it was called in",
        "leave BEGIN and COMMIT to Gander, or set FunctionMigration::transactional to false");
  }
}

// What the database has to say of a migration is told when its transaction has ended.
void Executor::note_warnings(const std::string& place) {
  for (driver::Warning& warning : database_.connection().take_warnings()) {
    std::string text = place.empty() ? "" : place + ":";
    if (warning.line > 0) text += std::to_string(warning.line) + ":";
    warnings_.push_back(text + (text.empty() ? "" : " ") + warning.text);
  }
}

void Executor::tell_warnings() {
  for (std::string& text : warnings_) {
    if (options_.observer != nullptr) options_.observer->message({Message::Kind::warning, text});
    report_->warnings.push_back(std::move(text));
  }
  warnings_.clear();
}

// The migrations of one commit.
void Executor::publish(std::vector<MigrationResult> results) {
  const std::optional<std::chrono::nanoseconds> elapsed = database_.connection().elapsed();
  for (MigrationResult& result : results) {
    if (elapsed) result.duration = *elapsed;
    publish(std::move(result));
  }
}

void Executor::publish(MigrationResult result) {
  tell_warnings();
  report_->migrations.push_back(std::move(result));
  if (options_.observer != nullptr)
    options_.observer->migration_finished(report_->migrations.back());
}

void Executor::fail(const Task& task, const Error& error) {
  record_failure(task, error);
  throw in_migration(error, *task.migration);
}

// A failed migration leaves a trace for people. Best effort: the failure itself is what is
// reported.
void Executor::record_failure(const Task& task, const Error& error) {
  const ErrorCode code = error.code();
  // A file whose disk fails is left alone; a server says so once more if it must.
  const bool failing_file = code == ErrorCode::storage && database_.store().token().has_value();
  if (!options_.versioning || code == ErrorCode::interrupted || code == ErrorCode::connection ||
      code == ErrorCode::locked || failing_file) {
    return;
  }
  try {
    driver::Transaction transaction(database_.connection());
    open_work();
    database_.store().append_history({HistoryEvent::failed,
                                      task.migration->version,
                                      task.migration->name,
                                      task.checksum(),
                                      0,
                                      {},
                                      record_of(in_migration(error, *task.migration)),
                                      {}});
    transaction.commit();
    database_.store().settle();
  } catch (const Error&) {
    forget_work();
  } catch (const store::Overtaken&) {
    forget_work();
  }
}

void keep_course(const store::Store& store, Direction direction) {
  const bool up = direction == Direction::up;
  const std::int64_t version = up ? store.vanished() : store.appeared();
  if (version == 0) return;
  ErrorDetails details;
  details.code = ErrorCode::locked;
  details.retryable = true;
  details.message = "another run has " + std::string(up ? "rolled back" : "applied") + " version " +
                    std::to_string(version) + " while this one was going " +
                    direction_name(direction);
  details.hint = "what is done stays; run again when the other run has ended";
  throw Error(std::move(details));
}

void forget_work(Database& database) {
  try {
    database.store().forget_work();
  } catch (const Error&) {
    // The connection is gone; the next use of it says so.
  }
}

}  // namespace gander::run
