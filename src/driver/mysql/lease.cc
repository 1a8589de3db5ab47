// SPDX-License-Identifier: MIT
#include "src/driver/mysql/lease.h"

#include <unistd.h>

#include <utility>

#include "src/base/host.h"
#include "src/base/sha256.h"
#include "src/driver/mysql/catalogue.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"

namespace gander::driver::mysql {
namespace {

// goose's own number as well, so that neither outlasts the other.
constexpr const char* kTime = " + INTERVAL 30 SECOND";

constexpr std::int64_t kLockWait = 1205;
constexpr std::int64_t kDeadlock = 1213;
constexpr std::int64_t kDuplicate = 1062;

// Has another session been faster? On Galera a conflict with another node shows as a deadlock.
bool is_conflict(const Error& error) {
  const std::int64_t number = error.details().native_code;
  return number == kLockWait || number == kDeadlock || number == kDuplicate;
}

// Which server of several has answered.
std::string node(Connection& connection) {
  const Rows rows = connection.query("SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir)");
  return cell_text(rows.rows.at(0).at(0));
}

}  // namespace

const char* const kLeaseClock =
    "COALESCE(CONVERT_TZ(SYSDATE(6), @@session.time_zone, @@global.time_zone), SYSDATE(6))";

LockNames::LockNames(std::string_view key) {
  // Shorter than 64 characters, and in letters whose case does not matter.
  const std::string digest = sha256_hex("gander run lock\n" + std::string(key));
  own = "'gander:" + digest.substr(0, 40) + "'";
  mark = " gander:" + digest.substr(0, 16);
  const std::size_t dot = key.find('.');
  if (dot != std::string_view::npos) schema = key.substr(0, dot);
  table = (schema.empty() ? std::string() : dialect().quote(schema) + ".") + "`goose_lock`";
}

Lease::Lease(Connection& connection, LockNames names)
    : connection_(connection),
      names_(std::move(names)),
      owner_(dialect().literal(user_at_host() + "-" + std::to_string(::getpid()) + "-" +
                               random_id().substr(0, 8) + names_.mark)) {}

void Lease::create_table() {
  connection_.execute("CREATE TABLE IF NOT EXISTS " + names_.table +
                      " (lock_id BIGINT NOT NULL PRIMARY KEY, locked BOOLEAN NOT NULL DEFAULT 0, "
                      "locked_at DATETIME(6) NULL, locked_by TEXT NULL, lease_expires_at "
                      "DATETIME(6) NULL, updated_at DATETIME(6) NULL) ENGINE=InnoDB");
}

bool Lease::try_take(bool alone) {
  const std::string clock = kLeaseClock;
  const std::string its_row = " WHERE lock_id = " + std::string(kGooseLock);
  const std::string left =
      alone ? "locked_by LIKE " + dialect().literal("%" + names_.mark) : std::string("FALSE");
  // Whoever works under a lease has the row locked: it is looked at before it is waited for.
  const Rows live =
      connection_.query("SELECT 1 FROM " + names_.table + its_row +
                        " AND locked AND lease_expires_at >= " + clock + " AND NOT (" + left + ")");
  if (!live.rows.empty()) return false;
  try {
    taken_ = connection_.change("UPDATE " + names_.table + " SET locked = 1, locked_at = " + clock +
                                ", locked_by = " + owner_ + ", lease_expires_at = " + clock +
                                kTime + ", updated_at = " + clock + its_row +
                                " AND (NOT locked OR lease_expires_at < " + clock + " OR " + left +
                                ")") == 1 ||
             connection_.change("INSERT IGNORE INTO " + names_.table +
                                " (lock_id, locked, locked_at, locked_by, lease_expires_at, "
                                "updated_at) VALUES (" +
                                kGooseLock + ", 1, " + clock + ", " + owner_ + ", " + clock +
                                kTime + ", " + clock + ")") == 1;
  } catch (const Error& error) {
    if (!is_conflict(error)) throw;
    taken_ = false;
  }
  lost_ = false;
  return taken_;
}

std::string Lease::extension() const {
  return "UPDATE " + names_.table + " SET lease_expires_at = " + kLeaseClock + kTime +
         ", updated_at = " + kLeaseClock + " WHERE lock_id = " + kGooseLock +
         " AND locked AND locked_by = " + owner_;
}

bool Lease::extend() {
  if (connection_.change(extension()) == 1) return true;
  taken_ = false;
  return false;
}

// From another node of a cluster a heartbeat would abort the transaction that has renewed the lease
// itself.
void Lease::start_heartbeat(std::chrono::milliseconds interval) {
  try {
    other_ = connection_.another(&beat_cancel_);
    if (other_ == nullptr || node(*other_) != node(connection_)) return other_.reset();
    // The row is not waited for while a work transaction has it: that one renews the lease itself.
    other_->execute("SET innodb_lock_wait_timeout = 1");
  } catch (const Error& error) {
    // No more sessions to be had: the transactions renew the lease, and fence() looks after it.
    if (error.code() == ErrorCode::interrupted) throw;
    return other_.reset();
  }
  heartbeat_ = std::thread([this, interval] { beat(interval); });
}

void Lease::beat(std::chrono::milliseconds interval) {
  const std::string sql = extension();
  std::unique_lock<std::mutex> guard(mutex_);
  while (!stop_.wait_for(guard, interval, [this] { return stopping_; })) {
    guard.unlock();
    try {
      if (other_ == nullptr || other_->lost()) other_ = connection_.another(&beat_cancel_);
      if (other_ != nullptr && other_->change(sql) == 0) lost_ = true;
    } catch (const std::exception&) {
      // The next beat tries again; if none gets through, somebody else takes the lease, and the
      // next one that does finds out.
    }
    guard.lock();
  }
}

void Lease::give_back() noexcept {
  const std::string sql = "UPDATE " + names_.table +
                          " SET locked = 0, locked_at = NULL, locked_by = NULL, lease_expires_at = "
                          "NULL, updated_at = " +
                          kLeaseClock + " WHERE lock_id = " + kGooseLock +
                          " AND locked_by = " + owner_;
  if (!connection_.lost()) {
    const Wire::Shield shield(connection_.wire());
    try {
      if (connection_.in_transaction()) connection_.rollback();
      connection_.execute(sql);
      return;
    } catch (const std::exception&) {
      // A session under LOCK TABLES can write to no other table.
    }
  }
  try {
    if (other_ != nullptr && !other_->lost()) other_->execute(sql);
  } catch (const std::exception&) {
    // Then the lease runs out.
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
    beat_cancel_.finish();
  }
  if (taken_) give_back();
}

std::string Lease::holder(Connection& connection, const LockNames& names) {
  const Rows tables =
      connection.query("SELECT 1 FROM information_schema.tables WHERE table_schema = " +
                       (names.schema.empty() ? "DATABASE()" : dialect().literal(names.schema)) +
                       " AND table_name = 'goose_lock'");
  if (tables.rows.empty()) return {};
  const Rows rows = connection.query(
      "SELECT CONCAT(locked_by, ' (lease in goose_lock since ', "
      "DATE_FORMAT(COALESCE(CONVERT_TZ(locked_at, "
      "@@global.time_zone, '+00:00'), locked_at), '%Y-%m-%d %H:%i:%s'), ' UTC)') FROM " +
      names.table + " WHERE lock_id = " + kGooseLock +
      " AND locked AND lease_expires_at >= " + kLeaseClock);
  return rows.rows.empty() ? std::string() : cell_text(rows.rows[0].at(0));
}

}  // namespace gander::driver::mysql
