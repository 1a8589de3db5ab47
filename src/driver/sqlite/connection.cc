// SPDX-License-Identifier: MIT
// The session: opening, waiting, transactions, running statements. Session settings of a
// migration and the foreign-key rules are in session_settings.cc.
#include "src/driver/sqlite/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

#include "src/base/backoff.h"
#include "src/base/process_life.h"
#include "src/driver/sqlite/authorizer.h"
#include "src/driver/sqlite/bare_statement.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/failure.h"
#include "src/driver/sqlite/lent.h"
#include "src/driver/sqlite/meter.h"
#include "src/driver/sqlite/parameter.h"
#include "src/driver/sqlite/place.h"
#include "src/driver/sqlite/process.h"
#include "src/driver/sqlite/statement_text.h"

namespace gander::driver::sqlite {
namespace {

constexpr int kOpcodesBetweenChecks = 4000;  // some tens of microseconds

int stop_when_cancelled(void* token) {
  return static_cast<const CancelToken*>(token)->stopped() ? 1 : 0;
}

bool is_busy(int result) {
  return (result & 0xff) == SQLITE_BUSY || result == SQLITE_LOCKED_SHAREDCACHE;
}

// Past white space and comments, so that an error without a position points at the statement.
std::size_t first_token(const char* text) {
  const char* at = text;
  for (;;) {
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r' || *at == '\f') ++at;
    if (at[0] == '-' && at[1] == '-') {
      while (*at != '\0' && *at != '\n') ++at;
    } else if (at[0] == '/' && at[1] == '*') {
      const char* end = std::strstr(at + 2, "*/");
      if (end == nullptr) break;
      at = end + 2;
    } else {
      break;
    }
  }
  return static_cast<std::size_t>(at - text);
}

bool touches_session(const char* token) {
  return sqlite3_strnicmp(token, "PRAGMA", 6) == 0 || sqlite3_strnicmp(token, "ATTACH", 6) == 0;
}

bool is_vacuum(const char* token) { return sqlite3_strnicmp(token, "VACUUM", 6) == 0; }

// Fails for the sake of a file that is not the database.
bool opens_a_file(const char* token) {
  return sqlite3_strnicmp(token, "ATTACH", 6) == 0 || is_vacuum(token);
}

Value column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, index));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, index);
    case SQLITE_NULL:
      return std::monostate{};
    default: {
      const void* bytes = sqlite3_column_blob(statement, index);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
      return std::string(static_cast<const char*>(bytes), bytes == nullptr ? 0 : size);
    }
  }
}

class StepRow final : public Row {
 public:
  explicit StepRow(sqlite3_stmt* statement) : statement_(statement) {}

  // SQLite keeps a text in a column of numbers, and would read it as 0: another version.
  std::int64_t integer(int column) const override {
    const int type = sqlite3_column_type(statement_, column);
    if (type == SQLITE_INTEGER || type == SQLITE_NULL) {
      return sqlite3_column_int64(statement_, column);
    }
    throw Error(ErrorCode::sql,
                "a row cannot be understood: its column " +
                    std::string(sqlite3_column_name(statement_, column)) +
                    " does not hold a whole number",
                "a row of the version table or of the history was damaged: repair it by hand");
  }

