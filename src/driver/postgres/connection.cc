// SPDX-License-Identifier: MIT
// The session: connecting, transactions, and what is deferred in them. Settings around migrations
// are in session_settings.cc, COPY data in copy.cc.
#include "src/driver/postgres/connection.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "src/base/backoff.h"
#include "src/base/in_words.h"
#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/elapsed.h"
#include "src/driver/postgres/lent.h"
#include "src/driver/postgres/message_shape.h"
#include "src/driver/postgres/meter.h"

namespace gander::driver::postgres {

namespace {

// A message is sent when it has grown to this size: the server holds all of its statements parsed.
constexpr std::size_t kMessageBytes = 256 * 1024;

// Types that Value has a form for (src/include/catalog/pg_type.dat; these numbers never change).
constexpr Oid kBoolean = 16;
constexpr Oid kBigint = 20;
constexpr Oid kSmallint = 21;
constexpr Oid kInteger = 23;
constexpr Oid kOid = 26;
constexpr Oid kReal = 700;
constexpr Oid kDouble = 701;

Value value_of(const PGresult* result, int row, int column) {
  const Libpq& pq = libpq();
  if (pq.PQgetisnull(result, row, column) != 0) return std::monostate{};
  const char* text = pq.PQgetvalue(result, row, column);
  const auto size = static_cast<std::size_t>(pq.PQgetlength(result, row, column));
  switch (pq.PQftype(result, column)) {
    case kBoolean:
      return static_cast<std::int64_t>(*text == 't' ? 1 : 0);
    case kBigint:
    case kSmallint:
    case kInteger:
    case kOid: {
      std::int64_t number = 0;
      std::from_chars(text, text + size, number);
      return number;
    }
    case kReal:
    case kDouble: {
      // strtod() would obey the program's locale; from_chars reads "NaN" and "Infinity" as well.
      double number = 0;
      std::from_chars(text, text + size, number);
      return number;
    }
    default:
      return std::string(text, size);
  }
}

class ResultRow final : public Row {
 public:
  ResultRow(const PGresult* result, int row) : result_(result), row_(row) {}

  std::int64_t integer(int column) const override {
    const std::string_view digits = text(column);
    std::int64_t number = digits == "t" ? 1 : 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }

  std::string_view text(int column) const override {
    return {libpq().PQgetvalue(result_, row_, column),
            static_cast<std::size_t>(libpq().PQgetlength(result_, row_, column))};
  }

