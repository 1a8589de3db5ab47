// SPDX-License-Identifier: MIT
#include "cli/commands.h"

#include <algorithm>
#include <array>

#include "cli/command/handlers.h"
#include "cli/examples.h"
#include "cli/exit_code.h"

namespace gander::cli {
namespace {

constexpr Argument kVersionArgument[] = {
    {.name = "VERSION", .help = "Number of a migration, as its file name says"}};
constexpr Argument kOptionalVersion[] = {
    {.name = "VERSION", .required = false, .help = "Number of a migration, as its file name says"}};
constexpr Argument kSeveralVersions[] = {
    {.name = "VERSION",
     .required = false,
     .help = "Number of a migration, as its file name says; any number of them",
     .many = true}};
constexpr Argument kDownToArgument[] = {
    {.name = "VERSION", .help = "Stays applied, everything above it is rolled back; 0: all"}};
constexpr Argument kOperationArgument[] = {{.name = "OPERATION",
                                            .required = false,
                                            .help = "The command to describe [up]",
                                            .choices = "up up-by-one down redo reset"}};
constexpr Argument kLockArgument[] = {{.name = "ACTION",
                                       .help = "status shows who holds it, release takes it away",
                                       .choices = "status release"}};
constexpr Argument kCreateArguments[] = {
    {.name = "NAME", .help = "What the migration does, in words: add_users or \"add users\""},
    {.name = "TYPE", .required = false, .help = "Kind of file [sql]", .choices = "sql"}};
constexpr Argument kRestoreArgument[] = {
    {.name = "BACKUP", .help = "File that --backup has made", .completion = Completion::file}};
constexpr Argument kImportArgument[] = {{.name = "DIRECTORY",
                                         .help = "The files of the other tool",
                                         .completion = Completion::directory}};
constexpr Argument kLintArguments[] = {{.name = "FILE",
                                        .required = false,
                                        .help = "Files to look at, instead of all in --dir",
                                        .completion = Completion::file,
                                        .many = true}};
constexpr Argument kLoadArgument[] = {{.name = "FILE",
                                       .help = "A dump, or another script of SQL statements",
                                       .completion = Completion::file}};
constexpr Argument kDiffArguments[] = {
    {.name = "A",
     .required = false,
     .help = "The URL of a database, the file of a dump (*.sql), or a directory of migrations",
     .completion = Completion::file},
    {.name = "B",
     .required = false,
     .help = "The other one of the two [the database of the settings]",
     .completion = Completion::file}};
constexpr Argument kHelpArgument[] = {{.name = "COMMAND",
                                       .required = false,
                                       .help = "The command to explain",
                                       .completion = Completion::command}};
constexpr Argument kShellArgument[] = {
    {.name = "SHELL", .help = "The shell", .choices = "bash zsh fish"}};

constexpr int kChangeCodes[] = {kExitSql,         kExitRefused,  kExitInDoubt,    kExitLocked,
                                kExitUnreachable, kExitDeadline, kExitInterrupted};
constexpr int kReadCodes[] = {kExitRefused, kExitUnreachable, kExitDeadline, kExitInterrupted};
constexpr int kStatusCodes[] = {kExitRefused,  kExitUnreachable, kExitPending,
                                kExitDeadline, kExitDiffers,     kExitInterrupted};
constexpr int kDoctorCodes[] = {kExitProblem, kExitDeadline, kExitInterrupted};
constexpr int kLockCodes[] = {kExitSql,         kExitRefused,  kExitLocked,
                              kExitUnreachable, kExitDeadline, kExitInterrupted};
constexpr int kWaitCodes[] = {kExitRefused, kExitUnreachable, kExitPending, kExitDeadline,
                              kExitInterrupted};
constexpr int kLintCodes[] = {kExitRefused, kExitUnreachable, kExitDeadline, kExitProblem,
                              kExitInterrupted};
constexpr int kFileCodes[] = {kExitRefused, kExitUnreachable};
constexpr int kDiffCodes[] = {kExitSql,      kExitRefused, kExitUnreachable,
                              kExitDeadline, kExitDiffers, kExitInterrupted};
constexpr int kRestoreCodes[] = {kExitRefused, kExitLocked, kExitUnreachable};

constexpr Argument kPlaceArgument[] = {
    {.name = "PLACE", .required = false, .help = "The version or the name of the file [baseline]"}};

// In the help of each of them.
constexpr std::string_view kWhichOfFour =
    "Four commands change records and run nothing. accept: a file was edited after it was applied, "
    "and that is fine. resolve: a migration is half done or in doubt. adopt: another tool has "
    "recorded what it applied. mark: somebody has done by hand what a migration does, or has "
    "undone it.";

constexpr std::string_view kAdoptDetails =
    "Reads the other tool's table and records the same migrations as applied, in the order in "
    "which they were. Nothing else changes: no migration runs, and the other tool's table stays.";

constexpr std::string_view kMarkDetails =
    "VERSION names migrations one by one; --to V means all up to V that are pending, or, with "
    "--pending, all above V that are applied; --all means all of them. Everything is recorded or "
    "nothing, with the reason, and what is recorded so already stays as it is. A migration that "
    "is half way is refused, and so is what would leave an older one pending (unless "
    "--allow-missing).\n\nThe schema is compared with what the migrations make, in a scratch "
    "database, that are recorded as applied afterwards. Whatever differs is named, and nothing is "
    "recorded then, unless --force is given.";

// Two paragraphs as one text.
template <const std::string_view& A, const std::string_view& B>
struct Both {
  static constexpr auto kCharacters = [] {
    std::array<char, A.size() + 2 + B.size()> all{};
    auto* end = std::ranges::copy(A, all.begin()).out;
    *end++ = '\n';
    *end++ = '\n';
    std::ranges::copy(B, end);
    return all;
  }();
  static constexpr std::string_view text{kCharacters.data(), kCharacters.size()};
};

constexpr Command kCommands[] = {
    {.verb = kUp,
     .name = "up",
     .group = "Change the database",
     .summary = "Apply all pending migrations, in order of version",
     .when = "At every deploy. It is safe to run at any time and any number of times at once: each "
             "version is applied exactly once, and nothing pending is success.",
     .details =
         "A migration that fails leaves nothing behind, unless its file says `-- +goose NO "
         "TRANSACTION`: such a file is resumed after its last completed statement by the next up.",
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kUpExamples,
     .run = run_up},
    {.verb = kUpTo,
     .name = "up-to",
     .group = "Change the database",
     .summary = "Apply pending migrations up to and including a version",
     .when = "To stop between two migrations; the same as up --to VERSION.",
     .details = {},
     .arguments = kVersionArgument,
     .exit_codes = kChangeCodes,
     .examples = kUpToExamples,
     .run = run_up_to},
    {.verb = kUpByOne,
     .name = "up-by-one",
     .group = "Change the database",
     .summary = "Apply the next pending migration",
     .when = "To go step by step; the same as up --one.",
     .details = {},
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kUpByOneExamples,
     .run = run_up_by_one},
    {.verb = kDown,
     .name = "down",
     .group = "Change the database",
     .summary = "Roll back the most recently applied migration",
     .when = "While developing. In production a new migration that goes forward is safer: a Down "
             "section cannot bring back the data that it drops.",
     .details = {},
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kDownExamples,
     .run = run_down},
    {.verb = kDownTo,
     .name = "down-to",
     .group = "Change the database",
     .summary = "Roll back every migration above a version",
     .when = "While developing; the same as down --to VERSION.",
     .details = {},
     .arguments = kDownToArgument,
     .exit_codes = kChangeCodes,
     .examples = kDownToExamples,
     .run = run_down_to},
    {.verb = kRedo,
     .name = "redo",
     .group = "Change the database",
     .summary = "Roll back the last migration and apply it again",
     .when = "While writing a migration, after each edit.",
     .details = {},
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kRedoExamples,
     .run = run_redo},
    {.verb = kReset,
     .name = "reset",
     .group = "Change the database",
     .summary = "Roll back all migrations",
     .when = "On a test database, to prove that every Down section works.",
     .details = {},
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kResetExamples,
     .run = run_reset},
    {.verb = kCreateDatabase,
     .name = "create-database",
     .group = "Change the database",
     .summary = "Make the database that the URL names, empty",
     .when = "On a machine of a developer or of CI, before the first up; up --create does both. "
             "That it is there already is success.",
     .details =
         "On a server it is made from a session in the database postgres, or in none on MySQL, as "
         "the server makes new ones; the user of the URL needs the right to do so (CREATEDB, "
         "CREATE), and --role owns it. On SQLite it is an empty file.",
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kCreateDatabaseExamples,
     .run = run_create_database},
    {.verb = kDropDatabase,
     .name = "drop-database",
     .group = "Change the database",
     .summary = "Drop the database that the URL names, with all that is in it",
     .when = "On a machine of a developer or of CI. That there is none is success.",
     .details =
         "It wants the name of the database once more, so that no other goes than the one that is "
         "meant: on SQLite that of the file, without its directory. Databases that the server "
         "itself needs, files that are no database and protected databases (protect) are refused, "
         "and so is one that somebody uses, unless --terminate ends those sessions.",
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kDropDatabaseExamples,
     .run = run_drop_database},
    {.verb = kStatus,
     .name = "status",
     .group = "Look",
     .summary = "Show every migration and whether it is applied",
     .when =
         "To see what is pending, edited, missing, half done or in doubt, and what somebody has "
         "changed in the schema beside the migrations. Writes nothing, and creates no database.",
     .details =
         "On SQLite and PostgreSQL each run that changes something records what it leaves of the "
         "schema. What is otherwise now is named, with the version at which it was last as the "
         "migrations had left it. Where goose or a run that was killed has changed the records "
         "since, nothing is known until the next run. gander diff compares without a record, by "
         "running the migrations in a scratch database.",
     .arguments = {},
     .exit_codes = kStatusCodes,
     .examples = kStatusExamples,
     .run = run_status},
    {.verb = kVersion,
     .name = "version",
     .group = "Look",
     .summary = "Print the version of the database",
     .when = "In scripts. gander --version is the version of the program.",
     .details = {},
     .arguments = {},
     .exit_codes = kReadCodes,
     .examples = kVersionExamples,
     .run = run_version},
    {.verb = kPlan,
     .name = "plan",
     .group = "Look",
     .summary = "Show what a command would do, and why",
     .when = "Before a deploy, or for a reviewer. Writes nothing.",
     .details = "With --sql, standard output is exactly the SQL text that would run, with comments "
                "that say which migration it belongs to. With --script it is a script that a "
                "person runs with sqlite3, psql or mariadb in the place of up: with transactions, "
                "with the records, which say who has run it, and with guards that stop it where "
                "the database is not where the plan begins.",
     .arguments = kOperationArgument,
     .exit_codes = kReadCodes,
     .examples = kPlanExamples,
     .run = run_plan},
    {.verb = kHistory,
     .name = "history",
     .group = "Look",
     .summary = "Show who did what and when",
     .when = "After an incident. Writes nothing.",
     .details = {},
     .arguments = {},
     .exit_codes = kReadCodes,
     .examples = kHistoryExamples,
     .run = run_history},
    {.verb = kWait,
     .name = "wait",
     .group = "Look",
     .summary = "Wait until the database can be reached, or somebody else has migrated it",
     .when = "In start scripts, containers and pods: before up where the server starts at the same "
             "time, and with --migrated in programs that leave migrating to another one.",
     .details =
         "Tries until --wait is over (five minutes unless it is given). It waits for a server that "
         "refuses connections, is starting, has no connection left or has no such database yet, "
         "and on SQLite for the file; a refused password is told at once. It writes nothing, makes "
         "no file and takes no lock. When the time is over it exits with 6 if the database could "
         "not be reached, and with 7 if migrations were still pending.",
     .arguments = {},
     .exit_codes = kWaitCodes,
     .examples = kWaitExamples,
     .run = run_wait},
    {.verb = kDoctor,
     .name = "doctor",
     .group = "Look",
     .summary = "Look for what would make the next up fail, wait or surprise",
     .when = "Before a deploy, and when one hangs. Writes nothing, and asks the database as the "
             "user, role and schema that up would have.",
     .details =
         "It looks at the files; on SQLite at the file, its permissions, its free space, who has "
         "it "
         "locked, journals left behind, journal_mode, integrity and foreign keys; on PostgreSQL at "
         "the server's version, poolers, standbys, the privileges and owners that pending "
         "migrations need, extensions, invalid indexes, transactions that would block, the clock, "
         "the encoding and limits; and at the lock, half-run migrations and edited files. Warnings "
         "do not change the exit code, problems do.",
     .arguments = {},
     .exit_codes = kDoctorCodes,
     .examples = kDoctorExamples,
     .run = run_doctor},
    {.verb = kRehearse,
     .name = "rehearse",
     .group = "Look",
     .summary = "Apply what is pending to a copy, and measure what it locks and rewrites",
     .when = "Before a deploy, for whoever reviews it. The database itself is only read.",
     .details =
         "A file of SQLite is copied whole. A database of PostgreSQL is copied without rows, or "
         "with --copy with them, while nobody else is connected to it; --on names a copy that is "
         "there already, and migrates that. For each statement: how long it took, which tables "
         "and indexes it locked that were there before, in which mode, whom that stops and for "
         "how long, which sessions of the database it would have to wait for now, what it rewrote, "
         "and how much it wrote. Locks that stop neither readers nor writers are printed with "
         "--verbose. A migration that fails on the copy gives the error and the exit code that up "
         "would. The copy is dropped in the end, one that --on names apart; what a kill leaves is "
         "called gander_rehearse_ID, or DATABASE-rehearse-ID beside a file.",
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kRehearseExamples,
     .run = run_rehearse},
    {.verb = kCreate,
     .name = "create",
     .group = "Write migrations",
     .summary = "Create a new migration file",
     .when = "To start a migration. Never overwrites a file.",
     .details = {},
     .arguments = kCreateArguments,
     .exit_codes = kFileCodes,
     .examples = kCreateExamples,
     .run = run_create},
    {.verb = kFix,
     .name = "fix",
     .group = "Write migrations",
     .summary = "Renumber timestamped files to follow the sequential ones",
     .when =
         "Before a release, in projects that number by time on branches and sequentially on the "
         "main line. A database that has applied the timestamped versions keeps those numbers, and "
         "refuses "
         "to run the files again: what it prints settles each of them there (gander accept). One "
         "that "
         "goose alone has migrated has no checksums by which to know them: renumber only what it "
         "has "
         "not applied.",
     .details = {},
     .arguments = {},
     .exit_codes = kFileCodes,
     .examples = kFixExamples,
     .run = run_fix},
    {.verb = kValidate,
     .name = "validate",
     .group = "Write migrations",
     .summary = "Check all files without a database",
     .when = "In CI and before a commit: names, duplicates, annotations, unfinished statements.",
     .details =
         "Nothing is connected. How files are read is told by the database (--db, GANDER_DB, "
         "gander.toml), else by --dialect; without both only what is wrong in every dialect is a "
         "defect. The last line says which it was.",
     .arguments = {},
     .exit_codes = kFileCodes,
     .examples = kValidateExamples,
     .run = run_validate},
    {.verb = kLint,
     .name = "lint",
     .group = "Write migrations",
     .summary = "Look for what would hurt a database in use",
     .when = "Before a migration is merged, and before it is applied: locks that stop readers or "
             "writers, rewrites, statements that fail on a filled table, data that goes away.",
     .details =
         "The Up sections are read and nothing is run; SQLite's are tried in memory. With a "
         "database "
         "the rules go by its tables, types and constraints; without one (--dialect) they say what "
         "could not be told. "
         "Statements on tables that the same file makes are not reported. A comment in or before a "
         "statement, `-- gander:allow RULE reason`, allows what a rule finds there, and above "
         "`-- +goose Up` in the whole file. Notes are printed with --verbose. Errors make the "
         "exit code 9, warnings do not. docs/lint.md explains every rule.",
     .arguments = kLintArguments,
     .exit_codes = kLintCodes,
     .examples = kLintExamples,
     .run = run_lint},
    {.verb = kBaseline,
     .name = "baseline",
     .group = "Write migrations",
     .summary = "Write the first migration from the schema of a database made by hand",
     .when = "Once, when a database that has been there for long is taken over. The database is "
             "not changed but for its records; new ones run the file.",
     .details =
         "The file is tried out in a scratch database beside the other one, and is not written "
         "where that does not come to the same schema, unless --force is given. Rows are in it of "
         "the tables that --rows names, as those of countries or roles; owners and rights are not, "
         "and secrets of the schema never are. A schema of so many objects that their "
         "locks have no room in one transaction is a file without one. Refused where migrations "
         "are applied, or the directory has a version below it.",
     .arguments = kPlaceArgument,
     .exit_codes = kChangeCodes,
     .examples = kBaselineExamples,
     .run = run_baseline},
    {.verb = kSquash,
     .name = "squash",
     .group = "Write migrations",
     .summary = "Put one migration in the place of many",
     .when = "When a new database takes too long to migrate, and every database that counts is at "
             "the same version or beyond it.",
     .details =
         "The migrations run in a scratch database beside the given one, the new file in another, "
         "and both must come to the same schema. It names the migrations that it stands for: a "
         "database that has all of them is up to date with it, also with --strict, one that has "
         "some is told which it lacks, and a new one runs it. The old files are kept in the folder "
         "squashed. Rows that they insert are in it where --rows names their tables; what would be "
         "left out is named, and refused unless --force is given.",
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kSquashExamples,
     .run = run_squash},
    {.verb = kSum,
     .name = "sum",
     .group = "Write migrations",
     .summary = "Write or check the fingerprint of all migrations",
     .when =
         "When migrations are reviewed in one place and applied in another. A file that was cut "
         "short at the end of a statement is a valid migration: only the fingerprint tells.",
     .details = {},
     .arguments = {},
     .exit_codes = kFileCodes,
     .examples = kSumExamples,
     .run = run_sum},
    {.verb = kLock,
     .name = "lock",
     .group = "Repair",
     .summary = "Show who holds the lock that keeps runs apart, or take it away",
     .when = "When a run waits for another one that should not be there.",
     .details =
         "release gives back a lease that has run out. What somebody still uses it only takes with "
         "--terminate: the session is ended on the server and its transaction rolled back, or the "
         "lease withdrawn. That is for sessions whose program is dead or out of reach; one that is "
         "alive connects again and waits for its turn, so stop the program itself. On SQLite the "
         "lock belongs to a process: status names it where the system tells, and only its end "
         "releases it.",
     .arguments = kLockArgument,
     .exit_codes = kLockCodes,
     .examples = kLockExamples,
     .run = run_lock},
    {.verb = kAccept,
     .name = "accept",
     .group = "Repair",
     .summary = "Declare an edited migration to be what was applied",
     .when = "When status shows `edited` and the change does not matter.",
     .details = kWhichOfFour,
     .arguments = kOptionalVersion,
     .exit_codes = kChangeCodes,
     .examples = kAcceptExamples,
     .run = run_accept},
    {.verb = kResolve,
     .name = "resolve",
     .group = "Repair",
     .summary = "Settle a migration that is half done or in doubt",
     .when = "When status shows `in_doubt`: look whether the statement it names has happened, and "
             "say so.",
     .details = kWhichOfFour,
     .arguments = kVersionArgument,
     .exit_codes = kChangeCodes,
     .examples = kResolveExamples,
     .run = run_resolve},
    {.verb = kMark,
     .name = "mark",
     .group = "Repair",
     .summary = "Record migrations as applied, or as pending, without running them",
     .when = "After somebody has changed the database by hand, has restored a part of it, or has "
             "skipped a migration for a good reason.",
     .details = Both<kMarkDetails, kWhichOfFour>::text,
     .arguments = kSeveralVersions,
     .exit_codes = kChangeCodes,
     .examples = kMarkExamples,
     .run = run_mark},
    {.verb = kRestore,
     .name = "restore",
     .group = "Repair",
     .summary = "Put a backup in the place of a SQLite database",
     .when = "After a migration that went wrong, with the file that --backup made. Stop every "
             "program that uses the database first.",
     .details =
         "The backup is checked, copied beside the database, flushed to disk and renamed over "
         "it, so that a crash leaves either the old database or the new one. The backup "
         "itself stays, and so do the database's owner, its permissions and a symbolic link to it.",
     .arguments = kRestoreArgument,
     .exit_codes = kRestoreCodes,
     .examples = kRestoreExamples,
     .run = run_restore},
    {.verb = kDump,
     .name = "dump",
     .group = "The schema",
     .summary = "Print the schema of the database as SQL",
     .when =
         "To keep schema.sql beside the migrations, to make an empty copy, or to read what there "
         "is. Writes nothing to the database; pg_dump and sqlite3 are not needed.",
     .details =
         "Equal schemas give the same text, byte for byte, in an order in which it loads. Rows are "
         "not in it, nor passwords; what had to be left out stands in a comment at its top. The "
         "key "
         "dump in gander.toml names a file that each run writes which has changed something, with "
         "the versions.",
     .arguments = {},
     .exit_codes = kReadCodes,
     .examples = kDumpExamples,
     .run = run_dump},
    {.verb = kLoad,
     .name = "load",
     .group = "The schema",
     .summary = "Run a dump in an empty database",
     .when = "To make a database from schema.sql in one go. A database that has anything in it is "
             "refused.",
     .details = "All of the file is one transaction where the database can hold it, so that a "
                "statement that "
                "fails leaves nothing; on PostgreSQL a hundred statements are one, since each "
                "object that a "
                "transaction makes takes a place in the table of locks. What fails is named with "
                "file, line "
                "and column. BEGIN and COMMIT of the file are passed over.",
     .arguments = kLoadArgument,
     .exit_codes = kChangeCodes,
     .examples = kLoadExamples,
     .run = run_load},
    {.verb = kDiff,
     .name = "diff",
     .group = "The schema",
     .summary = "Show in what two schemas differ",
     .when =
         "To see what somebody has changed by hand, or whether two databases, a dump and a set of "
         "migrations make the same.",
     .details =
         "Object by object, from A to B: + is in B alone, - in A alone, ~ in both and not the "
         "same. "
         "Rows and Gander's own tables do not count, nor do blanks, comments and the case of "
         "keywords "
         "in SQLite's definitions. Exits with 0 where nothing differs and with 10 where something "
         "does. A dump and migrations run in a scratch database beside the one that the other "
         "argument or --db names: on a server the role must be allowed to create one. Without "
         "arguments A is what the applied migrations make, and B the database: what differs was "
         "changed by hand.",
     .arguments = kDiffArguments,
     .exit_codes = kDiffCodes,
     .examples = kDiffExamples,
     .run = run_diff},
    {.verb = kVerify,
     .name = "verify",
     .group = "The schema",
     .summary = "Try every migration up, down and up again",
     .when =
         "In CI and before a commit. Everything happens in a scratch database, which is dropped "
         "again; the database itself is not touched.",
     .details =
         "A Down is good when it restores the schema that was there before, and the second Up "
         "makes "
         "what the first one has made; else the objects that differ are named and the exit code is "
         "10. A migration without a Down is named and no fault, and so is another order of "
         "columns. "
         "Rows are not compared.",
     .arguments = {},
     .exit_codes = kDiffCodes,
     .examples = kVerifyExamples,
     .run = run_verify},
    {.verb = kImport,
     .name = "import",
     .group = "Coming from another tool",
     .summary = "Write another tool's migrations in goose's format",
     .when =
         "When a project moves from golang-migrate, dbmate, Flyway, sql-migrate or refinery. The "
         "files of the other tool stay as they are.",
     .details =
         "Versions are kept where they are numbers from 1, each once; otherwise the files are "
         "numbered in their order. The first line of each file says where it comes from, which "
         "adopt needs. Repeatable and baseline migrations have no counterpart and are left out "
         "with a note.",
     .arguments = kImportArgument,
     .exit_codes = kFileCodes,
     .examples = kImportExamples,
     .run = run_import},
    {.verb = kAdopt,
     .name = "adopt",
     .group = "Coming from another tool",
     .summary = "Take over a database that another tool has migrated",
     .when = "After import, once for each database. Without --yes it only says what it would do.",
     .details = Both<kAdoptDetails, kWhichOfFour>::text,
     .arguments = {},
     .exit_codes = kChangeCodes,
     .examples = kAdoptExamples,
     .run = run_adopt},
    {.verb = kConfig,
     .name = "config",
     .group = "About the program",
     .summary = "Show every setting and where it comes from",
     .when = "When a command does not do what you expect. Passwords are not shown.",
     .details =
         "What stands below under \"Database and policy\" and \"Migrations\" is a setting: its key "
         "in "
         "gander.toml is the option with _ for - and without no- (lock_timeout, history), also in "
         "sections [profile.NAME]; its variable is GANDER_ and the key in capitals. gander.toml "
         "has "
         "default_profile as well.",
     .arguments = {},
     .exit_codes = {},
     .examples = kConfigExamples,
     .run = run_config},
    {.verb = kHelp,
     .name = "help",
     .group = "About the program",
     .summary = "Explain the program or a command",
     .when = "Any time. -h and --help after a command do the same.",
     .details = {},
     .arguments = kHelpArgument,
     .exit_codes = {},
     .examples = kHelpExamples,
     .run = run_help},
    {.verb = kCompletion,
     .name = "completion",
     .group = "About the program",
     .summary = "Print the completion script of a shell",
     .when = "Once, when you set up a machine.",
     .details = {},
     .arguments = kShellArgument,
     .exit_codes = {},
     .examples = kCompletionExamples,
     .run = run_completion},
    {.verb = kMan,
     .name = "man",
     .group = "About the program",
     .summary = "Print the manual page",
     .when = "When packaging, or where the page is not installed.",
     .details = {},
     .arguments = {},
     .exit_codes = {},
     .examples = kManExamples,
     .run = run_man},
};

constexpr ExitCodeText kExitCodes[] = {
    {kExitDone, "Done"},
    {kExitSql, "The database refused a statement"},
    {kExitUsage, "The command line or a setting is wrong, or this build cannot do it"},
    {kExitRefused,
     "The migrations are refused: a file is missing or cannot be understood, is out of order, or "
     "was "
     "edited; or there is nothing to do for a command that needs something"},
    {kExitInDoubt, "A statement is in doubt: see gander status and gander resolve"},
    {kExitLocked, "Another run or program holds the database"},
    {kExitUnreachable, "The database cannot be reached or written, or the disk failed"},
    {kExitPending,
     "status --exit-code: migrations are pending or unfinished; wait --migrated: they still were "
     "when the time was over"},
    {kExitDeadline, "The time of --timeout is over"},
    {kExitProblem,
     "doctor: something would make a run fail; lint: a migration would hurt a database in use"},
    {kExitDiffers,
     "diff: the two differ; verify: a Down does not take its migration back; status --exit-code: "
     "the "
     "schema is not as the migrations have left it"},
    {kExitInternal, "A defect in Gander; please report it"},
    {kExitInterrupted, "Interrupted by Ctrl-C (SIGINT)"},
    {kExitTerminated, "Ended by SIGTERM"},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto* found = std::ranges::find(kCommands, name, &Command::name);
  return found == std::end(kCommands) ? nullptr : found;
}

std::span<const ExitCodeText> exit_codes() { return kExitCodes; }

}  // namespace gander::cli
