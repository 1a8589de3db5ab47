// SPDX-License-Identifier: MIT
// What a database must provide: Driver (how to reach it), driver::Connection (one open session),
// Dialect (facts about its SQL that need no connection).
//
// The rest is written against these alone; engine.h says how one is found.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gander/connection.h"
#include "gander/error.h"
#include "gander/finding.h"
#include "gander/lock.h"
#include "gander/observer.h"
#include "src/base/cancel.h"
#include "src/base/hidden_values.h"
#include "src/base/table_name.h"
#include "src/driver/administration.h"
#include "src/driver/catalogue.h"
#include "src/driver/client_script.h"
#include "src/driver/implicit_commits.h"
#include "src/driver/ledger.h"
#include "src/driver/locks.h"
#include "src/driver/meter.h"
#include "src/driver/scratch.h"
#include "src/driver/session_settings.h"
#include "src/driver/transaction_pipeline.h"
#include "src/driver/witness.h"
#include "src/sql/statement.h"

namespace gander::driver {

// What the engine does at once or not at all.
enum class Atomicity {
  migration,  // all statements of a file and the records of them (SQLite, PostgreSQL)
  statement,  // one statement, with its record where it only changes rows (the MySQL family: each
              // change of a schema commits)
  none,       // not even a statement and the record of it (ClickHouse)
};

// Pure facts. One constant object a database.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view name() const = 0;  // Engine::name
  virtual const sql::Grammar& grammar() const = 0;

  // The identifier as SQL, in quotes (doubled inside) where it must be: a plain name that is no
  // keyword may stay bare, because goose writes it so and SQLite keeps the text of CREATE TABLE.
  virtual std::string quote(std::string_view identifier) const = 0;

  // What the engine makes of an identifier that the user wrote without quotes.
  virtual std::string fold(std::string_view identifier) const { return std::string(identifier); }

  // The text as a string literal. Throws Error(usage) for a NUL byte.
  virtual std::string literal(std::string_view text) const = 0;

  // Throws Error(unsupported) where there is no connection to the engine yet.
  virtual const LedgerSql& ledger() const;

  virtual Atomicity atomicity() const = 0;

  // May several migrations share a commit? Never but with Atomicity::migration, and only where a
  // rollback takes back all that they did, ids drawn from sequences included, so that to run them
  // again one by one comes to the same as a commit each from the start.
  virtual bool shares_commits() const = 0;

  // Does a BEGIN inside a transaction fail, or a COMMIT outside of one? (Else a warning.)
  virtual bool refuses_nested_begin() const { return false; }

  // How many statements that make objects one transaction should hold at most; 0: any number. Where
  // each object is a lock until the end, the table of locks has an end, too.
  virtual int objects_per_transaction() const { return 0; }

  // Can a migration leave foreign keys that name no row? Connection::integrity_problems() tells.
  virtual bool leaves_keys_unchecked() const { return false; }
  // Does this statement, outside a transaction, switch the check of keys off or on?
  virtual bool switches_keys(const sql::Statement& /*statement*/) const { return false; }

  // Are there sessions whose migrations reach nothing but their own database (Options::restricted)?
  virtual bool can_restrict() const { return false; }
};

// The text within `quote`, which is doubled inside.
std::string doubled(std::string_view text, char quote);

// What a session needs from the operation that opens it. The referenced objects outlive it.
struct SessionOptions {
  const CancelToken* cancel = nullptr;
  const HiddenValues* hidden = nullptr;  // never to be shown; grows while the session lasts
  std::chrono::milliseconds wait{0};     // Options::wait, and so on
  std::optional<std::chrono::milliseconds> server_wait = {};
  // To connect once, whatever was before, and to give up after so long.
  std::optional<std::chrono::milliseconds> one_try = {};
  // Zero and empty: not asked for. A driver that knows no such thing refuses them as unsupported.
  std::chrono::milliseconds lock_timeout{0};
  std::chrono::milliseconds statement_timeout{0};
  std::string role;
  std::string schema;
  bool restricted = false;                          // Options::restricted
  std::function<void(const LockWaiting&)> waiting;  // called at most a few times a second
  // Server messages.
  std::function<void(std::string_view severity, std::string_view text)> notice;
  // The tables that schema_of() and tables_exist() are asked for first, the version table before
  // the others, folded: a driver may look for them while it opens the session.
  std::vector<TableName> tables;
};

// Something wrong with the data as a whole, and in how many rows.
struct IntegrityProblem {
  std::string what;  // the same text for the same kind of problem, before and after
  std::int64_t count = 0;
  std::string hint;  // what to do about it, where moving or deleting rows is not it
};

// What a statement that succeeded has not done.
struct Warning {
  std::int64_t line = 0;  // of the file; 0: no statement of a file
  std::string text;
};

