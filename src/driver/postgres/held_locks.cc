// SPDX-License-Identifier: MIT
#include "src/driver/postgres/held_locks.h"

#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/values.h"

namespace gander::driver::postgres {
namespace {

std::string sql_for(const std::string& relations) {
  return "SELECT l.relation::bigint, l.mode, l.granted, coalesce(l.pid, 0)::bigint, CASE WHEN "
         "l.pid IS NULL THEN pg_catalog.concat('the prepared transaction ', p.gid) ELSE " +
         std::string(kSessionDescription) +
         " END, coalesce(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, "
         "p.prepared)) * 1000000, 0)::bigint FROM pg_catalog.pg_locks AS l LEFT JOIN "
         "pg_catalog.pg_stat_activity AS a ON a.pid = l.pid LEFT JOIN "
         "pg_catalog.pg_prepared_xacts AS p ON l.virtualtransaction = '-1/' || "
         "p.transaction::text WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM "
         "pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND l.relation IN "
         "(" +
         relations +
         ") AND (l.pid IS NULL OR l.pid <> pg_catalog.pg_backend_pid()) AND (a.backend_type IS "
         "NULL OR a.backend_type <> 'autovacuum worker' OR a.query LIKE '%to prevent wraparound%') "
         "ORDER BY a.xact_start, l.pid, l.relation, l.mode DESC";
}

}  // namespace

std::vector<HeldLock> held_locks(Connection& connection, const std::set<std::int64_t>& relations) {
  std::string list;
  for (const std::int64_t relation : relations) {
    list += (list.empty() ? "" : ", ") + std::to_string(relation);
  }
  std::vector<HeldLock> held;
  if (list.empty()) return held;
  for (const auto& row : connection.look(sql_for(list)).rows) {
    const std::optional<LockMode> mode = lock_mode_of(text(row[1]));
    if (!mode) continue;
    held.push_back({number(row[0]), *mode, number(row[2]) != 0, number(row[3]), text(row[4]),
                    std::chrono::microseconds(number(row[5]))});
  }
  return held;
}

}  // namespace gander::driver::postgres