  std::string_view text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return text == nullptr ? std::string_view() : std::string_view(text, size);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

void StatementDeleter::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Connection::Connection(const Settings& settings, const SessionOptions& options)
    : owned_(true),
      foreign_keys_on_(settings.foreign_keys),
      options_(options),
      path_(settings.path),
      restricted_(settings.restricted || options.restricted) {
  refuse_second_sqlite(path_);
  open_handle(settings);
  try {
    apply_settings(settings);
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

void Connection::open_handle(const Settings& settings) {
  // Only the thread of the run uses the handle, and cancel() does not touch it.
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  flags |= settings.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (!settings.must_exist) flags |= SQLITE_OPEN_CREATE;
  int result = sqlite3_open_v2(settings.filename.c_str(), &handle_, flags, nullptr);
  if (result == SQLITE_OK && is_at_rest(path_) && needs_shared_memory(handle_)) {
    // In WAL mode SQLite would have to write where nobody can.
    sqlite3_close(handle_);
    const char* sign = settings.filename.find('?') == std::string::npos ? "?" : "&";
    result = sqlite3_open_v2((settings.filename + sign + "immutable=1").c_str(), &handle_, flags,
                             nullptr);
  }
  if (result == SQLITE_OK) {
    sqlite3_extended_result_codes(handle_, 1);
    return;
  }
  ErrorDetails details = last_error();
  details.code = ErrorCode::connection;
  if (!explain_unopened_file(path_, settings.must_exist, &details)) {
    details.message = "cannot open the database " + (path_.empty() ? settings.filename : path_) +
                      ": " + details.message;
    details.hint = "check that the directory exists and that this user may read and write the file";
  }
  sqlite3_close(handle_);
  throw Error(std::move(details));
}

Connection::Connection(sqlite3* handle, const SessionOptions& options)
    : handle_(handle), owned_(false), foreign_keys_on_(false), options_(options) {
  refuse_foreign_handle(handle);
  if (options.restricted) {
    throw Error(
        ErrorCode::unsupported,
        "a borrowed SQLite handle cannot be restricted: its authorizer is the application's",
        "open the database by its URL, or install an authorizer of your own");
  }
  const char* path = sqlite3_db_filename(handle, "main");
  if (path != nullptr) path_ = path;
  refuse_open_transaction();
}

void refuse_foreign_options(const SessionOptions& options) {
  const char* name = options.lock_timeout.count() > 0        ? "lock timeout"
                     : options.statement_timeout.count() > 0 ? "statement timeout"
                     : !options.role.empty()                 ? "role"
                     : !options.schema.empty()               ? "schema"
                                                             : nullptr;
  if (name == nullptr) return;
  throw Error(ErrorCode::unsupported, std::string("SQLite has no ") + name,
              "leave it out; Options::wait limits the wait for other writers, Options::timeout the "
              "whole run");
}

Connection::~Connection() {
  rollback();
  data_version_.reset();
  if (owned_) sqlite3_close(handle_);
}

void Connection::apply_settings(const Settings& settings) {
  if (options_.cancel != nullptr) {
    sqlite3_progress_handler(handle_, kOpcodesBetweenChecks, stop_when_cancelled,
                             const_cast<CancelToken*>(options_.cancel));
  }
  for (const auto& [name, value] : settings.pragmas) {
    execute("PRAGMA " + name + " = " + value);
    if (name == "cache_size") cache_chosen_ = true;
  }
  // What a URL says of a new database is not asked of an old one.
  asked_of_file_.clear();
  warnings_.clear();
  for (const auto& [name, value] : settings.pragmas) {
    if (name == "journal_mode") note_journal_mode(value);
  }
  if (settings.foreign_keys) execute("PRAGMA foreign_keys = ON");
  if (restricted_) {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  }
  if (restricted_) install_authorizer(handle_, &restricting_);
}

ErrorDetails Connection::last_error() const {
  ErrorDetails details = failure_of(handle_, {path_, sqlite3_get_autocommit(handle_) == 0});
  if (details.code == ErrorCode::interrupted && options_.cancel != nullptr) {
    const Error stopped = options_.cancel->error();
    details.message = stopped.details().message;
    details.hint = stopped.details().hint;
  }
  hide_values(options_, &details);
  return details;
}

int Connection::patiently(const std::function<int()>& step) {
  const int result = step();
  return is_busy(result) ? wait_and_repeat(step, result) : result;
}

int Connection::wait_and_repeat(const std::function<int()>& step, int result) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kBetweenReports{500};
  const Clock::time_point start = Clock::now();
  Clock::time_point next_report = start + kBetweenReports;
  Backoff backoff(std::chrono::microseconds(500), std::chrono::milliseconds(25));
  for (; is_busy(result); result = step()) {
    const Clock::time_point now = Clock::now();
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - start);
    if (waited >= options_.wait) return result;
    if (options_.cancel != nullptr) options_.cancel->throw_if_stopped();
    if (options_.waiting && now >= next_report) {
      const Obstacle obstacle = in_the_way({path_, sqlite3_get_autocommit(handle_) == 0});
      options_.waiting({obstacle.holder, waited, options_.wait, obstacle.what});
      next_report = now + kBetweenReports;
    }
    std::this_thread::sleep_for(backoff.next());
  }
  return result;
}

StatementHandle Connection::prepare(const char* sql, const char** tail) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      patiently([&] { return sqlite3_prepare_v2(handle_, sql, -1, &statement, tail); });
  if (result != SQLITE_OK) throw Error(last_error());
  return StatementHandle(statement);
}

