// SPDX-License-Identifier: MIT
#include "src/driver/ledger.h"

#include <utility>

#include "src/driver/side_tables.h"
#include "src/driver/sqlite/dialect.h"

namespace gander::driver::sqlite {
namespace {

// SQLite keeps the text of CREATE TABLE: this one is goose's to the byte, white space included
// (internal/dialects/sqlite3.go, v3.30.1), so that schemas made by either tool compare equal.
std::string create_version(const std::string& name) {
  return "CREATE TABLE " + name +
         " (\n"
         "\t\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n"
         "\t\tversion_id INTEGER NOT NULL,\n"
         "\t\tis_applied INTEGER NOT NULL,\n"
         "\t\ttstamp TIMESTAMP DEFAULT (datetime('now'))\n"
         "\t)";
}

constexpr ColumnTypes kTypes = {
    .identity = "INTEGER PRIMARY KEY AUTOINCREMENT",
    .time = "TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))",
    .integer = "INTEGER"};

std::string create_history(const std::string& name) { return history_table(name, kTypes); }
std::string create_journal(const std::string& name) { return journal_table(name, kTypes); }
std::string create_schema(const std::string& name) { return schema_table(name, kTypes); }

std::string add_zero_row(const std::string& table) {
  return "INSERT INTO " + table +
         " (version_id, is_applied) SELECT 0, 1 WHERE NOT EXISTS (SELECT 1 FROM " + table + ")";
}

std::string giving(std::string change, std::string_view columns) {
  return std::move(change) + " RETURNING " + std::string(columns);
}

std::string unless_there(std::string insert) {
  return std::move(insert) + " ON CONFLICT DO NOTHING";
}

}  // namespace

const LedgerSql kLedger = {
    .create_version = create_version,
    .create_history = create_history,
    .create_journal = create_journal,
    .create_schema = create_schema,
    .add_zero_row = add_zero_row,
    .truth = "1",
    .now = "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    .giving = giving,
    .unless_there = unless_there,
    .claim = nullptr,
    .note_newest = nullptr,
    .in_one = nullptr,
    .if_changed = nullptr,
    // Other tools than goose write a T, a zone, seconds or milliseconds since 1970, or what Go
    // makes of a time. A real number would be a day of the Julian calendar.
    .tstamp_in_utc =
        "coalesce(CASE typeof(tstamp) WHEN 'text' THEN datetime(CASE WHEN tstamp LIKE '% +0000 "
        "UTC%' THEN substr(tstamp, 1, 19) ELSE tstamp END) WHEN 'integer' THEN datetime(tstamp / "
        "CASE WHEN tstamp > 100000000000 THEN 1000 ELSE 1 END, 'unixepoch') END, "
        "CAST(tstamp AS TEXT))",
    .tstamp_as_stored = "CAST(tstamp AS TEXT)",
    .history_time = "CAST(at AS TEXT)",
    .tstamp_has_zone = false};

}  // namespace gander::driver::sqlite
