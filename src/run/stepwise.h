// SPDX-License-Identifier: MIT
// Stepwise: runs a non-transactional migration statement by statement with the journal, so that a
// run that dies anywhere is continued after its last completed statement.
//
// Each statement shares a transaction with its journal entry; no window is left between the two. A
// statement that refuses a transaction gets a durable intent first and its outcome after; one that
// is caught between is judged by the driver, and where the driver cannot tell, the run stops and
// asks. A transaction of the script's own (BEGIN ... COMMIT) commits together with its entry. A
// script that no entry can follow runs as it stands, with one intent for all of it: verbatim.cc.
// Where statements may end the transaction they stand in (ImplicitCommits) that is expected of each
// that may: flowing.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "gander/options.h"
#include "src/base/cancel.h"
#include "src/driver/transaction.h"
#include "src/run/database.h"
#include "src/run/task.h"

namespace gander::run {

class Stepwise {
 public:
  // The references must outlive the object. `index` of `total`: the task's place in its run.
  Stepwise(Database& database, const Options& options, const CancelToken& cancel,
           std::int64_t index, std::int64_t total);

  // Nothing when another run has completed the migration. Throws the Error of the statement that
  // failed; the journal then says where to go on.
  std::optional<MigrationResult> run(const Task& task);

  // Has run() called the function of the task?
  bool called() const { return called_; }

 private:
  std::optional<MigrationResult> attempt(const Task& task);
  bool take_up(const Task& task);
  bool take_up_row(const Task& task);
  void start_row(const Task& task);
  void take_up_form(const Task& task);

  void walk(const Task& task);
  void pass_completed(const sql::Statement& statement);
  void repeat_setting(const sql::Statement& statement);
  void step(const sql::Statement& statement);
  void step_witnessed(const sql::Statement& statement);
  void step_piece(const sql::Statement& statement);
  void step_own_transaction(const sql::Statement& statement);
  void step_wrapped(const sql::Statement& statement);
  void step_flowing(const sql::Statement& statement);
  void flow(const sql::Statement& statement);
  void flow_xa(const sql::Statement& statement);
  void release_ended();
  void flow_beside(const sql::Statement& statement);
  void flow_into_own_transaction();
  void flow_out_of_own_transaction(const sql::Statement& statement);
  void conclude_ended(const sql::Statement& statement);
  void conclude_failed(const sql::Statement& statement, const Error& error);
  bool was_committed();
  bool went_back() const;
  void conclude(const std::function<void()>& work);
  void settle_flow();
  bool was_overtaken(const Task& task, const Error& error);
  void call_flowing(const std::function<void(Connection&)>& function);
  void write_row(store::Journal& journal, const store::JournalRow& to);
  store::JournalRow row_now() const;
  void step_bare(const sql::Statement& statement);
  void run_bare(const sql::Statement& statement);
  void step_repeatable(const sql::Statement& statement);
  void note_complete();
  bool settle_doubt(const sql::Statement& statement);
  void call_function(const Task& task);
  void finish(const Task& task, std::chrono::nanoseconds duration);

  void run_verbatim(const Task& task);
  void send_verbatim(const Task& task, bool* parted);
  void run_unrecorded(const Task& task);
  void note_failure(const Error& error);
  void begin();
  void commit();
  void end_transactions() noexcept;
  void in_transaction(const std::function<void()>& work);
  [[noreturn]] void leave_undecided(const std::string& why);

  Database& database_;
  const Options& options_;
  const CancelToken& cancel_;
  std::int64_t index_;
  std::int64_t total_;

  store::JournalRow row_;     // as it was written last
  bool row_written_ = false;  // or is there from an earlier run
  std::int64_t resumed_after_ = 0;

  // Where statements may end transactions; else nullptr. Statements up to `flown_` are done, and
  // the row need not say so yet: they are in the open transaction, or were the last to be intended.
  driver::ImplicitCommits* commits_ = nullptr;
  bool flowing_ = false;     // the script runs so
  bool keeps_open_ = false;  // in one transaction for as long as the server lets it
  // The open transaction, or the one that has ended, is: ImplicitCommits::anchor().
  bool anchored_ = false;
  std::int64_t done_at_anchor_ = 0;  // of the row
  std::int64_t flown_ = 0;
  std::string flown_chain_;
  std::int64_t outcome_ = 0;   // the intended statement that is known to be done, with the row's
  std::string outcome_chain_;  // chain when that is written; 0: none
  std::string chain_;          // over all units seen so far in this walk
  Sha256 unit_;                // the chain over the unit in progress
  bool unit_begun_ = false;
  bool witnessed_ = false;  // Mode::witnessed
  bool settled_ = false;    // a user has said that the script, which ran verbatim, is done
  bool called_ = false;     // the function of the task
  std::map<std::string, Error> unrepeated_;  // settings that failed when they were repeated
  bool own_transaction_ = false;             // the script has begun a transaction
  std::int64_t own_units_ = 0;               // its units so far, journaled when it ends
  // The script's own one, or that of the unit in progress.
  std::optional<driver::Transaction> transaction_;
};

}  // namespace gander::run