void Connection::step_to_end(sqlite3_stmt* prepared) {
  // Only a statement that is its own transaction may be repeated; inside one, the others wait for
  // us.
  const bool repeatable = sqlite3_get_autocommit(handle_) != 0;
  bool stepped = false;
  auto step = [&] {
    if (stepped) sqlite3_reset(prepared);
    stepped = true;
    int result = sqlite3_step(prepared);
    while (result == SQLITE_ROW) result = sqlite3_step(prepared);
    return result;
  };
  const int result = repeatable ? patiently(step) : step();
  if (result != SQLITE_DONE) throw Error(last_error());
}

// `sql` is the text of `prepared`; `offset` is set to where in it an error of ours is.
void Connection::run_one(sqlite3_stmt* prepared, const char* sql, const sql::Statement* statement,
                         int* offset, const Stepper& stepper) {
  if (touches_session(sql + first_token(sql))) session_touched_ = true;
  const std::string_view text = sqlite3_sql(prepared);
  std::optional<VanishingTable> vanishing = vanishing_table(text);
  // Looked for only where there is something to allow: a unit may hold many thousand statements.
  if (vanishing && statement != nullptr &&
      statement->text.find("gander:allow-child-changes") != std::string_view::npos) {
    vanishing.reset();  // the author knows
  }
  if (vanishing && vanishing->dropped) refuse_silent_child_changes(vanishing->name);
  if (!stepper && sqlite3_bind_parameter_count(prepared) > 0) {
    *offset = static_cast<int>(parameter_offset(sql));
    throw Error(missing_value(prepared));
  }
  const bool within = in_transaction();
  const int changed = sqlite3_total_changes(handle_);
  if (is_vacuum(sql + first_token(sql))) {
    vacuum(prepared);
  } else if (stepper) {
    stepper(prepared);
  } else {
    step_to_end(prepared);
  }
  // What a statement of another kind answers is that of the one before it.
  if (sqlite3_total_changes(handle_) != changed) changed_ += sqlite3_changes(handle_);
  // What ends a transaction counts as read-only
  // (https://sqlite.org/c3ref/stmt_readonly.html).
  const bool writes = within || sqlite3_stmt_readonly(prepared) == 0;
  if (writes && !in_transaction()) kept_ = true;
  if (vanishing) vanished_.push_back(vanishing->name);
  if (const std::optional<PragmaText> pragma = pragma_of(text); pragma && pragma->sets) {
    const std::size_t start =
        statement == nullptr ? 0 : static_cast<std::size_t>(sql - scratch_.c_str());
    note_effect(*pragma, within,
                statement == nullptr ? 0 : statement->place(start + first_token(sql)).line);
  }
}

void Connection::run_text(const char* text, const sql::Statement* statement) {
  const char* at = text;
  while (*at != '\0') {
    const char* tail = nullptr;
    int offset = -1;  // of the error in this one statement, where it is known
    try {
      const StatementHandle prepared = prepare(at, &tail);
      if (prepared != nullptr) run_one(prepared.get(), at, statement, &offset);
    } catch (const Error& error) {
      if (statement == nullptr) throw;
#if SQLITE_VERSION_NUMBER >= 3038000
      if (offset < 0 && error.code() == ErrorCode::sql) offset = sqlite3_error_offset(handle_);
#endif
      const std::size_t start = static_cast<std::size_t>(at - text);
      ErrorDetails details = error.details();
      // What SQLite could not open may be the file that the statement names.
      if (details.code == ErrorCode::connection && opens_a_file(at + first_token(at))) {
        details.code = ErrorCode::sql;
        details.hint = "check the path of the file that the statement names";
      }
      hide_values(options_, &details);
      throw statement_error(
          *statement, start + (offset >= 0 ? static_cast<std::size_t>(offset) : first_token(at)),
          std::move(details));
    }
    at = tail;
  }
}

driver::Meter* Connection::meter() {
  if (meter_ == nullptr) meter_ = std::make_unique<Meter>(*this, handle_, path_);
  return meter_.get();
}

void Connection::run(const sql::Statement& statement) {
  if (meter_ == nullptr || !meter_->measures()) return run_now(statement);
  meter_->measure(statement, [&] { run_now(statement); });
}

void Connection::run_now(const sql::Statement& statement) {
  kept_ = false;
  run_failed_ = true;
  ran_in_transaction_ = ran_in_transaction_ || in_transaction();
  // One copy, ended by NUL: given a length instead, sqlite3_prepare_v2 copies the whole rest of the
  // text for each of its statements.
  scratch_.assign(statement.text);
  if (scratch_.find('\0') != std::string::npos) {
    ErrorDetails details;
    details.code = ErrorCode::invalid_migration;
    details.message = "the statement holds a NUL byte, which SQLite takes for the end of the text";
    details.hint = "remove it, or write x'00' or char(0)";
    throw statement_error(statement, scratch_.find('\0'), std::move(details));
  }
  // Everything but the script's own statements is ours, or the application's.
  restricting_ = restricted_;
  try {
    run_text(scratch_.c_str(), &statement);
  } catch (...) {
    restricting_ = false;
    throw;
  }
  restricting_ = false;
  run_failed_ = false;
}

