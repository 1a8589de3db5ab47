// SPDX-License-Identifier: MIT
// The pending migrations on a copy of the database, measured statement by statement. The original
// is only read.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "src/run/half_run.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

constexpr const char* kPurpose = "rehearse";

// Errors that say nothing of the migrations.
bool concerns_rehearsal(const Error& error) {
  return error.code() == ErrorCode::interrupted || error.code() == ErrorCode::connection;
}

// A lock is held to the end of its transaction, whatever comes behind its statement.
void fill_held(RehearsedMigration* migration) {
  std::map<std::int64_t, std::chrono::nanoseconds> to_the_end;  // by transaction
  for (auto statement = migration->statements.rbegin(); statement != migration->statements.rend();
       ++statement) {
    std::chrono::nanoseconds held = statement->duration;
    if (statement->transaction != 0) held = to_the_end[statement->transaction] += held;
    for (RehearsedLock& lock : statement->locks) lock.held = held;
  }
}

// Makes a RehearsedMigration of each that runs.
class Listener final : public Observer {
 public:
  Listener(driver::Meter& meter, const std::vector<run::Task>& tasks, Rehearsal* rehearsal)
      : meter_(meter), tasks_(tasks), rehearsal_(rehearsal) {}

  // Comes again for one that is tried again.
  void migration_started(const MigrationStarted& event) override {
    std::vector<RehearsedMigration>& migrations = rehearsal_->migrations;
    if (!open_) migrations.emplace_back();
    open_ = true;
    RehearsedMigration& migration = migrations.back() = {};
    migration.version = event.version;
    migration.name = event.name;
    migration.transactional = event.transactional;
    migration.bytes_before = migration.bytes_after = meter_.size();
    migration.written = meter_.written();
    migration.function = std::ranges::any_of(tasks_, [&](const run::Task& task) {
      return task.migration->version == event.version && task.is_function();
    });
    const bool whole = migration.function && migration.transactional;
    meter_.begin(whole ? driver::Meter::Unit::transaction : driver::Meter::Unit::statement);
  }

  void migration_finished(const MigrationResult& result) override {
    if (!open_) return;
    RehearsedMigration& migration = rehearsal_->migrations.back();
    migration.duration = result.duration;
    take();
    migration.bytes_after = meter_.size();
    migration.written = meter_.written() - migration.written;
  }

  // What a migration that has failed has done by then.
  void give_up() {
    if (!open_) return;
    take();
    rehearsal_->migrations.back().written = 0;
  }

 private:
  void take() {
    open_ = false;
    RehearsedMigration& migration = rehearsal_->migrations.back();
    migration.statements = meter_.take();
    for (RehearsedStatement& statement : migration.statements) {
      if (statement.number == 0) statement.duration = migration.duration;
    }
    fill_held(&migration);
  }

  driver::Meter& meter_;
  const std::vector<run::Task>& tasks_;
  Rehearsal* rehearsal_;
  bool open_ = false;
};

driver::Meter& meter_of(run::Database& database) {
  if (driver::Meter* meter = database.connection().meter()) return *meter;
  throw Error(ErrorCode::unsupported, "migrations of this kind of database cannot be rehearsed yet",
              "rehearse by hand, on a copy of the database");
}

}  // namespace

class MigrationRunner::Impl::Rehearser {
 public:
  Rehearser(Impl& impl, const RehearseOptions& options) : impl_(impl), wanted_(options) {}

  Rehearsal rehearse() {
    const std::vector<source::Migration> migrations = source::list(impl_.source_);
    impl_.check_sum();
    impl_.require_database();
    meter_of(impl_.database());
    const plan::Request request = impl_.with_policies({.kind = plan::Request::Kind::up});
    const plan::Steps steps = impl_.make_plan(request, migrations);
    run::Tasks prepared = impl_.prepare(steps);
    impl_.foresee(prepared.tasks);
    refuse_unfinished(&prepared.tasks);
    const store::AppliedSet& applied = impl_.database().store().applied();
    rehearsal_.server = meter_of(impl_.database()).server();
    rehearsal_.version = rehearsal_.version_after = applied.current();
    rehearsal_.copy = kind_of_copy();
    if (!prepared.tasks.empty()) {
      versions_ = applied.newest_first();
      open_copy();
      run(prepared);
      meter_of(impl_.database()).look_around(&rehearsal_.migrations);
    }
    return std::move(rehearsal_);
  }

 private:
  RehearsalCopy kind_of_copy() {
    if (wanted_.on != nullptr) return RehearsalCopy::given;
    const bool whole = wanted_.rows || !impl_.target_.driver().file_path().empty();
    return whole ? RehearsalCopy::rows : RehearsalCopy::schema;
  }

