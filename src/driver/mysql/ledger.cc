// SPDX-License-Identifier: MIT
// What is written here depends on nothing that a migration may SET: not on the time zone or the
// timestamp of the session, its character set, sql_mode or storage engine.
#include "src/driver/ledger.h"

#include <utility>

#include "src/driver/mysql/dialect.h"
#include "src/driver/side_tables.h"

namespace gander::driver::mysql {
namespace {

// The columns of goose's (internal/dialects/mysql.go, v3.30.1). InnoDB: transactions are what the
// records live by.
std::string create_version(const std::string& name) {
  return "CREATE TABLE IF NOT EXISTS " + name +
         " (id bigint(20) unsigned NOT NULL AUTO_INCREMENT, version_id bigint NOT NULL, "
         "is_applied boolean NOT NULL, tstamp datetime NULL DEFAULT CURRENT_TIMESTAMP, "
         "PRIMARY KEY (id)) ENGINE=InnoDB";
}

constexpr ColumnTypes kTypes = {
    .identity = "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
    .time = "DATETIME(3) NOT NULL",
    .integer = "BIGINT",
    .text = "LONGTEXT",
    // Compared to the letter.
    .options = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"};

std::string create_history(const std::string& name) { return history_table(name, kTypes); }
std::string create_journal(const std::string& name) { return journal_table(name, kTypes); }

// SYSDATE(): the clock itself, whatever `SET timestamp` says.
std::string add_zero_row(const std::string& table) {
  return "INSERT INTO " + table +
         " (version_id, is_applied, tstamp) SELECT 0, 1, SYSDATE() FROM DUAL WHERE NOT EXISTS "
         "(SELECT 1 FROM " +
         table + ")";
}

std::string unless_there(std::string insert) {
  constexpr std::string_view kInsert = "INSERT ";
  return insert.replace(0, kInsert.size(), "INSERT IGNORE ");
}

}  // namespace

const LedgerSql kLedger = {
    .create_version = create_version,
    .create_history = create_history,
    .create_journal = create_journal,
    .add_zero_row = add_zero_row,
    .truth = "1",
    // In UTC, from the clock itself: seconds since 1970 do not depend on the zone of the session.
    .now = "TIMESTAMP'1970-01-01 00:00:00' + INTERVAL UNIX_TIMESTAMP(SYSDATE(6)) SECOND",
    .gives_times = true,
    .tstamp = "SYSDATE()",
    .giving = nullptr,
    .unless_there = unless_there,
    .unlimited = " LIMIT 9223372036854775807",  // for sql_safe_updates
    .locking = " FOR UPDATE",
    .claim = nullptr,
    .note_newest = nullptr,
    .in_one = nullptr,
    .if_changed = nullptr,
    .tstamp_in_utc =
        "LEFT(DATE_FORMAT(COALESCE(CONVERT_TZ(tstamp, @@session.time_zone, '+00:00'), tstamp), "
        "'%Y-%m-%d %H:%i:%s.%f'), 23)",
    .tstamp_as_stored = "DATE_FORMAT(tstamp, '%Y-%m-%d %H:%i:%s')",
    .history_time = "LEFT(DATE_FORMAT(at, '%Y-%m-%d %H:%i:%s.%f'), 23)",
    .tstamp_has_zone = true};

}  // namespace gander::driver::mysql