std::string Connection::before_image(const sql::Statement& statement) {
  return repeatable(statement.text) ? std::string() : this_process();
}

void Connection::release_lock(std::string_view /*key*/, const LockHolder& holder) {
  throw Error(ErrorCode::unsupported,
              "the lock belongs to " + holder.description() + ", and nobody else can release it",
              "end that program, or wait for it");
}

Outcome Connection::judge(const sql::Statement& statement, const std::string& before_image) {
  // An error of SQLite takes back the statement that it is about, and leaves those before it.
  if (run_failed_) return kept_ ? Outcome::unknown : Outcome::did_not_happen;
  if (repeatable(statement.text)) return Outcome::did_not_happen;
  // Another run may be in the middle of it: what it writes next says how it ended, and the caller
  // finds its journal moved on.
  if (before_image != this_process()) wait_for_process(before_image);
  return Outcome::unknown;
}

void Connection::wait_for_process(const std::string& process) {
  using Clock = std::chrono::steady_clock;
  const std::optional<std::int64_t> before = change_token();
  const Clock::time_point start = Clock::now();
  Backoff backoff(std::chrono::milliseconds(1), std::chrono::milliseconds(100));
  while (is_alive(process) && change_token() == before) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    if (waited >= options_.wait) {
      ErrorDetails details;
      details.code = ErrorCode::locked;
      details.retryable = true;
      details.message = "another run is in the middle of this statement";
      details.hint = "wait for it, or raise the limit with Options::wait";
      throw Error(std::move(details));
    }
    if (options_.cancel != nullptr) options_.cancel->throw_if_stopped();
    std::this_thread::sleep_for(backoff.next());
  }
}

std::unique_ptr<gander::Connection> Connection::lend() { return std::make_unique<Lent>(*this); }

void Connection::execute(std::string_view sql) {
  const std::string text(sql);
  run_text(text.c_str(), nullptr);
}

std::int64_t Connection::change(std::string_view sql) {
  execute(sql);
  return sqlite3_changes(handle_);
}

Rows Connection::query(std::string_view sql) {
  const std::string text(sql);
  const StatementHandle prepared = prepare(text.c_str(), nullptr);
  Rows rows;
  if (prepared == nullptr) return rows;
  sqlite3_stmt* statement = prepared.get();
  const int width = sqlite3_column_count(statement);
  for (int i = 0; i < width; ++i) rows.columns.emplace_back(sqlite3_column_name(statement, i));
  bool stepped = false;
  const int result = patiently([&] {
    if (stepped) sqlite3_reset(statement), rows.rows.clear();
    stepped = true;
    int step = sqlite3_step(statement);
    for (; step == SQLITE_ROW; step = sqlite3_step(statement)) {
      std::vector<Value>& row = rows.rows.emplace_back();
      row.reserve(static_cast<std::size_t>(width));
      for (int i = 0; i < width; ++i) row.push_back(column(statement, i));
    }
    return step;
  });
  if (result != SQLITE_DONE) throw Error(last_error());
  return rows;
}

// A transaction that is open before ours belongs to the application, and stays as it is.
void Connection::refuse_open_transaction() {
  transaction_is_ours_ = sqlite3_get_autocommit(handle_) != 0;
  if (transaction_is_ours_) return;
  throw Error(ErrorCode::usage, "the borrowed SQLite handle is inside a transaction",
              "commit or roll back before migrating");
}

void Connection::visit(std::string_view sql, const std::function<void(const Row&)>& each) {
  const std::string text(sql);
  const StatementHandle prepared = prepare(text.c_str(), nullptr);
  sqlite3_stmt* statement = prepared.get();
  // Once there is a row the lock is held, and SQLite does not answer BUSY any more.
  int result = patiently([&] {
    sqlite3_reset(statement);
    return sqlite3_step(statement);
  });
  const StepRow row(statement);
  for (; result == SQLITE_ROW; result = sqlite3_step(statement)) each(row);
  if (result != SQLITE_DONE) throw Error(last_error());
}

