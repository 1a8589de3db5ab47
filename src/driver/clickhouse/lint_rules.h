// SPDX-License-Identifier: MIT
// What `lint` looks for in files of ClickHouse, as data. What hurts was seen to do so on 26.9, and
// on 18.16 where that has the statement, as tests/clickhouse/lint_test.py shows; replica_name and
// cluster_mixed on two nodes of 18.16.
#pragma once

#include <cstdint>

#include "src/driver/linter.h"

namespace gander::driver::clickhouse {

enum class Rule : std::uint8_t {
  mutation,
  mutations_apart,
  update_all,
  delete_all,
  column_type,
  default_recomputed,
  old_parts,
  constraint_unchecked,
  ttl_deletes,
  optimize_final,
  order_by,
  drop_column,
  rename_column,
  rename_table,
  drop_table,
  drop_partition,
  detach,
  drop_view,
  truncate,
  inner_table,
  log_engine,
  memory_engine,
  replica_name,
  cluster_mixed,
  password,
};

const LintRuleText& text_of(Rule rule);

}  // namespace gander::driver::clickhouse
