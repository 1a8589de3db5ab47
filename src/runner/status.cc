// SPDX-License-Identifier: MIT
// What a runner tells without changing anything: version, status, plan, history, validate.
#include <algorithm>
#include <string_view>
#include <utility>

#include "src/check/checksum.h"
#include "src/check/renamed.h"
#include "src/check/rolled_back.h"
#include "src/check/squash.h"
#include "src/run/client_script.h"
#include "src/run/half_run.h"
#include "src/runner/impl.h"
#include "src/runner/internals.h"
#include "src/runner/scope.h"
#include "src/runner/validate.h"
#include "src/store/times.h"
#include "src/types/time.h"

namespace gander {
namespace {

using Fingerprint = store::Store::Fingerprint;

// In what is sorted by version.
template <typename Entries, typename VersionOf>
auto find_version(Entries& entries, std::int64_t version, VersionOf version_of) {
  const auto at = std::ranges::lower_bound(entries, version, {}, version_of);
  return at != entries.end() && version_of(*at) == version ? at : entries.end();
}

// Fills one entry a migration and counts them.
class StatusMaker {
 public:
  StatusMaker(const std::vector<source::Migration>& migrations, store::Store& store,
              const std::vector<store::JournalRow>& journal, check::Stamps& stamps, bool zones)
      : migrations_(migrations),
        zones_(zones),
        applied_(store.applied()),
        fingerprints_(store.fingerprints()),
        half_(check::settle_squashed(migrations, applied_, &fingerprints_)),
        journal_(journal),
        times_(applied_.applied_at()) {
    status_.table_exists = store.version_table_exists();
    status_.rows = static_cast<std::int64_t>(applied_.rows().size());
    for (const check::Edited& edited :
         check::find_edited(migrations, fingerprints_, applied_, check::Reading::changed, stamps)) {
      edited_.push_back(edited.migration->version);
    }
  }

  Status make() {
    status_.migrations.reserve(migrations_.size());
    const std::vector<std::int64_t> unknown = plan::unknown_versions(migrations_, applied_);
    const std::vector<std::int64_t> settled = check::settled(unknown, fingerprints_);
    warn_of_renamed(unknown);
    if (half_.migration != nullptr) {
      const Error error = check::half_squashed_error(half_);
      status_.warnings.push_back(error.details().file + ": " + error.details().message);
    }
    for (const source::Migration& migration : migrations_) add_listed(migration);
    for (const std::int64_t version : unknown) {
      add_missing(version, std::ranges::binary_search(settled, version));
    }
    if (status_.missing > 0) {
      std::ranges::sort(status_.migrations, {}, &MigrationStatus::version);
    }
    for (const store::JournalRow& row : journal_) {
      if (run::is_superseded(row, applied_)) {
        status_.warnings.push_back(run::superseded_text(row));
      }
    }
    status_.version = applied_.current();
    status_.latest = migrations_.empty() ? 0 : migrations_.back().version;
    for (const std::int64_t version : applied_.duplicates()) {
      status_.warnings.push_back("the version table has several rows for version " +
                                 std::to_string(version) +
                                 ", each of which says that it is applied: two runs without a lock "
                                 "have applied it");
    }
    return std::move(status_);
  }

 private:
  void add_listed(const source::Migration& migration) {
    MigrationStatus entry;
    entry.version = migration.version;
    entry.name = migration.name;
    if (applied_.is_applied(migration.version)) {
      entry.state = std::binary_search(edited_.begin(), edited_.end(), migration.version)
                        ? MigrationState::edited
                        : MigrationState::applied;
      fill_applied(&entry);
    } else {
      entry.out_of_order = migration.version < applied_.highest();
      if (check::is_rolled_back(applied_, migration.version)) {
        entry.detail = check::rolled_back_text();
        entry.out_of_order = false;
        status_.warnings.push_back("version " + std::to_string(migration.version) + " is " +
                                   entry.detail);
      }
    }
    fill_unfinished(&entry);
    add(std::move(entry));
  }

  void warn_of_renamed(const std::vector<std::int64_t>& unknown) {
    if (unknown.empty()) return;
    for (const check::Renamed& renamed :
         check::find_renamed(migrations_, unknown, fingerprints_, applied_)) {
      const Error error = check::renamed_error(renamed);
      status_.warnings.push_back(error.details().file + ": " + error.details().message);
    }
  }

  // `settled`: accept() has said that the file is gone for good.
  void add_missing(std::int64_t version, bool settled) {
    MigrationStatus entry;
    entry.version = version;
    entry.state = settled ? MigrationState::applied : MigrationState::missing;
    fill_applied(&entry);
    fill_unfinished(&entry);
    add(std::move(entry));
  }

