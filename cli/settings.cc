// SPDX-License-Identifier: MIT
#include "cli/settings.h"

#include <algorithm>

#include "cli/options.h"

namespace gander::cli {
namespace {

using Kind = Setting::Kind;

constexpr Setting kSettings[] = {
    {.key = "db",
     .option = &kDb,
     .variable = "GANDER_DB",
     .help = "URL of the database. After it come GOOSE_DRIVER and GOOSE_DBSTRING, both or none"},
    {.key = "db_file",
     .option = &kDbFile,
     .variable = "GANDER_DB_FILE",
     .help = "File whose first line is the URL"},
    {.key = "dir",
     .option = &kDir,
     .variable = "GANDER_DIR",
     .goose_variable = "GOOSE_MIGRATION_DIR",
     .help = "Directory of the migrations; migrations if it exists, else ."},
    {.key = "table",
     .option = &kTable,
     .variable = "GANDER_TABLE",
     .goose_variable = "GOOSE_TABLE",
     .default_text = "goose_db_version",
     .help = "Version table"},
    {.key = "allow_missing",
     .kind = Kind::boolean,
     .option = &kAllowMissing,
     .variable = "GANDER_ALLOW_MISSING",
     .default_text = "false",
     .help = "Apply migrations that are older than the newest applied one"},
    {.key = "strict",
     .kind = Kind::boolean,
     .option = &kStrict,
     .variable = "GANDER_STRICT",
     .default_text = "false",
     .help = "Edited, deleted or unknown applied migrations are errors"},
    {.key = "expect_sum",
     .option = &kExpectSum,
     .variable = "GANDER_EXPECT_SUM",
     .help = "Digest of the only set of migrations that may run"},
    {.key = "history",
     .kind = Kind::boolean,
     .option = &kNoHistory,
     .variable = "GANDER_HISTORY",
     .default_text = "true",
     .help = "Record who, when, how long and checksums"},
    {.key = "versioning",
     .kind = Kind::boolean,
     .option = &kNoVersioning,
     .variable = "GANDER_VERSIONING",
     .default_text = "true",
     .help = "Read and write versions"},
    {.key = "foreign_key_check",
     .kind = Kind::boolean,
     .option = &kNoForeignKeyCheck,
     .variable = "GANDER_FOREIGN_KEY_CHECK",
     .default_text = "true",
     .help = "SQLite: check foreign keys after a table was dropped or renamed"},
    {.key = "backup",
     .kind = Kind::boolean,
     .option = &kBackup,
     .variable = "GANDER_BACKUP",
     .default_text = "false",
     .help = "SQLite: copy the database before the first pending migration"},
    {.key = "commit",
     .kind = Kind::choice,
     .option = &kCommit,
     .variable = "GANDER_COMMIT",
     .default_text = "auto",
     .help = "How many migrations share one commit: auto, each or all"},
    {.key = "wait",
     .kind = Kind::duration,
     .option = &kWait,
     .variable = "GANDER_WAIT",
     .default_text = "5m",
     .help = "How long to wait for another run or a lock"},
    {.key = "lock_timeout",
     .kind = Kind::duration,
     .option = &kLockTimeout,
     .variable = "GANDER_LOCK_TIMEOUT",
     .default_text = "0",
     .help = "PostgreSQL: how long one try waits for a lock on a table; 0: the server's setting"},
    {.key = "statement_timeout",
     .kind = Kind::duration,
     .option = &kStatementTimeout,
     .variable = "GANDER_STATEMENT_TIMEOUT",
     .default_text = "0",
     .help = "PostgreSQL: how long one statement may run; 0: the server's setting"},
    {.key = "timeout",
     .kind = Kind::duration,
     .option = &kTimeout,
     .variable = "GANDER_TIMEOUT",
     .default_text = "0",
     .help = "Stop a command after this time; 0: never"},
    {.key = "actor",
     .option = &kActor,
     .variable = "GANDER_ACTOR",
     .help = "Who is recorded in the history; user@host"},
    {.key = "role",
     .option = &kRole,
     .variable = "GANDER_ROLE",
     .help = "PostgreSQL: SET ROLE, who owns what is made"},
    {.key = "schema",
     .option = &kSchema,
     .variable = "GANDER_SCHEMA",
     .help = "PostgreSQL: the schema that unqualified names mean; empty: search_path"},
};

}  // namespace

std::span<const Setting> settings() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  const auto* found = std::ranges::find(kSettings, key, &Setting::key);
  return found == std::end(kSettings) ? nullptr : found;
}

}  // namespace gander::cli
