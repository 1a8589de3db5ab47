// SPDX-License-Identifier: MIT
// MigrationRunner::Impl::doctor(): the files, then the database, then the records in it. What only
// one kind of database knows is in the drivers (Connection::doctor).
#include <algorithm>
#include <utility>

#include "src/check/checksum.h"
#include "src/check/renamed.h"
#include "src/check/rolled_back.h"
#include "src/check/squash.h"
#include "src/run/half_run.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

// A doctor who waits for others as a run does would say nothing for minutes.
constexpr std::chrono::milliseconds kLongestWait{1000};

void add(DoctorReport* report, Severity severity, const char* check, std::string message,
         std::string hint = {}) {
  report->findings.push_back({severity, check, std::move(message), std::move(hint)});
}

void add(DoctorReport* report, const char* check, const Error& error) {
  const ErrorDetails& details = error.details();
  const std::string place = details.file.empty() ? ""
                            : details.line == 0
                                ? details.file + ": "
                                : details.file + ":" + std::to_string(details.line) + ": ";
  add(report, Severity::problem, check, place + details.message, details.hint);
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

DoctorReport without(const HiddenValues& values, DoctorReport report) {
  for (Finding& finding : report.findings) {
    finding.message = values.hide(finding.message);
    finding.hint = values.hide(finding.hint);
  }
  return report;
}

}  // namespace

DoctorReport MigrationRunner::Impl::doctor() {
  const Scope scope(*this);
  DoctorReport report;
  std::vector<source::Migration> migrations;
  try {
    migrations = source::list(source_);
    check_sum();
    add(&report, Severity::ok, "migrations",
        "the source holds " + counted(migrations.size(), "migration"));
  } catch (const Error& error) {
    add(&report, "migrations", error);
  }
  target_.driver().doctor(&report);
  if (!target_.driver().exists()) {
    doctor_plan(migrations, {}, &report);
    return without(hidden_, std::move(report));
  }

  const std::chrono::milliseconds wait = options_.wait;
  options_.wait = std::min(wait, kLongestWait);
  const bool reopen = target_.driver().reconnectable();
  if (reopen) close_database();
  try {
    doctor_database(migrations, &report);
  } catch (const Error& error) {
    options_.wait = wait;
    if (reopen) close_database();
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::usage) throw;
    add(&report, error_code_name(error.code()), error);
    return without(hidden_, std::move(report));
  }
  options_.wait = wait;
  if (reopen) close_database();
  return without(hidden_, std::move(report));
}

// What up() would do. Empty when it would refuse to do anything.
plan::Steps MigrationRunner::Impl::doctor_plan(const std::vector<source::Migration>& migrations,
                                               const store::AppliedSet& applied,
                                               DoctorReport* report) {
  if (migrations.empty()) return {};
  try {
    plan::Request request = with_policies({.kind = plan::Request::Kind::up});
    if (options_.history && !applied.empty()) settle_unknown(migrations, &request);
    plan::Steps steps = plan::make(request, migrations, applied);
    const std::size_t count = steps.steps.size();
    const run::Tasks prepared = run::prepare(steps, dialect(), variables(), false);
    if (prepared.defect) {
      add(report, "plan", *prepared.defect);
    } else {
      add(report, Severity::ok, "plan",
          count == 0 ? "nothing is pending" : "up would apply " + counted(count, "migration"));
    }
    return steps;
  } catch (const Error& error) {
    add(report, "plan", error);
    return {};
  }
}

void MigrationRunner::Impl::doctor_database(const std::vector<source::Migration>& migrations,
                                            DoctorReport* report) {
  store::Store& store = database().store();
  store.load();
  const plan::Steps steps =
      doctor_plan(migrations, options_.versioning ? store.applied() : store::AppliedSet(), report);
  const run::Tasks prepared = run::prepare(steps, dialect(), variables(), false);
  const auto each_pending = [&](const driver::DoctorRequest::Visit& visit) {
    for (const run::Task& task : prepared.tasks) {
      if (task.script == nullptr) {
        visit(task.migration->place, sql::Statement());
        continue;
      }
      const std::unique_ptr<run::Script::Statements> statements =
          task.script->statements(task.direction);
      sql::Statement statement;
      while ((*statements)->next(&statement)) {
        cancel_.throw_if_stopped();
        visit(task.migration->place, statement);
      }
    }
  };
  const store::Names& names = store.names();
  database().connection().doctor({.lock_key = names.lock_key,
                                  .version_table = names.version_table,
                                  .history_table = names.history_table,
                                  .journal_table = names.journal_table,
                                  .each_pending = each_pending},
                                 report);
  doctor_lock(report);
  if (options_.versioning) doctor_records(migrations, report);
}

