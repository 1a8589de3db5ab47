// SPDX-License-Identifier: MIT
// What `lint` looks for in files of PostgreSQL, as data. Modes and rewrites are those that servers
// of versions 15 and 18 were seen to take; docs/lint.md has them rule by rule.
#pragma once

#include <span>

#include "src/driver/linter.h"

namespace gander::driver::postgres {

enum class Rule : std::uint8_t {
  create_index,
  drop_index,
  reindex,
  concurrently_not_alone,
  concurrently_if_not_exists,
  concurrently_partitioned,
  concurrently_short_timeout,
  wide_index,
  add_column_default,
  add_column_not_null,
  add_column_generated,
  add_column_domain,
  add_column_unique,
  column_type,
  set_not_null,
  drop_not_null,
  drop_column,
  rename_column,
  drop_table,
  rename_table,
  truncate,
  drop_schema,
  drop_cascade,
  table_rewrite,
  vacuum_full,
  foreign_key,
  references_in_use,
  check,
  unique_constraint,
  primary_key,
  exclude,
  validate_same_transaction,
  drop_foreign_key,
  partition_of,
  attach_partition,
  attach_default,
  detach_partition,
  refresh,
  lock_timeout,
  session_setting,
  update_all,
  delete_all,
  rows_behind_lock,
  enum_value_used,
  enum_rename_value,
  enum_order,
  domain_constraint,
  untold,
  long_name,
  definer_search_path,
  grant_public,
  password,
  column_json,
  column_char,
  column_money,
  column_timestamp,
  column_serial,
  small_key,
};

const LintRuleText& text_of(Rule rule);
std::span<const LintRuleText> lint_rules();

}  // namespace gander::driver::postgres