 private:
  const PGresult* result_;
  int row_;
};

Rows rows_of(const PGresult* result) {
  const Libpq& pq = libpq();
  Rows rows;
  const int width = pq.PQnfields(result);
  const int height = pq.PQntuples(result);
  for (int i = 0; i < width; ++i) rows.columns.emplace_back(pq.PQfname(result, i));
  rows.rows.reserve(static_cast<std::size_t>(height));
  for (int i = 0; i < height; ++i) {
    std::vector<Value>& row = rows.rows.emplace_back();
    row.reserve(static_cast<std::size_t>(width));
    for (int j = 0; j < width; ++j) row.push_back(value_of(result, i, j));
  }
  return rows;
}

// Anywhere in it, also within a body in quotes. `word` is in lower case.
bool has_word(std::string_view text, std::string_view word) {
  const auto found = std::search(text.begin(), text.end(), word.begin(), word.end(),
                                 [](char a, char b) { return (a | 0x20) == b || a == b; });
  return found != text.end();
}

void refuse_nul(const sql::Statement& statement) {
  const std::size_t at = statement.text.find('\0');
  if (at == std::string_view::npos) return;
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.message = "the statement holds a NUL byte, which PostgreSQL cannot take";
  details.hint = "remove it; in bytea write \\000";
  throw statement_error(statement, at, std::move(details));
}

}  // namespace

Connection::Connection(const Settings& settings, const SessionOptions& options,
                       const RetryLimits& retry_limits)
    : settings_(&settings), options_(options) {
  want_settings();
  wire_ = std::make_unique<Wire>(settings, hooks(), retry_limits);
  read_session();
}

Connection::Connection(PGconn* handle, const SessionOptions& options) : options_(options) {
  want_settings();
  wire_ = std::make_unique<Wire>(handle, hooks());
  read_session();
}

Connection::~Connection() { rollback(); }

WireHooks Connection::hooks() {
  WireHooks hooks;
  hooks.cancel = options_.cancel;
  hooks.notice = options_.notice;
  if (options_.waiting) {
    hooks.connecting = [this](std::string_view why, std::chrono::milliseconds waited,
                              std::chrono::milliseconds limit) {
      options_.waiting({why, waited, limit, WaitingFor::server});
    };
  }
  return hooks;
}

void Connection::throw_stored() {
  if (stored_ != nullptr) std::rethrow_exception(std::exchange(stored_, nullptr));
}

bool Connection::pump(Rowset rowset, Until until, Progress* progress) {
  const Libpq& pq = libpq();
  while (ResultHandle result = wire_->next()) {
    const ExecStatusType status = pq.PQresultStatus(result.get());
    switch (status) {
      case PGRES_SINGLE_TUPLE:
        if (progress->each != nullptr) {
          (*progress->each)(ResultRow(result.get(), 0));
          break;
        }
        if (const auto elapsed = elapsed_of(result.get())) elapsed_ = elapsed;
        break;
      case PGRES_TUPLES_OK:
        ++progress->completed;
        rows_changed_ += changed_rows(pq.PQcmdStatus(result.get()));
        progress->changed += changed_rows(pq.PQcmdStatus(result.get()));
        if (const auto elapsed = elapsed_of(result.get())) elapsed_ = elapsed;
        if (rowset == Rowset::keep) progress->kept.push_back(std::move(result));
        break;
      case PGRES_COMMAND_OK:
        ++progress->completed;
        rows_changed_ += changed_rows(pq.PQcmdStatus(result.get()));
        progress->changed += changed_rows(pq.PQcmdStatus(result.get()));
        if (std::string_view(pq.PQcmdStatus(result.get())) == "COMMIT") progress->committed = true;
        break;
      case PGRES_COPY_OUT:
        wire_->drop_copy_data();
        break;
      case PGRES_COPY_IN:
        if (until == Until::copy_data) return true;
        wire_->end_copy("the data of COPY ... FROM STDIN must follow its line in the migration");
        break;
      case PGRES_EMPTY_QUERY:
        break;
      default:
        if (!progress->failure) progress->failure = failure_of(result.get(), wire_->secrets());
    }
  }
  if (progress->failure) {
    note_loss(wire_->lost(), wire_->handle(), wire_->secrets(), &*progress->failure);
  }
  return false;
}

ErrorDetails Connection::explained(ErrorDetails details) {
  hide_values(options_, &details);
  if (details.sqlstate == "57014" && wire_->cancelled() && options_.cancel != nullptr &&
      options_.cancel->stopped()) {
    const Error stopped = options_.cancel->error();
    details.code = stopped.code();
    details.message = stopped.details().message;
    details.hint = stopped.details().hint;
  }
  if (details.sqlstate == "55P03" && watch_ != nullptr && !watch_->blockers().empty()) {
    details.hint = "blocked by " + watch_->blockers() + ": end it, or run again when it has left";
  }
  if (details.sqlstate == "55P03" && wire_->taken() >= lock_limit() && lock_limit().count() > 0) {
    details.message += ", after " + in_words(lock_limit()) + " of waiting";
  }
  return details;
}

void Connection::throw_failure(const Batch& batch, const Progress& progress) {
  const Failure& failure = *progress.failure;
  refused_transaction_ =
      refuses_transaction(failure, batch.script_text(progress.completed, failure.position));
  const Error error =
      batch.locate(explained(failure.details), progress.completed, failure.position);
  if (is_unprepared(error)) prepared_.give_up();
  throw error;
}

std::vector<ResultHandle> Connection::exchange(const Batch& batch, Rowset rowset) {
  Progress progress;
  if (watch_ != nullptr) watch_->forget();
  wire_->send(batch.text(), rowset == Rowset::keep);
  pump(rowset, Until::end, &progress);
  if (progress.failure) throw_failure(batch, progress);
  return std::move(progress.kept);
}

Rows Connection::ask(const Batch& batch) {
  const std::vector<ResultHandle> results = exchange(batch, Rowset::keep);
  return results.empty() ? Rows() : rows_of(results.back().get());
}

void Connection::flush() {
  throw_stored();
  if (batch_.empty()) return;
  const Batch batch = std::exchange(batch_, Batch());
  exchange(batch, Rowset::drop);
}

// Sends it when its turn comes: with the message in the making, or behind what is in flight.
void Connection::queue(std::string_view sql, std::size_t statements, Batch::Part part) {
  if (pipeline_ != nullptr) {
    pipeline_->send(part, std::string(sql));
    return throw_if_landed_hard();
  }
  batch_.add(sql, statements, part);
  if (batch_.text().size() >= kMessageBytes) flush();
}

void Connection::execute(std::string_view sql) {
  throw_stored();
  if (sql.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::usage, "the SQL text holds a NUL byte, which PostgreSQL cannot take");
  }
  const MessageShape shape = message_shape(sql);
  note_touches(sql, shape.touches_session);
  queue(sql, shape.starts.size(), Batch::Part::own);
  if (pipeline_ == nullptr && (!begun_ || shape.controls_transaction)) flush();
}

