// SPDX-License-Identifier: MIT
// The history, the journal and the record of the schema as engines with SQL's usual types make
// them. The columns are the same everywhere; docs/formats.md describes them.
#pragma once

#include <string>
#include <string_view>

namespace gander::driver {

struct ColumnTypes {
  std::string_view identity;  // a key that the database counts
  std::string_view time;      // in UTC, now if nothing is given
  std::string_view integer;
  std::string_view text = "TEXT";
  std::string_view options = {};  // of the table
};

inline std::string history_table(const std::string& name, const ColumnTypes& types) {
  const std::string integer = std::string(types.integer) + " NOT NULL, ";
  const std::string text = std::string(types.text) + " NOT NULL, ";
  return "CREATE TABLE IF NOT EXISTS " + name + " (id " + std::string(types.identity) + ", at " +
         std::string(types.time) + ", run_id " + text + "event " + text + "version_id " + integer +
         "name " + text + "checksum " + text + "statements " + integer + "duration_ns " + integer +
         "actor " + text + "tool " + text + "detail " + text + "stamp " +
         std::string(types.integer) + " NOT NULL)" + std::string(types.options);
}

inline std::string journal_table(const std::string& name, const ColumnTypes& types) {
  const std::string integer = std::string(types.integer) + " NOT NULL, ";
  const std::string text = std::string(types.text) + " NOT NULL, ";
  const std::string time = std::string(types.time) + ", ";
  return "CREATE TABLE IF NOT EXISTS " + name + " (version_id " + std::string(types.integer) +
         " PRIMARY KEY, direction " + integer + "done " + integer + "running " + integer +
         "total " + integer + "chain " + text + "before_image " + text + "state " + text +
         "run_id " + text + "owner " + text + "backend " + text + "started_at " + time +
         "updated_at " + time + "error " + std::string(types.text) + " NOT NULL)" +
         std::string(types.options);
}

inline std::string schema_table(const std::string& name, const ColumnTypes& types) {
  const std::string integer = std::string(types.integer) + " NOT NULL, ";
  const std::string text = std::string(types.text) + " NOT NULL, ";
  return "CREATE TABLE IF NOT EXISTS " + name + " (id " + std::string(types.integer) +
         " PRIMARY KEY, at " + std::string(types.time) + ", run_id " + text + "version_id " +
         integer + "reader " + text + "newest_row " + integer + "row_count " + integer +
         "newest_event " + integer + "fingerprint " + text + "objects " + std::string(types.text) +
         " NOT NULL)" + std::string(types.options);
}

}  // namespace gander::driver
