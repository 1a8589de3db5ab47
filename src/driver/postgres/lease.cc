// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lease.h"

#include <unistd.h>

#include <chrono>
#include <memory>
#include <utility>

#include "src/base/backoff.h"
#include "src/base/host.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

// goose's own number as well, so that neither outlasts the other.
constexpr const char* kExpiry = "pg_catalog.clock_timestamp() + interval '30 seconds'";

// How often a work transaction tries for an advisory lock that a direct run, which tried for it
// just then, gives back at once.
constexpr int kFenceTries = 40;

// A beat that takes longer is given up: the next one is due.
constexpr std::chrono::seconds kBeatLimit{5};

}  // namespace

Lease::Lease(Connection& connection, LockNames names)
    : connection_(connection),
      names_(std::move(names)),
      owner_(dialect().literal(user_at_host() + "-" + std::to_string(::getpid()) + "-" +
                               random_id().substr(0, 8))) {}

void Lease::create_table() {
  const bool exists = !connection_
                           .query_text("SELECT pg_catalog.to_regclass(" +
                                       dialect().literal(names_.table) + ")::text")
                           .empty();
  if (!exists) {
    try {
      connection_.execute("CREATE TABLE IF NOT EXISTS " + names_.table +
                          " (lock_id bigint PRIMARY KEY, locked boolean NOT NULL DEFAULT false, "
                          "locked_at timestamptz, locked_by text, lease_expires_at timestamptz, "
                          "updated_at timestamptz)");
    } catch (const Error& error) {
      // IF NOT EXISTS looks before it leaps: two creators at once end in unique_violation or
      // duplicate_table for one of them.
      const std::string& state = error.details().sqlstate;
      if (state != "23505" && state != "42P07" && state != "42710") throw;
    }
  }
  table_exists_ = true;
}

bool Lease::try_take() {
  if (!table_exists_) create_table();
  Transaction transaction(connection_);
  try {
    // The holder's work transaction has the row locked: it is not waited for here.
    connection_.execute("SET LOCAL lock_timeout = '100ms'");
    const Rows rows = connection_.query(
        "INSERT INTO " + names_.table +
        " AS l (lock_id, locked, locked_at, locked_by, lease_expires_at, updated_at) VALUES (" +
        names_.goose + ", true, pg_catalog.clock_timestamp(), " + owner_ + ", " + kExpiry +
        ", pg_catalog.clock_timestamp()) ON CONFLICT (lock_id) DO UPDATE SET locked = true, "
        "locked_at = excluded.locked_at, locked_by = excluded.locked_by, lease_expires_at = "
        "excluded.lease_expires_at, updated_at = excluded.updated_at WHERE NOT l.locked OR "
        "l.lease_expires_at < pg_catalog.clock_timestamp() RETURNING "
        "pg_catalog.pg_try_advisory_xact_lock(" +
        names_.own + ") AND pg_catalog.pg_try_advisory_xact_lock_shared(" + names_.goose + ")");
    taken_ = !rows.rows.empty() && std::get<std::int64_t>(rows.rows[0][0]) != 0;
    if (taken_) transaction.commit();
  } catch (const Error& error) {
    taken_ = false;
    if (error.details().sqlstate != "55P03") throw;
  }
  transaction.rollback();
  // Whoever waits for the row sees a live lease when the work transaction commits.
  if (taken_) connection_.before_commits(extension());
  return taken_;
}

std::string Lease::extension() const {
  return "UPDATE " + names_.table + " SET lease_expires_at = " + kExpiry +
         ", updated_at = pg_catalog.clock_timestamp() WHERE lock_id = " + names_.goose +
         " AND locked AND locked_by = " + owner_;
}

bool Lease::fence() {
  Backoff backoff(std::chrono::milliseconds(10), std::chrono::milliseconds(100));
  for (int i = 0; i < kFenceTries; ++i) {
    // Locks the row until the end of this transaction, so nobody can take the lease before that.
    const Rows rows = connection_.query(
        extension() + " RETURNING pg_catalog.pg_try_advisory_xact_lock(" + names_.own +
        ") AND pg_catalog.pg_try_advisory_xact_lock_shared(" + names_.goose + ")");
    if (rows.rows.empty()) {
      taken_ = false;
      throw Error(ErrorCode::locked, "the run lock was lost: its lease ran out and was taken over",
                  "run again: what is committed stays, and the other run goes on from there");
    }
    if (std::get<std::int64_t>(rows.rows[0][0]) != 0) return true;
    connection_.wire().pause(backoff.next());
  }
  throw Error(ErrorCode::locked, "another run that is connected directly holds the database",
              "wait for it to finish and run again");
}

void Lease::start_heartbeat(std::chrono::milliseconds interval) {
  // A borrowed connection cannot be opened a second time; its transactions extend the lease.
  if (connection_.settings() == nullptr) return;
  heartbeat_ = std::thread([this, interval] { beat(interval); });
}

// The row is skipped while a work transaction has it: that one extends the lease itself.
void Lease::beat(std::chrono::milliseconds interval) {
  const Settings settings = *connection_.settings();
  const std::string sql = extension() + " AND lock_id IN (SELECT lock_id FROM " + names_.table +
                          " WHERE lock_id = " + names_.goose + " FOR UPDATE SKIP LOCKED)";
  std::unique_ptr<Wire> wire;
  std::unique_lock<std::mutex> guard(mutex_);
  while (!stop_.wait_for(guard, interval, [this] { return stopping_; })) {
    guard.unlock();
    try {
      WireHooks hooks;
      hooks.cancel = &beat_cancel_;
      hooks.connect_limit = hooks.answer_limit = kBeatLimit;
      if (wire == nullptr) wire = std::make_unique<Wire>(settings, std::move(hooks));
      wire->send(sql, false);
      while (wire->next() != nullptr) {
      }
      if (wire->lost()) wire.reset();
    } catch (const std::exception&) {
      // The next beat tries again; if none gets through, fence() stops the run.
      wire.reset();
    }
    guard.lock();
  }
}

Lease::~Lease() {
  if (heartbeat_.joinable()) {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      stopping_ = true;
    }
    beat_cancel_.cancel();
    stop_.notify_one();
    heartbeat_.join();
  }
  connection_.before_commits({});
  if (!taken_ || connection_.wire().lost()) return;
  const Wire::Shield shield(connection_.wire());
  try {
    if (connection_.in_transaction()) connection_.rollback();
    connection_.execute("UPDATE " + names_.table +
                        " SET locked = false, locked_at = NULL, locked_by = NULL, lease_expires_at "
                        "= NULL, updated_at = pg_catalog.clock_timestamp() WHERE lock_id = " +
                        names_.goose + " AND locked_by = " + owner_);
  } catch (const std::exception&) {
    // Then the lease runs out.
  }
}

}  // namespace gander::driver::postgres
