// SPDX-License-Identifier: MIT
// MigrationRunner: applies, rolls back and reports on the migrations of one source in one database.
//
//   gander::MigrationRunner runner{gander::open("sqlite:app.db"), gander::directory("migrations")};
//   gander::Report report = runner.up();
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gander/export.h"
#include "gander/finding.h"
#include "gander/lint.h"
#include "gander/lock.h"
#include "gander/mark.h"
#include "gander/options.h"
#include "gander/rehearsal.h"
#include "gander/report.h"
#include "gander/schema.h"
#include "gander/source.h"
#include "gander/target.h"

namespace gander {

// How the user settles a statement that is in doubt.
enum class Resolution {
  done,     // it happened: go on with the next statement
  redo,     // it did not happen: run it again
  abandon,  // forget the partial run: the migration counts as not applied, nothing is undone
};

// Which run plan() describes.
enum class Operation { up, up_by_one, down, redo, reset };

// Thread rule: one thread at a time, except cancel(). Any number of runners may work on one
// database at once, in any mix of threads, processes and hosts: each version is applied exactly
// once. An operation on many files may use a second thread, which takes no signals and has ended
// when the operation returns.
//
// After success of any operation: everything in the returned value is committed.
// After failure (gander::Error): transactional migrations are applied and recorded, or not at all;
// a non-transactional one resumes after its last completed statement when the operation is called
// again; Error::report() says what was done before. Nothing is printed and no signal handler set.
//
// Every operation reads the source first and throws its errors (not_found, invalid_migration)
// before the database is connected. Operations that change the database may also throw locked, sql,
// connection, storage, not_writable, in_doubt and interrupted. The connection is opened by the
// first operation and kept until the runner is destroyed.
class GANDER_EXPORT MigrationRunner {
 public:
  // Opens nothing and reads nothing. Errors: usage (a malformed Options::table).
  MigrationRunner(Target target, Source source, Options options = {});
  ~MigrationRunner();
  MigrationRunner(MigrationRunner&&) noexcept;
  MigrationRunner& operator=(MigrationRunner&&) noexcept;

  // Applies all pending migrations, in order of version. Nothing pending is success: the report is
  // empty and the database was not written to.
  // Errors: out_of_order, edited (strict).
  Report up();

  // Applies pending migrations up to and including `version`, which need not exist.
  Report up_to(std::int64_t version);

  // Applies the next pending migration. Errors: not_found when nothing is pending.
  Report up_by_one();

  // Rolls back the most recently applied migration. Errors: not_found when nothing is applied or
  // its file is gone.
  Report down();

  // Rolls back every applied migration above `version`, newest first; 0 rolls back all. See
  // Options::down_by_version. Errors: not_found when one of the files is gone; then nothing ran.
  Report down_to(std::int64_t version);

  // Rolls back the most recently applied migration and applies it again.
  Report redo();

  // Rolls back everything that is applied and in the source, highest version first.
  Report reset();

  // The most recently applied version, 0 when none is. Does not write.
  [[nodiscard]] std::int64_t version();

  // One entry a migration, and one for each version that only the database knows. Compares files
  // with the checksums in the history. Does not write.
  [[nodiscard]] Status status();

  // True when up() would apply something, or a version is half way, up or down (status() says
  // which): false means that the database has every migration whole. The cheapest question: one
  // round trip, two where a journal has been needed, and no file is read.
  [[nodiscard]] bool pending();

  // Returns when the database can be reached and read: its server is up, or its file is there. It
  // is tried again until Options::wait is over. Writes nothing, makes no file and takes no lock.
  // Errors: connection (the reason of the last try), usage.
  void wait_until_reachable();

  // For programs that leave migrating to another one: returns true as soon as nothing is pending
  // and nothing is half way, and false when Options::wait is over before that. A database that
  // cannot be reached is waited for within the same time. Writes nothing, makes no file and takes
  // no lock.
  // Errors: connection (it could not even be reached), in_doubt (only resolve() leads on), edited
  // (Options::expect_sum), usage.
  [[nodiscard]] bool wait_until_migrated();

  // What the operation would do, with the statements' text when asked for. Does not write.
  [[nodiscard]] Plan plan(Operation operation = Operation::up, bool with_statements = false);
  [[nodiscard]] Plan plan_up_to(std::int64_t version, bool with_statements = false);
  [[nodiscard]] Plan plan_down_to(std::int64_t version, bool with_statements = false);