// Gander's own, which touch no session.
void Connection::repeat(const Repeated& statement) {
  throw_stored();
  // A borrowed session is given back as it was; behind a pooler it is somebody else's next.
  const bool prepares = statement.often && settings_ != nullptr && !pooled_ && begun_;
  const Prepared::Message message =
      prepares ? prepared_.message(statement) : Prepared::Message{"", statement.sql()};
  if (!message.preparation.empty()) queue(message.preparation, 1, Batch::Part::record);
  queue(message.sql, 1, Batch::Part::record);
  if (pipeline_ == nullptr && !begun_) flush();
}

// What a script may do to its session that Gander must know of. A word is enough: what follows from
// it is harmless where there was no need.
void Connection::note_touches(std::string_view sql, bool touches_session) {
  session_touched_ |= touches_session;
  if (!touches_session) return;
  if (has_word(sql, "role") || has_word(sql, "authorization")) role_touched_ = true;
  if (has_word(sql, "client_encoding") || has_word(sql, "names")) encoding_touched_ = true;
  if (has_word(sql, "zone")) zone_touched_ = true;
  if (has_word(sql, "reset") || has_word(sql, "discard")) {
    asked_ = Asked::reset;
    zone_touched_ = true;
  }
  if (has_word(sql, "deallocate") || has_word(sql, "discard")) prepared_.forget();
}

// From a statement that is not the script's: invalid_sql_statement_name, or
// duplicate_prepared_statement behind a pooler that does not look like one.
bool Connection::is_unprepared(const Error& error) const {
  const ErrorDetails& details = error.details();
  return details.statement == 0 && (details.sqlstate == "26000" || details.sqlstate == "42P05");
}

std::unique_ptr<gander::Connection> Connection::lend() { return std::make_unique<Lent>(*this); }

Rows Connection::query(std::string_view sql) {
  throw_stored();
  if (sql.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::usage, "the SQL text holds a NUL byte, which PostgreSQL cannot take");
  }
  const MessageShape shape = message_shape(sql);
  note_touches(sql, shape.touches_session);
  Batch batch = std::exchange(batch_, Batch());
  batch.add(sql, shape.starts.size());
  return ask(batch);
}

// Row by row as they come: what is done with one takes none of the time of the server, which makes
// the next ones meanwhile.
void Connection::visit(std::string_view sql, const std::function<void(const Row&)>& each) {
  throw_stored();
  const AsItself identity(*this);
  flush();
  Batch batch;
  batch.add(sql);
  Progress progress;
  progress.each = &each;
  if (watch_ != nullptr) watch_->forget();
  wire_->send(batch.text(), false);
  try {
    pump(Rowset::drop, Until::end, &progress);
  } catch (...) {
    wire_->abandon();
    throw;
  }
  if (progress.failure) throw_failure(batch, progress);
}

void Connection::visit_all(std::span<const Visit> visits) {
  throw_stored();
  if (visits.empty()) return;
  const AsItself identity(*this);
  flush();
  Batch batch;
  for (const Visit& visit : visits) batch.add(visit.sql);
  const std::vector<ResultHandle> results = exchange(batch, Rowset::keep);
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const PGresult* result = results.at(i).get();
    const int height = libpq().PQntuples(result);
    for (int row = 0; row < height; ++row) visits[i].each(ResultRow(result, row));
  }
}