// What doctor() is asked about. The references live as long as the call.
struct DoctorRequest {
  std::string_view lock_key;
  TableName version_table;
  TableName history_table;
  TableName journal_table;
  // Calls back for each statement that up() would run, with its migration's file. A statement
  // without text, whose kind is ordinary, stands for a function migration.
  using Visit = std::function<void(const std::string& place, const sql::Statement&)>;
  std::function<void(const Visit&)> each_pending;
};

// One row of a result while it is visited. Texts live until the visit returns.
class Row {
 public:
  virtual std::int64_t integer(int column) const = 0;   // 0 for NULL
  virtual std::string_view text(int column) const = 0;  // empty for NULL

 protected:
  ~Row() = default;
};

struct Visit {
  std::string sql;
  std::function<void(const Row&)> each;
};

// A result as Gander itself reads it: bytes come as text.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

// One open session. Used by one thread. What only some databases have is behind accessors that may
// return nullptr.
//
// Inside a transaction a driver may defer execution to save round trips: run() and execute() may
// return before the server has answered, and the error of an earlier statement, carrying that
// statement's own place, may be thrown by a later call up to commit(). query(), flush() and
// commit() wait for everything before them. Outside a transaction nothing is deferred.
class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The session as a function migration sees it, with a place for what it prepares. Used within
  // the life of the session, by one at a time.
  virtual std::unique_ptr<gander::Connection> lend() = 0;
  // The driver's own handle.
  virtual void* native_handle() noexcept = 0;
  // "sqlite", "postgres", "mysql".
  virtual std::string_view driver_name() const noexcept = 0;

  // --- transactions ------------------------------------------------------------------------
  // Starts a transaction that may write; waits for other writers up to SessionOptions::wait, then
  // throws Error(locked).
  virtual void begin() = 0;
  // Throws Error. After an Error(connection) it is unknown whether the commit happened.
  virtual void commit() = 0;
  // Swallows errors: what cannot be rolled back is rolled back by the end of the session.
  virtual void rollback() noexcept = 0;
  // False after begin() means that a statement ended the transaction by itself.
  virtual bool in_transaction() = 0;
  virtual void flush() {}
  // True when the session has ended, or no longer answers: nothing can be asked of it again.
  virtual bool lost() const { return false; }
  // True: what run() is given now may be sent later, with others.
  virtual bool defers() const { return false; }
  // How long one statement waits for a lock before the database gives it up; zero: for ever, or
  // the driver waits itself.
  virtual std::chrono::milliseconds lock_limit() const { return std::chrono::milliseconds(0); }

  // Where statements are deferred the process's clock knows nothing: how long a transaction has
  // taken is told by an INSERT at its end that has both of these in it, or by take_elapsed(). Empty
  // where nothing is deferred.
  struct ElapsedSql {
    std::string nanoseconds;  // an expression, to be stored in duration_ns
    std::string returning;    // the list behind RETURNING
  };
  virtual ElapsedSql elapsed_sql() const { return {}; }
  virtual void take_elapsed() {}
  // After commit(): how long that transaction took, if it was measured so.
  virtual std::optional<std::chrono::nanoseconds> elapsed() { return std::nullopt; }

  // --- statements --------------------------------------------------------------------------
  // Runs one or more statements and throws their rows away. A failure leaves the statements before
  // the failing one in force unless a transaction is open.
  virtual void execute(std::string_view sql) = 0;
  // Runs one query and returns all its rows.
  virtual Rows query(std::string_view sql) = 0;
  // Runs one query and shows its rows one by one, where query() would first collect them all.
  virtual void visit(std::string_view sql, const std::function<void(const Row&)>& each);
  // The same for several queries, in one round trip where there are such.
  virtual void visit_all(std::span<const Visit> visits);

  // As execute(), for a record of what a migration did. A driver may prepare the statement when it
  // comes often. Should a migration have
  // thrown away what was prepared, the transaction fails with an error for which is_unprepared()
  // says true, once a session: it is to be run again.
  virtual void repeat(const Repeated& statement) { execute(statement.sql()); }
  virtual bool is_unprepared(const Error& /*error*/) const { return false; }

  // Runs one INSERT, UPDATE or DELETE and returns how many rows it has changed. -1: not known yet.
  virtual std::int64_t change(std::string_view sql) {
    execute(sql);
    return -1;
  }

  // Runs one unit of a script. Errors carry the statement's place, text and the database's codes.
  virtual void run(const sql::Statement& statement) = 0;

  // Throws what run() of this statement, outside a transaction, is known to throw before it is
  // tried. Worth asking only where foresees().
  virtual void foresee(const sql::Statement& /*statement*/) const {}
  virtual bool foresees() const { return false; }

  // Does this error say that the disk is full, and that the transaction was taken back whole?
  virtual bool is_full(const Error& /*error*/) const { return false; }

  // Does this error of run() say that the statement cannot run inside a transaction, and that it
  // did nothing? Asked of the last error alone. Never told by what a user's SQL can raise.
  virtual bool refused_transaction(const Error& error) const = 0;

  // The text as the database's encoding can hold it.
  virtual std::string storable(const std::string& text) const { return text; }

  // What stood wrong before a migration is compared by the caller with what stands wrong after it.
  // Empty where the database checks by itself. (SQLite: PRAGMA foreign_key_check.)
  virtual std::vector<IntegrityProblem> integrity_problems() { return {}; }

  // What is to be said of the statements since the last call, and of the session at the first one.
  virtual std::vector<Warning> take_warnings() { return {}; }

  // Copies the whole database beside itself and returns the copy's path. The copy is complete and
  // synced when the name exists. Throws Error(unsupported) where there is no such thing.
  virtual std::string back_up();

  // --- what only some have -----------------------------------------------------------------
  // They live as long as the connection.
  // nullptr: write transactions and re-reading are enough, and nobody can be seen to be in the way.
  virtual Locks* locks() { return nullptr; }
  // nullptr: of a statement that was caught between intent and outcome nothing can be known.
  virtual Witness* witness() { return nullptr; }
  // nullptr: a session has no settings, or none that outlive a statement.
  virtual SessionSettings* session_settings() { return nullptr; }
  // nullptr: the answer to each commit is waited for.
  virtual TransactionPipeline* pipeline() { return nullptr; }
  // nullptr: no script is written for a client of the engine's own.
  virtual const ClientScriptSql* client_script() const { return nullptr; }
  // nullptr: its schema cannot be read as a value.
  virtual Catalogue* catalogue() { return nullptr; }
  // nullptr: nothing can be told of what its statements lock and rewrite.
  virtual Meter* meter() { return nullptr; }
  // nullptr: a transaction lasts until it is committed or rolled back.
  virtual ImplicitCommits* implicit_commits() { return nullptr; }

  // --- safety ------------------------------------------------------------------------------------
  // Changes whenever another session has changed the database, and only then; nullopt where the
  // database cannot tell. (SQLite: PRAGMA data_version.)
  virtual std::optional<std::int64_t> change_token() { return std::nullopt; }

  // Adds what the database itself can tell about how a run would fare. Reads only.
  virtual void doctor(const DoctorRequest& /*about*/, DoctorReport* /*report*/) {}

  // Identity of the session for the journal ("pid 4711 since ..."), empty where there is none.
  virtual std::string backend() { return {}; }

  // The schema in which an unqualified table is made, as it was when the session was opened; empty
  // where names need no schema. The store qualifies its tables with it, so that a migration that
  // changes search_path cannot hide them.
  virtual std::string default_schema() { return {}; }

  // The schema of the table that this unqualified name means, where the name is looked up in
  // several; default_schema() when there is no such table yet.
  virtual std::string schema_of(std::string_view /*table*/) { return default_schema(); }

  // For each name, whether such a table exists.
  virtual std::vector<bool> tables_exist(const std::vector<TableName>& names) = 0;
};