  // The same, with a script that a person runs with the database's own client (sqlite3, psql,
  // mariadb) in the place of the operation: transactions, statements, and the records, which say
  // who has run it. It stops where the database is not where this plan begins, and at the first
  // error; what was done by then is done as after a run that has failed. Errors: unsupported for
  // functions, values of variables and a migration that is half way.
  [[nodiscard]] Plan plan_script(Operation operation = Operation::up);
  [[nodiscard]] Plan plan_script_up_to(std::int64_t version);
  [[nodiscard]] Plan plan_script_down_to(std::int64_t version);

  // The history table, oldest first; empty when it does not exist. Does not write.
  [[nodiscard]] std::vector<HistoryEntry> history();

  // Parses every file in both directions and checks that it fits the target's kind of database; the
  // database is not connected. A bad name or a duplicate version is thrown; defects inside files
  // are returned, all of them.
  [[nodiscard]] Validation validate();

  // The schema of the database, without the tables of the migration tool. Does not write. The
  // source is not read. Errors: not_found (there is no such database), unsupported (a database of
  // this kind cannot be asked).
  [[nodiscard]] Schema schema(const SchemaOptions& options = {});

  // schema().text(), with the applied versions where they are asked for. Does not write. Errors: as
  // schema().
  [[nodiscard]] std::string dump(const DumpOptions& options = {});

  // Runs a dump, or any other script of SQL statements, in an empty database; `file` is for
  // messages. A script's own BEGIN and COMMIT are passed over: it is one transaction, or, where a
  // transaction cannot hold so many objects (PostgreSQL), one each hundred statements.
  // Errors: usage (the database is not empty), sql with file, line and column.
  void load(const std::string& sql, const std::string& file);

  // What the migrations make of an empty database. They run in a scratch database beside this one,
  // which is dropped again: on a server the role must be allowed to create one. Errors: as up(),
  // and unsupported (there can be none, as beside a borrowed handle).
  [[nodiscard]] Schema migrated_schema(const SchemaOptions& options = {});

  // What somebody has changed by hand: from what the applied migrations make of an empty database,
  // found out as in migrated_schema(), to what the database has. Does not write to it. Errors: as
  // migrated_schema(), and not_found for an applied version whose file is gone, unless accept() has
  // settled it.
  [[nodiscard]] SchemaComparison drift(const SchemaOptions& options = {});

  // What load() of this script would make, found out in the same way.
  [[nodiscard]] Schema loaded_schema(const std::string& sql, const std::string& file,
                                     const SchemaOptions& options = {});

  // Applies each migration in a scratch database, rolls it back, applies it again, and compares the
  // schema each time, owners and rights included. The database itself is not touched, and need not
  // be there. What is wrong is returned. Errors: as migrated_schema(), but for what a migration's
  // own statements are refused for; not_found for a name in VerifyOptions::rows that never is a
  // table's.
  [[nodiscard]] Verification verify(const VerifyOptions& options = {});

  // Runs what up() would apply now on a copy of the database, and measures each statement there:
  // time, locks, rewritten tables, bytes. The database itself is only read, and nothing is locked
  // in it but what reading locks. What a migration fails with is in the value. Errors: those of
  // plan(), not_found (there is no such database), unsupported (there can be no such copy), locked
  // (RehearseOptions::rows: somebody is connected), usage (RehearseOptions::on is the database
  // itself, or has other versions applied), storage (no room for the copy).
  [[nodiscard]] Rehearsal rehearse(const RehearseOptions& options = {});

  // Creates the version table with its row for version 0, and the history table, where they are
  // absent. The first up() does so by itself.
  void initialize();

  // Declares the present text of an applied, edited migration to be what was applied. 0 accepts
  // every edited or unverified one. Errors: not_found when the version is not applied or has no
  // file. Returns the versions accepted.
  std::vector<std::int64_t> accept(std::int64_t version, const std::string& reason);

  // Settles a migration that status() shows as in_doubt or active. Errors: not_found when it is
  // not.
  void resolve(std::int64_t version, Resolution resolution, const std::string& reason);

