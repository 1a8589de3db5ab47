// SPDX-License-Identifier: MIT
// The run lock of MySQL and MariaDB.
//
// A session holds a named lock (GET_LOCK), which the server frees when the session ends, not before
// the statement of a killed run has ended. A migration can give it away (RELEASE_ALL_LOCKS), so
// each work transaction looks whether it is still held.
//
// Where a database has goose's table goose_lock its row is taken as well, as a lease: a goose
// Provider with its table locker stays out, and keeps us out.
//
// Named locks are local to a server. On a cluster whose nodes all take writes, and behind a proxy
// that gives a client one session after the other, the lease is what keeps runs apart: each work
// transaction first renews it, and of two transactions with one row the cluster lets one commit.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "src/driver/locks.h"

namespace gander::driver::mysql {

class Connection;

class RunLocks final : public Locks {
 public:
  // The connection outlives the locks.
  explicit RunLocks(Connection& connection) : connection_(connection) {}

  // `key` is "database.table" of the version table.
  std::unique_ptr<RunLock> lock(std::string_view key) override;
  std::vector<LockHolder> lock_holders(std::string_view key) override;
  void release_lock(std::string_view key, const LockHolder& holder) override;

 private:
  Connection& connection_;
};

}  // namespace gander::driver::mysql
