// SPDX-License-Identifier: MIT
// MigrationRunner::mark(): the records say from now on that versions are applied, or pending, and
// nothing is run.
#include "gander/mark.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "src/base/user_code.h"
#include "src/check/checksum.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

using source::Migration;

void check_request(const MarkRequest& request) {
  const int ways =
      (request.versions.empty() ? 0 : 1) + (request.to ? 1 : 0) + (request.all ? 1 : 0);
  if (ways != 1) {
    throw Error(ErrorCode::usage, "mark needs versions, a version to go to, or all of them",
                "`MigrationRunner::status()` lists the versions");
  }
  if (request.reason.empty()) {
    throw Error(ErrorCode::usage, "a reason is needed: it is kept in the history",
                "say who has changed the database and how, or why it counts as unchanged");
  }
}

[[noreturn]] void throw_unknown(std::int64_t version) {
  throw Error(ErrorCode::not_found,
              "version " + std::to_string(version) +
                  " has no migration in the source and no record in the database",
              "`MigrationRunner::status()` lists the versions");
}

// What is to change: as applied in ascending order, as pending the other way round.
MarkReport select(const MarkRequest& request, const std::vector<Migration>& migrations,
                  const store::AppliedSet& applied) {
  const bool up = request.as == MarkAs::applied;
  MarkReport report;
  for (const std::int64_t version : request.versions) {
    const bool known = applied.contains(version) || plan::find(migrations, version) != nullptr;
    if (!known || version == 0) throw_unknown(version);
    std::vector<std::int64_t>& list =
        applied.contains(version) == up ? report.already : report.marked;
    if (std::ranges::find(list, version) == list.end()) list.push_back(version);
  }
  const std::int64_t bound = request.to.value_or(up ? std::numeric_limits<std::int64_t>::max() : 0);
  if (!request.versions.empty()) {
    std::ranges::sort(report.marked);
  } else if (up) {
    for (const Migration& migration : migrations) {
      if (migration.version > bound || applied.contains(migration.version)) continue;
      report.marked.push_back(migration.version);
    }
  } else {
    // What has no file stays: nobody could run it again.
    for (const Migration& migration : migrations) {
      if (migration.version <= bound || !applied.contains(migration.version)) continue;
      report.marked.push_back(migration.version);
    }
  }
  if (!up) std::ranges::reverse(report.marked);
  return report;
}

store::AppliedSet after(store::AppliedSet applied, const MarkReport& report, MarkAs as) {
  for (const std::int64_t version : report.marked) {
    if (as == MarkAs::applied) {
      applied.add(version);
    } else {
      applied.remove(version);
    }
  }
  return applied;
}

bool is_late(const Migration& migration, const store::AppliedSet& applied) {
  return !applied.contains(migration.version) && migration.version < applied.highest();
}

// A version that the next up would refuse as out of order, where it would not have done so before.
void check_order(const std::vector<Migration>& migrations, const store::AppliedSet& before,
                 const store::AppliedSet& then) {
  for (const Migration& migration : migrations) {
    if (!is_late(migration, then) || is_late(migration, before)) continue;
    ErrorDetails details;
    details.code = ErrorCode::out_of_order;
    details.version = migration.version;
    details.message = "version " + std::to_string(migration.version) +
                      " would be left pending though the newer version " +
                      std::to_string(then.highest()) +
                      " is applied, and the next run would refuse that";
    details.hint = "mark it along with the others, or allow that with Options::allow_missing";
    throw Error(std::move(details));
  }
}

[[noreturn]] void throw_half_way(std::int64_t version) {
  ErrorDetails details;
  details.code = ErrorCode::in_doubt;
  details.version = version;
  details.message = "version " + std::to_string(version) + " is half way";
  details.hint = "settle it first: `MigrationRunner::resolve(" + std::to_string(version) + ")`";
  throw Error(std::move(details));
}

}  // namespace

namespace {

[[noreturn]] void throw_moved_on() {
  ErrorDetails details;
  details.code = ErrorCode::locked;
  details.message = "another run has changed the records meanwhile";
  details.hint = "run again";
  details.retryable = true;
  throw Error(std::move(details));
}

}  // namespace

