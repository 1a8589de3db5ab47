// SPDX-License-Identifier: MIT
#include "src/driver/mysql/lock.h"

#include <optional>
#include <string>
#include <utility>

#include "src/driver/lock_wait.h"
#include "src/driver/mysql/catalogue.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/lease.h"

namespace gander::driver::mysql {
namespace {

// Each time the migration in progress is looked at anew, and its settings are made again.
constexpr int kMostLosses = 20;

// What stands between us and the server.
struct Ways {
  bool clustered = false;  // several nodes take writes
  bool pooled = false;     // the session is one of a proxy's
};

Ways ways_of(Connection& connection) {
  Ways ways;
  // The number that a proxy gives its client is its own.
  const Rows rows = connection.query("SELECT CONNECTION_ID()");
  ways.pooled = !connection.server().tidb &&
                cell_text(rows.rows.at(0).at(0)) != std::to_string(connection.connection_id());
  const Rows variables = connection.query(
      "SHOW SESSION VARIABLES WHERE Variable_name IN ('wsrep_on', "
      "'group_replication_group_name')");
  for (const auto& row : variables.rows) {
    const std::string value = cell_text(row.at(1));
    ways.clustered = ways.clustered || (!value.empty() && value != "OFF");
  }
  return ways;
}

// Who holds the named lock, as people read it.
std::string session_description(Connection& connection, const LockNames& names) {
  const Rows rows = connection.query(
      "SELECT CONCAT('session ', id, ' (', user, '@', SUBSTRING_INDEX(host, ':', 1), ', ', "
      "LOWER(command), ' for ', time, ' s)') FROM information_schema.processlist WHERE id = "
      "IS_USED_LOCK(" +
      names.own + ") AND id <> CONNECTION_ID()");
  return rows.rows.empty() ? std::string() : cell_text(rows.rows[0].at(0));
}

std::string holder(Connection& connection, const LockNames& names) {
  std::string who = session_description(connection, names);
  return who.empty() ? Lease::holder(connection, names) : who;
}

class HeldLock final : public RunLock {
 public:
  HeldLock(Connection& connection, LockNames names)
      : connection_(connection), names_(std::move(names)), ways_(ways_of(connection)) {}

  ~HeldLock() override {
    lease_.reset();
    if (named_) release();
  }

  void take() {
    wait_for_lock(
        connection_.options(), [this] { return attempt(); },
        [this] { return holder(connection_, names_); },
        [this](std::chrono::microseconds time) { connection_.wire().pause(time); });
    if (lease_) lease_->start_heartbeat();
  }

  bool fence() override {
    const bool kept = fence_name();
    fence_lease();
    return kept;
  }

 private:
  bool leased() const { return ways_.clustered || ways_.pooled; }

  bool attempt() {
    named_ = !ways_.pooled && take_name();
    if (!named_ && !ways_.pooled) return false;
    if (leased() || has_table()) {
      lease_.emplace(connection_, names_);
      if (leased()) lease_->create_table();
      if (!lease_->try_take(named_ && !ways_.clustered)) {
        lease_.reset();
        if (named_) release();
        return false;
      }
    }
    return true;
  }

  bool take_name() {
    seen_ = connection_.code_runs();
    return asks("SELECT GET_LOCK(" + names_.own + ", 0)");
  }

  bool has_table() {
    return asks("SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = " +
                (names_.schema.empty() ? "DATABASE()" : dialect().literal(names_.schema)) +
                " AND table_name = 'goose_lock')");
  }

  bool asks(const std::string& sql) {
    const Rows rows = connection_.query(sql);
    return cell_text(rows.rows.at(0).at(0)) == "1";
  }

  // False: it was given away, and is taken again.
  bool fence_name() {
    if (!named_ || seen_ == connection_.code_runs()) return true;
    seen_ = connection_.code_runs();
    if (asks("SELECT IS_USED_LOCK(" + names_.own + ") = CONNECTION_ID()")) return true;
    if (++losses_ > kMostLosses) {
      throw Error(ErrorCode::locked,
                  "a migration gives the run lock away each time that it is tried",
                  "take RELEASE_ALL_LOCKS out of its SET statements, which are run again");
    }
    named_ = take_name();
    if (named_) return false;
    const std::string who = session_description(connection_, names_);
    throw Error(ErrorCode::locked,
                "a migration has given the run lock away (RELEASE_ALL_LOCKS), and another run "
                "holds it now" +
                    (who.empty() ? who : ": " + who),
                "run again: what is committed stays, and the other run goes on from there");
  }

  void fence_lease() {
    if (!lease_) return;
    const bool renews = leased() || !lease_->has_heartbeat();
    if (renews ? lease_->extend() : lease_->alive()) return;
    throw Error(ErrorCode::locked, "the run lock was lost: its lease ran out and was taken over",
                "run again: what is committed stays, and the other run goes on from there");
  }

  // The end of the session frees the lock as well.
  void release() noexcept {
    named_ = false;
    if (connection_.lost()) return;
    const Wire::Shield shield(connection_.wire());
    try {
      if (connection_.in_transaction()) connection_.rollback();
      connection_.query("SELECT RELEASE_LOCK(" + names_.own + ")");
    } catch (const std::exception&) {
      // Only a session that is ending cannot answer this.
    }
  }

  Connection& connection_;
  LockNames names_;
  Ways ways_;
  bool named_ = false;
  int losses_ = 0;
  std::int64_t seen_ = 0;  // of Connection::code_runs(), when it was found held
  std::optional<Lease> lease_;
};

}  // namespace

std::unique_ptr<RunLock> RunLocks::lock(std::string_view key) {
  auto held = std::make_unique<HeldLock>(connection_, LockNames(key));
  held->take();
  return held;
}

}  // namespace gander::driver::mysql
