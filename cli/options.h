// SPDX-License-Identifier: MIT
// The options that the command table refers to. An option's name has one meaning in all commands.
#pragma once

#include "cli/commands.h"

namespace gander::cli {

// Output.
inline constexpr Option kJson{.name = "json", .help = "Print one JSON object (docs/json.md)"};
inline constexpr Option kQuiet{
    .name = "quiet", .letter = 'q', .help = "Print only results that were asked for, and errors"};
inline constexpr Option kVerbose{
    .name = "verbose", .letter = 'v', .help = "Show each statement as it runs"};
inline constexpr Option kNotices{.name = "notices",
                                 .help = "Print every notice of the server, not only warnings"};
inline constexpr Option kNoColor{.name = "no-color", .help = "Never use colour"};
inline constexpr Option kHelp{.name = "help", .letter = 'h', .help = "Explain the command"};
inline constexpr Option kVersion{.name = "version", .help = "Print the version of the program"};

// Where settings come from.
inline constexpr Option kConfig{
    .name = "config",
    .value = "FILE",
    .help = "Read this file instead of gander.toml; none: no file [$GANDER_CONFIG]",
    .completion = Completion::file};
inline constexpr Option kProfile{
    .name = "profile", .value = "NAME", .help = "Use the section [profile.NAME] of gander.toml"};
inline constexpr Option kEnv{.name = "env",
                             .value = "FILE",
                             .help = "Read variables from this file instead of .env; none: no file",
                             .completion = Completion::file};

// Source.
inline constexpr Option kDir{
    .name = "dir",
    .value = "DIR",
    .help = "Directory of the migrations [migrations if it exists, else .]",
    .completion = Completion::directory};

// Database.
inline constexpr Option kDb{
    .name = "db",
    .letter = 'd',
    .value = "URL",
    .help = "The database, for example sqlite:app.db or postgres://host/app"};
inline constexpr Option kDbFile{.name = "db-file",
                                .value = "FILE",
                                .help = "Read the URL from the first line of this file",
                                .completion = Completion::file};
inline constexpr Option kTable{
    .name = "table", .value = "NAME", .help = "Version table [goose_db_version]"};
inline constexpr Option kAllowMissing{
    .name = "allow-missing",
    .help = "Also apply migrations that are older than the newest applied one"};
inline constexpr Option kStrict{.name = "strict",
                                .help = "Edited or deleted applied migrations are errors"};
inline constexpr Option kNewer{
    .name = "newer",
    .value = "HOW",
    .help = "What to do when the database is newer than the newest file [warn]",
    .choices = "allow warn refuse"};
inline constexpr Option kProtect{
    .name = "protect",
    .help = "What takes away (down, redo, reset, restore) needs --yes or an answer"};
inline constexpr Option kExpectSum{
    .name = "expect-sum",
    .value = "DIGEST",
    .help = "Run only the set of migrations with this digest, as gander sum prints it"};
inline constexpr Option kNoHistory{.name = "no-history",
                                   .help = "Do not record who, when and checksums"};
inline constexpr Option kNoVersioning{
    .name = "no-versioning", .help = "Run the files without reading or writing versions (seeds)"};
inline constexpr Option kNoForeignKeyCheck{
    .name = "no-foreign-key-check",
    .help = "SQLite: do not check foreign keys after a table was dropped or renamed"};
inline constexpr Option kBackup{
    .name = "backup", .help = "SQLite: copy the database before the first pending migration"};
inline constexpr Option kRestricted{
    .name = "restricted",
    .help = "SQLite: no ATTACH, VACUUM INTO, extension or writable_schema, for untrusted files"};
inline constexpr Option kCommit{.name = "commit",
                                .value = "HOW",
                                .help =
                                    "When migrations are committed; each: one after the other "
                                    "is on the disk [auto]",
                                .choices = "auto each all"};
inline constexpr Option kIsolate{
    .name = "isolate",
    .help =
        "Undo what a migration does to its session (SET, PRAGMA, temporary tables) before the "
        "next one; without it that lasts to the end of the run, as with goose"};
inline constexpr Option kWait{
    .name = "wait",
    .value = "DURATION",
    .help =
        "How long to wait for another run, for a lock, and for a server that is not up yet; 0: not "
        "at all [5m, the server not at all]"};
inline constexpr Option kLockTimeout{
    .name = "lock-timeout",
    .value = "DURATION",
    .help =
        "PostgreSQL: how long one try waits for a lock on a table, so that readers never queue "
        "longer; tried again until --wait is over [the server's, at most --wait]"};
inline constexpr Option kStatementTimeout{
    .name = "statement-timeout",
    .value = "DURATION",
    .help = "PostgreSQL: how long one statement may run [the server's]"};
inline constexpr Option kRole{
    .name = "role", .value = "NAME", .help = "PostgreSQL: SET ROLE, who owns what is made"};
inline constexpr Option kSchema{
    .name = "schema",
    .value = "NAME",
    .help = "PostgreSQL: the schema that unqualified names mean [search_path]"};
inline constexpr Option kTimeout{
    .name = "timeout",
    .value = "DURATION",
    .help = "Stop the whole command after this time, for example 90s or 1h15m [none]"};
inline constexpr Option kActor{
    .name = "actor", .value = "NAME", .help = "Who is recorded in the history [user@host]"};

// Single commands.
inline constexpr Option kTo{.name = "to", .value = "VERSION", .help = "Stop at this version"};
inline constexpr Option kOne{.name = "one", .help = "Apply only the next migration"};
inline constexpr Option kCheck{.name = "check",
                               .help = "Compare with gander.sum and name what differs"};
inline constexpr Option kExitCode{.name = "exit-code",
                                  .help = "Exit with 7 when migrations are pending or unfinished"};
inline constexpr Option kSql{.name = "sql", .help = "Print the exact SQL text that would run"};
inline constexpr Option kDialect{
    .name = "dialect",
    .value = "NAME",
    .help =
        "sqlite, postgres, mysql or clickhouse: read the files by its rules, where no "
        "database is named"};
inline constexpr Option kGoose{
    .name = "goose", .help = "Also name the files that goose would refuse or cut elsewhere"};
inline constexpr Option kSequential{
    .name = "seq", .letter = 's', .help = "Number the file 00001, 00002 ... instead of by time"};
inline constexpr Option kAll{.name = "all", .help = "Every edited or unverified migration"};
inline constexpr Option kReason{
    .name = "reason", .value = "TEXT", .help = "Why, in words: kept in the history"};
inline constexpr Option kDone{.name = "done",
                              .help = "The statement in doubt happened: go on after it"};
inline constexpr Option kRedo{.name = "redo", .help = "It did not happen: run it again"};
inline constexpr Option kAbandon{
    .name = "abandon", .help = "Forget the partial run; nothing is undone in the database"};
inline constexpr Option kMigrated{.name = "migrated",
                                  .help = "Wait until nothing is pending: somebody else migrates"};
inline constexpr Option kTerminate{
    .name = "terminate", .help = "Also take it from somebody who uses it: the session is ended"};
inline constexpr Option kForce{
    .name = "force",
    .help = "Replace the database although its last writer left a journal, which is thrown away"};
inline constexpr Option kFrom{.name = "from",
                              .value = "TOOL",
                              .help = "The other tool [found out by looking]",
                              .choices = "golang-migrate dbmate flyway sql-migrate refinery"};
inline constexpr Option kYes{
    .name = "yes", .help = "Do it without asking, and instead of only saying what would be done"};
inline constexpr Option kMarkdown{.name = "markdown",
                                  .help = "Print the whole reference as docs/cli.md"};

}  // namespace gander::cli
