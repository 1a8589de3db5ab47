// SPDX-License-Identifier: MIT
// LockMode: PostgreSQL's table-level lock modes and which of them exclude each other (PostgreSQL 18
// manual, 13.3.1, table 13.2).
#pragma once

#include <optional>
#include <string_view>

namespace gander::driver::postgres {

// From the weakest to the strongest.
enum class LockMode {
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive,
};

bool conflict(LockMode a, LockMode b);

// "ACCESS EXCLUSIVE".
std::string_view lock_mode_name(LockMode mode);

// Of pg_locks.mode, "AccessExclusiveLock"; nullopt for one that is none of a table's.
std::optional<LockMode> lock_mode_of(std::string_view catalogue_name);

}  // namespace gander::driver::postgres
