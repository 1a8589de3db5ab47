// SPDX-License-Identifier: MIT
// Lease: the row of goose_lock that goose's own table locker uses (goose v3.30.1,
// lock/internal/store/mysql.go), in its layout and on the server's clock.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "src/base/cancel.h"

namespace gander::driver::mysql {

class Connection;

// What the locks of one version table are called, ready for SQL.
struct LockNames {
  explicit LockNames(std::string_view key);
  std::string own;     // a literal: the name of our named lock
  std::string mark;    // how the owners of its leases end
  std::string schema;  // of the version table, as it is
  std::string table;   // goose_lock, qualified
};

// goose's number: the lock_id of its row.
inline constexpr const char* kGooseLock = "4097083626";

// An expression: the server's clock as goose's sessions read it, whatever this session has SET.
extern const char* const kLeaseClock;

class Lease {
 public:
  // goose's own number (lock/internal/table).
  static constexpr std::chrono::seconds kHeartbeat{5};

  // Takes nothing yet. The connection outlives the lease.
  Lease(Connection& connection, LockNames names);
  // Gives the lease back if it was taken.
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  void create_table();
  // False while somebody else holds it. `alone`: the named lock is ours, and kept from all other
  // runs of this version table, so that a lease of theirs is what a killed one has left.
  bool try_take(bool alone);
  // Keeps it alive from a thread and a session of its own; does nothing where there can be none.
  void start_heartbeat(std::chrono::milliseconds interval = kHeartbeat);
  bool has_heartbeat() const { return heartbeat_.joinable(); }

  // Renews it in the transaction that is open, so that nobody can take it before that has ended.
  // False: it is somebody else's.
  bool extend();
  // False once a heartbeat has found it to be somebody else's.
  bool alive() const { return !lost_; }

  // Who holds it now: "host-1-ab (lease in goose_lock since 2026-01-31 12:00:00 UTC)"; empty when
  // nobody does, or there is no such table.
  static std::string holder(Connection& connection, const LockNames& names);

 private:
  std::string extension() const;
  void beat(std::chrono::milliseconds interval);
  void give_back() noexcept;

  Connection& connection_;
  LockNames names_;
  std::string owner_;  // a literal: this lease and no other
  bool taken_ = false;
  std::atomic<bool> lost_{false};

  CancelToken beat_cancel_;            // of other_
  std::unique_ptr<Connection> other_;  // the heartbeat's
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // under mutex_
  std::thread heartbeat_;
};

}  // namespace gander::driver::mysql
