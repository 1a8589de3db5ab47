// SPDX-License-Identifier: MIT
// Locks: how a database keeps two runs apart, and who holds it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "gander/lock.h"

namespace gander::driver {

// A lock on one version table that lasts as long as the object. Releases in its destructor, which
// swallows errors: the end of the session releases it as well.
class RunLock {
 public:
  virtual ~RunLock() = default;
  // Called inside each work transaction before anything else. Throws Error(locked) when the lock
  // was lost (a lease that ran out, a lock that a migration gave away) and cannot be had again.
  // False: it was lost and is held again, so that another run may have worked in between, and what
  // is known of the database is to be read anew.
  virtual bool fence() { return true; }
};

class Locks {
 public:
  // nullptr where write transactions and re-reading are enough (SQLite).
  virtual std::unique_ptr<RunLock> lock(std::string_view key) = 0;

  // Who holds the lock that lock(key) takes, or stands in the way of a write.
  virtual std::vector<LockHolder> lock_holders(std::string_view key) = 0;
  // Takes it from this holder: see MigrationRunner::release_lock(). The caller has decided. Throws
  // Error(unsupported) where that cannot be done.
  virtual void release_lock(std::string_view key, const LockHolder& holder) = 0;

 protected:
  ~Locks() = default;
};

}  // namespace gander::driver
