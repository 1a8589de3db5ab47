// SPDX-License-Identifier: MIT
// Executor: runs tasks one after another and leaves the database in a named state after each,
// however it ends.
//
// Transactional tasks run here, alone or several to a commit; stepwise.h runs the others.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gander/options.h"
#include "src/base/cancel.h"
#include "src/run/patience.h"
#include "src/run/session.h"
#include "src/run/task.h"

namespace gander::run {

class Executor {
 public:
  // The references must outlive the executor. `group_commits`: consecutive transactional tasks
  // share a commit.
  Executor(Session& session, const Options& options, const CancelToken& cancel, bool group_commits,
           Report* report);

  // Runs all tasks in order; results are appended to the report as they are committed. Throws the
  // Error of the first task that fails, with its file and version; earlier tasks stay.
  void execute(std::span<const Task> tasks);

 private:
  std::size_t group_size(std::span<const Task> tasks) const;
  std::size_t run_group(std::span<const Task> tasks);
  std::size_t apply_group(std::span<const Task> tasks, std::vector<MigrationResult>* results);
  void run_one(const Task& task);
  void run_transaction(const Task& task);

  // After a failed try of a task: true for another one, after a pause if it is a matter of locks.
  bool is_worth_repeating(const Task& task, const Error& error, Patience* patience, bool* prepared);
  bool can_reconnect(const Error& error) const;
  void reconnect();
  bool is_done(const Task& task);

  void begin_work();
  void roll_back();
  bool confirm_pending(std::span<const Task> tasks);
  std::optional<MigrationResult> apply(const Task& task, bool confirmed = false);
  std::int64_t run_script(const Task& task);
  void call_function(const Task& task);
  void check_integrity(const Task& task, const std::vector<driver::IntegrityProblem>& before);
  void publish(std::vector<MigrationResult> results);
  void publish(MigrationResult result);
  void note_warnings(const std::string& place);
  void tell_warnings();
  void record_failure(const Task& task, const Error& error);

  Session& session_;
  const Options& options_;
  const CancelToken& cancel_;
  bool group_commits_;
  Report* report_;
  std::vector<std::string> warnings_;  // of migrations that are not committed yet
  std::int64_t index_ = 0;             // of the task in progress, 1-based
  std::int64_t total_ = 0;
};

// The error with the migration's file and version filled in where they are missing.
Error in_migration(const Error& error, const source::Migration& migration);

// What the history and the journal keep of an error: place, message and hint, but no SQL and no
// data.
std::string record_of(const Error& error);

// Tells the observer about one statement around its execution.
class StatementWatch {
 public:
  // `deferred`: see StatementStarted.
  StatementWatch(Observer* observer, const Task& task, const script::Statement& statement,
                 bool deferred = false);
  void finished(driver::Connection& connection);

 private:
  Observer* observer_;
  std::int64_t version_;
  std::int64_t number_;
  std::chrono::steady_clock::time_point start_;
};

void tell_started(Observer* observer, const Task& task, std::int64_t index, std::int64_t total,
                  std::int64_t resumed_after);

}  // namespace gander::run
