// SPDX-License-Identifier: MIT
#include "src/plan/plan.h"

#include <algorithm>
#include <limits>

#include "gander/error.h"

namespace gander::plan {
namespace {

using source::Migration;
using store::AppliedSet;

// Lists in messages stop here; the rest is counted.
constexpr std::size_t kListed = 20;

std::string join_versions(const std::vector<std::int64_t>& versions) {
  std::string out;
  for (std::size_t i = 0; i < versions.size() && i < kListed; ++i) {
    out += (i == 0 ? "" : ", ") + std::to_string(versions[i]);
  }
  if (versions.size() > kListed) {
    out += " and " + std::to_string(versions.size() - kListed) + " more";
  }
  return out;
}

[[noreturn]] void throw_missing(const std::vector<const Migration*>& missing,
                                std::int64_t highest) {
  std::string message = "found " + std::to_string(missing.size()) +
                        " missing migrations before current version " + std::to_string(highest) +
                        ":";
  for (const Migration* migration : missing) {
    message += "\n\tversion " + std::to_string(migration->version) + ": " + migration->place;
  }
  ErrorDetails details;
  details.code = ErrorCode::out_of_order;
  details.version = missing.front()->version;
  details.message = std::move(message);
  details.hint =
      "they were added after newer ones had been applied: give them newer versions, or apply them "
      "out of order with Options::allow_missing";
  throw Error(std::move(details));
}

[[noreturn]] void throw_no_current(std::int64_t version) {
  ErrorDetails details;
  details.code = ErrorCode::not_found;
  details.version = version;
  details.message = "migration " + std::to_string(version) + ": no current version found";
  details.hint = version == 0
                     ? "no migration is applied, so there is nothing to roll back"
                     : "its file is not in the source: bring the file back to roll it back";
  throw Error(std::move(details));
}

class Maker {
 public:
  Maker(const Request& request, const std::vector<Migration>& migrations, const AppliedSet& applied)
      : request_(request), migrations_(migrations), applied_(applied) {}

  Steps make() {
    if (request_.versioning) {
      make_versioned();
    } else {
      make_unversioned();
    }
    refuse_go_files();
    return std::move(steps_);
  }

 private:
  void make_versioned() {
    switch (request_.kind) {
      case Request::Kind::up:
        return apply_pending(std::numeric_limits<std::int64_t>::max());
      case Request::Kind::up_to:
        check_target();
        return apply_pending(request_.version);
      case Request::Kind::up_by_one:
        return apply_one();
      case Request::Kind::down:
        return roll_back(current());
      case Request::Kind::down_to:
        check_target();
        return roll_back_to(request_.version);
      case Request::Kind::redo:
        return redo(current());
      case Request::Kind::reset:
        return reset();
    }
  }

  void make_unversioned() {
    const Migration& last = migrations_.back();
    switch (request_.kind) {
      case Request::Kind::up:
      case Request::Kind::up_to:
        for (const Migration& migration : migrations_) {
          if (request_.kind == Request::Kind::up || migration.version <= request_.version) {
            add(migration, Direction::up, "every file runs, versions are not recorded");
          }
        }
        return;
      case Request::Kind::up_by_one:
        return add(migrations_.front(), Direction::up, "the first file");
      case Request::Kind::down:
        return add(last, Direction::down, "the last file");
      case Request::Kind::redo:
        add(last, Direction::down, "the last file");
        return add(last, Direction::up, "the last file");
      case Request::Kind::down_to:
      case Request::Kind::reset:
        for (auto migration = migrations_.rbegin(); migration != migrations_.rend(); ++migration) {
          if (request_.kind == Request::Kind::reset || migration->version > request_.version) {
            add(*migration, Direction::down, "every file runs, versions are not recorded");
          }
        }
    }
  }

  void apply_pending(std::int64_t bound) {
    note_unknown_versions();
    const std::int64_t highest = applied_.highest();
    std::vector<const Migration*> missing;
    for (const Migration& migration : migrations_) {
      if (migration.version > bound) break;
      if (applied_.contains(migration.version)) continue;
      const bool late = migration.version < highest;
      if (late) missing.push_back(&migration);
      add(migration, Direction::up,
          late ? "pending, older than the applied version " + std::to_string(highest)
               : std::string("pending"));
    }
    if (!missing.empty() && !request_.allow_missing) throw_missing(missing, highest);
  }

  void apply_one() {
    apply_pending(std::numeric_limits<std::int64_t>::max());
    if (steps_.steps.empty()) {
      throw Error(
          ErrorCode::not_found, "no next version found",
          "nothing is pending: the database is at version " + std::to_string(applied_.current()));
    }
    steps_.steps.resize(1);
  }

  void note_unknown_versions() {
    const std::int64_t newest = migrations_.empty() ? 0 : migrations_.back().version;
    std::vector<std::int64_t> gone;
    std::vector<std::int64_t> newer;
    for (const std::int64_t version : unknown_versions(migrations_, applied_)) {
      if (std::ranges::binary_search(request_.settled, version)) continue;
      (version > newest ? newer : gone).push_back(version);
    }
    note_gone(gone);
    note_newer(newer, newest);
  }

