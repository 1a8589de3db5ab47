// SPDX-License-Identifier: MIT
// The session: connecting, requests and statements.
#include "src/driver/clickhouse/connection.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "src/base/host.h"
#include "src/base/in_words.h"
#include "src/driver/clickhouse/dialect.h"
#include "src/driver/clickhouse/doctor.h"
#include "src/driver/clickhouse/lent.h"
#include "src/driver/clickhouse/lexical.h"
#include "src/driver/clickhouse/objects.h"
#include "src/sql/words.h"

namespace gander::driver::clickhouse {
namespace {

using std::chrono::milliseconds;

// How long a run that was told to stop waits for the end of a statement that it has cancelled, and
// for an answer to a request of its own.
constexpr std::chrono::seconds kStopLimit{5};
constexpr std::chrono::seconds kCancelLimit{30};

constexpr std::string_view kSessionSeconds = "3600";  // the most that servers grant by default

// The offset of its first word: what stands before is comments.
std::size_t first_word(std::string_view sql) {
  const sql::Token first = sql::Scanner(kLexicalRules, sql).next();
  return first.kind == sql::Token::Kind::end ? 0 : first.offset;
}

// Where the server has seen the error, in the text that was sent.
std::size_t offset_of(std::string_view sql, const Failure& failure) {
  if (failure.line > 0) {
    std::size_t at = 0;
    for (std::int64_t line = failure.line; line > 1; --line) {
      const std::size_t end = sql.find('\n', at);
      if (end == std::string_view::npos) break;
      at = end + 1;
    }
    return std::min(at + static_cast<std::size_t>(std::max<std::int64_t>(failure.column - 1, 0)),
                    sql.size());
  }
  const auto position = static_cast<std::size_t>(failure.position);
  return position > 0 && position <= sql.size() ? position - 1 : first_word(sql);
}

// As SET takes it: old servers take no text for a number.
std::string setting_value(const std::string& value) {
  const bool digits = !value.empty() && std::ranges::all_of(value, sql::is_digit);
  return digits ? value : dialect().literal(value);
}

// The HTTP port that the answer of a port of the native protocol names; 0 if it is none.
unsigned named_port(std::string_view body) {
  constexpr std::string_view kNative = "is for clickhouse-client program";
  constexpr std::string_view kPort = "You must use port ";
  unsigned port = 0;
  if (body.find(kNative) == std::string_view::npos) return port;
  const std::size_t at = body.find(kPort);
  if (at == std::string_view::npos) return port;
  std::from_chars(body.data() + at + kPort.size(), body.data() + body.size(), port);
  return port;
}

}  // namespace

Server Server::of(std::string_view text) {
  Server server;
  server.text = text;
  int parts[2] = {0, 0};
  const char* at = text.data();
  const char* end = at + text.size();
  for (int& part : parts) {
    at = std::from_chars(at, end, part).ptr;
    if (at != end && *at == '.') ++at;
  }
  server.version = parts[0] * 100 + parts[1];
  return server;
}

Connection::Connection(Settings& settings, const SessionOptions& options,
                       const RetryLimits& retry_limits)
    : settings_(settings), options_(options), http_(settings), session_("gander-" + random_id()) {
  if (!options_.role.empty()) {
    throw Error(ErrorCode::unsupported, "ClickHouse takes no role from the options of a run",
                "give the user of the URL the roles that it needs as default roles");
  }
  if (options_.lock_timeout.count() > 0) {
    throw Error(ErrorCode::unsupported, "ClickHouse has no limit for waiting on locks",
                "leave Options::lock_timeout out; Options::statement_timeout is there");
  }
  ConnectingHook connecting;
  if (options_.waiting) {
    connecting = [this](std::string_view why, milliseconds waited, milliseconds limit) {
      options_.waiting({why, waited, limit, WaitingFor::server});
    };
  }
  const ServerWait wait{.limits = retry_limits,
                        .connecting = connecting,
                        .pause = [this](std::chrono::microseconds time) { pause(time); },
                        .is_starting = [](const ErrorDetails&) { return false; }};
  wait.until_connected([&](milliseconds limit) { connect(limit); });
  refuse_shared_databases();
}

Connection::~Connection() = default;

void Connection::pause(std::chrono::microseconds time) const {
  if (options_.cancel != nullptr) {
    options_.cancel->sleep(time);
  } else {
    std::this_thread::sleep_for(time);
  }
}

// The port is one of the native protocol, and the server says which one is not: that is taken.
bool Connection::takes_other_port(const Answer& answer) {
  const unsigned port = named_port(answer.body);
  if (port == 0 || port == settings_.port) return false;
  if (options_.notice) {
    options_.notice("INFO", "port " + std::to_string(settings_.port) +
                                " speaks ClickHouse's native protocol: its HTTP port " +
                                std::to_string(port) + " is taken, as the server says");
  }
  settings_.port = port;
  return true;
}

void Connection::connect(milliseconds limit) {
  const std::string sql =
      "SELECT version(), currentDatabase(), hostName(), toInt64(toUInt32(now()) - uptime())";
  const auto ask = [&] {
    return http_.send(
        {.sql = sql,
         .parameters = {{"default_format", std::string(kFormat)}, {"database", settings_.database}},
         .limit = limit,
         .wait = [this] { return keep_waiting({}); }});
  };
  sent_ = Clock::now();
  killed_.reset();
  const unsigned asked = settings_.port;
  Answer answer = ask();
  if (has_failed(answer) && takes_other_port(answer)) answer = ask();
  if (!has_failed(answer)) return read_server(table_of(answer.body));
  if (options_.cancel != nullptr) options_.cancel->throw_if_stopped();
  ErrorDetails details = explained(failure_of(answer, settings_.secrets));
  details.code = ErrorCode::connection;
  details.message = "cannot connect to " + settings_.display + ": " + details.message;
  if (answer.unsent) {
    details.hint = "check that the server runs, and host and port of its HTTP interface (8123)";
  }
  if (is_native_port(asked) || asked != settings_.port) {
    details.hint = "port " + std::to_string(asked) +
                   " is one of ClickHouse's native protocol: name the port of its HTTP interface "
                   "(8123, or 8443 for HTTPS)";
  }
  throw Error(std::move(details));
}

void Connection::read_server(const Table& table) {
  const CellsRow row(table.rows.at(0));
  server_ = Server::of(row.text(0));
  database_ = options_.schema.empty() ? std::string(row.text(1)) : options_.schema;
  server_.host = row.text(2);
  server_.started = row.integer(3);
}

// Whose tables are those of several servers: a lock and records that are kept on one of them would
// be worth nothing.
void Connection::refuse_shared_databases() {
  const Table rows =
      ask("SELECT engine FROM system.databases WHERE name = " + dialect().literal(database_));
  const std::string engine(rows.rows.empty() ? "" : CellsRow(rows.rows[0]).text(0));
  if (engine != "Replicated" && engine != "Shared") return;
  throw Error(ErrorCode::unsupported,
              "the database " + database_ + " has the engine " + engine +
                  ": migrations of several servers at once are not supported",
              "use a database with the engine Atomic on one server");
}

// False: the answer is not waited for any longer.
bool Connection::keep_waiting(const std::string& query_id) {
  const Clock::time_point now = Clock::now();
  const bool stopped = options_.cancel != nullptr && options_.cancel->stopped();
  const bool over = limit_.count() > 0 && now - sent_ > limit_;
  if (!stopped && !over) return true;
  if (!killed_) {
    killed_ = now;
    timed_out_ = over;
    if (!query_id.empty()) kill(query_id);
    return true;
  }
  const auto limit = stopped ? kStopLimit : kCancelLimit;
  return now - *killed_ < limit;
}

// Over a connection of its own. What it cannot end is waited for, and then left behind.
void Connection::kill(const std::string& query_id) noexcept {
  try {
    Http other(settings_);
    other.send({.sql = "KILL QUERY WHERE query_id = " + dialect().literal(query_id) + " ASYNC",
                .parameters = {},
                .limit = std::chrono::seconds(2),
                .wait = {}});
  } catch (...) {
  }
}

Answer Connection::send(std::string_view sql, Parameters parameters, const std::string& query_id) {
  sent_ = Clock::now();
  killed_.reset();
  timed_out_ = false;
  parameters.emplace_back("wait_end_of_query", "1");
  Answer answer = http_.send(
      {.sql = sql, .parameters = std::move(parameters), .limit = milliseconds(0), .wait = [&] {
         return keep_waiting(query_id);
       }});
  limit_ = milliseconds(0);
  if (answer.failure != 0 || answer.given_up) lost_ = true;
  return answer;
}

Answer Connection::send_own(std::string_view sql, Parameters parameters) {
  parameters.emplace_back("default_format", kFormat);
  parameters.emplace_back("database", database_);
  if (server_.has_async_insert()) parameters.emplace_back("async_insert", "0");
  if (server_.has_mutations_sync()) parameters.emplace_back("mutations_sync", "2");
  return send(sql, std::move(parameters), {});
}

ErrorDetails Connection::explained(const Failure& failure) const {
  ErrorDetails details = failure.details;
  hide_values(options_, &details);
  const bool cancelled = failure.number() == kCancelled || failure.number() == 0;
  if (!killed_ || !cancelled) return details;
  const bool lost = details.code == ErrorCode::connection;
  if (timed_out_) {
    details.code = lost ? ErrorCode::connection : ErrorCode::sql;
    details.message = "the statement ran longer than statement_timeout (" +
                      in_words(options_.statement_timeout) + ")";
    details.hint = "raise Options::statement_timeout";
  } else if (options_.cancel != nullptr && options_.cancel->stopped()) {
    const Error stopped = options_.cancel->error();
    details.code = stopped.code();
    details.message = stopped.details().message;
    details.hint = stopped.details().hint;
    if (lost) {
      details.message +=
          ", and the server has not answered: whether it does what it was last "
          "sent, the next run finds out";
    }
  }
  return details;
}

void Connection::fail(const Answer& answer) {
  throw Error(explained(failure_of(answer, settings_.secrets)));
}

Table Connection::ask(std::string_view sql, Parameters parameters) {
  const Answer answer = send_own(sql, std::move(parameters));
  if (has_failed(answer)) fail(answer);
  return table_of(answer.body);
}

bool Connection::try_to(std::string_view sql, std::int64_t refusal) {
  const Answer answer = send_own(sql, {});
  if (!has_failed(answer)) return true;
  const Failure failure = failure_of(answer, settings_.secrets);
  if (failure.number() == refusal) return false;
  throw Error(explained(failure));
}

void Connection::execute(std::string_view sql) { ask(sql); }

Rows Connection::query(std::string_view sql) { return rows_of(ask(sql)); }

void Connection::visit(std::string_view sql, const std::function<void(const Row&)>& each) {
  const Table table = ask(sql);
  for (const Table::Cells& cells : table.rows) each(CellsRow(cells));
}

// Of Gander's own records: rows that are inserted, and mutations that take some out.
std::int64_t Connection::change(std::string_view sql) {
  const Effect effect = effect_of(sql);
  if (effect.kind != Effect::Kind::mutates || effect.objects.empty()) {
    execute(sql);
    return -1;
  }
  std::vector<std::string> before;
  for (const Mutation& known : mutations_of(*this, effect.objects[0], database_)) {
    before.push_back(known.id);
  }
  execute(sql);
  sql::Statement own;
  own.text = sql;
  if (!server_.has_mutations_sync()) {
    wait_for_mutations(own, effect.objects[0], database_, before);
  }
  return -1;
}

std::vector<bool> Connection::tables_exist(const std::vector<TableName>& names) {
  std::vector<bool> found(names.size());
  if (names.empty()) return found;
  const auto schema = [&](const TableName& name) {
    return name.schema.empty() ? database_ : name.schema;
  };
  std::string list;
  for (const TableName& name : names) {
    list += std::string(list.empty() ? "" : ", ") + "(" + dialect().literal(schema(name)) + ", " +
            dialect().literal(name.table) + ")";
  }
  const Table rows =
      ask("SELECT database, name FROM system.tables WHERE (database, name) IN (" + list + ")");
  for (const Table::Cells& cells : rows.rows) {
    const CellsRow row(cells);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (schema(names[i]) == row.text(0) && names[i].table == row.text(1)) found[i] = true;
    }
  }
  return found;
}

