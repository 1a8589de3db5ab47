// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lock_doctor.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/held_locks.h"
#include "src/driver/postgres/lock_reach.h"
#include "src/driver/postgres/message_shape.h"
#include "src/driver/postgres/values.h"

namespace gander::driver::postgres {

namespace {

using Relation = LockReach::Relation;

constexpr const char* kHint =
    "let it finish, or migrate with Options::lock_timeout, so that nobody queues behind the "
    "migration";

// The same for statements that lock the same: a file of a million INSERTs is told of once.
std::string key(const std::string& file, const LockNeeds& needs) {
  std::string key = file + '\n' + needs.command + '\n' + needs.untold + '\n' + needs.absent;
  for (const LockNeed& need : needs.needs) {
    key += '\n' + need.name + ' ' + std::to_string(static_cast<int>(need.mode)) + ' ' +
           std::to_string(need.reach) + ' ' + need.detail;
  }
  for (const std::string& call : needs.calls) key += '\n' + call;
  return key;
}

}  // namespace

class LockDoctor::Report {
 public:
  Report(LockDoctor& about, Connection& connection, DoctorReport* report)
      : about_(about),
        connection_(connection),
        report_(report),
        reach_(connection, about.needs_),
        version_(libpq().PQserverVersion(connection.wire().handle())) {}

  void make() {
    for (const Pending& pending : about_.pending_) resolve(pending);
    reach_.name(&names_);
    tell_locks();
    tell_untold();
    tell_waits();
    tell_snapshots();
  }

 private:
  struct Want {
    const Pending* pending = nullptr;
    LockMode mode = LockMode::access_share;
    bool waits = false;  // for the end of the transaction, without a lock
  };
  struct Untold {
    std::int64_t statements = 0;
    std::string first;
    std::string why;
  };

  const LockNeeds& needs_of(const Pending& pending) const { return about_.needs_[pending.needs]; }

  void resolve(const Pending& pending) {
    const LockNeeds& needs = needs_of(pending);
    if (!needs.absent.empty() && reach_.exists(needs.absent)) return;
    bool waits_for_snapshots = needs.waits_for_snapshots && !needs.needs.empty() &&
                               reach_.exists(needs.needs.front().name);
    std::string why = needs.untold;
    for (const LockNeed& need : needs.needs) {
      if (need.since > version_) continue;
      if (need.waits && reach_.exists(need.detail)) {
        waits_for_snapshots = false;
        continue;
      }
      for (const LockReach::Lock& lock : reach_.locks(need)) {
        names_.emplace(lock.relation, "");
        wants_[lock.relation].push_back({&pending, lock.mode, need.waits});
      }
      const std::string table = reach_.table_with_triggers(need);
      if (why.empty() && !table.empty()) why = "the triggers of " + table + " run code";
    }
    const std::string call = reach_.unknown_code(needs.calls);
    if (why.empty() && !call.empty()) why = "the function " + call + " runs code";
    if (waits_for_snapshots && waits_for_snapshots_ == nullptr) waits_for_snapshots_ = &pending;
    if (why.empty()) return;
    Untold& untold = untold_[pending.file];
    if (untold.statements++ == 0) {
      untold.first = pending.place;
      untold.why = why;
    }
    ++about_.untold_;
  }

  void add(Severity severity, const char* check, std::string message, std::string hint = {}) {
    report_->findings.push_back({severity, check, std::move(message), std::move(hint)});
  }

  // A line for each file: the strongest lock on each relation, the strongest first.
  void tell_locks() {
    std::map<std::string, std::map<Relation, LockMode>> files;
    std::vector<std::string> order;
    for (const auto& [relation, wants] : wants_) {
      for (const Want& want : wants) {
        if (want.waits) continue;
        LockMode& mode = files[want.pending->file].emplace(relation, want.mode).first->second;
        mode = std::max(mode, want.mode);
      }
    }
    for (const Pending& pending : about_.pending_) {
      if (order.empty() || order.back() != pending.file) order.push_back(pending.file);
    }
    for (const std::string& file : order) {
      const auto found = files.find(file);
      if (found == files.end()) continue;
      std::vector<std::pair<int, std::string>> shown;
      for (const auto& [relation, mode] : found->second) {
        shown.emplace_back(-static_cast<int>(mode),
                           names_[relation] + " (" + std::string(lock_mode_name(mode)) + ")");
      }
      std::ranges::sort(shown);
      std::string list;
      for (const auto& [strength, lock] : shown) list += (list.empty() ? "" : ", ") + lock;
      add(Severity::note, "locks", file + " locks " + list);
      files.erase(found);
    }
  }

