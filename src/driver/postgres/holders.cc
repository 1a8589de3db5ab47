// SPDX-License-Identifier: MIT
// Connection::lock_holders() and release_lock(): who has the run lock in either of its forms, and
// taking it from them. See lock.h.
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lease.h"
#include "src/driver/postgres/times.h"
#include "src/driver/postgres/values.h"
#include "src/types/time.h"

namespace gander::driver::postgres {
namespace {

// Rows of pg_locks named `l` that keep our run lock from others: our number, or goose's own in a
// mode that a run of ours does not take.
std::string holding(const LockNames& names) {
  return "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.mode = 'ExclusiveLock' "
         "AND l.pid <> pg_catalog.pg_backend_pid() AND l.database = (SELECT d.oid FROM "
         "pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()) AND "
         "((l.classid::bigint << 32) | l.objid::bigint) IN (" +
         names.own + ", " + names.goose + ")";
}

}  // namespace

std::vector<LockHolder> Connection::lock_holders(std::string_view key) {
  const LockNames names(key);
  std::vector<LockHolder> holders;
  const Rows sessions = query(
      "SELECT DISTINCT l.pid, pg_catalog.concat_ws(', ', nullif(a.application_name, ''), "
      "a.usename, a.client_addr::text), " +
      utc_seconds("a.backend_start") +
      " FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid "
      "WHERE " +
      holding(names) + " ORDER BY 1");
  for (const auto& row : sessions.rows) {
    LockHolder& holder = holders.emplace_back();
    holder.kind = LockHolder::Kind::session;
    holder.pid = std::get<std::int64_t>(row[0]);
    holder.name = text(row[1]);
    holder.since = parse_time(text(row[2]));
  }
  const bool leases =
      !query_text("SELECT pg_catalog.to_regclass(" + dialect().literal(names.table) + ")::text")
           .empty();
  if (!leases) return holders;
  const Rows rows = query("SELECT locked_by, " + utc_seconds("locked_at") + ", " +
                          utc_seconds("updated_at") + ", " + utc_seconds("lease_expires_at") +
                          ", lease_expires_at < pg_catalog.clock_timestamp() FROM " + names.table +
                          " WHERE lock_id = " + names.goose + " AND locked");
  for (const auto& row : rows.rows) {
    LockHolder& holder = holders.emplace_back();
    holder.kind = LockHolder::Kind::lease;
    holder.name = text(row[0]);
    holder.since = parse_time(text(row[1]));
    holder.renewed_at = parse_time(text(row[2]));
    holder.expires_at = parse_time(text(row[3]));
    const auto* expired = std::get_if<std::int64_t>(&row[4]);
    holder.expired = expired != nullptr && *expired != 0;
  }
  return holders;
}

void Connection::release_lock(std::string_view key, const LockHolder& holder) {
  check_writable();
  const LockNames names(key);
  if (holder.kind == LockHolder::Kind::session) {
    query(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM (SELECT DISTINCT l.pid FROM "
        "pg_catalog.pg_locks AS l WHERE l.pid = " +
        std::to_string(holder.pid) + " AND " + holding(names) + ") AS holder");
    return;
  }
  Transaction transaction(*this);
  // The holder's work transaction has the row: it is waited for, but not for long.
  execute("SET LOCAL lock_timeout = '5s'");
  execute("UPDATE " + names.table +
          " SET locked = false, locked_at = NULL, locked_by = NULL, lease_expires_at = NULL, "
          "updated_at = pg_catalog.clock_timestamp() WHERE lock_id = " +
          names.goose + " AND locked AND locked_by = " + dialect().literal(holder.name) +
          (holder.expired ? " AND lease_expires_at < pg_catalog.clock_timestamp()" : ""));
  transaction.commit();
}

}  // namespace gander::driver::postgres
