// SPDX-License-Identifier: MIT
// file_locks(): which processes have a database file locked, as far as the system tells.
#pragma once

#include <string>
#include <vector>

#include "gander/lock.h"

namespace gander::driver::sqlite {

// Other processes with a write lock on the database `path` or its shared memory. Asks the kernel's
// list of locks and never opens the file: closing it would drop the locks of this process. Empty
// where there is no such list, which only Linux has.
std::vector<LockHolder> file_locks(const std::string& path);

// The same with those that read: outside of WAL mode a COMMIT has to wait for them.
struct FileLock {
  LockHolder holder;
  bool writes = false;
};
std::vector<FileLock> locks_of(const std::string& path);

}  // namespace gander::driver::sqlite
