// SPDX-License-Identifier: MIT
// Settings of the session: made when it opens, restored between migrations, and on a borrowed
// connection given back as they were found.
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

// A server that cannot watch its client's socket refuses the setting; only its platform tells.
constexpr std::string_view kCheckInterval = "client_connection_check_interval";
constexpr int kHasCheckInterval = 140000;

std::string set_config(std::string_view name, std::string_view value, const std::string& local) {
  return "pg_catalog.set_config(" + dialect().literal(name) + ", " + dialect().literal(value) +
         ", " + local + ")";
}

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

std::int64_t integer(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

// A setting as the server shows it: 0, 250ms, 30s, 5min, 2h, 1d.
std::chrono::milliseconds duration_of(std::string_view setting) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(setting.data(), setting.data() + setting.size(), number);
  if (error != std::errc()) return std::chrono::milliseconds(0);
  const std::string_view unit = setting.substr(static_cast<std::size_t>(end - setting.data()));
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "min") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  if (unit == "d") return std::chrono::hours(24) * number;
  return std::chrono::milliseconds(number);
}

}  // namespace

// Options come after the URL: the later one wins.
void Connection::want_settings() {
  if (settings_ != nullptr) wanted_ = settings_->session;
  const auto milliseconds = [](std::chrono::milliseconds time) {
    return std::to_string(time.count()) + "ms";
  };
  if (options_.lock_timeout.count() > 0) {
    const bool longer = options_.wait.count() > 0 && options_.wait < options_.lock_timeout;
    wanted_.emplace_back("lock_timeout",
                         milliseconds(longer ? options_.wait : options_.lock_timeout));
  }
  if (options_.statement_timeout.count() > 0) {
    wanted_.emplace_back("statement_timeout", milliseconds(options_.statement_timeout));
  }
  if (!options_.schema.empty()) {
    wanted_.emplace_back("search_path", one_schema(options_.schema));
  }
  if (!options_.role.empty()) wanted_.emplace_back("role", options_.role);
}

// Of all tries together. Zero would be no limit.
std::chrono::milliseconds Connection::longest_lock_wait() const {
  constexpr std::chrono::milliseconds kMost{std::numeric_limits<std::int32_t>::max()};
  return std::clamp(options_.wait, std::chrono::milliseconds(1), kMost);
}

std::chrono::milliseconds Connection::lock_limit() const { return duration_of(lock_timeout_); }

// After lock_timeout_ was read: what the URL, the role or the server says is no longer than the
// wait.
void Connection::limit_lock_wait() {
  // Without waiting at all, what was chosen counts for the one try that there is.
  if (options_.lock_timeout.count() > 0 || options_.wait.count() == 0) return;
  if (lock_limit() <= longest_lock_wait()) return;
  wanted_.emplace_back("lock_timeout", std::to_string(longest_lock_wait().count()) + "ms");
  if (pooled_ || settings_ == nullptr) return;  // at_begin_ and enter() make it
  lock_timeout_ =
      query_text("SELECT " + set_config("lock_timeout", wanted_.back().second, "false"));
}

// `local`: an SQL expression, whether the settings end with the transaction.
std::string Connection::session_sql(const std::string& local) const {
  std::string sql = "SELECT " + set_config("standard_conforming_strings", "on", local);
  if (libpq().PQserverVersion(wire_->handle()) >= kHasCheckInterval) {
    // Ends an abandoned statement, and frees the run lock, within this time.
    sql += ", CASE WHEN pg_catalog.current_setting('" + std::string(kCheckInterval) +
           "') = '0' THEN " + set_config(kCheckInterval, "10s", local) + " END";
  }
  for (const auto& [name, value] : wanted_) sql += ", " + set_config(name, value, local);
  // A server that waits for ever is limited; see limit_lock_wait() for one that waits too long.
  return sql + ", CASE WHEN pg_catalog.current_setting('lock_timeout') = '0' THEN " +
         set_config("lock_timeout", std::to_string(longest_lock_wait().count()) + "ms", local) +
         " END";
}

// More columns for read_session(): for each of SessionOptions::tables something, or NULL if it is
// not there. Unqualified names mean what they mean where there is one schema to look in.
std::string Connection::tables_sql() const {
  std::string sql;
  for (const TableName& name : options_.tables) {
    const std::string schema = name.schema.empty() ? "" : dialect().quote(name.schema) + ".";
    sql +=
        ", pg_catalog.to_regclass(" + dialect().literal(schema + dialect().quote(name.table)) + ")";
  }
  return sql;
}

