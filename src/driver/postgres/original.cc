// SPDX-License-Identifier: MIT
#include "src/driver/postgres/original.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lock_reach.h"
#include "src/driver/postgres/message_shape.h"

namespace gander::driver::postgres {
namespace {

std::int64_t number(const Value& value) {
  const auto* found = std::get_if<std::int64_t>(&value);
  return found == nullptr ? 0 : *found;
}

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

// What the statistics know, which nobody has to wait for: before PostgreSQL 14 a table that was
// never looked at has 0 pages and 0 rows, since then -1 rows.
std::string originals_sql(const std::set<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + dialect().literal(name);
  }
  return "SELECT c.oid::bigint, pg_catalog.format('%I.%I', n.nspname, c.relname), CASE WHEN "
         "c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN -1 ELSE "
         "c.reltuples::bigint END, CASE WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = "
         "0) THEN -1 ELSE (c.relpages + coalesce(t.relpages, 0) + coalesce((SELECT "
         "pg_catalog.sum(x.relpages) FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x "
         "ON x.oid = i.indexrelid WHERE i.indrelid = c.oid), 0))::bigint * "
         "pg_catalog.current_setting('block_size')::bigint END FROM pg_catalog.pg_class AS c JOIN "
         "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_class AS "
         "t ON t.oid = c.reltoastrelid WHERE pg_catalog.format('%I.%I', n.nspname, c.relname) IN "
         "(" +
         list + ")";
}

std::optional<LockMode> mode_of(const RehearsedLock& lock) {
  for (int i = 0; i <= static_cast<int>(LockMode::access_exclusive); ++i) {
    const auto mode = static_cast<LockMode>(i);
    if (lock_mode_name(mode) == lock.mode) return mode;
  }
  return std::nullopt;
}

LockInTheWay in_the_way(const HeldLock& held) {
  return {held.session, std::string(lock_mode_name(held.mode)), held.granted, held.open};
}

}  // namespace

std::vector<LockNeeds> needs_of(std::string_view unit) {
  std::vector<LockNeeds> all;
  const std::vector<std::size_t> starts = message_shape(unit).starts;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : unit.size();
    all.push_back(lock_needs(unit.substr(starts[i], end - starts[i])));
  }
  return all;
}

void Original::fill(std::vector<RehearsedMigration>* migrations) {
  read_relations(*migrations);
  for (RehearsedMigration& migration : *migrations) {
    for (RehearsedStatement& statement : migration.statements) {
      for (RehearsedLock& lock : statement.locks) fill_lock(&lock);
      if (statement.polled) fill_waits(&statement);
    }
  }
}

void Original::read_relations(const std::vector<RehearsedMigration>& migrations) {
  std::set<std::string> names;
  for (const RehearsedMigration& migration : migrations) {
    for (const RehearsedStatement& statement : migration.statements) {
      for (const RehearsedLock& lock : statement.locks) {
        if (!lock.original.empty()) names.insert(lock.original);
      }
    }
  }
  if (names.empty()) return;
  std::set<std::int64_t> oids;
  for (const auto& row : connection_.look(originals_sql(names)).rows) {
    oids.insert(number(row[0]));
    relations_[text(row[1])] = {number(row[0]), number(row[2]), number(row[3])};
  }
  held_ = held_locks(connection_, oids);
}

void Original::fill_lock(RehearsedLock* lock) const {
  const auto relation = relations_.find(lock->original);
  const std::optional<LockMode> mode = mode_of(*lock);
  if (relation == relations_.end() || !mode) return;
  lock->rows = relation->second.rows;
  lock->bytes = relation->second.bytes;
  for (const HeldLock& held : held_) {
    if (held.relation != relation->second.oid || !conflict(*mode, held.mode)) continue;
    lock->in_the_way.push_back(in_the_way(held));
  }
}

// What works CONCURRENTLY lets transactions end that have used the table, without a lock that could
// keep others out meanwhile.
void Original::fill_waits(RehearsedStatement* statement) {
  const std::vector<LockNeeds> all = needs_of(statement->sql);
  LockReach reach(connection_, all);
  std::map<std::int64_t, LockMode> waited;
  bool snapshots = false;
  for (const LockNeeds& needs : all) {
    snapshots |= needs.waits_for_snapshots;
    for (const LockNeed& need : needs.needs) {
      if (!need.waits) continue;
      for (const LockReach::Lock& lock : reach.locks(need)) {
        waited.emplace(lock.relation, lock.mode);
      }
    }
  }
  std::set<std::int64_t> oids;
  for (const auto& [relation, mode] : waited) oids.insert(relation);
  for (const HeldLock& held : held_locks(connection_, oids)) {
    if (!held.granted || !conflict(waited.at(held.relation), held.mode)) continue;
    statement->waits_for.push_back(in_the_way(held));
  }
  if (snapshots) add_snapshots(statement);
}

// Of every table: an old snapshot may still look at this one.
void Original::add_snapshots(RehearsedStatement* statement) {
  const Rows rows = connection_.look(
      "SELECT " + std::string(kSessionDescription) +
      ", coalesce(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000000, "
      "0)::bigint FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = "
      "pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_xmin "
      "IS NOT NULL AND a.backend_type = 'client backend' ORDER BY a.xact_start");
  for (const auto& row : rows.rows) {
    const std::string session = text(row[0]);
    const bool known = std::ranges::any_of(
        statement->waits_for, [&](const LockInTheWay& other) { return other.session == session; });
    if (known) continue;
    statement->waits_for.push_back({session, "", true, std::chrono::microseconds(number(row[1]))});
  }
}

}  // namespace gander::driver::postgres