class Driver {
 public:
  virtual ~Driver() = default;
  virtual const Dialect& dialect() const = 0;

  // Without secrets.
  virtual std::string display_name() const = 0;

  // Opens a session. Throws Error(connection, not_writable, usage, unsupported).
  virtual std::unique_ptr<Connection> connect(const SessionOptions& options) = 0;

  // False when the database certainly does not exist yet and connecting would create it.
  virtual bool exists() const { return true; }

  // May a lost session be opened again? (False for borrowed handles and memory databases.)
  virtual bool reconnectable() const { return false; }

  // Sleeps between two tries to reach the database again. (Simulations have a clock of their own.)
  virtual void pause(std::chrono::microseconds time) { std::this_thread::sleep_for(time); }

  // Adds what can be seen without connecting.
  virtual void doctor(DoctorReport* /*report*/) const {}

  // The path of the database's file; empty where there is none.
  virtual std::string file_path() const { return {}; }

  // Puts a backup that back_up() has made, or any other database file, in the place of the
  // database, in one atomic step. With `force` also where the database holds changes that would be
  // lost. Throws Error(unsupported) where there is no such thing.
  virtual void restore(const std::string& backup, bool force);

  // Makes databases beside this one, see scratch.h. Opens a session where the engine needs one for
  // that, and throws what connect() throws. nullptr: the engine cannot, or the handle is borrowed,
  // and what else it leads to is the application's. The maker does not need the driver any more.
  virtual std::unique_ptr<Scratches> scratches(const SessionOptions& /*options*/) {
    return nullptr;
  }

  // To make and drop the database itself, see administration.h. Opens a session beside it where the
  // engine needs one for that, and throws what connect() throws. nullptr: the handle is borrowed,
  // or the database is gone with its session.
  virtual std::unique_ptr<Administration> administration(const SessionOptions& /*options*/) {
    return nullptr;
  }
};

// Takes what SessionOptions::hidden holds out of an error's texts.
void hide_values(const SessionOptions& options, ErrorDetails* details);

// The error of `statement` at byte `offset` of its text, with place, source line and text filled
// in.
Error statement_error(const sql::Statement& statement, std::size_t offset, ErrorDetails details);

}  // namespace gander::driver