  void tell_untold() {
    for (const auto& [file, untold] : untold_) {
      const std::string more =
          untold.statements > 1
              ? ", and so it is for " + std::to_string(untold.statements - 1) + " more in this file"
              : "";
      add(Severity::note, "locks_untold",
          untold.first + ": what this statement locks cannot be told: " + untold.why + more,
          "look at what it does to tables in use, and migrate with Options::lock_timeout");
    }
  }

  // A session is named once for each relation, with the first statement that would wait for it.
  void tell_waits() {
    std::set<std::pair<std::string, Relation>> told;
    std::set<Relation> relations;
    for (const auto& [relation, name] : names_) relations.insert(relation);
    for (const HeldLock& held : held_locks(connection_, relations)) {
      const Want* first = nullptr;
      for (const Want& want : wants_[held.relation]) {
        // CONCURRENTLY waits for those who have a lock, not for those who want one.
        if (!conflict(want.mode, held.mode) || (want.waits && !held.granted)) continue;
        if (first == nullptr) first = &want;
      }
      if (first == nullptr || !told.emplace(held.session, held.relation).second) continue;
      about_.named_.insert(held.pid);
      const std::string& name = names_[held.relation];
      const std::string mode(lock_mode_name(held.mode));
      const std::string& command = needs_of(*first->pending).command;
      add(Severity::warning, "transactions",
          held.session + (held.granted ? " has a lock on " : " waits for a lock on ") + name +
              " (" + mode + "): " + first->pending->place + " waits for " +
              (first->waits ? "the end of its transaction before " + command + " can go on"
                            : "it, because " + command + " takes " +
                                  std::string(lock_mode_name(first->mode))),
          kHint);
    }
  }

  // CONCURRENTLY lets every transaction end that might still look at the table in an older state,
  // also those that have not touched it.
  void tell_snapshots() {
    if (waits_for_snapshots_ == nullptr) return;
    const Rows rows = connection_.look(
        "SELECT a.pid::bigint, " + std::string(kSessionDescription) +
        " FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = pg_catalog.current_database() "
        "AND "
        "a.pid <> pg_catalog.pg_backend_pid() AND a.backend_xmin IS NOT NULL AND a.backend_type = "
        "'client backend' ORDER BY a.xact_start");
    for (const auto& row : rows.rows) {
      if (!about_.named_.insert(number(row[0])).second) continue;
      add(Severity::warning, "transactions",
          text(row[1]) + " has an open snapshot: " + waits_for_snapshots_->place +
              " waits for it, as " + needs_of(*waits_for_snapshots_).command + " does for all",
          "let it finish; " + needs_of(*waits_for_snapshots_).command +
              " keeps nobody out while it waits");
    }
  }

  LockDoctor& about_;
  Connection& connection_;
  DoctorReport* report_;
  LockReach reach_;
  int version_;
  std::map<Relation, std::string> names_;
  std::map<Relation, std::vector<Want>> wants_;
  std::map<std::string, Untold> untold_;
  const Pending* waits_for_snapshots_ = nullptr;
};

void LockDoctor::add(const std::string& place, const sql::Statement& statement) {
  if (statement.kind == sql::StatementKind::nothing) return;
  if (statement.text.empty() && statement.kind == sql::StatementKind::ordinary) {
    LockNeeds needs;
    needs.untold = "the migration is a function";
    pending_.push_back({place, place, needs_.size()});
    needs_.push_back(std::move(needs));
    return;
  }
  if (statement.kind == sql::StatementKind::copy_from_stdin) {
    // The pieces after the first are data.
    const bool data = copy_file_ == place && copy_number_ == statement.number;
    copy_file_ = place;
    copy_number_ = statement.number;
    if (data) return;
  }
  const std::vector<std::size_t> starts = message_shape(statement.text).starts;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : statement.text.size();
    LockNeeds needs = lock_needs(statement.text.substr(starts[i], end - starts[i]));
    if (needs.needs.empty() && needs.untold.empty() && needs.calls.empty()) continue;
    if (!seen_.insert(key(place, needs)).second) continue;
    pending_.push_back(
        {place + ":" + std::to_string(statement.place(starts[i]).line), place, needs_.size()});
    needs_.push_back(std::move(needs));
  }
}

void LockDoctor::doctor(Connection& connection, DoctorReport* report) {
  if (!pending_.empty()) Report(*this, connection, report).make();
}

}  // namespace gander::driver::postgres