std::unique_ptr<gander::Connection> Connection::lend() { return std::make_unique<Lent>(*this); }

void Connection::doctor(const DoctorRequest& about, DoctorReport* report) {
  doctor_server(*this, about, report);
}

// --- the session of the migrations
// ----------------------------------------------------------------

Answer Connection::send_in_session(std::string_view sql, const std::string& query_id,
                                   std::string_view format) {
  if (!session_open_) open_session();
  Parameters parameters = {{"session_id", session_},
                           {"query_id", query_id},
                           {"default_format", std::string(format)},
                           {"session_check", "1"}};
  if (lasting_) parameters.emplace_back("session_timeout", kSessionSeconds);
  Answer answer = send(sql, std::move(parameters), query_id);
  // A session that the server has given up is none that was: its settings are gone.
  if (answer.failure == 0 && failure_of(answer, {}).number() == kSessionNotFound) lost_ = true;
  return answer;
}

// With a database that USE can change, which a parameter could not, and what the migrations rely
// on; both until they say otherwise.
void Connection::open_session() {
  session_ = "gander-" + random_id();
  lasting_ = true;
  const std::string use = "USE " + dialect().quote(database_);
  const auto send_use = [&] {
    Parameters parameters = {{"session_id", session_}};
    if (lasting_) parameters.emplace_back("session_timeout", kSessionSeconds);
    return send(use, std::move(parameters), {});
  };
  Answer answer = send_use();
  if (has_failed(answer) && failure_of(answer, {}).number() == kSessionTimeout) {
    lasting_ = false;
    answer = send_use();
  }
  if (has_failed(answer)) fail(answer);
  session_open_ = true;
  std::string list = "log_queries = 1";
  for (const auto& [name, value] : wanted_settings()) list += ", " + name + " = " + value;
  set_in_session(list);
  std::string given;
  for (const auto& [name, value] : settings_.parameters) {
    given += (given.empty() ? "" : ", ") + name + " = " + setting_value(value);
  }
  if (!given.empty()) set_in_session(given);
}

