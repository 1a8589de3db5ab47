// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/process.h"

#include <sqlite3.h>

namespace gander::driver::sqlite {

void settle_process() noexcept {
  sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace gander::driver::sqlite
