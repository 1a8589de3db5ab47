// SPDX-License-Identifier: MIT
// What is written here goes through requests of Gander's own, without the session of the
// migrations: nothing that a migration SETs reaches it.
#include "src/driver/ledger.h"

#include "src/driver/clickhouse/dialect.h"

namespace gander::driver::clickhouse {
namespace {

// The columns and the order of goose's (internal/dialects/clickhouse.go, v3.30.1).
std::string create_version(const std::string& name) {
  return "CREATE TABLE IF NOT EXISTS " + name +
         " (version_id Int64, is_applied UInt8, date Date DEFAULT now(), tstamp DateTime DEFAULT "
         "now()) ENGINE = MergeTree() ORDER BY (version_id)";
}

// Types that every version has: DateTime64 is not among them.
std::string create_history(const std::string& name) {
  return "CREATE TABLE IF NOT EXISTS " + name +
         " (id Int64, at DateTime('UTC') DEFAULT now(), run_id String, event String, version_id "
         "Int64, name String, checksum String, statements Int64, duration_ns Int64, actor String, "
         "tool String, detail String, stamp Int64) ENGINE = MergeTree() ORDER BY (id)";
}

// Merges keep the newest row of each version; who reads does not wait for them.
std::string create_journal(const std::string& name) {
  return "CREATE TABLE IF NOT EXISTS " + name +
         " (version_id Int64, number Int64, direction Int64, done Int64, running Int64, total "
         "Int64, chain String, before_image String, state String, run_id String, owner String, "
         "backend String, started_at DateTime('UTC'), updated_at DateTime('UTC'), error String) "
         "ENGINE = ReplacingMergeTree(number) ORDER BY (version_id)";
}

std::string add_zero_row(const std::string& table) {
  return "INSERT INTO " + table +
         " (version_id, is_applied) SELECT 0, 1 FROM system.one WHERE (SELECT count() FROM " +
         table + ") = 0";
}

// A mutation, which Connection::change() waits for.
Repeated remove(const std::string& table, const std::string& version) {
  return {{"ALTER TABLE " + table + " DELETE WHERE version_id = ", ""}, {version}};
}

std::string next_id(const std::string& table) { return "(SELECT max(id) + 1 FROM " + table + ")"; }

std::string unless_there(std::string insert) { return insert; }

}  // namespace

const LedgerSql kLedger = {.create_version = create_version,
                           .create_history = create_history,
                           .create_journal = create_journal,
                           .add_zero_row = add_zero_row,
                           .truth = "1",
                           .now = "now()",
                           .gives_times = true,
                           .giving = nullptr,
                           .unless_there = unless_there,
                           // As goose reads it: the highest version is the newest, and of a
                           // version the row with the latest time.
                           .row_order = "version_id, tstamp, is_applied",
                           .remove = remove,
                           .next_id = next_id,
                           .appends = true,
                           .claim = nullptr,
                           .note_newest = nullptr,
                           .in_one = nullptr,
                           .if_changed = nullptr,
                           .tstamp_in_utc = "concat(toString(tstamp, 'UTC'), '.000')",
                           .tstamp_as_stored = "toString(tstamp)",
                           .history_time = "concat(toString(at, 'UTC'), '.000')",
                           .tstamp_has_zone = false};

}  // namespace gander::driver::clickhouse
