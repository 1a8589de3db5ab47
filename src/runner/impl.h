// SPDX-License-Identifier: MIT
// MigrationRunner::Impl: the state of a runner and the flow of its operations.
//
// runner.cc holds what changes the schema (the life of one `up`, top to bottom); each of the other
// verbs has a file of its own: status.cc, wait.cc, records.cc, adopt.cc, mark.cc, baseline.cc,
// create_drop.cc, doctor.cc, lock.cc, dump.cc, load.cc, scratch_database.cc, verify.cc,
// rehearse.cc, drift.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gander/migration_runner.h"
#include "gander/sum.h"
#include "src/base/cancel.h"
#include "src/base/user_code.h"
#include "src/check/stamps.h"
#include "src/driver/linter.h"
#include "src/plan/plan.h"
#include "src/run/database.h"
#include "src/run/executor.h"
#include "src/run/task.h"
#include "src/runner/drift.h"
#include "src/runner/scratch_database.h"
#include "src/schema/snapshot.h"
#include "src/store/schema_record.h"

namespace gander {

class MigrationRunner::Impl {
 public:
  Impl(Target target, Source source, Options options);

  Report run(plan::Request request);
  void initialize();

  bool pending();
  void wait_until_reachable();
  bool wait_until_migrated();
  std::int64_t version();
  Status status();
  // What a plan holds beside its steps.
  enum class PlanText { none, statements, script };
  Plan plan(plan::Request request, PlanText text);
  std::vector<HistoryEntry> history();
  Validation validate();
  Schema schema(const SchemaOptions& options);
  std::string dump(const DumpOptions& options);
  void load(const std::string& sql, const std::string& file);
  Schema migrated_schema(const SchemaOptions& options);
  SchemaComparison drift(const SchemaOptions& options);
  Verification verify(const VerifyOptions& options);
  Rehearsal rehearse(const RehearseOptions& options);
  Schema loaded_schema(const std::string& sql, const std::string& file,
                       const SchemaOptions& options);

  std::vector<std::int64_t> accept(std::int64_t version, const std::string& reason);
  void resolve(std::int64_t version, Resolution resolution, const std::string& reason);
  void adopt(const std::vector<std::int64_t>& versions, const std::string& reason);

  MarkReport mark(const MarkRequest& request);

  SchemaMigration baseline(const SchemaMigrationOptions& options);
  SchemaMigration squash(std::int64_t version, const SchemaMigrationOptions& options);

  bool create_database();
  bool drop_database(const std::string& name, bool terminate);

  DoctorReport doctor();
  LintReport lint(const std::vector<std::string>& allow);
  LockStatus lock_status();
  LockStatus release_lock(bool terminate);

  void cancel() noexcept { cancel_.cancel(); }
  void show_stored_times() noexcept { stored_times_ = true; }

 private:
  // Marks one operation: its deadline, and at its end the flag of cancel() is taken back.
  class Scope;
  class Verifier;
  class Rehearser;

  void check_sum();
  plan::Request with_policies(plan::Request request) const;
  const driver::Dialect& dialect() { return target_.driver().dialect(); }
  script::Variables variables() { return {options_.environment, &hidden_}; }

  driver::SessionOptions session_options();
  store::Author author() const;
  // Opens the connection if it is not open.
  run::Database& database();
  void close_database() noexcept {
    database_.reset();
    nothing_pending_at_.reset();
  }

  // pending(), within an operation. `asking`: throws Error(in_doubt) for what waits for a person.
  bool find_pending(bool asking);
  class QuickTries;
  bool await(const std::function<bool()>& question, WaitingFor what);
  void require_database();
  // Throws Error(unsupported) where there is none.
  std::unique_ptr<driver::Administration> administration();
  void create_absent(const plan::Request& request,
                     const std::vector<source::Migration>& migrations);
  std::optional<store::AppliedSet> read_again() noexcept;

