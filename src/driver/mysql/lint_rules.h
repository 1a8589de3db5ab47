// SPDX-License-Identifier: MIT
// What `lint` looks for in files of MySQL and MariaDB, as data. Algorithms and locks are those that
// MySQL 9.7 and MariaDB 10.11 were seen to use.
#pragma once

#include <cstdint>

#include "src/driver/linter.h"

namespace gander::driver::mysql {

enum class Rule : std::uint8_t {
  table_copy,
  check,
  foreign_key,
  modify_column,
  add_column_not_null,
  lock_requested,
  index_locks,
  commits_between,
  drop_column,
  drop_table,
  truncate,
  rename_column,
  rename_table,
  update_all,
  delete_all,
  untold,
};

const LintRuleText& text_of(Rule rule);

}  // namespace gander::driver::mysql