  // A half-run migration goes on behind what it has done, which only a whole copy has.
  void refuse_unfinished(std::vector<run::Task>* tasks) {
    if (!impl_.options_.versioning) return;
    run::Database& database = impl_.database();
    for (const store::JournalRow& row : database.journal().rows()) {
      if (run::is_superseded(row, database.store().applied())) continue;
      run::check_half_run(row, tasks, database.store().applied());
      if (kind_of_copy() != RehearsalCopy::schema) continue;
      throw Error(ErrorCode::unsupported,
                  "version " + std::to_string(row.version) +
                      " is half way, which a copy of the schema does not tell",
                  "rehearse on a copy with rows (RehearseOptions::rows, RehearseOptions::on)");
    }
  }

  void open_copy() {
    switch (rehearsal_.copy) {
      case RehearsalCopy::given:
        return open_given();
      case RehearsalCopy::rows:
        scratch_.emplace(duplicate());
        break;
      case RehearsalCopy::schema:
        load_schema();
        break;
    }
    copy_ = &scratch_->database();
  }

  void open_given() {
    driver::Driver& driver = wanted_.on->driver();
    if (driver.dialect().name() != impl_.dialect().name()) {
      throw Error(ErrorCode::usage, "the copy is another kind of database",
                  "name a copy of the database that the rehearsal is for");
    }
    given_ = std::make_unique<run::Database>(driver, impl_.session_options(), impl_.table_,
                                             impl_.author(), impl_.options_.history);
    if (meter_of(impl_.database()).shares_database(given_->connection())) {
      throw Error(ErrorCode::usage, "the copy is the database itself",
                  "name another database: the migrations are applied to it");
    }
    given_->lock();
    given_->store().load();
    if (impl_.options_.versioning && given_->store().applied().newest_first() != versions_) {
      throw Error(ErrorCode::usage,
                  "the copy has other versions applied than the database: it is at version " +
                      std::to_string(given_->store().applied().current()) +
                      ", the database at version " + std::to_string(rehearsal_.version),
                  "make the copy anew; a rehearsal on a given copy migrates it for real");
    }
    copy_ = given_.get();
  }

  // The session of ours would be in the way of the copy.
  ScratchDatabase duplicate() {
    impl_.close_database();
    driver::Driver& driver = impl_.target_.driver();
    return {driver,   impl_.session_options(),       impl_.table_, impl_.author(),
            kPurpose, ScratchDatabase::Content::rows};
  }

  void load_schema() {
    const std::string text = impl_.dump_text({.versions = true});
    for (const SchemaRemark& remark :
         impl_.schema_value(impl_.read_schema(impl_.database(), false)).remarks()) {
      rehearsal_.notes.push_back("Not in the copy: " + remark.about + ": " + remark.message);
    }
    scratch_.emplace(impl_.target_.driver(), impl_.session_options(), impl_.table_, impl_.author(),
                     kPurpose);
    impl_.run_script(scratch_->database(), text, "the schema of the database");
    // What the script has set does not reach the migrations.
    scratch_->database().reopen();
  }

  void run(const run::Tasks& prepared) {
    if (impl_.options_.versioning) copy_->store().load();
    driver::Meter& meter = meter_of(*copy_);
    Listener listener(meter, prepared.tasks, &rehearsal_);
    Options options = impl_.options_;
    options.observer = &listener;
    options.commit = Commit::each;
    Report report;
    try {
      run::Executor(*copy_, options, impl_.cancel_, &report).execute(prepared.tasks);
      if (prepared.defect) throw *prepared.defect;
    } catch (const Error& error) {
      if (concerns_rehearsal(error)) throw;
      listener.give_up();
      rehearsal_.error = error.details();
    }
    for (std::string& note : meter.notes(rehearsal_.copy)) {
      rehearsal_.notes.push_back(std::move(note));
    }
    for (std::string& warning : report.warnings) rehearsal_.notes.push_back(std::move(warning));
    if (impl_.options_.versioning) {
      rehearsal_.version_after = copy_->store().applied().current();
    }
  }

  Impl& impl_;
  const RehearseOptions& wanted_;
  Rehearsal rehearsal_;
  std::vector<std::int64_t> versions_;  // applied
  std::optional<ScratchDatabase> scratch_;
  std::unique_ptr<run::Database> given_;
  run::Database* copy_ = nullptr;
};

Rehearsal MigrationRunner::Impl::rehearse(const RehearseOptions& options) {
  const Scope scope(*this);
  return Rehearser(*this, options).rehearse();
}

}  // namespace gander