// What the request means for the database as it is now. Throws what speaks against it.
MarkReport MigrationRunner::Impl::choose(const MarkRequest& request,
                                         const std::vector<Migration>& migrations) {
  const store::AppliedSet& applied = database().store().applied();
  MarkReport report = select(request, migrations, applied);
  for (const store::JournalRow& row : database().journal().rows()) {
    if (std::ranges::find(report.marked, row.version) != report.marked.end()) {
      throw_half_way(row.version);
    }
  }
  if (!options_.allow_missing) {
    check_order(migrations, applied, after(applied, report, request.as));
  }
  return report;
}

void MigrationRunner::Impl::record_mark(std::int64_t version, const MarkRequest& request,
                                        const std::vector<Migration>& migrations,
                                        const std::vector<store::Store::Fingerprint>& known) {
  const bool up = request.as == MarkAs::applied;
  store::HistoryRecord record;
  record.event = up ? HistoryEvent::adopted : HistoryEvent::reverted;
  record.version = version;
  record.detail =
      std::string("marked as ") + mark_name(request.as) + ", nothing was run: " + request.reason;
  if (const Migration* migration = plan::find(migrations, version)) {
    record.name = migration->name;
    if (up && migration->kind == source::Kind::sql) {
      const std::unique_ptr<Input> input = migration->open();
      record.checksum = check::checksum(*input);
      record.stamp = input->stamp();
    }
  } else if (const store::Store::Fingerprint* last = store::find(known, version)) {
    record.name = last->name;
  }
  database().store().record(up ? Direction::up : Direction::down, record);
}

// Names what the database has otherwise than the migrations make it that are applied afterwards;
// what they make, if that is known.
std::optional<schema::Snapshot> MigrationRunner::Impl::compare_marked(
    const MarkRequest& request, const std::vector<Migration>& migrations, MarkReport* report) {
  const store::AppliedSet then = after(database().store().applied(), *report, request.as);
  std::vector<Migration> made = migrations;
  std::erase_if(made, [&](const Migration& one) { return !then.contains(one.version); });
  std::optional<schema::Snapshot> wanted;
  try {
    wanted = made_by(made);
    report->differences = differences_from(*wanted);
  } catch (const Error& error) {
    const bool stopped =
        error.code() == ErrorCode::interrupted || error.code() == ErrorCode::connection;
    if (stopped) throw;
    wanted.reset();
    if (report->marked.empty()) return wanted;
    report->differences = {"it cannot be compared: " + error.details().message};
  }
  if (report->differences.empty() || report->marked.empty() || request.force) return wanted;
  ErrorDetails details;
  details.code = ErrorCode::edited;
  details.message = "the schema is not known to be what these migrations make:";
  for (const std::string& difference : report->differences) {
    details.message += "\n    " + difference;
  }
  details.hint =
      "nothing was recorded; change the database or the migrations, or insist with "
      "MarkRequest::force";
  throw Error(std::move(details));
}

MarkReport MigrationRunner::Impl::mark(const MarkRequest& request) {
  const Scope scope(*this);
  check_request(request);
  if (!options_.history) {
    throw Error(ErrorCode::usage, "the reason is kept in the history, which is switched off",
                "leave Options::history as it is");
  }
  const std::vector<Migration> migrations = source::list(source_);
  require_database();
  database().store().load();
  MarkReport report = choose(request, migrations);
  const std::optional<schema::Snapshot> made = compare_marked(request, migrations, &report);
  if (report.marked.empty()) return report;
  const SchemaLook before = schema_before();
  const auto work = [&] {
    // What others have recorded meanwhile is known by now.
    MarkReport now = choose(request, migrations);
    if (now.marked != report.marked) throw_moved_on();
    const std::vector<store::Store::Fingerprint> known = database().store().fingerprints();
    for (const std::int64_t version : report.marked) {
      record_mark(version, request, migrations, known);
    }
  };
  change_records(work, [&] {
    if (made) record_schema(before, &*made, nullptr);
  });
  return report;
}

MarkReport MigrationRunner::mark(const MarkRequest& request) {
  return only_errors([&] { return impl_->mark(request); });
}

const char* mark_name(MarkAs as) noexcept { return as == MarkAs::applied ? "applied" : "pending"; }

}  // namespace gander
