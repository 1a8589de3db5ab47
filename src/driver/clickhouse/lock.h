// SPDX-License-Identifier: MIT
// RunLocks: the lock that keeps two runs apart, on one server.
//
// The lock is a table beside the version table, made without IF NOT EXISTS: of those who try at
// once one succeeds. Its owner stands in the name of a column, so that table and owner come into
// being together, and only its owner can write into it. The rows are signs of life, by the server's
// clock. One that shows none any more is renamed, which again succeeds for one, and made anew.
//
// It is a lease: a run that is held up for longer than that learns before its next statement that
// it has lost it; a statement that it has sent before goes on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/driver/locks.h"

namespace gander::driver::clickhouse {

class Connection;

class RunLocks final : public Locks {
 public:
  // `connection` must outlive them.
  explicit RunLocks(Connection& connection) : connection_(connection) {}

  std::unique_ptr<RunLock> lock(std::string_view key) override;
  std::vector<LockHolder> lock_holders(std::string_view key) override;
  void release_lock(std::string_view key, const LockHolder& holder) override;

 private:
  Connection& connection_;
};

}  // namespace gander::driver::clickhouse