  // Records versions as applied, in the order given, without running them: for a database that
  // another tool has migrated. All or none. Errors: not_found for a version without a migration,
  // usage for one that is applied already.
  void adopt(const std::vector<std::int64_t>& versions, const std::string& reason);

  // Records versions as applied, or as pending, without running anything: after somebody has done
  // by hand what they do, or has undone it. All of them or none; what is recorded so already is not
  // recorded again. Where something is to be recorded, the schema must be what the migrations make,
  // in a scratch database, that are applied then. (accept() is for a file that was edited,
  // resolve() for a migration that is half way, adopt() for what another tool has recorded.)
  // Errors: edited (the schema differs, or cannot be compared, without MarkRequest::force),
  // not_found for a version that neither the source nor the database knows, out_of_order for what
  // would leave an older version pending (unless Options::allow_missing), in_doubt for one that is
  // half way, usage.
  MarkReport mark(const MarkRequest& request);

  // The schema of a database that was made by hand as a first migration. It is tried out in a
  // scratch database, and nothing is written. Errors: usage (the database has applied migrations,
  // or is empty), not_found (SchemaMigrationOptions::rows names no table of it), unsupported (its
  // schema cannot be read as a value, or there is no scratch database beside it).
  [[nodiscard]] SchemaMigration baseline(const SchemaMigrationOptions& options = {});

  // One migration that makes the schema that those of the source up to `version` make, and names
  // them: in their place it is version `version`. A database that has applied all of them is up to
  // date with it, one that has applied some is refused by up(), a new one runs it. It is tried out
  // like a baseline; the database itself is not looked at, rows are those that the migrations make.
  // Errors: not_found (no such migration, no such table), unsupported as above, and for functions.
  [[nodiscard]] SchemaMigration squash(std::int64_t version,
                                       const SchemaMigrationOptions& options = {});

  // Makes the database, empty, as its server makes new ones, or the file; the source is not read.
  // False: it is there already, and is left as it is. The session is one in a database that every
  // server has (`postgres`); Options::role owns what is made. Errors: connection, sql (no right to
  // do so), unsupported (a borrowed handle, a database in memory).
  bool create_database();

  // Drops the database with all that is in it. `name`: what it is called on its server, or its
  // file without the directory; anything else is refused, so that no other database goes than the
  // one that is meant. False: there is none. With `terminate` sessions of others that are in it
  // end. Errors: usage (another name, a database that the server itself needs, a file that is no
  // database), locked (somebody uses it), connection, sql, unsupported as above.
  bool drop_database(const std::string& name, bool terminate = false);

  // Looks for what would make the next up() fail, wait or surprise: in the files, the database and,
  // on a server, its other sessions. Does not write. Everything that is wrong is a finding, also a
  // database that cannot be reached; only interrupted and usage are thrown.
  [[nodiscard]] DoctorReport doctor();

  // What would hurt in the migrations that up() would apply now, see gander/lint.h. `allow`: rules
  // that are not reported. Does not write.
  // Errors: unsupported (the database has no rules yet), and those of plan().
  [[nodiscard]] LintReport lint(const std::vector<std::string>& allow = {});

  // Who holds the lock that runs on this version table take. Does not write, and waits for nobody.
  [[nodiscard]] LockStatus lock_status();

  // Takes the lock from whoever holds it, and returns from whom: a lease that ran out at once, what
  // is in use only with `terminate`, which ends the session on the server or withdraws the lease. A
  // program that is alive may connect again and wait for its turn: to stop it, stop the program.
  // Errors: locked (somebody uses it), unsupported (SQLite: only the process can end its lock).
  LockStatus release_lock(bool terminate = false);

  // Asks the operation in progress to stop: the statement in flight is cancelled, its transaction
  // rolled back, and the operation throws Error(interrupted). Safe from any thread and from a
  // signal handler. With no operation in progress, the next one stops. On a borrowed handle the
  // statement in flight is finished first.
  void cancel() noexcept;

 private:
  class Impl;
  friend struct RunnerInternals;
  std::unique_ptr<Impl> impl_;
};

// For a test of an application: EXPECT_TRUE(gander::verify(gander::open("sqlite::memory:"),
// migrations).ok()). See MigrationRunner::verify().
[[nodiscard]] GANDER_EXPORT Verification verify(Target target, Source source, Options options = {},
                                                const VerifyOptions& wanted = {});

}  // namespace gander

#endif
