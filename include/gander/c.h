// SPDX-License-Identifier: MIT
// Gander for C, and for every language that calls C. The C++ headers say what each operation does;
// this header says how C reaches it, and c_trials.h, which it includes, the same for what is tried
// out on another database. Not here: sums.
//
// Conventions
// 1. Handles (gander_options, gander_source, gander_runner, gander_report, gander_status,
//    gander_plan, gander_history, gander_doctor_report, gander_lock, gander_validation,
//    gander_dump, gander_differences, gander_verification, gander_rehearsal, gander_error) are
//    opaque pointers. Whoever receives one through a pointer argument or from gander_options_new()
//    frees it once, with the gander_..._free() of its type. Freeing NULL does nothing.
// 2. A function that can fail returns an int: 0 (GANDER_OK), or the number of an error code below.
// 3. Its last argument, gander_error** error, may be NULL. Otherwise *error is overwritten: with
//    NULL after success, with a new object after failure. It also stays NULL after a failure when
//    there is no memory for the object; then the returned number is all there is.
// 4. Results that are handles (gander_report** and the like) are overwritten as well: with the
//    result after success, with NULL after failure. A gander_report** may be NULL.
// 5. Every `const char*` that a getter returns ends with a zero byte, is never NULL ("" means
//    nothing or not known), belongs to the object that was asked, and lives as long as that object.
//    Texts are bytes as they came, UTF-8 where the files and the database hold UTF-8.
// 6. Lists are asked by index from 0. An index outside the list, and a NULL object, give "" or 0.
// 7. Flags are int: 0 is false, everything else is true; getters return 0 or 1. Durations are
//    nanoseconds, limits milliseconds; times are microseconds since 1970 in UTC, 0 where not known.
// 8. No C++ exception leaves these functions. Callbacks must return: no exception, no longjmp().
// 9. Threads: an object is used by one thread at a time, except for gander_runner_cancel().
// 10. Numbers and names in this header are never changed, only added to.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gander/export.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sqlite3;
struct pg_conn;   // libpq's PGconn
struct st_mysql;  // libmariadb's MYSQL

typedef struct gander_options gander_options;
typedef struct gander_source gander_source;
typedef struct gander_runner gander_runner;
typedef struct gander_report gander_report;
typedef struct gander_status gander_status;
typedef struct gander_plan gander_plan;
typedef struct gander_history gander_history;
typedef struct gander_doctor_report gander_doctor_report;
typedef struct gander_lock gander_lock;
typedef struct gander_validation gander_validation;
typedef struct gander_dump gander_dump;
typedef struct gander_made gander_made;
typedef struct gander_differences gander_differences;
typedef struct gander_verification gander_verification;
typedef struct gander_rehearsal gander_rehearsal;
typedef struct gander_error gander_error;
typedef struct gander_connection gander_connection;
typedef struct gander_row gander_row;

// Codes by what the caller does next; gander/error.h explains each.
enum {
  GANDER_OK = 0,
  GANDER_USAGE = 1,
  GANDER_NOT_FOUND = 2,
  GANDER_INVALID_MIGRATION = 3,
  GANDER_OUT_OF_ORDER = 4,
  GANDER_EDITED = 5,
  GANDER_LOCKED = 6,
  GANDER_SQL = 7,
  GANDER_CONNECTION = 8,
  GANDER_STORAGE = 9,
  GANDER_NOT_WRITABLE = 10,
  GANDER_IN_DOUBT = 11,
  GANDER_INTERRUPTED = 12,
  GANDER_UNSUPPORTED = 13,
  GANDER_INTERNAL = 14
};

enum { GANDER_DOWN = 0, GANDER_UP = 1 };

// "0.1.0"
GANDER_EXPORT const char* gander_library_version(void);

// "invalid_migration" for GANDER_INVALID_MIGRATION, "ok" for GANDER_OK.
GANDER_EXPORT const char* gander_code_name(int code);

// --- errors -----------------------------------------------------------------------------------

GANDER_EXPORT void gander_error_free(gander_error* error);
GANDER_EXPORT int gander_error_code(const gander_error* error);
// The whole text: file:line:column: message, the source line with a caret, the hint.
GANDER_EXPORT const char* gander_error_what(const gander_error* error);
// One sentence, without the place.
GANDER_EXPORT const char* gander_error_message(const gander_error* error);
GANDER_EXPORT const char* gander_error_hint(const gander_error* error);
GANDER_EXPORT const char* gander_error_file(const gander_error* error);
GANDER_EXPORT int64_t gander_error_line(const gander_error* error);    // from 1; 0: not known
GANDER_EXPORT int64_t gander_error_column(const gander_error* error);  // in bytes, from 1
GANDER_EXPORT const char* gander_error_source_line(const gander_error* error);
GANDER_EXPORT int64_t gander_error_version(const gander_error* error);
GANDER_EXPORT int64_t gander_error_statement(const gander_error* error);
GANDER_EXPORT const char* gander_error_sql(const gander_error* error);
GANDER_EXPORT const char* gander_error_sqlstate(const gander_error* error);
GANDER_EXPORT int64_t gander_error_native_code(const gander_error* error);
GANDER_EXPORT const char* gander_error_detail(const gander_error* error);
GANDER_EXPORT int gander_error_retryable(const gander_error* error);
// What the run had done before it failed, or NULL. Belongs to the error.
GANDER_EXPORT const gander_report* gander_error_report(const gander_error* error);

