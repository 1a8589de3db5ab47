// SPDX-License-Identifier: MIT
// What `lint` looks for in files of SQLite, as data. What SQLite does is what 3.40 was seen to do.
#pragma once

#include <cstdint>

#include "src/driver/linter.h"

namespace gander::driver::sqlite {

enum class Rule : std::uint8_t {
  drop_cascades,
  child_rows,
  trigger_lost,
  index_lost,
  constraint_lost,
  autoincrement_lost,
  rowid_key_lost,
  values_lost,
  values_converted,
  rowids_moved,
  copy_fails,
  view_broken,
  references_lost,
  unwritable,
  add_column_not_null,
  add_column_default,
  add_column_refused,
  add_column_references,
  drop_column_used,
  drop_column,
  drop_table,
  drop_trigger,
  rename_table,
  rename_column,
  unique_duplicates,
  exists_otherwise,
  replace_clears,
  update_all,
  delete_all,
  pragma_without_effect,
  not_in_transaction,
  setting_needs_vacuum,
  keys_left_off,
  writable_schema,
  quoted_text,
  fails,
  untold,
};

const LintRuleText& text_of(Rule rule);

}  // namespace gander::driver::sqlite