  // Called once a version: the texts of the fingerprint move into the entry.
  void fill_applied(MigrationStatus* entry) {
    const auto time =
        find_version(times_, entry->version, [](const auto& known) { return known.first; });
    if (time != times_.end()) {
      entry->applied_at = parse_time(time->second);
      if (!entry->applied_at) entry->tstamp = time->second;
    }
    const auto found = find_version(fingerprints_, entry->version,
                                    [](const Fingerprint& known) { return known.version; });
    if (found == fingerprints_.end()) return;
    if (entry->name.empty()) entry->name = std::move(found->name);
    entry->applied_by = std::move(found->actor);
    entry->duration = found->duration;
    if (zones_ && entry->applied_at && found->at) {
      entry->applied_at = store::true_tstamp(*entry->applied_at, *found->at, found->duration);
    }
    entry->checksum = std::move(found->checksum);
  }

  void fill_unfinished(MigrationStatus* entry) const {
    for (const store::JournalRow& row : journal_) {
      if (row.version != entry->version || run::is_superseded(row, applied_)) continue;
      entry->state = run::is_in_doubt(row) ? MigrationState::in_doubt : MigrationState::active;
      entry->direction = row.direction;
      entry->statements_done = row.done;
      entry->statements_total = row.total;
      entry->detail = row.error.empty() ? run::progress_text(row) : row.error;
      entry->hint = run::way_on(row);
    }
  }

  void add(MigrationStatus entry) {
    switch (entry.state) {
      case MigrationState::pending:
        if (entry.detail.empty()) ++status_.pending;
        break;
      case MigrationState::applied:
        ++status_.applied;
        break;
      case MigrationState::edited:
        ++status_.applied, ++status_.edited;
        break;
      case MigrationState::missing:
        ++status_.applied, ++status_.missing;
        break;
      case MigrationState::active:
      case MigrationState::in_doubt:
        ++status_.unfinished;
        break;
    }
    status_.migrations.push_back(std::move(entry));
  }