// What migrations find in a session, as far as the server knows it.
Parameters Connection::wanted_settings() {
  // Rows are there when the INSERT has returned, and a mutation is done when the ALTER has. A seed
  // that was taken out and comes back is no repetition of the first, which servers would drop:
  // nothing is sent twice here.
  static const Parameters kWanted = {{"async_insert", "0"},
                                     {"mutations_sync", "1"},
                                     {"insert_deduplicate", "0"},
                                     {"deduplicate_insert", "'disable'"},
                                     {"deduplicate_insert_select", "'disable'"}};
  std::string names;
  for (const auto& [name, value] : kWanted) {
    names += (names.empty() ? "" : ", ") + dialect().literal(name);
  }
  Parameters known;
  const Table rows = ask("SELECT name FROM system.settings WHERE name IN (" + names + ")");
  for (const Table::Cells& cells : rows.rows) {
    const auto found = std::ranges::find(kWanted, CellsRow(cells).text(0),
                                         [](const auto& each) { return each.first; });
    if (found != kWanted.end()) known.push_back(*found);
  }
  return known;
}

void Connection::set_in_session(const std::string& list) {
  const Answer answer = send_in_session("SET " + list, {}, kFormat);
  if (has_failed(answer)) fail(answer);
}

std::string Connection::session_database() {
  const Answer answer = send_in_session("SELECT currentDatabase()", {}, kFormat);
  if (has_failed(answer)) fail(answer);
  const Table table = table_of(answer.body);
  return std::string(CellsRow(table.rows.at(0)).text(0));
}

