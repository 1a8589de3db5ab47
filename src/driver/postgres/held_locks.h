// SPDX-License-Identifier: MIT
// held_locks(): which other sessions have locks on relations of this database, or wait for them.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "src/driver/postgres/lock_mode.h"

namespace gander::driver::postgres {

class Connection;

struct HeldLock {
  std::int64_t relation = 0;  // its oid
  LockMode mode = LockMode::access_share;
  bool granted = true;
  std::int64_t pid = 0;  // 0: a prepared transaction
  std::string session;
  std::chrono::nanoseconds open{0};  // how long its transaction has been so; 0: that is not told
};

// The oldest transaction first. Autovacuum workers are left out, which give way by themselves,
// unless they work against wraparound.
std::vector<HeldLock> held_locks(Connection& connection, const std::set<std::int64_t>& relations);

}  // namespace gander::driver::postgres
