// SPDX-License-Identifier: MIT
// Original: what stands in a database, at present, in the way of statements that were rehearsed on
// a copy of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gander/rehearsal.h"
#include "src/driver/postgres/held_locks.h"
#include "src/driver/postgres/lock_needs.h"

namespace gander::driver::postgres {

class Connection;

// Of each SQL statement of the unit.
std::vector<LockNeeds> needs_of(std::string_view unit);

class Original {
 public:
  // A session of it, which outlives the object.
  explicit Original(Connection& connection) : connection_(connection) {}

  // Sizes of what is locked, who has a lock that excludes one of the locks, and for whom what works
  // CONCURRENTLY waits. Reads only.
  void fill(std::vector<RehearsedMigration>* migrations);

 private:
  struct Relation {
    std::int64_t oid = 0;
    std::int64_t rows = -1;
    std::int64_t bytes = -1;
  };

  void read_relations(const std::vector<RehearsedMigration>& migrations);
  void fill_lock(RehearsedLock* lock) const;
  void fill_waits(RehearsedStatement* statement);
  void add_snapshots(RehearsedStatement* statement);

  Connection& connection_;
  std::map<std::string, Relation> relations_;
  std::vector<HeldLock> held_;
};

}  // namespace gander::driver::postgres