  plan::Steps make_plan(const plan::Request& request,
                        const std::vector<source::Migration>& migrations);
  void settle_unknown(const std::vector<source::Migration>& migrations, plan::Request* request);
  run::Tasks prepare(const plan::Steps& steps);
  bool take_lock();
  void warn_of_annotations(const std::vector<std::string>& texts, Report* report);
  // What up() and plan() warn of, a sentence each: files that have changed, which strict refuses,
  // and what a file does to its session and does not take back.
  std::vector<std::string> edits(const std::vector<source::Migration>& migrations,
                                 check::Stamps& stamps);
  std::vector<std::string> lasting_settings(const std::vector<run::Task>& tasks) const;
  // What Options::lint says, for tasks that begin.
  void lint(const std::vector<run::Task>& tasks, Report* report);
  [[noreturn]] void refuse_findings(const std::vector<const LintFinding*>& errors) const;
  driver::LintRequest lint_request(bool connected);
  // complete.cc: with a lock on the database, where there is something to complete.
  void complete_records(const std::vector<source::Migration>& migrations);
  void refuse_unfinished(std::vector<run::Task>* tasks, Report* report);
  bool withdraw_unbegun(const store::JournalRow& row);
  bool discard(const store::JournalRow& row);
  void discard_unbegun(const std::vector<run::Task>& tasks,
                       const std::vector<store::JournalRow>& rows);
  void foresee(const std::vector<run::Task>& tasks);
  void hear(std::string_view severity, std::string_view text);
  void warn(std::string text, std::vector<std::string>* warnings);
  void execute(const std::vector<run::Task>& tasks, const SchemaLook& schema, Report* report);
  static void take_stock(const store::AppliedSet& applied,
                         const std::vector<source::Migration>& migrations, Report* report);

  // Throws Error(unsupported) where there is none.
  driver::Catalogue& catalogue(run::Database& database);
  driver::SnapshotRequest snapshot_request(run::Database& database, bool grants);
  schema::Snapshot read_schema(run::Database& database, bool grants);
  std::string dump_text(const DumpOptions& options);
  Schema schema_value(schema::Snapshot snapshot);
  // See drift.cc.
  bool keeps_schema();
  SchemaLook look_at_schema(const std::vector<store::JournalRow>& journal);
  SchemaLook schema_before();
  Drift find_drift(const std::vector<store::JournalRow>& journal);
  bool record_schema(const SchemaLook& before, const schema::Snapshot* made,
                     std::vector<std::string>* warnings);
  void write_schema(const schema::Imprint& imprint, const std::string& reader,
                    const store::RecordsMark& mark);
  void run_script(run::Database& database, const std::string& sql, const std::string& file);
  ScratchDatabase make_scratch();
  schema::Snapshot made_by(const std::vector<source::Migration>& migrations, bool grants);
  void run_on(ScratchDatabase& scratch, std::span<const run::Task> tasks);

  plan::Steps doctor_plan(const std::vector<source::Migration>& migrations,
                          const store::AppliedSet& applied, DoctorReport* report);
  void doctor_database(const std::vector<source::Migration>& migrations, DoctorReport* report);
  void doctor_records(const std::vector<source::Migration>& migrations, DoctorReport* report);
  void doctor_drift(const std::vector<store::JournalRow>& journal, DoctorReport* report);
  void doctor_unknown(const std::vector<source::Migration>& migrations, DoctorReport* report);
  void doctor_lock(DoctorReport* report);

  void accept_gone(std::int64_t version, const std::string& reason);
  bool accept_renamed(const source::Migration& migration,
                      const std::vector<store::Store::Fingerprint>& known,
                      const std::vector<std::int64_t>& unknown, const std::string& reason);
  std::string write_script(const plan::Request& request, const std::vector<run::Task>& tasks,
                           const Plan& plan);
  run::Tasks tasks_of(const std::vector<source::Migration>& migrations);
  schema::Snapshot made_by(const std::vector<source::Migration>& migrations);
  std::vector<std::string> differences_from(const schema::Snapshot& made);
  std::vector<std::string> try_out(const std::string& name, const std::string& text,
                                   const schema::Snapshot& wanted,
                                   const std::vector<schema::Object>& rows);
  std::optional<schema::Snapshot> compare_marked(const MarkRequest& request,
                                                 const std::vector<source::Migration>& migrations,
                                                 MarkReport* report);
  MarkReport choose(const MarkRequest& request, const std::vector<source::Migration>& migrations);
  void record_mark(std::int64_t version, const MarkRequest& request,
                   const std::vector<source::Migration>& migrations,
                   const std::vector<store::Store::Fingerprint>& known);
  // Inside a work transaction with the lock held, the tables there and the applied set read; then
  // what comes behind it, before the lock is given back.
  void change_records(const std::function<void()>& work, const std::function<void()>& then = {});
  std::string chain_through(const source::Migration& migration, const store::JournalRow& row);

  Target target_;
  std::optional<GuardedObserver> observer_;
  Source source_;
  Options options_;
  bool stored_times_ = false;  // see internals.h
  TableName table_;
  Sum pinned_;  // the expected set, when Options::expect_sum names one
  CancelToken cancel_;
  HiddenValues hidden_;  // what ENVSUB has put into scripts
  std::unique_ptr<run::Database> database_;
  // Nothing was pending when the database gave this change token; see pending().
  std::optional<std::int64_t> nothing_pending_at_;
  std::optional<std::chrono::milliseconds> one_try_;  // SessionOptions::one_try
  std::vector<ServerNotice> notices_;                 // of the operation in progress
};

}  // namespace gander