// --- options ----------------------------------------------------------------------------------

// The defaults of gander/options.h. NULL when memory is exhausted.
GANDER_EXPORT gander_options* gander_options_new(void);
GANDER_EXPORT void gander_options_free(gander_options* options);

// Setters copy their argument and return GANDER_OK, GANDER_USAGE (a NULL argument, an unknown
// number) or GANDER_INTERNAL (memory is exhausted).
GANDER_EXPORT int gander_options_set_table(gander_options* options, const char* table);
GANDER_EXPORT int gander_options_set_actor(gander_options* options, const char* actor);
GANDER_EXPORT int gander_options_set_check_all_first(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_exact_annotations(gander_options* options, int flag);
// The digest of the only set of migrations that may run.
GANDER_EXPORT int gander_options_set_expect_sum(gander_options* options, const char* digest);
GANDER_EXPORT int gander_options_set_allow_missing(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_strict(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_history(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_drift(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_versioning(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_down_by_version(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_check_foreign_keys(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_backup(gander_options* options, int flag);
GANDER_EXPORT int gander_options_set_restricted(gander_options* options, int flag);
// How long to wait for another run, or for whoever holds a table; 0: do not wait.
GANDER_EXPORT int gander_options_set_wait(gander_options* options, int64_t milliseconds);
// PostgreSQL: how long to wait for a server that is not up yet; 0: not at all. Not set: see
// gander/options.h.
GANDER_EXPORT int gander_options_set_server_wait(gander_options* options, int64_t milliseconds);
// PostgreSQL: how long one try of a statement waits for a lock, and how long one statement may run;
// 0: what the server is set to. The role that owns what is made; the schema that names mean.
GANDER_EXPORT int gander_options_set_lock_timeout(gander_options* options, int64_t milliseconds);
GANDER_EXPORT int gander_options_set_statement_timeout(gander_options* options,
                                                       int64_t milliseconds);
GANDER_EXPORT int gander_options_set_role(gander_options* options, const char* role);
GANDER_EXPORT int gander_options_set_schema(gander_options* options, const char* schema);
// Deadline of one operation; 0: none.
GANDER_EXPORT int gander_options_set_timeout(gander_options* options, int64_t milliseconds);

// What a migration does to its session (SET, PRAGMA) is undone before the next one.
GANDER_EXPORT int gander_options_set_isolate(gander_options* options, int flag);

// 1: up and its kin make the database where it is absent.
GANDER_EXPORT int gander_options_set_create(gander_options* options, int flag);

enum { GANDER_COMMIT_AUTOMATIC = 0, GANDER_COMMIT_EACH = 1, GANDER_COMMIT_ALL = 2 };
GANDER_EXPORT int gander_options_set_commit(gander_options* options, int commit);

// What would hurt a database in use, in what is to be applied: not looked for, said, or an error
// before anything is done.
enum { GANDER_LINT_OFF = 0, GANDER_LINT_WARN = 1, GANDER_LINT_ERROR = 2 };
GANDER_EXPORT int gander_options_set_lint(gander_options* options, int lint);
// What a project has decided about lint: LintSettings. A rule of its own has an id, how statements
// begin that it is about, what is found, and what to do (may be NULL). GANDER_LINT_RULE_OFF: not
// reported. Whether such a rule can be is told by the run.
enum {
  GANDER_LINT_RULE_OFF = 0,
  GANDER_LINT_RULE_NOTE = 1,
  GANDER_LINT_RULE_WARNING = 2,
  GANDER_LINT_RULE_ERROR = 3
};
GANDER_EXPORT int gander_options_set_lint_severity(gander_options* options, const char* rule,
                                                   int severity);
GANDER_EXPORT int gander_options_set_lint_start_after(gander_options* options, int64_t version);
GANDER_EXPORT int gander_options_set_lint_names(gander_options* options, const char* expression);
GANDER_EXPORT int gander_options_add_lint_pattern(gander_options* options, const char* id,
                                                  int severity, const char* statement,
                                                  const char* message, const char* hint);

// A database with versions above the newest one of the source: go on, say so and go on, or fail.
enum { GANDER_NEWER_ALLOW = 0, GANDER_NEWER_WARN = 1, GANDER_NEWER_REFUSE = 2 };
GANDER_EXPORT int gander_options_set_newer(gander_options* options, int newer);
// 1: up_to and down_to refuse a version that neither the source nor the database knows.
GANDER_EXPORT int gander_options_set_exact_targets(gander_options* options, int flag);

// Values for `-- +goose ENVSUB ON`. Returns the value of a variable, which is copied at once, or
// NULL when it is not set. Without this function the environment of the process is used.
typedef const char* (*gander_environment)(void* context, const char* name);
GANDER_EXPORT int gander_options_set_environment(gander_options* options,
                                                 gander_environment environment, void* context);

// What an observer hears. `kind` says which of the fields mean something; the others are 0 or "".
// Everything is valid during the call only.
enum {
  GANDER_EVENT_LOCK_WAITING = 1,        // text: the holder, waited_ms, limit_ms, waiting_for
  GANDER_EVENT_MIGRATION_STARTED = 2,   // version, name, direction, index, total, statements,
                                        // resumed_after, transactional
  GANDER_EVENT_STATEMENT_STARTED = 3,   // version, index, total, line, sql, sql_size, bytes_done,
                                        // bytes_total, deferred
  GANDER_EVENT_STATEMENT_FINISHED = 4,  // version, index, duration_ns (0: unknown)
  GANDER_EVENT_MIGRATION_FINISHED = 5,  // version, name, direction, statements, resumed_after,
                                        // duration_ns
  GANDER_EVENT_NOTICE = 6,              // text, severity
  GANDER_EVENT_WARNING = 7              // text
};

typedef struct gander_event {
  size_t size;  // of this struct in the library that made it: fields are only added at the end
  int kind;
  int direction;
  int transactional;
  int64_t version;
  const char* name;
  const char* text;
  const char* sql;  // sql_size bytes, without a zero byte at the end
  size_t sql_size;
  int64_t index;  // of the migration in the run, of the statement in the section; from 1
  int64_t total;
  int64_t statements;
  int64_t resumed_after;
  int64_t line;
  int64_t bytes_done;
  int64_t bytes_total;
  int64_t duration_ns;
  int64_t waited_ms;
  int64_t limit_ms;
  int waiting_for;       // GANDER_WAITING_FOR_...
  int deferred;          // 1: sent together with others, so that nobody knows when it runs
  const char* severity;  // the server's word: "NOTICE", "WARNING" ...
} gander_event;

// See WaitingFor in gander/observer.h.
enum {
  GANDER_WAITING_FOR_RUN = 0,
  GANDER_WAITING_FOR_TABLE = 1,
  GANDER_WAITING_FOR_WRITER = 2,
  GANDER_WAITING_FOR_SERVER = 3,
  GANDER_WAITING_FOR_PRIMARY = 4,
  GANDER_WAITING_FOR_MIGRATION = 5,
  GANDER_WAITING_FOR_TRANSACTION = 6,
  GANDER_WAITING_FOR_READER = 7
};

// Called on the thread that runs the operation. To stop the run, call gander_runner_cancel().
typedef void (*gander_observer)(void* context, const gander_event* event);
GANDER_EXPORT int gander_options_set_observer(gander_options* options, gander_observer observer,
                                              void* context);

// --- sources ----------------------------------------------------------------------------------

typedef struct gander_file {
  const char* name;  // base name, "00001_init.sql"
  const char* text;  // `size` bytes, which may hold anything
  size_t size;
} gander_file;

// The .sql files of a directory. Nothing is read yet.
GANDER_EXPORT int gander_source_directory(const char* path, gander_source** source,
                                          gander_error** error);
// Files in memory, which are copied.
GANDER_EXPORT int gander_source_files(const gander_file* files, size_t count,
                                      gander_source** source, gander_error** error);
// All of them, ordered by version. They are copied, and may be freed at once.
GANDER_EXPORT int gander_source_join(const gander_source* const* sources, size_t count,
                                     gander_source** source, gander_error** error);

// A migration written in C. It returns 0 when it is done. Anything else fails the migration, of
// which then nothing stays if it is transactional: with the error of the last call on the
// connection when that call failed, otherwise with what gander_connection_fail() was told.
typedef int (*gander_function)(void* context, gander_connection* connection);

typedef struct gander_function_migration {
  int64_t version;
  const char* name;      // words for people; NULL: none
  gander_function up;    // may be NULL: then only the version is recorded
  gander_function down;  // the same
  void* context;         // passed to both; lives as long as the runners on this source
  int transactional;     // see FunctionMigration in gander/source.h
} gander_function_migration;

// The array and the names are copied.
GANDER_EXPORT int gander_source_functions(const gander_function_migration* migrations, size_t count,
                                          gander_source** source, gander_error** error);
GANDER_EXPORT void gander_source_free(gander_source* source);

// --- gander_connection: the open database, lent to a gander_function ----------------------------

// The kind of a value, of a parameter or of a row.
enum { GANDER_NULL = 0, GANDER_INTEGER = 1, GANDER_REAL = 2, GANDER_TEXT = 3, GANDER_BLOB = 4 };

typedef struct gander_value {
  int kind;
  int64_t integer;   // GANDER_INTEGER
  double real;       // GANDER_REAL
  const char* data;  // GANDER_TEXT and GANDER_BLOB: `size` bytes
  size_t size;
} gander_value;

// Runs a statement with its parameters $1, $2 ...; *changed (may be NULL) is how many rows its
// INSERT, UPDATE or DELETE has changed. Without parameters it may be several statements.
GANDER_EXPORT int gander_connection_execute(gander_connection* connection, const char* sql,
                                            const gander_value* values, size_t count,
                                            int64_t* changed, gander_error** error);
// Runs a query and shows its rows one by one, until there are no more or the visitor returns
// something other than 0, which is no failure. The row is valid within the call.
typedef int (*gander_row_visitor)(void* context, const gander_row* row);
GANDER_EXPORT int gander_connection_for_each(gander_connection* connection, const char* sql,
                                             const gander_value* values, size_t count,
                                             gander_row_visitor visitor, void* context,
                                             gander_error** error);
GANDER_EXPORT int gander_connection_in_transaction(gander_connection* connection);
// "sqlite", "postgres" or "mysql".
GANDER_EXPORT const char* gander_connection_driver_name(const gander_connection* connection);
// sqlite3*, PGconn* or MYSQL*. Do not close it, and leave transactions alone.
GANDER_EXPORT void* gander_connection_native_handle(gander_connection* connection);
// What the error of the migration is to say when the function returns something other than 0.
GANDER_EXPORT void gander_connection_fail(gander_connection* connection, const char* message);

GANDER_EXPORT size_t gander_row_count(const gander_row* row);  // columns
GANDER_EXPORT const char* gander_row_name(const gander_row* row, size_t index);
// Its text ends with a zero byte that `size` does not count, and lives as long as the row. Of an
// index outside the row: GANDER_NULL.
GANDER_EXPORT gander_value gander_row_value(const gander_row* row, size_t index);

// --- runners ----------------------------------------------------------------------------------

// A runner on the database that `url` names, as gander::open() takes it. The source and the options
// are copied, so they may be freed at once; `options` may be NULL. Nothing is connected yet.
GANDER_EXPORT int gander_runner_open(const char* url, const gander_source* source,
                                     const gander_options* options, gander_runner** runner,
                                     gander_error** error);
// A runner on a handle that the caller owns and keeps open until the runner is freed; see
// gander/sqlite.h.
GANDER_EXPORT int gander_runner_borrow(struct sqlite3* handle, const gander_source* source,
                                       const gander_options* options, gander_runner** runner,
                                       gander_error** error);
// The same on libpq's connection; see gander/postgres.h. GANDER_UNSUPPORTED in a build without
// PostgreSQL.
GANDER_EXPORT int gander_runner_borrow_postgres(struct pg_conn* connection,
                                                const gander_source* source,
                                                const gander_options* options,
                                                gander_runner** runner, gander_error** error);
// The same on libmariadb's connection; see gander/mysql.h. GANDER_UNSUPPORTED in a build without
// MySQL.
GANDER_EXPORT int gander_runner_borrow_mysql(struct st_mysql* connection,
                                             const gander_source* source,
                                             const gander_options* options, gander_runner** runner,
                                             gander_error** error);
GANDER_EXPORT void gander_runner_free(gander_runner* runner);

GANDER_EXPORT int gander_runner_up(gander_runner* runner, gander_report** report,
                                   gander_error** error);
GANDER_EXPORT int gander_runner_up_to(gander_runner* runner, int64_t version,
                                      gander_report** report, gander_error** error);
GANDER_EXPORT int gander_runner_up_by_one(gander_runner* runner, gander_report** report,
                                          gander_error** error);
GANDER_EXPORT int gander_runner_down(gander_runner* runner, gander_report** report,
                                     gander_error** error);
GANDER_EXPORT int gander_runner_down_to(gander_runner* runner, int64_t version,
                                        gander_report** report, gander_error** error);
GANDER_EXPORT int gander_runner_redo(gander_runner* runner, gander_report** report,
                                     gander_error** error);
GANDER_EXPORT int gander_runner_reset(gander_runner* runner, gander_report** report,
                                      gander_error** error);

// The most recently applied version; *version is 0 when none is, and after failure.
GANDER_EXPORT int gander_runner_version(gander_runner* runner, int64_t* version,
                                        gander_error** error);
// *pending is 1 when gander_runner_up() would apply something, or a version is half way, up or
// down.
GANDER_EXPORT int gander_runner_pending(gander_runner* runner, int* pending, gander_error** error);
// Returns when the database can be reached; GANDER_CONNECTION when the time to wait is over.
GANDER_EXPORT int gander_runner_wait_until_reachable(gander_runner* runner, gander_error** error);
// *migrated is 1 when nothing is pending or half way, 0 when the time to wait is over before that;
// GANDER_IN_DOUBT when only gander_runner_resolve() leads on.
GANDER_EXPORT int gander_runner_wait_until_migrated(gander_runner* runner, int* migrated,
                                                    gander_error** error);
GANDER_EXPORT int gander_runner_status(gander_runner* runner, gander_status** status,
                                       gander_error** error);
GANDER_EXPORT int gander_runner_history(gander_runner* runner, gander_history** history,
                                        gander_error** error);

// Parses every file in both directions, without a database. `dialect` says whose SQL the files
// hold, see ValidateOptions::dialect; NULL: it is not known. Defects inside files are no failure
// but in *validation, all of them. Not 0 for `goose`: what goose v3.30.1 would refuse or cut into
// other statements is a defect, too. Of `options`, which may be NULL, the environment is used.
GANDER_EXPORT int gander_validate(const gander_source* source, const char* dialect, int goose,
                                  const gander_options* options, gander_validation** validation,
                                  gander_error** error);
// The same for the runner's source and kind of database, which is not connected.
GANDER_EXPORT int gander_runner_validate(gander_runner* runner, gander_validation** validation,
                                         gander_error** error);

// What would make the next gander_runner_up() fail, wait or surprise: MigrationRunner::doctor().
// Does not write. A database that cannot be reached is a finding, and no failure.
GANDER_EXPORT int gander_runner_doctor(gander_runner* runner, gander_doctor_report** report,
                                       gander_error** error);
// Who holds the lock that runs take. Does not write, and waits for nobody.
GANDER_EXPORT int gander_runner_lock_status(gander_runner* runner, gander_lock** lock,
                                            gander_error** error);
// Takes the lock from whoever holds it; *lock (may be NULL) tells from whom. What is in use only
// with `terminate`, otherwise GANDER_LOCKED. GANDER_UNSUPPORTED on SQLite.
GANDER_EXPORT int gander_runner_release_lock(gander_runner* runner, int terminate,
                                             gander_lock** lock, gander_error** error);

// The schema as a script of SQL statements: MigrationRunner::dump(). Does not write.
GANDER_EXPORT int gander_runner_dump(gander_runner* runner, int grants, int versions,
                                     gander_dump** dump, gander_error** error);
// Runs such a script in an empty database; `file` is for messages.
GANDER_EXPORT int gander_runner_load(gander_runner* runner, const char* sql, const char* file,
                                     gander_error** error);
// In what the schemas of two databases differ. Does not write.
GANDER_EXPORT int gander_runner_compare(gander_runner* before, gander_runner* after, int grants,
                                        gander_differences** differences, gander_error** error);
// What somebody has changed by hand: MigrationRunner::drift().
GANDER_EXPORT int gander_runner_drift(gander_runner* runner, int grants,
                                      gander_differences** differences, gander_error** error);

enum {
  GANDER_PLAN_UP = 0,
  GANDER_PLAN_UP_BY_ONE = 1,
  GANDER_PLAN_DOWN = 2,
  GANDER_PLAN_REDO = 3,
  GANDER_PLAN_RESET = 4
};
GANDER_EXPORT int gander_runner_plan(gander_runner* runner, int operation, int with_statements,
                                     gander_plan** plan, gander_error** error);
GANDER_EXPORT int gander_runner_plan_up_to(gander_runner* runner, int64_t version,
                                           int with_statements, gander_plan** plan,
                                           gander_error** error);
GANDER_EXPORT int gander_runner_plan_down_to(gander_runner* runner, int64_t version,
                                             int with_statements, gander_plan** plan,
                                             gander_error** error);

// The same with a script for the database's own client in the place of the operation.
GANDER_EXPORT int gander_runner_plan_script(gander_runner* runner, int operation,
                                            gander_plan** plan, gander_error** error);
GANDER_EXPORT int gander_runner_plan_script_up_to(gander_runner* runner, int64_t version,
                                                  gander_plan** plan, gander_error** error);
GANDER_EXPORT int gander_runner_plan_script_down_to(gander_runner* runner, int64_t version,
                                                    gander_plan** plan, gander_error** error);

// Version 0 accepts every edited migration. *count (may be NULL) is how many were accepted.
GANDER_EXPORT int gander_runner_accept(gander_runner* runner, int64_t version, const char* reason,
                                       size_t* count, gander_error** error);

// Records these versions as applied without running them, as by another tool.
GANDER_EXPORT int gander_runner_adopt(gander_runner* runner, const int64_t* versions, size_t count,
                                      const char* reason, gander_error** error);
// Creates the tables that Gander keeps, and nothing else.
GANDER_EXPORT int gander_runner_initialize(gander_runner* runner, gander_error** error);

enum { GANDER_MARK_APPLIED = 0, GANDER_MARK_PENDING = 1 };
// Records these versions as applied or pending without running anything. Without `force` the schema
// must be what the migrations make, else GANDER_EDITED. *changed (may be NULL) is how many were not
// recorded so already.
GANDER_EXPORT int gander_runner_mark(gander_runner* runner, int as, const int64_t* versions,
                                     size_t count, const char* reason, int force, size_t* changed,
                                     gander_error** error);
// The same for what is pending up to this version, or applied above it.
GANDER_EXPORT int gander_runner_mark_to(gander_runner* runner, int as, int64_t version,
                                        const char* reason, int force, size_t* changed,
                                        gander_error** error);
// The same for all that is pending, or applied.
GANDER_EXPORT int gander_runner_mark_all(gander_runner* runner, int as, const char* reason,
                                         int force, size_t* changed, gander_error** error);

// A schema as a migration: of a database that was made by hand, and of all migrations up to a
// version. `rows`: the `count` tables whose rows are a part of it; NULL with 0: none.
// MigrationRunner::baseline(), squash(). Nothing is written.
GANDER_EXPORT int gander_runner_baseline(gander_runner* runner, const char* const* rows,
                                         size_t count, gander_made** made, gander_error** error);
GANDER_EXPORT int gander_runner_squash(gander_runner* runner, int64_t version,
                                       const char* const* rows, size_t count, gander_made** made,
                                       gander_error** error);
GANDER_EXPORT void gander_made_free(gander_made* made);
GANDER_EXPORT const char* gander_made_text(const gander_made* made);
// In what its schema is not the one that was wanted, and the tables whose rows are not in it.
GANDER_EXPORT size_t gander_made_difference_count(const gander_made* made);
GANDER_EXPORT const char* gander_made_difference(const gander_made* made, size_t index);
GANDER_EXPORT size_t gander_made_table_count(const gander_made* made);
GANDER_EXPORT const char* gander_made_table(const gander_made* made, size_t index);

// Makes the database, empty. *created (may be NULL): 0 when it was there already.
GANDER_EXPORT int gander_runner_create_database(gander_runner* runner, int* created,
                                                gander_error** error);
// Drops the database with all that is in it. `name` must be what it is called on its server, or its
// file without the directory. With `terminate` sessions that are in it end. *dropped (may be NULL):
// 0 when there was none.
GANDER_EXPORT int gander_runner_drop_database(gander_runner* runner, const char* name,
                                              int terminate, int* dropped, gander_error** error);

enum { GANDER_RESOLVE_DONE = 0, GANDER_RESOLVE_REDO = 1, GANDER_RESOLVE_ABANDON = 2 };
GANDER_EXPORT int gander_runner_resolve(gander_runner* runner, int64_t version, int resolution,
                                        const char* reason, gander_error** error);

// Stops the operation in progress, which then returns GANDER_INTERRUPTED. Safe from any thread and
// from a signal handler.
GANDER_EXPORT void gander_runner_cancel(gander_runner* runner);

// --- gander_report: what an operation did -----------------------------------------------------

GANDER_EXPORT void gander_report_free(gander_report* report);
GANDER_EXPORT int64_t gander_report_version(const gander_report* report);
// 0: the connection was lost for good; version and pending then say what is certain.
GANDER_EXPORT int gander_report_version_known(const gander_report* report);
GANDER_EXPORT int64_t gander_report_pending(const gander_report* report);
GANDER_EXPORT int64_t gander_report_duration(const gander_report* report);
GANDER_EXPORT const char* gander_report_backup(const gander_report* report);
GANDER_EXPORT size_t gander_report_warning_count(const gander_report* report);
GANDER_EXPORT const char* gander_report_warning(const gander_report* report, size_t index);

// The migrations that were executed, in that order.
GANDER_EXPORT size_t gander_report_count(const gander_report* report);
GANDER_EXPORT int64_t gander_report_migration_version(const gander_report* report, size_t index);
GANDER_EXPORT const char* gander_report_migration_name(const gander_report* report, size_t index);
GANDER_EXPORT int gander_report_migration_direction(const gander_report* report, size_t index);
GANDER_EXPORT int gander_report_migration_empty(const gander_report* report, size_t index);
GANDER_EXPORT int64_t gander_report_migration_statements(const gander_report* report, size_t index);
GANDER_EXPORT int64_t gander_report_migration_resumed_after(const gander_report* report,
                                                            size_t index);
GANDER_EXPORT int64_t gander_report_migration_duration(const gander_report* report, size_t index);

// --- gander_status: where the database stands -------------------------------------------------

GANDER_EXPORT void gander_status_free(gander_status* status);
GANDER_EXPORT int gander_status_table_exists(const gander_status* status);
GANDER_EXPORT int64_t gander_status_version(const gander_status* status);
GANDER_EXPORT int64_t gander_status_latest(const gander_status* status);
GANDER_EXPORT int64_t gander_status_applied(const gander_status* status);
GANDER_EXPORT int64_t gander_status_pending(const gander_status* status);
GANDER_EXPORT int64_t gander_status_edited(const gander_status* status);
GANDER_EXPORT int64_t gander_status_missing(const gander_status* status);
GANDER_EXPORT int64_t gander_status_unfinished(const gander_status* status);
GANDER_EXPORT size_t gander_status_warning_count(const gander_status* status);
GANDER_EXPORT const char* gander_status_warning(const gander_status* status, size_t index);
// Drift: "unrecorded", "stale" or "known"; its objects, which belong to the status; since when.
GANDER_EXPORT const char* gander_status_drift_state(const gander_status* status);
GANDER_EXPORT const gander_differences* gander_status_drift(const gander_status* status);
GANDER_EXPORT int64_t gander_status_drift_since(const gander_status* status, size_t index);
// The migrations, by version.
GANDER_EXPORT size_t gander_status_count(const gander_status* status);
GANDER_EXPORT int64_t gander_status_migration_version(const gander_status* status, size_t index);
GANDER_EXPORT const char* gander_status_migration_name(const gander_status* status, size_t index);
// "pending", "applied", "edited", "missing", "active" or "in_doubt".
GANDER_EXPORT const char* gander_status_migration_state(const gander_status* status, size_t index);
GANDER_EXPORT int gander_status_migration_out_of_order(const gander_status* status, size_t index);
GANDER_EXPORT int64_t gander_status_migration_applied_at(const gander_status* status, size_t index);
GANDER_EXPORT const char* gander_status_migration_applied_by(const gander_status* status,
                                                             size_t index);
GANDER_EXPORT int64_t gander_status_migration_duration(const gander_status* status, size_t index);
GANDER_EXPORT const char* gander_status_migration_checksum(const gander_status* status,
                                                           size_t index);
GANDER_EXPORT int64_t gander_status_migration_statements_done(const gander_status* status,
                                                              size_t index);
GANDER_EXPORT int64_t gander_status_migration_statements_total(const gander_status* status,
                                                               size_t index);
// Of one that is active or in doubt: 1 when it is half way up, 0 when it is half way down.
GANDER_EXPORT int gander_status_migration_direction(const gander_status* status, size_t index);
GANDER_EXPORT const char* gander_status_migration_detail(const gander_status* status, size_t index);
// Of one that is active or in doubt: what to do next.
GANDER_EXPORT const char* gander_status_migration_hint(const gander_status* status, size_t index);

// --- gander_plan: what an operation would do --------------------------------------------------

GANDER_EXPORT void gander_plan_free(gander_plan* plan);
GANDER_EXPORT int64_t gander_plan_version(const gander_plan* plan);
GANDER_EXPORT int64_t gander_plan_version_after(const gander_plan* plan);
GANDER_EXPORT size_t gander_plan_warning_count(const gander_plan* plan);
GANDER_EXPORT const char* gander_plan_warning(const gander_plan* plan, size_t index);
// "" unless it was asked for.
GANDER_EXPORT const char* gander_plan_script(const gander_plan* plan);

GANDER_EXPORT size_t gander_plan_count(const gander_plan* plan);
GANDER_EXPORT int64_t gander_plan_step_version(const gander_plan* plan, size_t index);
GANDER_EXPORT const char* gander_plan_step_name(const gander_plan* plan, size_t index);
GANDER_EXPORT int gander_plan_step_direction(const gander_plan* plan, size_t index);
GANDER_EXPORT int gander_plan_step_transactional(const gander_plan* plan, size_t index);
GANDER_EXPORT int64_t gander_plan_step_resumed_after(const gander_plan* plan, size_t index);
GANDER_EXPORT const char* gander_plan_step_reason(const gander_plan* plan, size_t index);
GANDER_EXPORT int64_t gander_plan_step_statement_count(const gander_plan* plan, size_t index);
// The text and the line of a statement, when the plan was asked for with statements.
GANDER_EXPORT const char* gander_plan_step_sql(const gander_plan* plan, size_t index,
                                               size_t statement);
GANDER_EXPORT int64_t gander_plan_step_line(const gander_plan* plan, size_t index,
                                            size_t statement);

// --- gander_history: who did what and when, oldest first --------------------------------------

GANDER_EXPORT void gander_history_free(gander_history* history);
GANDER_EXPORT size_t gander_history_count(const gander_history* history);
GANDER_EXPORT int64_t gander_history_id(const gander_history* history, size_t index);
GANDER_EXPORT int64_t gander_history_at(const gander_history* history, size_t index);
GANDER_EXPORT const char* gander_history_run_id(const gander_history* history, size_t index);
// "applied", "reverted", "failed", "adopted", "accepted" or "resolved".
GANDER_EXPORT const char* gander_history_event(const gander_history* history, size_t index);
GANDER_EXPORT int64_t gander_history_version(const gander_history* history, size_t index);
GANDER_EXPORT const char* gander_history_name(const gander_history* history, size_t index);
GANDER_EXPORT const char* gander_history_checksum(const gander_history* history, size_t index);
GANDER_EXPORT int64_t gander_history_statements(const gander_history* history, size_t index);
GANDER_EXPORT int64_t gander_history_duration(const gander_history* history, size_t index);
GANDER_EXPORT const char* gander_history_actor(const gander_history* history, size_t index);
GANDER_EXPORT const char* gander_history_tool(const gander_history* history, size_t index);
GANDER_EXPORT const char* gander_history_detail(const gander_history* history, size_t index);

// --- gander_doctor_report: what doctor found ---------------------------------------------------

enum {
  GANDER_SEVERITY_OK = 0,
  GANDER_SEVERITY_NOTE = 1,
  GANDER_SEVERITY_WARNING = 2,  // may delay or surprise
  GANDER_SEVERITY_PROBLEM = 3   // a run would fail, or would be in danger
};

GANDER_EXPORT void gander_doctor_report_free(gander_doctor_report* report);
// "PostgreSQL 15.20"; "" when it could not be reached.
GANDER_EXPORT const char* gander_doctor_report_server(const gander_doctor_report* report);
GANDER_EXPORT size_t gander_doctor_report_count(const gander_doctor_report* report);
GANDER_EXPORT int gander_doctor_report_severity(const gander_doctor_report* report, size_t index);
// The check's name: docs/json.md lists them.
GANDER_EXPORT const char* gander_doctor_report_check(const gander_doctor_report* report,
                                                     size_t index);
GANDER_EXPORT const char* gander_doctor_report_message(const gander_doctor_report* report,
                                                       size_t index);
GANDER_EXPORT const char* gander_doctor_report_hint(const gander_doctor_report* report,
                                                    size_t index);

// --- gander_lock: who keeps runs waiting --------------------------------------------------------

GANDER_EXPORT void gander_lock_free(gander_lock* lock);
// Schema and version table, or the file.
GANDER_EXPORT const char* gander_lock_name(const gander_lock* lock);
// Would a run have to wait?
GANDER_EXPORT int gander_lock_held(const gander_lock* lock);
// The holders, leases that have run out included.
GANDER_EXPORT size_t gander_lock_count(const gander_lock* lock);
// "session", "lease" or "file".
GANDER_EXPORT const char* gander_lock_holder_kind(const gander_lock* lock, size_t index);
GANDER_EXPORT int64_t gander_lock_holder_pid(const gander_lock* lock, size_t index);
GANDER_EXPORT const char* gander_lock_holder_name(const gander_lock* lock, size_t index);
GANDER_EXPORT int64_t gander_lock_holder_since(const gander_lock* lock, size_t index);
GANDER_EXPORT int64_t gander_lock_holder_renewed_at(const gander_lock* lock, size_t index);
GANDER_EXPORT int64_t gander_lock_holder_expires_at(const gander_lock* lock, size_t index);
GANDER_EXPORT int gander_lock_holder_expired(const gander_lock* lock, size_t index);

// --- gander_validation: what the files hold ------------------------------------------------------

GANDER_EXPORT void gander_validation_free(gander_validation* validation);
// The migrations, by version.
GANDER_EXPORT size_t gander_validation_count(const gander_validation* validation);
GANDER_EXPORT int64_t gander_validation_version(const gander_validation* validation, size_t index);
GANDER_EXPORT const char* gander_validation_name(const gander_validation* validation, size_t index);
GANDER_EXPORT int gander_validation_transactional(const gander_validation* validation,
                                                  size_t index);
GANDER_EXPORT int64_t gander_validation_statements(const gander_validation* validation,
                                                   size_t index, int direction);
GANDER_EXPORT const char* gander_validation_checksum(const gander_validation* validation,
                                                     size_t index);
// The defects, in the same order; none: all is well. A defect belongs to the validation: it is not
// to be freed. NULL for an index outside the list.
GANDER_EXPORT size_t gander_validation_defect_count(const gander_validation* validation);
GANDER_EXPORT const gander_error* gander_validation_defect(const gander_validation* validation,
                                                           size_t index);

// --- gander_dump: the schema as SQL -----------------------------------------------------------

GANDER_EXPORT void gander_dump_free(gander_dump* dump);
GANDER_EXPORT const char* gander_dump_sql(const gander_dump* dump);

// --- gander_differences: of two schemas -------------------------------------------------------

GANDER_EXPORT void gander_differences_free(gander_differences* differences);
GANDER_EXPORT size_t gander_differences_count(const gander_differences* differences);
// "added", "removed" or "changed".
GANDER_EXPORT const char* gander_differences_change(const gander_differences* differences,
                                                    size_t index);
// "column name of customer"
GANDER_EXPORT const char* gander_differences_description(const gander_differences* differences,
                                                         size_t index);
// What of it differs. A value that is not there is "".
GANDER_EXPORT size_t gander_differences_property_count(const gander_differences* differences,
                                                       size_t index);
GANDER_EXPORT const char* gander_differences_property_name(const gander_differences* differences,
                                                           size_t index, size_t property);
GANDER_EXPORT const char* gander_differences_property_before(const gander_differences* differences,
                                                             size_t index, size_t property);
GANDER_EXPORT const char* gander_differences_property_after(const gander_differences* differences,
                                                            size_t index, size_t property);

#ifdef __cplusplus
}
#endif

#include "gander/c_trials.h"
