// SPDX-License-Identifier: MIT
// Lease: the run lock as a row of goose_lock, for sessions behind a transaction pooler. See lock.h.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "src/base/cancel.h"
#include "src/driver/driver.h"

namespace gander::driver::postgres {

class Connection;

// What the locks of one version table are called, ready for SQL.
struct LockNames {
  explicit LockNames(std::string_view key);
  std::string own;    // the number of our advisory lock
  std::string goose;  // goose's number: its advisory lock, and the lock_id of the lease
  std::string table;  // goose_lock, qualified
};

class Lease final : public RunLock {
 public:
  // goose's own number (lock/internal/table, v3.27.3).
  static constexpr std::chrono::seconds kHeartbeat{5};

  // Takes nothing yet. The connection outlives the lease.
  Lease(Connection& connection, LockNames names);
  // Gives the lease back if it was taken.
  ~Lease() override;

  // False while somebody else holds the lease or one of the advisory locks.
  bool try_take();

  // Keeps the lease alive between transactions, from a thread and a connection of its own.
  void start_heartbeat(std::chrono::milliseconds interval = kHeartbeat);

  bool fence() override;

 private:
  void create_table();
  std::string extension() const;
  void beat(std::chrono::milliseconds interval);

  Connection& connection_;
  LockNames names_;
  std::string owner_;  // this lease and no other: "host-pid-random", as goose writes it
  bool table_exists_ = false;
  bool taken_ = false;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;    // under mutex_
  CancelToken beat_cancel_;  // of the heartbeat's own connection
  std::thread heartbeat_;
};

}  // namespace gander::driver::postgres
