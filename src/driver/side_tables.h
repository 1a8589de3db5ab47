// SPDX-License-Identifier: MIT
// The history and the journal as engines with SQL's usual types make them. The columns are the same
// everywhere; docs/formats.md describes them.
#pragma once

#include <string>
#include <string_view>

namespace gander::driver {

struct ColumnTypes {
  std::string_view identity;  // a key that the database counts
  std::string_view time;      // in UTC, now if nothing is given
  std::string_view integer;
};

inline std::string history_table(const std::string& name, const ColumnTypes& types) {
  const std::string integer(types.integer), identity(types.identity), time(types.time);
  return "CREATE TABLE IF NOT EXISTS " + name + " (id " + identity + ", at " + time +
         ", run_id TEXT NOT NULL, event TEXT NOT NULL, version_id " + integer +
         " NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, statements " + integer +
         " NOT NULL, duration_ns " + integer +
         " NOT NULL, actor TEXT NOT NULL, tool TEXT NOT NULL, detail TEXT NOT NULL, stamp " +
         integer + " NOT NULL)";
}

inline std::string journal_table(const std::string& name, const ColumnTypes& types) {
  const std::string integer(types.integer), time(types.time);
  return "CREATE TABLE IF NOT EXISTS " + name + " (version_id " + integer +
         " PRIMARY KEY, direction " + integer + " NOT NULL, done " + integer +
         " NOT NULL, running " + integer + " NOT NULL, total " + integer +
         " NOT NULL, chain TEXT NOT NULL, before_image TEXT NOT NULL, state TEXT NOT NULL, "
         "run_id TEXT NOT NULL, owner TEXT NOT NULL, backend TEXT NOT NULL, started_at " +
         time + ", updated_at " + time + ", error TEXT NOT NULL)";
}

}  // namespace gander::driver
