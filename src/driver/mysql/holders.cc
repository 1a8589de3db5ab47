// SPDX-License-Identifier: MIT
// RunLocks::lock_holders() and release_lock(): who has the run lock in either of its forms, and
// taking it from them. See lock.h.
#include <charconv>
#include <string>

#include "src/driver/mysql/catalogue.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/lease.h"
#include "src/driver/mysql/lock.h"
#include "src/types/time.h"

namespace gander::driver::mysql {
namespace {

std::string utc_seconds(const std::string& column) {
  return "DATE_FORMAT(COALESCE(CONVERT_TZ(" + column + ", @@global.time_zone, '+00:00'), " +
         column + "), '%Y-%m-%d %H:%i:%s')";
}

std::string condition(const LockHolder& holder) {
  std::string sql = " WHERE lock_id = " + std::string(kGooseLock) +
                    " AND locked AND locked_by = " + dialect().literal(holder.name);
  if (holder.expired) sql += " AND lease_expires_at < " + std::string(kLeaseClock);
  return sql;
}

}  // namespace

std::vector<LockHolder> RunLocks::lock_holders(std::string_view key) {
  const LockNames names(key);
  std::vector<LockHolder> holders;
  const Rows sessions = connection_.query(
      "SELECT l.id, CONCAT(p.user, '@', SUBSTRING_INDEX(p.host, ':', 1)) FROM (SELECT "
      "IS_USED_LOCK(" +
      names.own +
      ") AS id) AS l LEFT JOIN information_schema.processlist AS p ON p.id = l.id WHERE l.id IS "
      "NOT NULL AND l.id <> CONNECTION_ID()");
  for (const auto& row : sessions.rows) {
    LockHolder& holder = holders.emplace_back();
    holder.kind = LockHolder::Kind::session;
    const std::string id = cell_text(row.at(0));
    std::from_chars(id.data(), id.data() + id.size(), holder.pid);
    holder.name = cell_text(row.at(1));
  }
  const bool leases =
      connection_.tables_exist({TableName{.schema = names.schema, .table = "goose_lock"}}).at(0);
  if (!leases) return holders;
  const Rows rows = connection_.query(
      "SELECT locked_by, " + utc_seconds("locked_at") + ", " + utc_seconds("updated_at") + ", " +
      utc_seconds("lease_expires_at") + ", lease_expires_at < " + kLeaseClock + " FROM " +
      names.table + " WHERE lock_id = " + kGooseLock + " AND locked");
  for (const auto& row : rows.rows) {
    LockHolder& holder = holders.emplace_back();
    holder.kind = LockHolder::Kind::lease;
    holder.name = cell_text(row.at(0));
    holder.since = parse_time(cell_text(row.at(1)));
    holder.renewed_at = parse_time(cell_text(row.at(2)));
    holder.expires_at = parse_time(cell_text(row.at(3)));
    holder.expired = cell_text(row.at(4)) == "1";
  }
  return holders;
}

void RunLocks::release_lock(std::string_view key, const LockHolder& holder) {
  const LockNames names(key);
  if (holder.kind == LockHolder::Kind::session) {
    const std::string id = std::to_string(holder.pid);
    const Rows rows = connection_.query("SELECT IS_USED_LOCK(" + names.own + ") = " + id);
    if (cell_text(rows.rows.at(0).at(0)) == "1") connection_.execute("KILL " + id);
    return;
  }
  connection_.execute("UPDATE " + names.table +
                      " SET locked = 0, locked_at = NULL, locked_by = NULL, lease_expires_at = "
                      "NULL, updated_at = " +
                      kLeaseClock + condition(holder));
}

}  // namespace gander::driver::mysql