std::int64_t Connection::refusal_of(std::string_view id) const {
  return std::string_view(refused_id_).starts_with(id) ? refusal_ : 0;
}

Error Connection::statement_failure(const sql::Statement& statement, const Answer& answer) {
  const Failure failure = failure_of(answer, settings_.secrets);
  return statement_error(statement, offset_of(statement.text, failure), explained(failure));
}

void Connection::run(const sql::Statement& statement) {
  if (statement.kind == sql::StatementKind::nothing) return;
  std::string id = std::exchange(statement_id_, {});
  if (id.empty()) id = "gander-" + random_id();
  const Effect effect = effect_of(statement.text);
  const bool mutates = effect.kind == Effect::Kind::mutates || effect.kind == Effect::Kind::defines;
  const bool waits = mutates && effect.waits && !effect.objects.empty();
  std::string database;
  std::vector<std::string> before;
  if (waits) {
    database = session_database();
    for (const Mutation& known : mutations_of(*this, effect.objects[0], database)) {
      before.push_back(known.id);
    }
  }
  if (!session_open_) open_session();
  limit_ = options_.statement_timeout;
  refused_id_.clear();
  // A text of VALUES has to end in a line end or a semicolon.
  const Answer answer = send_in_session(std::string(statement.text) + "\n", id, "Null");
  if (has_failed(answer)) {
    refused_id_ = id;
    refusal_ = failure_of(answer, {}).number();
    throw statement_failure(statement, answer);
  }
  if (waits) wait_for_mutations(statement, effect.objects[0], database, before);
}