  const std::vector<source::Migration>& migrations_;
  const bool zones_;  // tstamp is of a zone that may be another one by now
  const store::AppliedSet& applied_;
  std::vector<Fingerprint> fingerprints_;
  const check::HalfSquashed half_;
  const std::vector<store::JournalRow>& journal_;
  std::vector<std::pair<std::int64_t, std::string_view>> times_;
  std::vector<std::int64_t> edited_;
  Status status_;
};

// `row`: how far an earlier run has come with it, or nullptr.
PlanStep plan_step(const run::Task& task, const plan::Step& step, const store::JournalRow* row,
                   bool with_statements) {
  const std::int64_t done = row == nullptr ? 0 : run::resumed_after(task, *row);
  PlanStep out;
  out.version = task.migration->version;
  out.name = task.migration->name;
  out.direction = task.direction;
  out.transactional = task.transactional();
  out.function = task.is_function();
  out.statement_count = task.statement_count();
  out.resumed_after = done;
  out.reason = row == nullptr ? step.reason : run::resumption_reason(task, *row);
  if (!with_statements || out.function) return out;
  const std::unique_ptr<run::Script::Statements> statements =
      task.script->statements(task.direction);
  sql::Statement statement;
  std::int64_t last = 0;
  while ((*statements)->next(&statement)) {
    if (statement.number <= done) continue;
    // The pieces of one unit are one statement to the reader of a plan.
    const bool first = statement.number != last;
    if (first) out.statements.push_back({statement.place().line, ""});
    last = statement.number;
    std::string& sql = out.statements.back().sql;
    sql += statement.shown();
    if (statement.kind != sql::StatementKind::copy_from_stdin) continue;
    // The rows keep their line ends, and the line that ends them in a file comes back.
    if (first) sql += '\n';
    if (statement.last_piece) sql += "\\.";
  }
  return out;
}

// The row of the journal that the task goes on with. Throws what keeps it from that.
const store::JournalRow* find_resumed(const std::vector<store::JournalRow>& rows,
                                      const run::Task& task) {
  for (const store::JournalRow& row : rows) {
    if (row.version != task.migration->version || row.direction != task.direction) continue;
    try {
      run::check_resumption(task, row);
    } catch (const Error& error) {
      throw run::in_migration(error, *task.migration);
    }
    return &row;
  }
  return nullptr;
}

}  // namespace

// A program may ask before each request that it serves: as long as neither the source nor the file
// can have changed, the answer of the last time is kept.
bool MigrationRunner::Impl::pending() {
  const Scope scope(*this);
  return find_pending(false);
}

bool MigrationRunner::Impl::find_pending(bool asking) {
  if (nothing_pending_at_ && database().connection().change_token() == nothing_pending_at_) {
    return false;
  }
  nothing_pending_at_.reset();
  const std::vector<source::Migration> migrations = source::list(source_);
  if (!target_.driver().exists()) return true;
  store::Store& store = database().store();
  store.load();
  bool some =
      std::any_of(migrations.begin(), migrations.end(), [&](const source::Migration& migration) {
        return !store.applied().contains(migration.version);
      });
  // What is half way, be it down or of a newer program, is in the way of every run.
  for (const store::JournalRow& row : database().journal().rows()) {
    if (run::is_superseded(row, store.applied())) continue;
    some = true;
    if (asking && row.state == store::JournalState::undecided) throw run::half_way(row);
  }
  // The token of a borrowed handle does not tell what the application itself has done with it.
  if (!some && source_.reader().fixed() && target_.driver().reconnectable()) {
    nothing_pending_at_ = store.token();
  }
  return some;
}

std::int64_t MigrationRunner::Impl::version() {
  const Scope scope(*this);
  if (!options_.versioning) {
    const std::vector<source::Migration> migrations = source::list(source_);
    return migrations.back().version;
  }
  if (!target_.driver().exists()) return 0;
  database().store().load();
  return database().store().applied().current();
}

Status MigrationRunner::Impl::status() {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  if (!options_.versioning || !target_.driver().exists()) {
    Status status;
    status.latest = migrations.back().version;
    status.pending = static_cast<std::int64_t>(migrations.size());
    for (const source::Migration& migration : migrations) {
      MigrationStatus& entry = status.migrations.emplace_back();
      entry.version = migration.version;
      entry.name = migration.name;
    }
    return status;
  }
  check::Stamps stamps(migrations);
  stamps.begin();
  database().store().load({.times = true,
                           .as_stored = stored_times_,
                           .fingerprints = true,
                           .authors = true,
                           .expected = migrations.size()});
  const std::vector<store::JournalRow> journal = database().journal().rows();
  Status status = StatusMaker(migrations, database().store(), journal, stamps,
                              !stored_times_ && dialect().ledger().tstamp_has_zone)
                      .make();
  status.drift = find_drift(journal);
  return status;
}

namespace {

void add(const std::vector<std::string>& more, std::vector<std::string>* texts) {
  texts->insert(texts->end(), more.begin(), more.end());
}

}  // namespace

// Warns of what the run would warn of, in its order.
std::string MigrationRunner::Impl::write_script(const plan::Request& request,
                                                const std::vector<run::Task>& tasks,
                                                const Plan& plan) {
  const driver::ClientScriptSql* sql = database().connection().client_script();
  if (sql == nullptr || !options_.versioning) {
    throw Error(ErrorCode::unsupported, "no script is written for this kind of database",
                "read the statements of the plan instead");
  }
  const bool up = request.kind == plan::Request::Kind::up ||
                  request.kind == plan::Request::Kind::up_to ||
                  request.kind == plan::Request::Kind::up_by_one;
  return run::ClientScript(database(), *sql)
      .write((up ? "Applies what is pending in " : "Rolls back in ") + target_.display_name() +
                 ": from version " + std::to_string(plan.version) + " to " +
                 std::to_string(plan.version_after),
             tasks);
}

Plan MigrationRunner::Impl::plan(plan::Request request, PlanText text) {
  const Scope scope(*this);
  if (text == PlanText::script) require_database();
  request = with_policies(request);
  const std::vector<source::Migration> migrations = source::list(source_);
  check_sum();
  const bool connect = options_.versioning && target_.driver().exists();
  check::Stamps stamps(migrations);
  if (connect && options_.history) stamps.begin();
  const plan::Steps steps =
      connect ? make_plan(request, migrations) : plan::make(request, migrations, {});
  run::Tasks prepared =
      run::prepare(steps, dialect(), variables(), true, options_.exact_annotations);
  std::vector<run::Task>& tasks = prepared.tasks;
  std::vector<store::JournalRow> rows;
  store::AppliedSet after;
  Plan plan;
  plan.warnings = steps.warnings;
  add(prepared.warnings, &plan.warnings);
  if (connect) {
    foresee(tasks);
    add(edits(migrations, stamps), &plan.warnings);
  }
  add(lasting_settings(tasks), &plan.warnings);
  if (connect) {
    after = database().store().applied();
    plan.version = after.current();
    rows = database().journal().rows();
    std::erase_if(rows, [&](const store::JournalRow& row) {
      const bool superseded = run::is_superseded(row, after);
      if (superseded && !run::continues(tasks, row)) {
        plan.warnings.push_back(run::superseded_text(row));
      }
      return superseded;
    });
    for (const store::JournalRow& row : rows) run::check_half_run(row, &tasks, after);
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const store::JournalRow* row = find_resumed(rows, tasks[i]);
    plan.steps.push_back(plan_step(tasks[i], steps.steps[i], row, text == PlanText::statements));
    const PlanStep& step = plan.steps.back();
    if (step.direction == Direction::up) {
      after.add(step.version);
    } else {
      after.remove(step.version);
    }
  }
  plan.version_after = after.current();
  // Only a run goes on with what is half way.
  if (text == PlanText::script && !rows.empty()) throw run::half_way(rows.front());
  if (text == PlanText::script) plan.script = write_script(request, tasks, plan);
  return plan;
}

std::vector<HistoryEntry> MigrationRunner::Impl::history() {
  const Scope scope(*this);
  if (!target_.driver().exists()) return {};
  database().store().load();
  return database().store().history();
}

Validation MigrationRunner::Impl::validate() {
  const Scope scope(*this);
  Validation validation;
  for (const source::Migration& migration : source::list(source_)) {
    check_migration(migration, dialect(), variables(), options_.exact_annotations, &validation);
  }
  return validation;
}

void RunnerInternals::show_stored_times(MigrationRunner& runner) {
  runner.impl_->show_stored_times();
}

}  // namespace gander
