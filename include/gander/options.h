// SPDX-License-Identifier: MIT
// Options of a MigrationRunner. The defaults are what a deploy wants.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <version>
#ifdef __cpp_lib_jthread
#include <stop_token>
#endif

#include "gander/lint_settings.h"
#include "gander/observer.h"

namespace gander {

// When transactional migrations are committed. What a run leaves is the same in all cases: that of
// one commit a migration.
enum class Commit {
  // SQLite: consecutive migrations share a commit, and if it fails they are run again one by one.
  // PostgreSQL: a commit each, but the run does not wait for the server's answer, nor the server
  // for its disk, before the next migration; it does before a migration is reported as applied.
  // MySQL: each change of the schema commits; of migrations that make one table each, up to a
  // hundred share the commits of what is noted before them and of their records.
  automatic,
  each,  // each migration is on the disk before the next one begins
  all,   // as `automatic`
};

// What a run does on a database that has applied versions above the newest one of the source: a
// newer program has migrated it, and this one was rolled back or is an older pod.
enum class Newer {
  allow,   // goes on without a word
  warn,    // says so and goes on
  refuse,  // `edited` error
};

// Does what lint finds at the level of errors (gander/lint.h) stop a run before it begins?
enum class LintPolicy {
  off,    // nothing is looked for
  warn,   // says so and goes on
  error,  // `invalid_migration` error, before anything is done
};

struct Options {
  // --- what happens -------------------------------------------------------------------------

  // True: every file that will run is read and checked before the first statement of the run.
  // False, as goose does: a file that cannot be understood stops the run when its turn comes, and
  // the migrations before it stay applied.
  bool check_all_first = true;

  // A comment that looks like an annotation and is none (`-- +Goose Down`, `-- goose Down`) is an
  // error (true) or, as the file means something to goose, a warning (false).
  bool exact_annotations = true;

  // The version table, optionally "schema.table"; quoted as the engine requires.
  std::string table = "goose_db_version";

  // Apply pending migrations that are older than the newest applied one. False: out_of_order error.
  bool allow_missing = false;

  // An applied file that was edited or deleted is a warning (false) or an error (true). A version
  // without a file that accept() has settled, as after a squash, is neither.
  bool strict = false;

  // Applied versions above the newest one of the source, whatever `strict` says.
  Newer newer = Newer::warn;

  // up_to() and down_to(): a version that neither the source nor the database knows (0 apart) is a
  // not_found error that names the nearest (true), or a bound like any other (false).
  bool exact_targets = false;

  // The digest of the only set of migrations that may run (gander/sum.h); another set is an
  // `edited` error before the database is connected. Empty: any set.
  std::string expect_sum = {};

  // up() and its kin make the database where it is absent, as create_database() does. (A file of
  // SQLite is made in any case, unless the URL says that it must exist.)
  bool create = false;

  // Write who, when, how long and the checksum to the table T_history. When false, or when the
  // database refuses to create that table, edited files cannot be noticed.
  bool history = true;

  // Write to the table T_schema what a run leaves of the schema, so that status() and doctor() name
  // what somebody changes beside the migrations; false: nothing is written, read or told. For a
  // database whose own program makes tables (partitions by the day), or that several sets of
  // migrations share. Where the schema can be read as a value (SQLite, PostgreSQL), and only with
  // `history`.
  bool drift = true;

  // False: no version table is read or written; every file of the source runs (seeds).
  bool versioning = true;

  // down_to() follows the version numbers (true) or, as goose does, the order of application and
  // stops at the first version not above the bound (false).
  bool down_by_version = true;

  // SQLite: after a migration that drops or renames a table, compare `PRAGMA foreign_key_check`
  // with its result before the migration and fail on new violations.
  bool check_foreign_keys = true;

  // Copy the database before the first pending migration: SQLite only, VACUUM INTO a file beside
  // it (beside the path that the URL names), with the database's owner and permissions.
  bool backup = false;

  // SQLite: for migrations from people you do not trust. Their statements may not ATTACH, VACUUM
  // INTO a file, load extensions, write the schema table or change settings that reach beyond the
  // database file, as with `restricted=on` in the URL. Another database, and a borrowed handle, are
  // `unsupported` errors.
  bool restricted = false;

  // Held against what is to be applied, with the tables of the database before the eyes. Nothing is
  // looked for where nothing is pending, in files that go on where a run has stopped, and in
  // functions.
  LintPolicy lint = LintPolicy::off;
  LintSettings lint_settings = {};  // for lint() of the runner, too

  Commit commit = Commit::automatic;

  // What a migration does to its session (SET, PRAGMA, temporary tables, a role) lasts to the end
  // of the run and reaches the migrations behind it, as with goose (false), or is undone after each
  // migration (true).
  bool isolate = false;

  // --- time -----------------------------------------------------------------------------------

  // How long to wait for others: for another run, on SQLite for any other writer, and on PostgreSQL
  // for whoever holds a table, in all tries of one migration together. (What works CONCURRENTLY
  // waits for old transactions without keeping anybody out: only `timeout` ends that.) Zero: do not
  // wait.
  std::chrono::milliseconds wait{std::chrono::minutes{5}};

  // Servers: how long to wait for one that is not up yet: one that refuses connections or
  // whose name is not known, is starting (57P03), has no connection left (53300), or is a standby
  // when something is to be written. Not set: one that is starting for half a minute, others not
  // at all. A session that is lost within a run is another matter: the run looks for the server for
  // about half a minute, or for this long.
  std::optional<std::chrono::milliseconds> server_wait = {};

  // PostgreSQL, MySQL: how long one try of a statement may wait for a lock on a table, so that
  // readers never queue behind it for longer. A migration that fails so is rolled back whole and
  // tried again, with growing random pauses, until `wait` is over. Zero: what the server is set to,
  // at most `wait`.
  std::chrono::milliseconds lock_timeout{0};

  // PostgreSQL, MySQL: how long one statement may run. Zero: what the server is set to.
  std::chrono::milliseconds statement_timeout{0};

  // Deadline for a whole operation, counted from its start. Zero: none. When it passes, the
  // statement in flight is cancelled and the run ends as `interrupted`.
  std::chrono::milliseconds timeout{0};

#ifdef __cpp_lib_jthread
  // A stop request does what MigrationRunner::cancel() does, to the operation in progress and to
  // each that begins later.
  std::stop_token stop = {};
#endif

  // --- who --------------------------------------------------------------------------------------

  // Name in the history; empty: the login name and host name of this process.
  std::string actor = {};

  // PostgreSQL: the role that owns what the migrations make (SET ROLE). Empty: the session's own.
  std::string role = {};

  // PostgreSQL: the schema that unqualified names mean, the version table's included; it must
  // exist. Empty: what search_path says. Each schema has a lock of its own.
  std::string schema = {};

  // Values for `-- +goose ENVSUB ON`; empty function: the process environment.
  std::function<std::optional<std::string>(std::string_view name)> environment = {};

  // Not owned; must outlive the runner. nullptr: nobody listens.
  Observer* observer = nullptr;
};

}  // namespace gander

#endif