  void note_gone(const std::vector<std::int64_t>& versions) {
    if (versions.empty()) return;
    const std::string message = "the database has applied " + versions_that_are(versions) +
                                " not in the source: " + join_versions(versions);
    if (request_.strict) {
      throw Error(ErrorCode::edited, message,
                  "bring the files back, or settle with `MigrationRunner::accept()` that "
                  "they are gone for good");
    }
    steps_.warnings.push_back(message);
  }

  void note_newer(const std::vector<std::int64_t>& versions, std::int64_t newest) {
    if (versions.empty() || request_.newer == Newer::allow) return;
    const std::string message = "the database is newer than the source, which ends at version " +
                                std::to_string(newest) + ": it has applied " +
                                join_versions(versions) + ", which " +
                                (versions.size() == 1 ? "is" : "are") + " not in the source";
    if (request_.newer == Newer::refuse) {
      throw Error(ErrorCode::edited, message,
                  "a newer program has migrated it: run that one, or let this one go on with the "
                  "policy `newer` set to warn or allow");
    }
    steps_.warnings.push_back(message);
  }

  static std::string versions_that_are(const std::vector<std::int64_t>& versions) {
    return versions.size() == 1 ? "a version that is" : "versions that are";
  }

  // A bound that nobody knows is a slip of the finger: up to 99 would be all, down to 7 a guess.
  void check_target() const {
    const std::int64_t bound = request_.version;
    if (!request_.exact_targets || bound == 0) return;
    if (find(migrations_, bound) != nullptr || applied_.contains(bound)) return;
    std::vector<std::int64_t> known;
    for (const Migration& migration : migrations_) known.push_back(migration.version);
    for (const store::AppliedRow& row : applied_.rows()) {
      if (row.version != 0) known.push_back(row.version);
    }
    const auto distance = [bound](std::int64_t version) {
      return version > bound ? version - bound : bound - version;
    };
    const auto nearest = std::ranges::min_element(known, {}, distance);
    ErrorDetails details;
    details.code = ErrorCode::not_found;
    details.version = bound;
    details.message = "there is no migration with version " + std::to_string(bound);
    if (nearest != known.end()) {
      details.hint = "the nearest version is " + std::to_string(*nearest);
    }
    throw Error(std::move(details));
  }

  std::int64_t current() const {
    const std::int64_t version = applied_.current();
    if (version == 0) throw_no_current(0);
    return version;
  }

  void roll_back(std::int64_t version) {
    const Migration* migration = find(migrations_, version);
    if (migration == nullptr) throw_no_current(version);
    add(*migration, Direction::down,
        version == applied_.current() ? "the most recently applied" : "applied");
  }

  void roll_back_to(std::int64_t bound) {
    for (const std::int64_t version : applied_.newest_first()) {
      if (version > bound) {
        roll_back(version);
      } else if (!request_.down_by_version) {
        return;
      }
    }
  }

  void redo(std::int64_t version) {
    roll_back(version);
    add(*steps_.steps.back().migration, Direction::up, "applied again");
  }

  void reset() {
    for (auto migration = migrations_.rbegin(); migration != migrations_.rend(); ++migration) {
      if (applied_.is_applied(migration->version)) add(*migration, Direction::down, "applied");
    }
  }

  void add(const Migration& migration, Direction direction, std::string reason) {
    steps_.steps.push_back({&migration, direction, std::move(reason)});
  }

  void refuse_go_files() const {
    for (const Step& step : steps_.steps) {
      if (step.migration->kind != source::Kind::go_file) continue;
      ErrorDetails details;
      details.code = ErrorCode::invalid_migration;
      details.file = step.migration->place;
      details.version = step.migration->version;
      details.message = "this migration is written in Go and cannot be run here";
      details.hint =
          "write it in SQL, or join a C++ function migration of the same version (gander/source.h)";
      throw Error(std::move(details));
    }
  }

  const Request& request_;
  const std::vector<Migration>& migrations_;
  const AppliedSet& applied_;
  Steps steps_;
};

}  // namespace

const Migration* find(const std::vector<Migration>& migrations, std::int64_t version) {
  const auto at = std::lower_bound(
      migrations.begin(), migrations.end(), version,
      [](const Migration& migration, std::int64_t v) { return migration.version < v; });
  return at != migrations.end() && at->version == version ? &*at : nullptr;
}

std::vector<std::int64_t> unknown_versions(const std::vector<Migration>& migrations,
                                           const AppliedSet& applied) {
  std::vector<std::int64_t> unknown;
  for (const store::AppliedRow& row : applied.rows()) {
    if (row.version != 0 && row.applied && find(migrations, row.version) == nullptr) {
      unknown.push_back(row.version);
    }
  }
  std::sort(unknown.begin(), unknown.end());
  unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());
  return unknown;
}

Steps make(const Request& request, const std::vector<Migration>& migrations,
           const AppliedSet& applied) {
  return Maker(request, migrations, applied).make();
}

}  // namespace gander::plan