Rows Connection::look(std::string_view sql) {
  const bool touched = session_touched_;
  Rows rows = query(sql);
  session_touched_ = touched;
  return rows;
}

std::string Connection::query_text(const std::string& sql) {
  const Rows rows = look(sql);
  if (rows.rows.empty() || rows.rows[0].empty()) return {};
  const Value& cell = rows.rows[0][0];
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::string() : *text;
}

void* Connection::native_handle() noexcept {
  try {
    flush();
  } catch (...) {
    stored_ = std::current_exception();
  }
  session_touched_ = role_touched_ = encoding_touched_ = zone_touched_ = true;
  prepared_.forget();
  return wire_->handle();
}

void Connection::run(const sql::Statement& statement) {
  if (meter_ == nullptr || !meter_->measures()) return run_now(statement);
  flush();
  meter_->measure(statement, [&] {
    run_now(statement);
    if (!copying_) flush();
  });
}

void Connection::run_now(const sql::Statement& statement) {
  throw_stored();
  if (copying_) return continue_copy(statement);
  if (statement.kind == sql::StatementKind::nothing) return;
  refuse_nul(statement);
  if (statement.kind == sql::StatementKind::copy_from_stdin) return start_copy(statement);
  if (!begun_) foresee(statement);
  const MessageShape shape = message_shape(statement.text);
  std::optional<Unhurried> unhurried;
  if (!begun_ && works_concurrently(statement.text)) unhurried.emplace(*this);
  if (!begun_ && finish_detach(statement)) return;
  note_touches(statement.text, shape.touches_session);
  if (pipeline_ != nullptr) {
    pipeline_->send(Batch::Part::script, std::string(statement.text), &statement);
    return throw_if_landed_hard();
  }
  batch_.add(statement, shape);
  // A statement that may end the transaction or refuse it must show that before anything else runs,
  // and one that changes how text is read must have done so.
  const bool decisive = shape.controls_transaction || statement.changes_reading ||
                        statement.kind == sql::StatementKind::bare;
  if (!begun_ || decisive || batch_.text().size() >= kMessageBytes) flush();
  finish_built(statement, shape);
}

void Connection::foresee(const sql::Statement& statement) const {
  const bool lasting =
      statement.kind == sql::StatementKind::session || statement.kind == sql::StatementKind::bare;
  if (pooled_ && lasting) refuse_pooled(statement);
}

// What would run in a session of the server that is somebody else's the moment after.
void Connection::refuse_pooled(const sql::Statement& statement) const {
  const bool setting = statement.kind == sql::StatementKind::session;
  ErrorDetails details;
  details.code = ErrorCode::unsupported;
  details.message = setting ? "a setting outside of a transaction has no effect through a pooler"
                            : "a statement that refuses a transaction cannot be run safely through "
                              "a pooler: nobody could tell whether it happened";
  details.hint =
      "connect to the server directly, not through PgBouncer or the like; if the pooler is in "
      "session mode, add pooler=session to the URL";
  throw statement_error(statement, 0, std::move(details));
}

bool Connection::refused_transaction(const Error& error) const {
  return refused_transaction_ && error.details().statement > 0;
}

void Connection::await_primary() {
  constexpr std::chrono::milliseconds kBetweenReports{500};
  const std::chrono::milliseconds limit =
      options_.server_wait.value_or(std::chrono::milliseconds(0));
  const auto start = std::chrono::steady_clock::now();
  auto next_report = start + kBetweenReports;
  Backoff backoff(std::chrono::milliseconds(50), std::chrono::seconds(1));
  while (standby_) {
    const auto now = std::chrono::steady_clock::now();
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - start);
    if (waited >= limit) return;
    if (options_.waiting && now >= next_report) {
      options_.waiting({"", waited, limit, WaitingFor::primary});
      next_report = now + kBetweenReports;
    }
    wire_->pause(std::min<std::chrono::microseconds>(backoff.next(), limit - waited));
    standby_ = query_text("SELECT pg_catalog.pg_is_in_recovery()") != "0";
  }
}

void Connection::check_writable() const {
  if (!standby_) return;
  throw Error(ErrorCode::not_writable, "the server is a standby: it takes no changes",
              "connect to the primary, or add target_session_attrs=read-write to the URL");
}

