// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lock.h"

#include <charconv>
#include <cstdint>
#include <functional>
#include <utility>

#include "src/base/sha256.h"
#include "src/driver/lock_wait.h"
#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lease.h"
#include "src/driver/postgres/times.h"
#include "src/driver/postgres/values.h"

namespace gander::driver::postgres {
namespace {

// Who holds the advisory lock, or goose's number exclusively.
std::string advisory_holder(Connection& connection, const LockNames& names) {
  return connection.query_text(
      "SELECT pg_catalog.string_agg(DISTINCT " + std::string(kSessionDescription) +
      ", ', ') FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = "
      "l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> "
      "pg_catalog.pg_backend_pid() AND a.datname = pg_catalog.current_database() AND "
      "l.mode = 'ExclusiveLock' AND ((l.classid::bigint << 32) | l.objid::bigint) IN (" +
      names.own + ", " + names.goose + ")");
}

std::string lease_holder(Connection& connection, const LockNames& names) {
  return connection.query_text(
      "SELECT pg_catalog.concat(locked_by, ' (lease in goose_lock since ', " +
      utc_seconds("locked_at") + ", ' UTC)') FROM " + names.table + " WHERE lock_id = " +
      names.goose + " AND locked AND lease_expires_at > pg_catalog.clock_timestamp()");
}

void wait_for_lock(Connection& connection, const std::function<bool()>& attempt,
                   const std::function<std::string()>& holder) {
  driver::wait_for_lock(connection.options(), attempt, holder,
                        [&](std::chrono::microseconds time) { connection.wire().pause(time); });
}

class AdvisoryLock final : public RunLock {
 public:
  AdvisoryLock(Connection& connection, LockNames names)
      : connection_(connection), names_(std::move(names)) {
    wait_for_lock(connection, [this] { return attempt(); }, [this] { return holder(); });
    held_ = true;
  }

  ~AdvisoryLock() override {
    if (held_) release();
  }

 private:
  bool attempt() {
    const Rows rows =
        connection_.look("SELECT CASE WHEN pg_catalog.pg_try_advisory_lock(" + names_.own +
                         ") THEN CASE WHEN pg_catalog.pg_try_advisory_lock_shared(" + names_.goose +
                         ") THEN true WHEN pg_catalog.pg_advisory_unlock(" + names_.own +
                         ") THEN false ELSE false END ELSE false END, pg_catalog.to_regclass(" +
                         dialect().literal(names_.table) + ") IS NOT NULL");
    if (number(rows.rows.at(0)[0]) == 0) return false;
    // Whoever works behind a pooler, or a goose Provider with its table locker, has a lease.
    if (number(rows.rows.at(0)[1]) == 0 || lease_holder(connection_, names_).empty()) return true;
    release();
    return false;
  }

  std::string holder() {
    std::string who = advisory_holder(connection_, names_);
    if (!who.empty()) return who;
    const bool leases = !connection_
                             .query_text("SELECT pg_catalog.to_regclass(" +
                                         dialect().literal(names_.table) + ")::text")
                             .empty();
    return leases ? lease_holder(connection_, names_) : who;
  }

  // The end of the session frees the locks as well.
  void release() noexcept {
    if (connection_.wire().lost()) return;
    const Wire::Shield shield(connection_.wire());
    try {
      if (connection_.in_transaction()) connection_.rollback();
      connection_.query("SELECT pg_catalog.pg_advisory_unlock(" + names_.own +
                        "), pg_catalog.pg_advisory_unlock_shared(" + names_.goose + ")");
    } catch (const std::exception&) {
      // Only a session that is ending cannot answer this.
    }
  }

  Connection& connection_;
  LockNames names_;
  bool held_ = false;
};

}  // namespace

LockNames::LockNames(std::string_view key) {
  const std::string digest = sha256_hex("gander run lock\n" + std::string(key));
  std::uint64_t number = 0;
  std::from_chars(digest.data(), digest.data() + 16, number, 16);
  own = "(" + std::to_string(static_cast<std::int64_t>(number)) + ")::bigint";
  // CRC-32 of "goose": the number of goose's lockers (lock/postgres.go, v3.27.3).
  goose = "4097083626::bigint";
  const std::size_t dot = key.find('.');
  const std::string_view schema = dot == std::string_view::npos ? "" : key.substr(0, dot);
  table = (schema.empty() ? std::string() : dialect().quote(schema) + ".") + "goose_lock";
}

std::unique_ptr<RunLock> take_advisory_lock(Connection& connection, std::string_view key) {
  return std::make_unique<AdvisoryLock>(connection, LockNames(key));
}

std::unique_ptr<RunLock> take_lease(Connection& connection, std::string_view key) {
  auto lease = std::make_unique<Lease>(connection, LockNames(key));
  const LockNames names(key);
  wait_for_lock(
      connection, [&] { return lease->try_take(); },
      [&] {
        const std::string who = lease_holder(connection, names);
        return who.empty() ? advisory_holder(connection, names) : who;
      });
  lease->start_heartbeat();
  return lease;
}

std::unique_ptr<RunLock> Connection::lock(std::string_view key) {
  await_primary();
  check_writable();
  return pooled_ ? take_lease(*this, key) : take_advisory_lock(*this, key);
}

}  // namespace gander::driver::postgres