// Applied versions without a file.
void MigrationRunner::Impl::doctor_unknown(const std::vector<source::Migration>& migrations,
                                           DoctorReport* report) {
  store::Store& store = database().store();
  const std::vector<std::int64_t> unknown = plan::unknown_versions(migrations, store.applied());
  if (unknown.empty()) return;
  const std::vector<std::int64_t> settled =
      check::settled(unknown, check::known(migrations, store));
  for (const std::int64_t version : unknown) {
    if (std::ranges::binary_search(settled, version)) continue;
    const bool newer = version > migrations.back().version;
    add(report, Severity::warning, newer ? "newer" : "missing",
        "version " + std::to_string(version) + " is applied, but " +
            (newer ? "newer than the newest migration" : "not among the migrations"),
        newer
            ? "a newer program has migrated this database; the policy `newer` says what a run does"
            : "bring its file back, or settle it with `MigrationRunner::accept(" +
                  std::to_string(version) + ")`; strict makes this an error");
  }
}

void MigrationRunner::Impl::doctor_lock(DoctorReport* report) {
  const std::string key = database().store().names().lock_key;
  driver::Locks* const locks = database().connection().locks();
  if (locks == nullptr) return;
  for (const LockHolder& holder : locks->lock_holders(key)) {
    if (holder.kind == LockHolder::Kind::file) continue;  // the file was looked at before
    if (holder.expired) {
      add(report, Severity::note, "lock", "a run left its lease behind: " + holder.description(),
          "the next run takes it over; `MigrationRunner::release_lock()` gives it back");
    } else {
      add(report, Severity::warning, "lock", "the run lock is held: " + holder.description(),
          "if that is no run any more, `MigrationRunner::release_lock(true)` ends it");
    }
  }
}

// What differs from what the migrations have left in the schema.
void MigrationRunner::Impl::doctor_drift(const std::vector<store::JournalRow>& journal,
                                         DoctorReport* report) {
  const Drift drift = find_drift(journal);
  if (drift.state == DriftState::stale) {
    add(report, Severity::note, "drift",
        "what has changed beside the migrations is not known: " + drift.reason,
        "the next run that changes something records it anew");
  }
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 0; i < std::min(drift.objects.size(), kMost); ++i) {
    const DriftedObject& object = drift.objects[i];
    const char* const what = object.what == SchemaDifference::Kind::added
                                 ? " is there, and no migration has made it"
                             : object.what == SchemaDifference::Kind::removed
                                 ? " is gone, and no migration has dropped it"
                                 : " is not as the migrations have left it";
    add(report, Severity::warning, "drift",
        object.description() + what + ", since version " + std::to_string(object.since),
        "put the change into a migration, or take it back; `MigrationRunner::drift()` shows more");
  }
  if (drift.objects.size() > kMost) {
    add(report, Severity::warning, "drift",
        counted(drift.objects.size() - kMost, "more object") + " so",
        "`MigrationRunner::status()` names them");
  }
}

void MigrationRunner::Impl::doctor_records(const std::vector<source::Migration>& migrations,
                                           DoctorReport* report) {
  store::Store& store = database().store();
  const std::vector<store::JournalRow> journal = database().journal().rows();
  doctor_drift(journal, report);
  for (const store::JournalRow& row : journal) {
    if (run::is_superseded(row, store.applied())) {
      add(report, Severity::warning, "unfinished", run::superseded_text(row), "");
      continue;
    }
    const bool doubt = run::is_in_doubt(row);
    add(report, doubt ? Severity::problem : Severity::warning, "unfinished",
        "version " + std::to_string(row.version) + " is half way " + direction_name(row.direction) +
            ": " + run::progress_text(row) +
            (doubt && row.total > 0 ? ", and one is in doubt" : ""),
        run::way_on(row));
  }
  for (const std::int64_t version : store.applied().duplicates()) {
    add(report, Severity::warning, "version_table",
        "the version table has several rows for version " + std::to_string(version) +
            ", each of which says that it is applied",
        "two runs without a lock have applied it: compare the schema with the file");
  }
  for (const std::int64_t version : check::rolled_back(migrations, store.applied())) {
    add(report, Severity::warning, "version_table",
        "version " + std::to_string(version) + " is " + check::rolled_back_text(), "");
  }
  if (migrations.empty()) return;
  doctor_unknown(migrations, report);
  check::Stamps stamps(migrations);
  for (const check::Edited& edited :
       check::find_edited(migrations, check::known(migrations, store), store.applied(),
                          check::Reading::changed, stamps)) {
    add(report, options_.strict ? Severity::problem : Severity::warning, "edited",
        edited.migration->place + ": the file has changed since it was applied",
        "restore it, or `MigrationRunner::accept(" + std::to_string(edited.migration->version) +
            ")`");
  }
}

}  // namespace gander
