// SPDX-License-Identifier: MIT
// The examples in the help of each command, for the command table alone. Each is a line that the
// program takes (commands_test.cc).
#pragma once

#include "cli/commands.h"

namespace gander::cli {

inline constexpr Example kUpExamples[] = {
    {"gander --db sqlite:app.db up", "Everything that is pending in ./migrations"},
    {"gander up --to 20240131120000", "Not beyond this version"},
    {"gander up --create", "On a new machine: the database first, where it is absent"},
    {"gander up --backup --timeout 10m", "A copy first, and at most ten minutes"},
    {"gander -dir migrations sqlite3 ./app.db up", "The same in goose's grammar"}};
inline constexpr Example kUpToExamples[] = {
    {"gander up-to 12", "Apply what is pending up to version 12"}};
inline constexpr Example kUpByOneExamples[] = {{"gander up-by-one", "Apply the next migration"}};
inline constexpr Example kDownExamples[] = {
    {"gander down", "Undo the last migration"},
    {"gander down --to 3", "Undo everything above version 3, newest first"}};
inline constexpr Example kDownToExamples[] = {{"gander down-to 0", "Undo everything"}};
inline constexpr Example kRedoExamples[] = {
    {"gander redo --verbose", "Undo and apply the last one"}};
inline constexpr Example kResetExamples[] = {
    {"gander --db sqlite:test.db reset", "Empty a test database"}};
inline constexpr Example kStatusExamples[] = {
    {"gander status", "The table of all migrations"},
    {"gander status --exit-code --quiet || gander up", "In a script: up only when needed"}};
inline constexpr Example kVersionExamples[] = {{"gander version", "Prints a number, 0 for none"}};
inline constexpr Example kPlanExamples[] = {
    {"gander plan", "What up would do, and why"},
    {"gander plan --sql > review.sql", "The exact text, for a reviewer"},
    {"gander plan --script > deploy.sql", "For a DBA, who runs it with the database's client"},
    {"gander plan down --to 3", "What down --to 3 would do"}};
inline constexpr Example kDoctorExamples[] = {
    {"gander doctor", "Before a deploy, with the same settings as its up"},
    {"gander doctor --json --role app_owner", "For another program, and as another role"}};
inline constexpr Example kLockExamples[] = {
    {"gander lock status", "Who holds it, and since when"},
    {"gander lock release", "Give back what a killed run left behind"},
    {"gander lock release --terminate", "End the session that holds it"}};
inline constexpr Example kWaitExamples[] = {
    {"gander wait --wait 1m", "Until the server takes connections, at most a minute"},
    {"gander wait --migrated --wait 10m", "In a pod that does not migrate itself"}};
inline constexpr Example kHistoryExamples[] = {{"gander history --json", "For another program"}};
inline constexpr Example kCreateExamples[] = {
    {"gander create add_users", "migrations/20240131120000_add_users.sql"},
    {"gander create -s add_users", "migrations/00004_add_users.sql"}};
inline constexpr Example kFixExamples[] = {
    {"gander fix", "20240131120000_x.sql becomes 00004_x.sql"}};
inline constexpr Example kValidateExamples[] = {
    {"gander validate --dialect postgres", "In CI, without a database"},
    {"gander validate --goose", "While part of a team still runs goose"}};
inline constexpr Example kLintExamples[] = {
    {"gander lint --dialect postgres", "In CI, without a database"},
    {"gander lint --pending", "Before a deploy: what up would apply, by the tables it would meet"},
    {"gander lint --dialect postgres --format sarif > lint.sarif", "For code scanning"},
    {"gander lint --dialect postgres --rules", "What is looked for, and why"}};
inline constexpr Example kSumExamples[] = {
    {"gander sum", "Write migrations/gander.sum; commit it with the migrations"},
    {"gander sum --check", "In CI: has a file changed since it was reviewed?"},
    {"gander sum --quiet", "The digest alone, for up --expect-sum at deploy"}};
inline constexpr Example kAcceptExamples[] = {
    {"gander accept 7 --reason \"comment only\"", "Version 7 is fine as it is now"},
    {"gander accept --all --reason \"adopted from goose\"", "Take the present files as the truth"}};
inline constexpr Example kResolveExamples[] = {
    {"gander resolve 7 --done --reason \"index is there\"",
     "The statement happened: go on after it"},
    {"gander resolve 7 --redo --reason \"no such index\"", "It did not: run it again"}};
inline constexpr Example kCreateDatabaseExamples[] = {
    {"gander --db postgres://localhost/app create-database", "An empty database app"}};
inline constexpr Example kDropDatabaseExamples[] = {
    {"gander --db postgres://localhost/app drop-database --confirm app", "All that is in it goes"},
    {"gander --db sqlite:test.db drop-database --confirm test.db", "The file and its journals"}};
inline constexpr Example kDumpExamples[] = {
    {"gander dump", "The schema as SQL, without the rows and without Gander's tables"},
    {"gander dump --out schema.sql --versions", "For a file in git: the same text each time"},
    {"gander dump | sqlite3 -bail copy.db", "Into an empty database, by its own client"}};
inline constexpr Example kLoadExamples[] = {
    {"gander --db sqlite:copy.db load schema.sql", "Make the schema of a dump in a new database"}};
inline constexpr Example kDiffExamples[] = {
    {"gander diff sqlite:app.db sqlite:other.db", "How the second one differs from the first"},
    {"gander diff", "Has somebody changed the database of the settings by hand?"},
    {"gander diff migrations", "The same, with what is pending as well"},
    {"gander diff schema.sql migrations", "Does the dump in git fit the migrations?"}};
inline constexpr Example kVerifyExamples[] = {
    {"gander verify", "In CI: does every Down take its migration back?"},
    {"gander --db sqlite::memory: verify", "Without any database at hand"}};
inline constexpr Example kRehearseExamples[] = {
    {"gander rehearse", "What would it lock, rewrite and wait for, and for how long?"},
    {"gander rehearse --copy", "PostgreSQL: with the rows, so that the times are true"},
    {"gander rehearse --on postgres://deploy@staging/shop", "On a copy that is there already"}};
inline constexpr Example kBaselineExamples[] = {
    {"gander baseline", "migrations/00001_baseline.sql, recorded as applied"},
    {"gander baseline 20240131120000", "The same under another version"},
    {"gander baseline --rows country,role", "With the rows that the program cannot do without"}};
inline constexpr Example kSquashExamples[] = {
    {"gander squash --to 20240131120000", "One file in the place of all up to that version"},
    {"gander squash --rows '*'", "Of all there are, with the rows that they insert"}};
inline constexpr Example kMarkExamples[] = {
    {"gander mark 7 --applied --reason \"run by hand, change 4711\"", "Version 7 is done: skip it"},
    {"gander mark --to 5 --applied --reason \"restored from a dump\"", "All up to version 5 are"},
    {"gander mark 7 --pending --reason \"taken back by hand\"", "Version 7 is to run again"}};
inline constexpr Example kImportExamples[] = {
    {"gander import db/migrations --dir migrations", "Into a directory of their own"},
    {"gander import sql --from flyway --dir migrations", "Where looking is not enough"}};
inline constexpr Example kAdoptExamples[] = {
    {"gander --db sqlite:app.db adopt", "What would be recorded as applied"},
    {"gander --db sqlite:app.db adopt --yes", "Record it"}};
inline constexpr Example kRestoreExamples[] = {
    {"gander --db sqlite:app.db restore app.db.backup", "Put the copy in the database's place"}};
inline constexpr Example kConfigExamples[] = {
    {"gander config --profile prod", "Every setting, its value and where it comes from"}};
inline constexpr Example kHelpExamples[] = {{"gander help up", "Explain one command"}};
inline constexpr Example kCompletionExamples[] = {
    {"source <(gander completion bash)", "In ~/.bashrc"},
    {"gander completion zsh > ~/.zfunc/_gander", "With ~/.zfunc in fpath"},
    {"gander completion fish > ~/.config/fish/completions/gander.fish", "For fish"}};
inline constexpr Example kManExamples[] = {{"gander man | man -l -", "Read the manual page"}};

}  // namespace gander::cli