void Connection::wait_for_mutations(const sql::Statement& statement, const Object& table,
                                    const std::string& database,
                                    const std::vector<std::string>& before) {
  milliseconds nap{20};
  for (;;) {
    const Mutation* left = nullptr;
    const Mutation* older = nullptr;
    const std::vector<Mutation> all = mutations_of(*this, table, database);
    for (const Mutation& mutation : all) {
      if (mutation.done) continue;
      const bool old = std::ranges::find(before, mutation.id) != before.end();
      if (old && older == nullptr && !mutation.trouble.empty()) older = &mutation;
      if (!old && (left == nullptr || !mutation.trouble.empty())) left = &mutation;
    }
    if (left == nullptr) return;
    if (!left->trouble.empty()) {
      const std::string& culprit = older != nullptr ? older->id : left->id;
      ErrorDetails details;
      details.code = ErrorCode::sql;
      details.native_code = kUnfinished;
      details.message = "the mutation " + left->id + " of " + table.name +
                        " is registered and fails: " + redact(left->trouble, settings_.secrets) +
                        " (code 341)";
      details.hint =
          std::string(older != nullptr ? "an older mutation stands in its way" : "mend the rows") +
          (older != nullptr ? "" : ", then it goes on by itself,") +
          ": KILL MUTATION WHERE database = '" +
          (table.database.empty() ? database : table.database) + "' AND table = '" + table.name +
          "' AND mutation_id = '" + culprit + "' " +
          (older != nullptr ? "lets it go on by itself; then run again" : "gives it up");
      hide_values(options_, &details);
      throw statement_error(statement, first_word(statement.text), std::move(details));
    }
    pause(nap);
    nap = std::min<milliseconds>(nap * 2, milliseconds(500));
  }
}

}  // namespace gander::driver::clickhouse
