// SPDX-License-Identifier: MIT
// MigrationRunner::Impl::doctor(): the files, then the database, then the records in it. What only
// one kind of database knows is in the drivers (Connection::examine).
#include <algorithm>
#include <utility>

#include "src/check/checksum.h"
#include "src/check/renamed.h"
#include "src/check/rolled_back.h"
#include "src/run/half_run.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

// A doctor who waits for others as a run does would say nothing for minutes.
constexpr std::chrono::milliseconds kLongestWait{1000};

void add(Diagnosis* diagnosis, Severity severity, const char* check, std::string message,
         std::string hint = {}) {
  diagnosis->findings.push_back({severity, check, std::move(message), std::move(hint)});
}

void add(Diagnosis* diagnosis, const char* check, const Error& error) {
  const ErrorDetails& details = error.details();
  const std::string place = details.file.empty() ? ""
                            : details.line == 0
                                ? details.file + ": "
                                : details.file + ":" + std::to_string(details.line) + ": ";
  add(diagnosis, Severity::problem, check, place + details.message, details.hint);
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

Diagnosis without(const HiddenValues& values, Diagnosis diagnosis) {
  for (Finding& finding : diagnosis.findings) {
    finding.message = values.hide(finding.message);
    finding.hint = values.hide(finding.hint);
  }
  return diagnosis;
}

}  // namespace

Diagnosis MigrationRunner::Impl::doctor() {
  const Scope scope(*this);
  Diagnosis diagnosis;
  std::vector<source::Migration> migrations;
  try {
    migrations = source::list(source_);
    check_sum();
    add(&diagnosis, Severity::ok, "migrations",
        "the source holds " + counted(migrations.size(), "migration"));
  } catch (const Error& error) {
    add(&diagnosis, "migrations", error);
  }
  target_.driver().examine(&diagnosis);
  if (!target_.driver().exists()) {
    examine_plan(migrations, {}, &diagnosis);
    return without(hidden_, std::move(diagnosis));
  }

  const std::chrono::milliseconds wait = options_.wait;
  options_.wait = std::min(wait, kLongestWait);
  const bool reopen = target_.driver().reconnectable();
  if (reopen) close_session();
  try {
    examine_database(migrations, &diagnosis);
  } catch (const Error& error) {
    options_.wait = wait;
    if (reopen) close_session();
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::usage) throw;
    add(&diagnosis, error_code_name(error.code()), error);
    return without(hidden_, std::move(diagnosis));
  }
  options_.wait = wait;
  if (reopen) close_session();
  return without(hidden_, std::move(diagnosis));
}

// What up() would do. Empty when it would refuse to do anything.
plan::Steps MigrationRunner::Impl::examine_plan(const std::vector<source::Migration>& migrations,
                                                const store::AppliedSet& applied,
                                                Diagnosis* diagnosis) {
  if (migrations.empty()) return {};
  try {
    plan::Request request = with_policies({.kind = plan::Request::Kind::up});
    if (options_.history && !applied.empty()) settle_unknown(migrations, &request);
    plan::Steps steps = plan::make(request, migrations, applied);
    const std::size_t count = steps.steps.size();
    const run::Tasks prepared = run::prepare(steps, dialect(), variables(), false);
    if (prepared.defect) {
      add(diagnosis, "plan", *prepared.defect);
    } else {
      add(diagnosis, Severity::ok, "plan",
          count == 0 ? "nothing is pending" : "up would apply " + counted(count, "migration"));
    }
    return steps;
  } catch (const Error& error) {
    add(diagnosis, "plan", error);
    return {};
  }
}