void Connection::begin() {
  throw_stored();
  check_writable();
  acts_as_itself_ = false;
  if (pipeline_ == nullptr && in_transaction()) rollback();
  elapsed_.reset();
  begun_ = true;
  queue("BEGIN", 1, Batch::Part::own);
  if (!at_begin_.empty()) return batch_.add(at_begin_);
  if (asked_ != Asked::reset) return;
  queue(settings_ != nullptr ? session_sql("false") : entry_sql(), 1, Batch::Part::own);
  asked_ = Asked::made_again;
}

void Connection::commit() {
  throw_stored();
  if (meter_ != nullptr) meter_->before_commit();
  Batch batch = std::exchange(batch_, Batch());
  if (!before_commit_.empty()) batch.add(before_commit_);
  batch.add("COMMIT", 1, Batch::Part::commit);
  // Behind a pooler the server's session goes to somebody else as soon as the message ends.
  if (pooled_ && session_touched_) batch.add(reset_sql());
  Progress progress;
  if (watch_ != nullptr) watch_->forget();
  wire_->send(batch.text(), false);
  pump(Rowset::drop, Until::end, &progress);
  if (progress.failure && !progress.committed) throw_failure(batch, progress);
  if (!progress.committed) {
    throw Error(ErrorCode::sql, "the server rolled the transaction back instead of committing it",
                "run again; if it happens again, see the server's log");
  }
  if (pooled_) session_touched_ = false;
  begun_ = acts_as_itself_ = false;
  if (asked_ == Asked::made_again) asked_ = Asked::made;
}

void Connection::rollback() noexcept {
  batch_.clear();
  prepared_.forget();
  stored_ = nullptr;
  copying_ = false;
  begun_ = acts_as_itself_ = false;
  if (asked_ == Asked::made_again) asked_ = Asked::reset;
  end_pipeline();
  if (wire_ == nullptr || wire_->lost()) return;
  const Wire::Shield shield(*wire_);
  wire_->abandon();
  // Twice: a cancel request that came late may hit the first.
  for (int i = 0; i < 2 && libpq().PQtransactionStatus(wire_->handle()) != PQTRANS_IDLE; ++i) {
    try {
      Batch batch;
      batch.add("ROLLBACK", 1);
      exchange(batch, Rowset::drop);
    } catch (...) {
      // The end of the session rolls back what this could not.
    }
  }
}

bool Connection::in_transaction() {
  if (pipeline_ != nullptr) return begun_;
  // What waits to be sent does not end the transaction: see run().
  if (!batch_.empty()) return begun_;
  return libpq().PQtransactionStatus(wire_->handle()) != PQTRANS_IDLE;
}

driver::Meter* Connection::meter() {
  if (meter_ == nullptr) meter_ = std::make_unique<Meter>(*this);
  return meter_.get();
}

driver::Connection::ElapsedSql Connection::elapsed_sql() const { return postgres::elapsed_sql(); }

void Connection::take_elapsed() {
  const ElapsedSql sql = elapsed_sql();
  queue("SELECT " + sql.returning + " FROM (SELECT " + sql.nanoseconds +
            " AS duration_ns) AS elapsed",
        1, Batch::Part::own);
}

std::vector<bool> Connection::tables_exist(const std::vector<TableName>& names) {
  std::vector<bool> found;
  if (names.empty()) return found;
  if (seen_at_ == wire_->messages() && names.size() == seen_tables_.size() &&
      names[0].schema == seen_schema_ && names[0].table == options_.tables[0].table) {
    // Once: whoever asks again wants to know what has become of them meanwhile.
    seen_at_ = -1;
    return seen_tables_;
  }
  std::string sql;
  for (const TableName& name : names) {
    sql += sql.empty() ? "SELECT " : ", ";
    sql += "pg_catalog.to_regclass(" +
           dialect().literal((name.schema.empty() ? "" : dialect().quote(name.schema) + ".") +
                             dialect().quote(name.table)) +
           ") IS NOT NULL";
  }
  const AsItself identity(*this);
  const Rows rows = look(sql);
  for (const Value& value : rows.rows.at(0)) {
    found.push_back(std::get<std::int64_t>(value) != 0);
  }
  return found;
}

}  // namespace gander::driver::postgres
