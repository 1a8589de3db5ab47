// SPDX-License-Identifier: MIT
#include <utility>

#include "src/driver/side_tables.h"
#include "tests/fake/dialect.h"

namespace gander::driver::fake {
namespace {

// The fake keeps no types.
std::string create_version(const std::string& name) {
  return "CREATE TABLE " + name + " (id, version_id, is_applied, tstamp)";
}

constexpr ColumnTypes kTypes = {.identity = "COUNTED", .time = "TIME", .integer = "INTEGER"};

std::string create_history(const std::string& name) { return history_table(name, kTypes); }
std::string create_journal(const std::string& name) { return journal_table(name, kTypes); }

std::string add_zero_row(const std::string& table) {
  return "INSERT INTO " + table +
         " (version_id, is_applied) SELECT 0, true WHERE NOT EXISTS (SELECT 1 FROM " + table + ")";
}

std::string giving(std::string change, std::string_view columns) {
  return std::move(change) + " RETURNING " + std::string(columns);
}

std::string unless_there(std::string insert) {
  return std::move(insert) + " ON CONFLICT DO NOTHING";
}

Repeated claim(const std::string& table, const std::string& versions, bool /*newer*/) {
  return {{"SELECT 1 / (CASE WHEN NOT EXISTS (SELECT 1 FROM " + table + " WHERE version_id IN (",
           ")) AND EXISTS (SELECT 1 FROM " + table + ") THEN 1 ELSE 0 END)"},
          {versions}};
}

}  // namespace

const LedgerSql kLedger = {.create_version = create_version,
                           .create_history = create_history,
                           .create_journal = create_journal,
                           .add_zero_row = add_zero_row,
                           .truth = "true",
                           .now = "now",
                           .giving = giving,
                           .unless_there = unless_there,
                           .claim = claim,
                           .note_newest = nullptr,
                           .in_one = nullptr,
                           .if_changed = nullptr,
                           .tstamp_in_utc = "tstamp",
                           .tstamp_as_stored = "tstamp",
                           .history_time = "at",
                           .tstamp_has_zone = false};

}  // namespace gander::driver::fake