void MigrationRunner::Impl::examine_database(const std::vector<source::Migration>& migrations,
                                             Diagnosis* diagnosis) {
  store::Store& store = session().store();
  store.load();
  const plan::Steps steps = examine_plan(
      migrations, options_.versioning ? store.applied() : store::AppliedSet(), diagnosis);
  const run::Tasks prepared = run::prepare(steps, dialect(), variables(), false);
  const auto each_pending = [&](const driver::Examination::Visit& visit) {
    for (const run::Task& task : prepared.tasks) {
      if (task.script == nullptr) {
        visit(task.migration->place, script::Statement());
        continue;
      }
      const std::unique_ptr<run::Script::Statements> statements =
          task.script->statements(task.direction);
      script::Statement statement;
      while ((*statements)->next(&statement)) {
        cancel_.throw_if_stopped();
        visit(task.migration->place, statement);
      }
    }
  };
  const store::Names& names = store.names();
  session().connection().examine({.lock_key = names.lock_key,
                                  .version_table = names.version_table,
                                  .history_table = names.history_table,
                                  .journal_table = names.journal_table,
                                  .each_pending = each_pending},
                                 diagnosis);
  examine_lock(diagnosis);
  if (options_.versioning) examine_records(migrations, diagnosis);
}

// Applied versions without a file.
void MigrationRunner::Impl::examine_unknown(const std::vector<source::Migration>& migrations,
                                            Diagnosis* diagnosis) {
  store::Store& store = session().store();
  const std::vector<std::int64_t> unknown = plan::unknown_versions(migrations, store.applied());
  if (unknown.empty()) return;
  const std::vector<std::int64_t> settled = check::settled(unknown, store.fingerprints());
  for (const std::int64_t version : unknown) {
    if (std::ranges::binary_search(settled, version)) continue;
    const bool newer = version > migrations.back().version;
    add(diagnosis, Severity::warning, newer ? "newer" : "missing",
        "version " + std::to_string(version) + " is applied, but " +
            (newer ? "newer than the newest migration" : "not among the migrations"),
        newer
            ? "a newer program has migrated this database; the policy `newer` says what a run does"
            : "bring its file back, or settle it with `gander accept " + std::to_string(version) +
                  " --reason TEXT`; strict makes this an error");
  }
}

void MigrationRunner::Impl::examine_lock(Diagnosis* diagnosis) {
  const std::string key = session().store().names().lock_key;
  for (const LockHolder& holder : session().connection().lock_holders(key)) {
    if (holder.kind == LockHolder::Kind::file) continue;  // the file was looked at before
    if (holder.expired) {
      add(diagnosis, Severity::note, "lock", "a run left its lease behind: " + holder.description(),
          "the next run takes it over; `gander lock release` gives it back");
    } else {
      add(diagnosis, Severity::warning, "lock", "the run lock is held: " + holder.description(),
          "if that is no run any more, `gander lock release --terminate` ends it");
    }
  }
}

void MigrationRunner::Impl::examine_records(const std::vector<source::Migration>& migrations,
                                            Diagnosis* diagnosis) {
  store::Store& store = session().store();
  for (const store::JournalRow& row : session().journal().rows()) {
    if (run::is_superseded(row, store.applied())) {
      add(diagnosis, Severity::warning, "unfinished", run::superseded_text(row), "");
      continue;
    }
    const bool doubt = run::is_in_doubt(row);
    add(diagnosis, doubt ? Severity::problem : Severity::warning, "unfinished",
        "version " + std::to_string(row.version) + " is half way " + direction_name(row.direction) +
            ": " + run::progress_text(row) +
            (doubt && row.total > 0 ? ", and one is in doubt" : ""),
        run::way_on(row));
  }
  for (const std::int64_t version : store.applied().duplicates()) {
    add(diagnosis, Severity::warning, "version_table",
        "the version table has several rows for version " + std::to_string(version) +
            ", each of which says that it is applied",
        "two runs without a lock have applied it: compare the schema with the file");
  }
  for (const std::int64_t version : check::rolled_back(migrations, store.applied())) {
    add(diagnosis, Severity::warning, "version_table",
        "version " + std::to_string(version) + " is " + check::rolled_back_text(), "");
  }
  if (migrations.empty()) return;
  examine_unknown(migrations, diagnosis);
  check::Stamps stamps(migrations);
  for (const check::Edited& edited : check::find_edited(
           migrations, store.fingerprints(), store.applied(), check::Reading::changed, stamps)) {
    add(diagnosis, options_.strict ? Severity::problem : Severity::warning, "edited",
        edited.migration->place + ": the file has changed since it was applied",
        "restore it, or `gander accept " + std::to_string(edited.migration->version) +
            " --reason TEXT`");
  }
}

}  // namespace gander
