// SPDX-License-Identifier: MIT
// Executor: runs tasks one after another and leaves the database in a named state after each,
// however it ends.
//
// Transactional tasks run here: one by one, several to a commit where the database takes that back
// whole (SQLite), or one behind the other without waiting for answers (PostgreSQL; pipelined.cc).
// The end is that of a commit each in all three. stepwise.h runs the other tasks, but for those
// that share the commits of their intents and records (MySQL; batch.cc).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gander/options.h"
#include "src/base/cancel.h"
#include "src/run/database.h"
#include "src/run/retry.h"
#include "src/run/task.h"

namespace gander::run {

class Executor {
 public:
  // The references must outlive the executor.
  Executor(Database& database, const Options& options, const CancelToken& cancel, Report* report);

  // `work` goes along with the last commit, where migrations can share one (SQLite), so that it
  // costs none of its own. It keeps its errors to itself. At most once, and in vain if that commit
  // fails: worked_along() says whether it is there.
  void work_along(std::function<void()> work) { along_ = std::move(work); }
  bool worked_along() const { return worked_along_; }

  // Runs all tasks in order; results are appended to the report when they are known to be
  // committed. Throws the Error of the first task that fails, with its file and version; earlier
  // tasks stay.
  void execute(std::span<const Task> tasks);

 private:
  // How often one task may lose its connection.
  static constexpr int kReconnects = 5;

  class Flight;  // tasks that are on their way to the server: pipelined.cc
  struct Batch;  // tasks whose intents are written in one commit: batch.cc

  void prepare_tables();
  void give_up_history(const Error& error);
  bool run_together(std::span<const Task> rest);
  std::size_t group_size(std::span<const Task> tasks) const;
  bool run_group(std::span<const Task> tasks);
  std::size_t apply_group(std::span<const Task> tasks, std::vector<MigrationResult>* results);
  void run_one(const Task& task);
  void run_transaction(const Task& task);

  bool run_pipeline(std::span<const Task> rest);
  void send(Flight* flight, driver::TransactionPipeline& pipeline);
  void settle_flight(Flight* flight, const driver::Landing& landed, const Error& error);
  void land_after_loss(Flight* flight);
  bool keep_committed(Flight* flight, std::size_t committed);

  bool run_batch(std::span<const Task> rest);
  bool intend_batch(Batch* batch);
  void work_through(Batch* batch);
  void record_batch(Batch* batch, const std::function<void()>& besides);
  void publish_batch(Batch* batch, std::size_t count);
  void leave_batch(Batch* batch, const Error& error);
  void take_back(Batch* batch, const Error& error);

  // After a failed try of a task: true for another one, after a pause if it is a matter of locks.
  void end_work(bool last, driver::Transaction* transaction);
  bool is_worth_repeating(const Task& task, const Error& error, Retry* retry, bool* prepared);
  bool can_reconnect(const Error& error) const;
  void reconnect();
  bool is_done(const Task& task);

  void open_work();
  void refuse_unfinished();
  void forget_work();
  bool is_wanted(const Task& task);
  std::optional<MigrationResult> apply(const Task& task);
  std::int64_t run_script(const Task& task);
  void call_function(const Task& task);
  void check_integrity(const Task& task, const std::vector<driver::IntegrityProblem>& before);
  void publish(std::vector<MigrationResult> results);
  void publish(MigrationResult result);
  void note_warnings(const std::string& place);
  void tell_warnings();
  void reset_session();
  void run_stepwise(const Task& task);
  void note_broken_keys(const Task& task, const std::vector<driver::IntegrityProblem>& before);
  void record_failure(const Task& task, const Error& error);
  [[noreturn]] void fail(const Task& task, const Error& error);

  Database& database_;
  const Options& options_;
  const CancelToken& cancel_;
  Report* report_;
  std::vector<std::string> warnings_;  // of migrations that are not committed yet
  std::span<const Task> tasks_;
  std::int64_t index_ = 0;  // of the task in progress, 1-based
  std::int64_t total_ = 0;
  bool called_ = false;  // the function of the task in progress
  std::function<void()> along_;
  bool tries_along_ = false;  // it is in the transaction in progress
  bool worked_along_ = false;
  std::int64_t alone_ = 0;  // that many tasks from index_ on are to be run one by one
};

// Throws Error(locked) when another run has gone the other way since this one looked: on the way up
// a version is gone that was applied, on the way down one is there that was not. What this run
// would do next was planned for another state.
void keep_course(const store::Store& store, Direction direction);

// After a rollback: takes back what the store has noted. Swallows errors: the next use of a lost
// connection tells of it.
void forget_work(Database& database);

// The error with the migration's file and version filled in where they are missing.
Error in_migration(const Error& error, const source::Migration& migration);

// What the history and the journal keep of an error: place, message and hint, but no SQL and no
// data.
std::string record_of(const Error& error);

// Tells the observer about one statement around its execution.
class StatementWatch {
 public:
  // `deferred`: see StatementStarted.
  StatementWatch(Observer* observer, const Task& task, const sql::Statement& statement,
                 bool deferred = false);
  void finished(driver::Connection& connection);
  // The same where the answer to this very statement has come.
  void answered();

 private:
  Observer* observer_;
  std::int64_t version_;
  std::int64_t number_;
  std::chrono::steady_clock::time_point start_;
};

void tell_started(Observer* observer, const Task& task, std::int64_t index, std::int64_t total,
                  std::int64_t resumed_after);

}  // namespace gander::run
