// SPDX-License-Identifier: MIT
// The table of options: flags, keys of gander.toml and variables of the environment, each once.
//
// Parsing, the configuration, `gander config`, help, completions, the manual page and docs/cli.md
// are made from it. To add an option: an entry here; if it is a setting of the library, its member
// in gander/options.h and its setter in gander/c.h as well (options_test.cc asks for both).
#pragma once

#include <string_view>
#include <vector>

#include "cli/option.h"

namespace gander::cli {

// Sets of commands that share options.
inline constexpr std::uint64_t kUps = kUp | kUpTo | kUpByOne;
inline constexpr std::uint64_t kDowns = kDown | kDownTo | kRedo | kReset;
// doctor and rehearse are asked with the settings of the `up` that is to come, and config shows all
// of them.
inline constexpr std::uint64_t kLikeUps = kUps | kRehearse | kDoctor | kConfig;
inline constexpr std::uint64_t kLikeRuns = kLikeUps | kDowns;
inline constexpr std::uint64_t kRecords = kAccept | kResolve | kAdopt | kMark | kBaseline;
inline constexpr std::uint64_t kDatabases = kCreateDatabase | kDropDatabase;
inline constexpr std::uint64_t kSchema = kDump | kLoad | kDiff | kVerify | kSquash;
inline constexpr std::uint64_t kWithRunner = kLikeRuns | kStatus | kVersion | kPlan | kLint |
                                             kHistory | kWait | kLock | kRecords | kDatabases |
                                             kSchema;
inline constexpr std::uint64_t kWithDatabase = kWithRunner | kRestore | kImport | kValidate;
inline constexpr std::uint64_t kWithFiles =
    (kWithRunner & ~(kDatabases | kDump | kLoad)) | kCreate | kFix | kValidate | kSum | kImport;
inline constexpr std::uint64_t kWithSettings = kWithDatabase | kWithFiles;
inline constexpr std::uint64_t kEvery = kWithSettings | kHelp | kCompletion | kMan;

inline constexpr Option kOptions[] = {
    // --- of single commands --------------------------------------------------------------------
    {.name = "version", .help = "Print the version of the program"},
    {.name = "to",
     .value = "VERSION",
     .help = "Stop at this version",
     .commands = kUp | kDown | kPlan | kMark | kSquash},
    {.name = "one", .help = "Apply only the next migration", .commands = kUp},
    {.name = "sql", .help = "Print the exact SQL text that would run", .commands = kPlan},
    {.name = "script",
     .help = "Print a script for sqlite3, psql or mariadb that does the same, records included",
     .commands = kPlan},
    {.name = "exit-code",
     .help = "Exit with 7 when migrations are pending or unfinished, else with 10 when the schema "
             "is not as they have left it",
     .commands = kStatus},
    {.name = "migrated",
     .help = "Wait until nothing is pending: somebody else migrates",
     .commands = kWait},
    {.name = "dialect",
     .value = "NAME",
     .help = "sqlite, postgres, mysql or clickhouse: read the files by its rules, where no "
             "database is named",
     .commands = kValidate | kLint},
    {.name = "pending",
     .help = "lint: what up would apply now, and nothing else; mark: record as not applied",
     .commands = kLint | kMark},
    {.name = "since",
     .value = "REV",
     .help =
         "Only what is new since this revision of git, and what was done to files that are in it",
     .commands = kLint},
    {.name = "allow",
     .value = "RULES",
     .help = "Do not report these rules, separated by commas",
     .commands = kLint},
    {.name = "rows",
     .value = "TABLES",
     .help = "The rows of these tables too, separated by commas; '*': of all that have some",
     .commands = kBaseline | kSquash | kVerify},
    {.name = "recorded",
     .help = "Compare with what the last run has recorded, without a scratch database",
     .commands = kDiff},
    {.name = "format",
     .value = "NAME",
     .help = "How to print what is found [text]",
     .choices = "text json sarif github gitlab junit",
     .commands = kLint},
    {.name = "copy",
     .help = "Servers: copy the rows, too, while nobody else is connected",
     .commands = kRehearse},
    {.name = "on",
     .value = "URL",
     .help = "A copy that is there already; it is migrated for real",
     .commands = kRehearse},
    {.name = "rules", .help = "Print the rules instead of looking at files", .commands = kLint},
    {.name = "goose",
     .help = "Also name the files that goose would refuse or cut elsewhere",
     .commands = kValidate},
    {.name = "seq",
     .letter = 's',
     .help = "Number the file 00001, 00002 ... instead of by time",
     .commands = kCreate},
    {.name = "check", .help = "Compare with gander.sum and name what differs", .commands = kSum},
    {.name = "all",
     .help = "Every migration that the command can be about",
     .commands = kAccept | kMark},
    {.name = "applied", .help = "Record them as applied", .commands = kMark},
    {.name = "done",
     .help = "The statement in doubt happened: go on after it",
     .commands = kResolve},
    {.name = "redo", .help = "It did not happen: run it again", .commands = kResolve},
    {.name = "abandon",
     .help = "Forget the partial run; nothing is undone in the database",
     .commands = kResolve},
    {.name = "reason",
     .value = "TEXT",
     .help = "Why, in words: kept in the history",
     .commands = kAccept | kResolve | kMark},
    {.name = "terminate",
     .help = "Also take it from somebody who uses it: the session is ended",
     .commands = kLock | kDropDatabase},
    {.name = "confirm",
     .value = "NAME",
     .help = "The name of the database that is meant, without which none is dropped",
     .commands = kDropDatabase},
    {.name = "force",
     .help = "Do it although something speaks against it: restore throws the journal of the last "
             "writer away; mark, baseline and squash pass over what differs",
     .commands = kRestore | kMark | kBaseline | kSquash},
    {.name = "from",
     .value = "TOOL",
     .help = "The other tool [found out by looking]",
     .choices = "golang-migrate dbmate flyway sql-migrate refinery",
     .commands = kImport | kAdopt},
    {.name = "yes",
     .help = "Do it without asking, and instead of only saying what would be done",
     .commands = kDowns | kLock | kRestore | kAdopt},
    {.name = "out",
     .value = "FILE",
     .help = "Write it to this file, in one step [standard output]",
     .completion = Completion::file,
     .commands = kDump | kPlan},
    {.name = "versions",
     .help = "Also the version table with what is applied, for a database that loads this",
     .commands = kDump},
    {.name = "grants", .help = "Also owners and rights", .commands = kDump | kDiff},
    {.name = "markdown", .help = "Print the whole reference as docs/cli.md", .commands = kHelp},

    // --- the database, and how it is treated ----------------------------------------------------
    {.name = "db",
     .letter = 'd',
     .value = "URL",
     .help = "The database: sqlite:app.db, postgres://host/app, mysql://host/app",
     .section = Section::database,
     .commands = kWithDatabase,
     .key = "db"},
    {.name = "db-file",
     .value = "FILE",
     .help = "Read the URL from the first line of this file",
     .completion = Completion::file,
     .section = Section::database,
     .commands = kWithDatabase,
     .key = "db_file"},
    {.name = "dir",
     .value = "DIR",
     .help = "Directory of the migrations [migrations if it exists, else .]",
     .completion = Completion::directory,
     .section = Section::migrations,
     .commands = kWithFiles,
     .key = "dir",
     .goose_variable = "GOOSE_MIGRATION_DIR"},
    {.name = "table",
     .value = "NAME",
     .help = "Version table [goose_db_version]",
     .section = Section::database,
     .commands = kWithRunner & ~kDatabases,
     .key = "table",
     .goose_variable = "GOOSE_TABLE",
     .default_text = "goose_db_version",
     .member = &Options::table},
    {.name = "allow-missing",
     .help = "Also apply migrations that are older than the newest applied one",
     .section = Section::database,
     .commands = kLikeUps | kPlan | kMark,
     .key = "allow_missing",
     .default_text = "false",
     .member = &Options::allow_missing},
    {.name = "strict",
     .help = "Edited or deleted applied migrations are errors",
     .section = Section::database,
     .commands = kLikeRuns | kPlan,
     .key = "strict",
     .default_text = "false",
     .member = &Options::strict},
    {.name = "newer",
     .value = "HOW",
     .help = "What to do when the database is newer than the newest file [warn]",
     .choices = "allow warn refuse",
     .section = Section::database,
     .commands = kLikeUps | kPlan,
     .key = "newer",
     .default_text = "warn",
     .member = &Options::newer},
    {.name = "create",
     .help = "Make the database first where it is absent",
     .section = Section::database,
     .commands = kUps | kConfig,
     .key = "create",
     .default_text = "false",
     .member = &Options::create},
    {.name = "lint",
     .value = "HOW",
     .help =
         "What lint's errors in pending files do; error: nothing is run [error where protect is "
         "set, else warn]",
     .choices = "off warn error",
     .section = Section::database,
     .commands = kUps | kConfig,
     .key = "lint",
     .default_text = "off",
     .member = &Options::lint},
    {.name = "protect",
     .help = "What takes away (down, redo, reset, restore) needs --yes or an answer, and the "
             "database is not dropped",
     .section = Section::database,
     .commands = kDowns | kLock | kRestore | kDropDatabase | kConfig,
     .key = "protect",
     .default_text = "false",
     .member = &Config::protect},
    {.name = "dump",
     .value = "FILE",
     .help = "Write the schema to this file after each run that changed something",
     .completion = Completion::file,
     .section = Section::database,
     .commands = kUps | kDowns | kConfig,
     .key = "dump",
     .member = &Config::dump},
    {.name = "expect-sum",
     .value = "DIGEST",
     .help = "Run only the set of migrations with this digest, as gander sum prints it",
     .section = Section::database,
     .commands = kLikeRuns | kPlan | kWait | kVerify,
     .key = "expect_sum",
     .member = &Options::expect_sum},
    {.name = "no-history",
     .help = "Do not record who, when, how long and checksums",
     .section = Section::database,
     .commands = kLikeRuns | kPlan | kResolve | kAdopt,
     .key = "history",
     .default_text = "true",
     .member = &Options::history},
    {.name = "no-drift",
     .help = "Do not record what a run leaves of the schema, nor tell what has changed it since",
     .section = Section::database,
     .commands = kLikeRuns | kStatus | kMark | kAdopt,
     .key = "drift",
     .default_text = "true",
     .member = &Options::drift},
    {.name = "no-versioning",
     .help = "Run the files without reading or writing versions (seeds)",
     .section = Section::database,
     .commands = kLikeRuns | kPlan | kStatus | kVersion,
     .key = "versioning",
     .default_text = "true",
     .member = &Options::versioning},
    {.name = "no-foreign-key-check",
     .help = "SQLite: do not check foreign keys after a table was dropped or renamed",
     .section = Section::database,
     .commands = kLikeRuns,
     .key = "foreign_key_check",
     .default_text = "true",
     .member = &Options::check_foreign_keys},
    {.name = "backup",
     .help = "SQLite: copy the database before the first migration that runs",
     .section = Section::database,
     .commands = kLikeRuns,
     .key = "backup",
     .default_text = "false",
     .member = &Options::backup},
    {.name = "restricted",
     .help = "SQLite: no ATTACH, VACUUM INTO, extension or writable_schema, for untrusted files",
     .section = Section::database,
     .commands = kLikeRuns,
     .key = "restricted",
     .default_text = "false",
     .member = &Options::restricted},
    {.name = "commit",
     .value = "HOW",
     .help = "When migrations are committed; each: one after the other is on the disk [auto]",
     .choices = "auto each all",
     .section = Section::database,
     .commands = kLikeRuns,
     .key = "commit",
     .default_text = "auto",
     .member = &Options::commit},
    {.name = "isolate",
     .help = "Undo what a migration does to its session (SET, PRAGMA, temporary tables) before the "
             "next one; without it that lasts to the end of the run, as with goose",
     .section = Section::database,
     .commands = kLikeRuns,
     .key = "isolate",
     .default_text = "false",
     .member = &Options::isolate},
    {.name = "wait",
     .value = "DURATION",
     .help = "How long to wait for another run, for a lock, and for a server that is not up yet; "
             "0: not at all [5m, the server not at all]",
     .section = Section::database,
     .commands = kWithRunner,
     .key = "wait",
     .default_text = "5m",
     .member = &Options::wait},
    {.name = "lock-timeout",
     .value = "DURATION",
     .help = "Servers: how long one try waits for a lock on a table, so that readers never "
             "queue longer; tried again until --wait is over [the server's, at most --wait]",
     .section = Section::database,
     .commands = kWithRunner,
     .key = "lock_timeout",
     .default_text = "0",
     .member = &Options::lock_timeout},
    {.name = "statement-timeout",
     .value = "DURATION",
     .help = "Servers: how long one statement may run [the server's]",
     .section = Section::database,
     .commands = kWithRunner,
     .key = "statement_timeout",
     .default_text = "0",
     .member = &Options::statement_timeout},
    {.name = "timeout",
     .value = "DURATION",
     .help = "Stop the whole command after this time, for example 90s or 1h15m [none]",
     .section = Section::database,
     .commands = kWithRunner,
     .key = "timeout",
     .default_text = "0",
     .member = &Options::timeout},
    {.name = "actor",
     .value = "NAME",
     .help = "Who is recorded in the history [user@host]",
     .section = Section::database,
     .commands = kLikeRuns | kRecords,
     .key = "actor",
     .member = &Options::actor},
    {.name = "role",
     .value = "NAME",
     .help = "Servers: SET ROLE, who owns what is made",
     .section = Section::database,
     .commands = kWithRunner,
     .key = "role",
     .member = &Options::role},
    {.name = "schema",
     .value = "NAME",
     .help = "Servers: the schema or database that unqualified names mean",
     .section = Section::database,
     .commands = kWithRunner,
     .key = "schema",
     .member = &Options::schema},

    // --- where settings come from ---------------------------------------------------------------
    {.name = "config",
     .value = "FILE",
     .help = "Read this file instead of gander.toml; none: no file [$GANDER_CONFIG]",
     .completion = Completion::file,
     .section = Section::settings,
     .commands = kWithSettings},
    {.name = "profile",
     .value = "NAME",
     .help = "Use the section [profile.NAME] of gander.toml [$GANDER_PROFILE]",
     .section = Section::settings,
     .commands = kWithSettings},
    {.name = "env",
     .value = "FILE",
     .help = "Read variables from this file instead of .env; none: no file",
     .completion = Completion::file,
     .section = Section::settings,
     .commands = kWithSettings},

    // --- output ---------------------------------------------------------------------------------
    {.name = "json",
     .help = "Print one JSON object (docs/json.md)",
     .section = Section::output,
     .commands = kEvery},
    {.name = "quiet",
     .letter = 'q',
     .help = "Print only results that were asked for, and errors",
     .section = Section::output,
     .commands = kEvery},
    {.name = "verbose",
     .letter = 'v',
     .help = "Show each statement as it runs, and more of what was found",
     .section = Section::output,
     .commands = kWithDatabase & ~kConfig},
    {.name = "notices",
     .help = "Print every notice of the server, not only warnings",
     .section = Section::output,
     .commands = kWithRunner & ~kConfig},
    {.name = "no-color",
     .help = "Never use colour",
     .section = Section::output,
     .commands = kEvery},
    {.name = "help",
     .letter = 'h',
     .help = "Explain the command",
     .section = Section::output,
     .commands = kEvery},
};

// nullptr when there is none of that name.
constexpr const Option* find_option(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

// By its key in gander.toml.
constexpr const Option* find_setting(std::string_view key) {
  for (const Option& option : kOptions) {
    if (option.is_setting() && option.key == key) return &option;
  }
  return nullptr;
}

// An option of the table by its name. A name that is not in the table does not compile.
class Named {
 public:
  consteval Named(const char* name) : option_(find_option(name)) {  // NOLINT: meant to convert
    if (option_ == nullptr) throw "no option has this name";
  }
  constexpr const Option& operator*() const { return *option_; }
  constexpr const Option* operator->() const { return option_; }

 private:
  const Option* option_;
};

struct SectionTitle {
  Section section;
  std::string_view title;
};

// In the order of help.
inline constexpr SectionTitle kSections[] = {{Section::command, "Options"},
                                             {Section::database, "Database and policy"},
                                             {Section::migrations, "Migrations"},
                                             {Section::settings, "Settings"},
                                             {Section::output, "Output"}};

// The options of one section that concern a command, or with `verb` 0 all of them.
std::vector<const Option*> options_of(std::uint64_t verb, Section section);

// All that concern a command, in the order of help.
std::vector<const Option*> options_of(Verb verb);

}  // namespace gander::cli
