// SPDX-License-Identifier: MIT
// The session: connecting, transactions and statements.
#include "src/driver/mysql/connection.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "src/base/in_words.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/doctor.h"
#include "src/driver/mysql/lent.h"
#include "src/driver/mysql/lexical.h"
#include "src/driver/mysql/refusal.h"
#include "src/driver/mysql/values.h"
#include "src/sql/words.h"

namespace gander::driver::mysql {
namespace {

using std::chrono::milliseconds;

// How long another session may take to come about.
constexpr std::chrono::seconds kOtherLimit{5};

// The offset of its first word: what stands before is comments.
std::size_t first_word(std::string_view sql) {
  const sql::Token first = sql::Scanner(kLexicalRules, sql).next();
  return first.kind == sql::Token::Kind::end ? 0 : first.offset;
}

// Where the server has seen the error: the line that it counts from the beginning of the text.
std::size_t offset_of_line(std::string_view sql, std::int64_t line) {
  std::size_t at = 0;
  for (; line > 1; --line) {
    const std::size_t end = sql.find('\n', at);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return std::min(sql.find_first_not_of(" \t\r", at), sql.size());
}

// Whole seconds, one at the least.
std::string seconds(milliseconds time) {
  constexpr std::int64_t kMost = 31'536'000;
  return std::to_string(std::clamp<std::int64_t>((time.count() + 999) / 1000, 1, kMost));
}

// Each by itself: the server looks for one name without reading the others.
std::string exists_sql(const TableName& name) {
  const Dialect& dialect = mysql::dialect();
  return "EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = " +
         (name.schema.empty() ? "DATABASE()" : dialect.literal(name.schema)) +
         " AND table_name = " + dialect.literal(name.table) + ")";
}

}  // namespace

bool may_run_code(std::string_view sql) {
  sql::Words words(kLexicalRules, sql);
  if (!words.peek().is_any({"create", "alter", "drop", "rename", "truncate", "grant", "revoke"})) {
    return true;
  }
  for (; !words.at_end(); words.take()) {
    if (words.peek().is_any(
            {"select", "values", "call", "execute", "release_lock", "release_all_locks"})) {
      return true;
    }
  }
  return false;
}

Server Server::of(std::string_view text) {
  Server server;
  server.text = text;
  server.mariadb = text.find("MariaDB") != std::string_view::npos;
  server.tidb = text.find("TiDB") != std::string_view::npos;
  // MariaDB says so to clients that know no major version above 5.
  constexpr std::string_view kReplication = "5.5.5-";
  if (server.mariadb && text.starts_with(kReplication)) text.remove_prefix(kReplication.size());
  const char* at = text.data();
  const char* end = at + text.size();
  for (int i = 0; i < 3; ++i) {
    int part = 0;
    at = std::from_chars(at, end, part).ptr;
    server.version = server.version * 100 + part;
    if (at != end && *at == '.') ++at;
  }
  return server;
}

Connection::Connection(const Settings& settings, const SessionOptions& options,
                       const RetryLimits& retry_limits)
    : settings_(&settings), options_(options) {
  wire_ = std::make_unique<Wire>(settings, hooks(), retry_limits);
  server_ = Server::of(client().mysql_get_server_info(wire_->handle()));
  begin_session();
}

Connection::Connection(MYSQL* handle, const SessionOptions& options) : options_(options) {
  wire_ = std::make_unique<Wire>(handle, hooks());
  if ((wire_->status() & SERVER_STATUS_IN_TRANS) != 0) {
    throw Error(ErrorCode::usage, "the borrowed MySQL connection is inside a transaction",
                "commit or roll back before migrating");
  }
  server_ = Server::of(client().mysql_get_server_info(handle));
  read_session();
  // enter() makes it the session's.
  if (!options_.schema.empty()) {
    default_schema_ = options_.schema;
    seen_at_ = -1;
  }
}

Connection::~Connection() { rollback(); }

WireHooks Connection::hooks() {
  WireHooks hooks;
  hooks.cancel = options_.cancel;
  if (options_.waiting) {
    hooks.connecting = [this](std::string_view why, milliseconds waited, milliseconds limit) {
      options_.waiting({why, waited, limit, WaitingFor::server});
    };
  }
  return hooks;
}

// A node of a Galera cluster lets everybody in, and refuses every statement while it has no part in
// the cluster.
void Connection::begin_session() {
  constexpr std::int64_t kNotReady = 1047;
  try {
    set_up();
    read_session();
  } catch (const Error& error) {
    if (error.details().native_code != kNotReady) throw;
    ErrorDetails details = error.details();
    details.code = ErrorCode::connection;
    details.message = "cannot use " + settings_->display + ": " + details.message;
    details.hint = "wait until the node has joined its cluster, or connect to another one";
    details.retryable = true;
    throw Error(std::move(details));
  }
}

// Of a session that is Gander's own: what goose's driver has, the variables of the URL, and that
// no lock is waited for longer than a run waits.
void Connection::set_up() {
  std::string list = "NAMES " + settings_->charset;
  if (!settings_->collation.empty()) list += " COLLATE " + settings_->collation;
  if (settings_->charset == "utf8mb4" && settings_->collation.empty()) {
    list += " COLLATE utf8mb4_general_ci";
  }
  const bool chosen = options_.lock_timeout.count() > 0;
  const std::string limit = seconds(chosen ? options_.lock_timeout : options_.wait);
  for (const std::string name : {"lock_wait_timeout", "innodb_lock_wait_timeout"}) {
    if (server_.tidb && name == "lock_wait_timeout") continue;
    list += ", " + name + " = " +
            (chosen ? limit : "CAST(LEAST(@@" + name + ", " + limit + ") AS SIGNED)");
  }
  // What is read is not to be cut by what an administrator has set for everybody.
  list += ", sql_select_limit = 18446744073709551615";
  for (const auto& [name, value] : settings_->variables) list += ", " + name + " = " + value;
  execute("SET " + list);
  session_settings_.open();
}

void Connection::read_session() {
  std::string sql = "SELECT DATABASE(), @@innodb_lock_wait_timeout, " +
                    std::string(server_.tidb ? "0" : "@@lock_wait_timeout");
  for (const TableName& name : options_.tables) sql += ", " + exists_sql(name);
  const Rows rows = query(sql);
  const std::vector<Value>& row = rows.rows.at(0);
  if (const auto* name = std::get_if<std::string>(&row.at(0))) default_schema_ = *name;
  const auto seconds_of = [&](std::size_t i) {
    const auto* number = std::get_if<std::int64_t>(&row.at(i));
    return std::chrono::seconds(number == nullptr ? 0 : *number);
  };
  row_lock_limit_ = seconds_of(1);
  lock_limit_ = table_lock_limit_ = std::max<milliseconds>(row_lock_limit_, seconds_of(2));
  for (std::size_t i = 3; i < row.size(); ++i) {
    seen_tables_.push_back(std::get<std::int64_t>(row[i]) != 0);
  }
  seen_at_ = wire_->statements();
  watch();
  backend_ = "session " + std::to_string(connection_id());
}

unsigned long Connection::connection_id() { return client().mysql_thread_id(wire_->handle()); }

// Who is in the way of a statement that takes long is looked for before it gives up.
void Connection::watch() {
  if (settings_ == nullptr) return;
  wire_->hooks().slow = [this](milliseconds waited) { watch_.look(waited); };
  wire_->hooks().slow_after = std::clamp(lock_limit_ / 4, milliseconds(250), milliseconds(1000));
}

std::unique_ptr<Connection> Connection::another(const CancelToken* cancel) const {
  if (settings_ == nullptr) return nullptr;
  SessionOptions options;
  options.cancel = cancel == nullptr ? options_.cancel : cancel;
  options.hidden = options_.hidden;
  options.wait = std::chrono::seconds(1);
  return std::make_unique<Connection>(*settings_, options, RetryLimits{.all = kOtherLimit});
}

// A number that SIGNAL can raise as well: a wait for a lock takes a second at the least, and a
// deadlock takes the transaction back whole.
bool Connection::is_raised(const Failure& failure) {
  constexpr milliseconds kLeastWait{900};
  if (wire_->lost()) return false;
  if (failure.number() == kLockTimeout) return wire_->taken() < kLeastWait;
  return failure.number() == kDeadlock && begun_ && in_transaction();
}

ErrorDetails Connection::explained(const Failure& failure) {
  ErrorDetails details = failure.details;
  hide_values(options_, &details);
  if (is_raised(failure)) {
    details.code = ErrorCode::sql;
    details.retryable = false;
    details.hint.clear();
    return details;
  }
  if (failure.number() == kInterrupted && wire_->cancelled()) {
    if (wire_->timed_out()) {
      details.message = "the statement ran longer than statement_timeout (" +
                        in_words(options_.statement_timeout) + ")";
      details.hint = "raise Options::statement_timeout";
    } else if (options_.cancel != nullptr && options_.cancel->stopped()) {
      const Error stopped = options_.cancel->error();
      details.code = stopped.code();
      details.message = stopped.details().message;
      details.hint = stopped.details().hint;
    }
  }
  if (failure.number() == kLockTimeout) {
    if (!watch_.blockers().empty()) {
      details.hint = "blocked by " + watch_.blockers() + ": end it, or run again when it has left";
    }
    details.message += ", after " + in_words(wire_->taken()) + " of waiting";
    constexpr milliseconds kLate{500};
    const bool of_table = wire_->taken() + kLate >= table_lock_limit_;
    lock_limit_ = of_table ? table_lock_limit_ : row_lock_limit_;
  }
  return details;
}

void Connection::fail(const Failure& failure) { throw Error(explained(failure)); }

Reply Connection::exchange(std::string_view sql, Wire::Rowset rowset) {
  Reply reply = wire_->exchange(sql, rowset);
  if (reply.failure) fail(*reply.failure);
  return reply;
}

void Connection::execute(std::string_view sql) { exchange(sql, Wire::Rowset::drop); }

std::int64_t Connection::change(std::string_view sql) {
  return exchange(sql, Wire::Rowset::drop).changed;
}

Rows Connection::query(std::string_view sql) {
  const Reply reply = exchange(sql, Wire::Rowset::keep);
  return reply.results.empty() ? Rows() : rows_of(reply.results.back().get());
}

void Connection::visit(std::string_view sql, const std::function<void(const Row&)>& each) {
  const Reply reply = wire_->visit(sql, [&](MYSQL_RES* result, MYSQL_ROW row) {
    each(ResultRow(result, row));
    return true;
  });
  if (reply.failure) fail(*reply.failure);
}

std::unique_ptr<gander::Connection> Connection::lend() { return std::make_unique<Lent>(*this); }

void* Connection::native_handle() noexcept {
  session_settings_.note_all();
  ++code_runs_;
  return wire_->handle();
}

void Connection::doctor(const DoctorRequest& about, DoctorReport* report) {
  doctor_server(*this, about, report);
}

void Connection::before_script() {
  session_settings_.act_as_migration();
  watch_.forget();
  wire_->hooks().statement_limit = options_.statement_timeout;
}

void Connection::after_script(std::string_view sql, bool succeeded) {
  wire_->hooks().statement_limit = milliseconds(0);  // not for records and commits
  session_settings_.note(sql);
  if (may_run_code(sql)) ++code_runs_;
  if (succeeded) transaction_end_.note(sql);
}

void Connection::run(const sql::Statement& statement) {
  if (statement.kind == sql::StatementKind::nothing) return;
  refused_transaction_ = false;
  before_script();
  const Reply reply = wire_->exchange(statement.text, Wire::Rowset::drop);
  after_script(statement.text, !reply.failure);
  if (!reply.failure) return;
  refused_transaction_ = refuses_transaction(reply.failure->number(), statement.text);
  const std::int64_t line = reply.failure->line;
  const std::size_t offset =
      line > 1 ? offset_of_line(statement.text, line) : first_word(statement.text);
  throw statement_error(statement, offset, explained(*reply.failure));
}

bool Connection::refused_transaction(const Error& error) const {
  return refused_transaction_ && error.details().statement > 0;
}

void Connection::begin() {
  if (in_transaction()) rollback();
  execute("START TRANSACTION READ WRITE");
  transaction_end_.note_begin();
  begun_ = true;
}

void Connection::commit() {
  // Whatever completion_type says.
  const Reply reply = wire_->exchange("COMMIT AND NO CHAIN NO RELEASE", Wire::Rowset::drop);
  if (reply.failure) {
    ErrorDetails details = explained(*reply.failure);
    if (!wire_->lost()) details.message = "at COMMIT: " + details.message;
    throw Error(std::move(details));
  }
  begun_ = false;
}

void Connection::rollback() noexcept {
  if (wire_ == nullptr || wire_->lost()) return;
  const bool open = (wire_->status() & SERVER_STATUS_IN_TRANS) != 0;
  if (!begun_ && !open && !wire_->status_is_stale()) return;
  begun_ = false;
  const Wire::Shield shield(*wire_);
  // Twice: a KILL QUERY that came late may hit the first.
  for (int i = 0; i < 2 && !wire_->lost(); ++i) {
    try {
      if (!wire_->exchange("ROLLBACK AND NO CHAIN NO RELEASE", Wire::Rowset::drop).failure) return;
    } catch (...) {
      // The end of the session rolls back what this could not.
    }
  }
}

bool Connection::in_transaction() {
  // The answer that was an error said nothing of it.
  if (wire_->status_is_stale() && !wire_->lost()) execute("DO 0");
  return (wire_->status() & SERVER_STATUS_IN_TRANS) != 0;
}

std::vector<bool> Connection::tables_exist(const std::vector<TableName>& names) {
  std::vector<bool> found;
  if (names.empty()) return found;
  const auto same = [&](std::size_t i) {
    const TableName& asked = names[i];
    return asked.table == options_.tables[i].table &&
           (asked.schema.empty() ? default_schema_ : asked.schema) ==
               (options_.tables[i].schema.empty() ? default_schema_ : options_.tables[i].schema);
  };
  bool seen = seen_at_ == wire_->statements() && names.size() == seen_tables_.size();
  for (std::size_t i = 0; seen && i < names.size(); ++i) seen = same(i);
  // Once: whoever asks again wants to know what has become of them meanwhile.
  seen_at_ = -1;
  if (seen) return seen_tables_;
  std::string sql;
  for (const TableName& name : names) sql += (sql.empty() ? "SELECT " : ", ") + exists_sql(name);
  const Rows rows = query(sql);
  for (const Value& value : rows.rows.at(0)) found.push_back(std::get<std::int64_t>(value) != 0);
  return found;
}

}  // namespace gander::driver::mysql