// One message: the settings, and what there is to know about the session. In a new session each
// function and operator that a statement names is a search in the catalogue: what can be said of
// the raw values is left to this side.
void Connection::read_session() {
  Batch batch;
  // Behind a pooler a setting of the session would stay with whoever gets the server next. A pooler
  // makes the number up that it gives to its clients. In session mode that is all there is to it,
  // but only its operator knows the mode.
  const bool kept = settings_ != nullptr && settings_->pooler_keeps_sessions;
  const std::string pid = std::to_string(libpq().PQbackendPID(wire_->handle()));
  if (settings_ != nullptr) {
    batch.add(session_sql(kept ? "false" : "pg_catalog.pg_backend_pid() <> " + pid));
  }
  batch.add(
      "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(), pg_catalog.now(), "
      "pg_catalog.current_setting('lock_timeout'), pg_catalog.current_schema(), "
      "pg_catalog.current_schemas(false)" +
      tables_sql());
  Rows rows;
  try {
    rows = ask(batch);
  } catch (const Error& error) {
    const std::string& state = error.details().sqlstate;
    const bool setting = settings_ != nullptr && (state == "42704" || state == "22023" ||
                                                  state == "42501" || state == "55P02");
    if (!setting) throw;
    ErrorDetails details = error.details();
    details.code = ErrorCode::usage;
    details.message = "the server refuses a setting of the session: " + details.message;
    details.hint = "check the database URL and Options::role, Options::schema and the timeouts";
    throw Error(std::move(details));
  }
  const std::vector<Value>& row = rows.rows.at(0);
  const std::string server_pid = std::to_string(integer(row[0]));
  pooled_ = !kept && server_pid != pid;
  standby_ = integer(row[1]) != 0;
  backend_ = "pid " + server_pid + " since " + text(row[2]);
  lock_timeout_ = text(row[3]);
  default_schema_ = text(row[4]);
  several_schemas_ = text(row[5]).find(',') != std::string::npos;  // {a,b}
  if (!options_.tables.empty()) {
    const std::string& named = options_.tables[0].schema;
    seen_schema_ = named.empty() ? default_schema_ : named;
    // Where there are several to look in, schema_of() finds the one that counts.
    if (!several_schemas_ || !named.empty()) see_tables(row, 6);
  }
  if (settings_ == nullptr && !options_.schema.empty()) {
    // Of a borrowed connection search_path is set by enter() alone.
    default_schema_ = options_.schema;
    several_schemas_ = false;
    seen_at_ = -1;
  }
  session_touched_ = false;
  limit_lock_wait();
  if (pooled_) at_begin_ = session_sql("true");
  if (pooled_ || settings_ == nullptr) return;
  const std::chrono::milliseconds limit = duration_of(lock_timeout_);
  watch_ = std::make_unique<BlockerWatch>(*settings_, options_, server_pid, limit);
  wire_->hooks().slow = [this](std::chrono::milliseconds waited) { watch_->look(waited); };
  // A statement that gives up after `limit` must be looked at before that, where there is time to.
  constexpr std::chrono::milliseconds kLeast{40};
  if (limit >= kLeast) {
    wire_->hooks().slow_after =
        std::clamp(limit / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
  }
}

std::string Connection::schema_of(std::string_view table) {
  if (!several_schemas_) return default_schema_;
  const bool first = !options_.tables.empty() && options_.tables[0].schema.empty() &&
                     options_.tables[0].table == table;
  // The other tables are looked for in the schema of the first.
  std::string sql = "SELECT seen.schema";
  for (std::size_t i = 0; first && i < options_.tables.size(); ++i) {
    sql += ", pg_catalog.to_regclass(pg_catalog.quote_ident(seen.schema) || " +
           dialect().literal("." + dialect().quote(options_.tables[i].table)) + ")";
  }
  sql +=
      " FROM (SELECT n.nspname::text AS schema FROM pg_catalog.pg_class AS c JOIN "
      "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = "
      "pg_catalog.to_regclass(" +
      dialect().literal(dialect().quote(table)) + ")) AS seen";
  Batch batch;
  // One message is one transaction: the settings that a pooler cannot keep hold as long as that.
  if (!at_begin_.empty()) batch.add(at_begin_);
  batch.add(sql);
  const Rows rows = ask(batch);
  if (rows.rows.empty()) return default_schema_;
  const std::vector<Value>& row = rows.rows[0];
  if (first) {
    seen_schema_ = text(row[0]);
    see_tables(row, 1);
  }
  return text(row[0]);
}

// The columns of `row` from `from` on are those of SessionOptions::tables.
void Connection::see_tables(const std::vector<Value>& row, std::size_t from) {
  seen_tables_.clear();
  for (std::size_t i = from; i < row.size(); ++i) {
    seen_tables_.push_back(!std::holds_alternative<std::monostate>(row[i]));
  }
  seen_at_ = wire_->messages();
}

// Undoes what SET, temporary tables, cursors and the like have left. Not DISCARD ALL: that would
// give the run lock away as well.
std::string Connection::reset_sql() const {
  if (settings_ == nullptr) {
    return "RESET ALL;" + saved_settings_ + (entered_ ? ";" + entry_sql() : "");
  }
  const std::string reset =
      "CLOSE ALL;RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;DEALLOCATE ALL;UNLISTEN *;"
      "DISCARD TEMP";
  return pooled_ ? reset : reset + ";" + session_sql("false");
}

void Connection::reset_session() {
  if (!session_touched_) return;
  if (!pooled_) execute(reset_sql());
  session_touched_ = role_touched_ = encoding_touched_ = zone_touched_ = false;
  asked_ = Asked::made;
  prepared_.forget();
}

Connection::Unhurried::Unhurried(Connection& connection) : connection_(connection) {
  if (connection.pooled_ || connection.lock_timeout_ == "0") return;
  // Only our own limit: one that the migration has set is the author's business.
  changed_ = !connection
                  .query_text(
                      "SELECT pg_catalog.set_config('lock_timeout', '0', false) WHERE "
                      "pg_catalog.current_setting('lock_timeout') = " +
                      dialect().literal(connection.lock_timeout_))
                  .empty();
}

Connection::Unhurried::~Unhurried() {
  if (!changed_ || connection_.wire_->lost()) return;
  const Wire::Shield shield(*connection_.wire_);
  try {
    connection_.query("SELECT " + set_config("lock_timeout", connection_.lock_timeout_, "false"));
  } catch (const std::exception&) {
    // A session that cannot answer this is about to end.
  }
}

void Connection::act_as_itself() {
  if (acts_as_itself_ || !begun_) return;
  acts_as_itself_ = true;
  for (const std::string& sql : identity_sql()) queue(sql, 1, Batch::Part::own);
}

// Statements that give the session back who it is and where, to the end of the transaction. None if
// it still is.
std::vector<std::string> Connection::identity_sql() const {
  std::vector<std::string> all;
  if (role_touched_) {
    std::string role = settings_ == nullptr ? saved_role_ : options_.role;
    for (const auto& [name, value] : wanted_) {
      if (name == "role") role = value;
    }
    all.emplace_back("SET LOCAL SESSION AUTHORIZATION DEFAULT");
    all.push_back(role.empty() ? "SET LOCAL role TO DEFAULT"
                               : "SELECT " + set_config("role", role, "true"));
  }
  if (encoding_touched_) all.emplace_back("SET LOCAL client_encoding TO 'UTF8'");
  if (zone_touched_) {
    std::string zone = settings_ == nullptr ? saved_zone_ : "";
    for (const auto& [name, value] : wanted_) {
      if (::strcasecmp(name.c_str(), "timezone") == 0) zone = value;
    }
    all.push_back(zone.empty() ? "SET LOCAL TimeZone TO DEFAULT"
                               : "SELECT " + set_config("TimeZone", zone, "true"));
  }
  return all;
}

Connection::AsItself::AsItself(Connection& connection) {
  if (connection.begun_ || connection.identity_sql().empty()) return;
  transaction_.emplace(connection);
  connection.act_as_itself();
}

std::string Connection::storable(const std::string& text) const {
  const char* encoding = libpq().PQparameterStatus(wire_->handle(), "server_encoding");
  const std::string_view name = encoding == nullptr ? "UTF8" : encoding;
  if (name == "UTF8" || name == "SQL_ASCII") return text;
  std::string plain = text;
  for (char& c : plain) {
    if (static_cast<signed char>(c) < 0) c = '?';
  }
  return plain;
}

// What a borrowed connection is set to while migrations run.
std::string Connection::entry_sql() const {
  return session_sql("false") + ", " + set_config("client_encoding", "UTF8", "false");
}

void Connection::enter() {
  if (settings_ != nullptr || pooled_ || entered_) return;
  save_settings();
  entered_ = true;
  execute(entry_sql());
  lock_timeout_ = query_text("SELECT pg_catalog.current_setting('lock_timeout')");
  session_touched_ = false;
}

void Connection::leave() noexcept {
  try {
    const Wire::Shield shield(*wire_);
    if (entered_) session_touched_ = true;
    entered_ = false;
    if (!wire_->lost()) forget_lent();
    if (!wire_->lost()) reset_session();
  } catch (const std::exception&) {
    // The operation's own result matters more; a session that cannot RESET is about to end.
  }
  entered_ = false;
}

// What function migrations have prepared, as far as they have not thrown it away themselves.
void Connection::forget_lent() {
  if (lent_statements_ == 0) return;
  lent_statements_ = 0;
  const std::string all = query_text(
      "SELECT pg_catalog.string_agg('DEALLOCATE ' || name, '; ') FROM "
      "pg_catalog.pg_prepared_statements WHERE name LIKE '" +
      std::string(kLentPrefix) + "%'");
  if (!all.empty()) execute(all);
}

void Connection::save_settings() {
  const Rows rows = query(
      "SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session' UNION ALL SELECT "
      "'role', pg_catalog.current_setting('role')");
  saved_settings_.clear();
  saved_zone_.clear();
  saved_role_ = text(rows.rows.back()[1]);
  for (const auto& row : rows.rows) {
    if (text(row[0]) == "TimeZone") saved_zone_ = text(row[1]);
    saved_settings_ += saved_settings_.empty() ? "SELECT " : ", ";
    saved_settings_ += set_config(text(row[0]), text(row[1]), "false");
  }
}

}  // namespace gander::driver::postgres