void Connection::begin() {
  refuse_open_transaction();
  // IMMEDIATE takes the write lock now. A deferred transaction that reads first and writes later
  // fails with SQLITE_BUSY_SNAPSHOT when somebody else wrote in between, and waiting does not help
  // (https://sqlite.org/isolation.html).
  execute("BEGIN IMMEDIATE");
  ran_in_transaction_ = false;
  // Every COMMIT ends the deferral, and between the script's PRAGMA and its BEGIN may be one of
  // ours.
  if (defer_wanted_) set_pragma("defer_foreign_keys", 1);
}

// In rollback-journal mode COMMIT needs the readers gone, and may be tried again until they are
// (https://sqlite.org/lang_transaction.html).
void Connection::commit() {
  if (meter_ != nullptr) meter_->before_commit();
  const StatementHandle prepared = prepare("COMMIT", nullptr);
  const int result = patiently([&] {
    sqlite3_reset(prepared.get());
    return sqlite3_step(prepared.get());
  });
  if (result != SQLITE_DONE) throw Error(last_error());
  if (meter_ != nullptr) meter_->transaction_ended();
  if (ran_in_transaction_) defer_wanted_ = false;
}

void Connection::rollback() noexcept {
  if (!transaction_is_ours_ || sqlite3_get_autocommit(handle_) != 0) return;
  if (owned_) sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  if (owned_ && options_.cancel != nullptr) {
    sqlite3_progress_handler(handle_, kOpcodesBetweenChecks, stop_when_cancelled,
                             const_cast<CancelToken*>(options_.cancel));
  }
}

bool Connection::in_transaction() { return sqlite3_get_autocommit(handle_) == 0; }

bool Connection::is_full(const Error& error) const {
  return error.code() == ErrorCode::storage && (error.details().native_code & 0xff) == SQLITE_FULL;
}

bool Connection::refused_transaction(const Error& error) const {
  // SQLite's own words, whole: a trigger can RAISE them (with another code), and names be like
  // them.
  constexpr std::array<std::string_view, 5> kRefusals = {
      "cannot VACUUM from within a transaction",
      "Safety level may not be changed inside a transaction",
      "temporary storage cannot be changed from within a transaction",
      "cannot change into wal mode from within a transaction",
      "cannot change out of wal mode from within a transaction"};
  return error.details().native_code == SQLITE_ERROR &&
         std::find(kRefusals.begin(), kRefusals.end(), error.details().message) != kRefusals.end();
}

std::optional<std::int64_t> Connection::change_token() {
  if (data_version_ == nullptr) data_version_ = prepare("PRAGMA data_version", nullptr);
  sqlite3_stmt* statement = data_version_.get();
  const int result = patiently([&] {
    sqlite3_reset(statement);
    return sqlite3_step(statement);
  });
  if (result != SQLITE_ROW) throw Error(last_error());
  const std::int64_t token = sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return token;
}

// sqlite3_table_column_metadata() trusts the schema that this handle has parsed, though another
// connection may have changed it since; stepping a statement is what makes SQLite compare.
void Connection::refresh_schema(const std::string& schema) {
  // The schema `temp` does not exist until something is in it.
  const bool named = !schema.empty() && sqlite3_stricmp(schema.c_str(), "temp") != 0;
  if (named && sqlite3_db_readonly(handle_, schema.c_str()) < 0) {
    ErrorDetails details;
    details.code = ErrorCode::sql;
    details.native_code = SQLITE_ERROR;
    details.message = "unknown database " + schema;
    details.hint = "a schema of SQLite is main, temp or the name of an attached database";
    throw Error(std::move(details));
  }
  query("SELECT 1 FROM " + (schema.empty() ? "" : dialect().quote(schema) + ".") +
        "sqlite_master LIMIT 1");
}

std::vector<bool> Connection::tables_exist(const std::vector<TableName>& names) {
  std::vector<bool> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const TableName& name = names[i];
    if (i == 0 || name.schema != names[i - 1].schema) refresh_schema(name.schema);
    // A look into the parsed schema, without a scan of sqlite_master.
    const int result = patiently([&] {
      return sqlite3_table_column_metadata(
          handle_, name.schema.empty() ? nullptr : name.schema.c_str(), name.table.c_str(), nullptr,
          nullptr, nullptr, nullptr, nullptr, nullptr);
    });
    if (result != SQLITE_OK && result != SQLITE_ERROR) throw Error(last_error());
    found.push_back(result == SQLITE_OK);
  }
  return found;
}

}  // namespace gander::driver::sqlite
