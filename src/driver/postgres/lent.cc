// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lent.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "src/base/clip.h"
#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/typed_rows.h"
#include "src/sql/scanner.h"

namespace gander::driver::postgres {
namespace {

using sql::Scanner;
using sql::Token;

// A text is prepared at its second use: one more round trip, which a third and fourth make good.
constexpr int kUsesBeforePreparing = 1;

// More texts than this are not of a loop: everything is forgotten and begun anew.
constexpr std::size_t kMostKnown = 64;

// What a cursor fetches at once.
constexpr std::size_t kFetchedBytes = std::size_t{1} << 20;
constexpr std::size_t kMostFetched = 1000;

bool is_one_of(const Token& token, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is(word); });
}

// Reads and writes rows: it changes no table that what is prepared relies on.
bool is_plain(std::string_view sql) {
  static constexpr std::array<std::string_view, 7> kWords = {"select", "insert", "update", "delete",
                                                             "merge",  "with",   "values"};
  return is_one_of(Scanner(kLexicalRules, sql).next(), kWords);
}

// May a cursor be declared for it? INTO and data-modifying WITH are refused there, and WITH HOLD
// refuses FOR UPDATE.
bool suits_cursor(std::string_view sql) {
  static constexpr std::array<std::string_view, 4> kFirst = {"select", "values", "table", "with"};
  static constexpr std::array<std::string_view, 6> kRefused = {"insert", "update", "delete",
                                                               "merge",  "into",   "share"};
  Scanner scanner(kLexicalRules, sql);
  Token token = scanner.next();
  if (!is_one_of(token, kFirst)) return false;
  for (; token.kind != Token::Kind::end; token = scanner.next()) {
    if (is_one_of(token, kRefused)) return false;
  }
  return true;
}

std::size_t bytes_of(const PGresult* result) {
  const Libpq& pq = libpq();
  std::size_t bytes = 0;
  for (int row = 0; row < pq.PQntuples(result); ++row) {
    for (int i = 0; i < pq.PQnfields(result); ++i) {
      bytes += static_cast<std::size_t>(pq.PQgetlength(result, row, i)) + sizeof(Value);
    }
  }
  return bytes;
}

}  // namespace

std::int64_t changed_rows(std::string_view tag) {
  if (!tag.starts_with("INSERT ") && !tag.starts_with("UPDATE ") && !tag.starts_with("DELETE ") &&
      !tag.starts_with("MERGE ")) {
    return 0;
  }
  tag.remove_prefix(tag.rfind(' ') + 1);
  std::int64_t rows = 0;
  std::from_chars(tag.data(), tag.data() + tag.size(), rows);
  return rows;
}

void* Lent::do_native_handle() noexcept {
  known_.clear();
  return connection_.native_handle();
}

void Lent::fail(std::string_view sql, std::size_t statements,
                const postgres::Connection::Progress& progress) {
  const ErrorDetails& seen = progress.failure->details;
  // protocol_violation, of a session that goes on: what the message bound did not fit.
  // indeterminate_datatype: a value that the statement has no place for, or a place without a type.
  if ((seen.sqlstate == "08P01" || seen.sqlstate == "42P18") && !connection_.wire_->lost()) {
    throw Error(ErrorCode::usage, seen.message,
                "give as many values as the statement has $1, $2, and where the server cannot tell "
                "the type of one, write it: $1::int");
  }
  try {
    Batch batch;
    batch.add(sql, statements);
    connection_.throw_failure(batch, progress);
  } catch (const Error& error) {
    ErrorDetails details = error.details();
    if (details.sql.empty()) details.sql = shown_sql(sql);
    throw Error(std::move(details));
  }
}

postgres::Connection::Progress Lent::run(std::string_view sql,
                                         std::span<const Parameter> parameters,
                                         postgres::Connection::Rowset rowset) {
  check(sql, "which PostgreSQL cannot take", connection_.options_.cancel);
  const MessageShape shape = message_shape(sql);
  if (!parameters.empty() && shape.starts.size() > 1) refuse_parameters_of_several();
  const Arguments arguments(parameters);
  connection_.note_touches(sql, shape.touches_session);
  connection_.flush();
  postgres::Connection::Progress progress;
  if (shape.starts.empty()) return progress;
  if (connection_.watch_ != nullptr) connection_.watch_->forget();
  send(std::string(sql), arguments, shape, rowset == postgres::Connection::Rowset::keep);
  connection_.pump(rowset, postgres::Connection::Until::end, &progress);
  if (progress.failure) fail(sql, shape.starts.size(), progress);
  return progress;
}

void Lent::send(const std::string& sql, const Arguments& arguments, const MessageShape& shape,
                bool keep_rows) {
  const bool plain = shape.starts.size() == 1 && is_plain(sql);
  // A table that is altered may give what was prepared another result, which the server refuses.
  if (!plain && !Scanner(kLexicalRules, sql).next().is("fetch")) known_.clear();
  // Behind a pooler the next transaction may be in a session that knows nothing of it.
  const std::string name = plain && !connection_.pooled() ? prepare(sql, arguments) : "";
  Wire& wire = connection_.wire();
  if (!name.empty()) return wire.send_prepared(name, arguments, keep_rows);
  if (arguments.size() > 0) return wire.send(sql, arguments, keep_rows);
  wire.send(sql, keep_rows);
}

// Its name when it is prepared, or is now.
std::string Lent::prepare(const std::string& sql, const Arguments& arguments) {
  if (known_.size() > kMostKnown) known_.clear();
  Known& known = known_[sql + '\0' + arguments.signature()];
  if (++known.uses <= kUsesBeforePreparing || !known.name.empty()) return known.name;
  const std::string name = kLentPrefix + std::to_string(++connection_.lent_statements_);
  connection_.wire().send_prepare(name, sql, arguments);
  postgres::Connection::Progress progress;
  connection_.pump(postgres::Connection::Rowset::drop, postgres::Connection::Until::end, &progress);
  if (progress.failure) fail(sql, 1, progress);
  known.name = name;
  return name;
}

std::int64_t Lent::do_execute(std::string_view sql, std::span<const Parameter> parameters) {
  return run(sql, parameters, postgres::Connection::Rowset::drop).changed;
}

gander::Rows Lent::do_query(std::string_view sql, std::span<const Parameter> parameters) {
  if (message_shape(sql).starts.size() > 1) refuse_several_queries();
  const postgres::Connection::Progress progress =
      run(sql, parameters, postgres::Connection::Rowset::keep);
  return progress.kept.empty() ? gander::Rows() : typed_rows(progress.kept.back().get());
}

// A cursor of the server, which lets other statements run between its rows.
class Lent::Cursor {
 public:
  Cursor(Lent& lent, std::string_view sql, std::span<const Parameter> parameters)
      : lent_(lent), name_("gander_cursor_" + std::to_string(++lent.connection_.lent_statements_)) {
    const bool within = lent.connection_.in_transaction();
    lent_.connection_.flush();
    const std::string declare = "DECLARE " + name_ + " NO SCROLL CURSOR " +
                                (within ? "" : "WITH HOLD ") + "FOR " + std::string(sql);
    const Arguments arguments(parameters);
    postgres::Connection::Progress progress;
    lent_.connection_.wire().send(declare, arguments, false);
    lent_.connection_.pump(postgres::Connection::Rowset::drop, postgres::Connection::Until::end,
                           &progress);
    if (progress.failure) lent_.fail(sql, 1, progress);
  }

  // An error of CLOSE is that of a transaction which has failed, and the cursor with it.
  ~Cursor() {
    const PGTransactionStatusType status =
        libpq().PQtransactionStatus(lent_.connection_.wire().handle());
    if (status != PQTRANS_IDLE && status != PQTRANS_INTRANS) return;
    try {
      const Wire::Shield shield(lent_.connection_.wire());
      Batch batch;
      batch.add("CLOSE " + name_);
      lent_.connection_.exchange(batch, postgres::Connection::Rowset::drop);
    } catch (const Error&) {
    }
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  ResultHandle fetch(std::size_t rows) {
    postgres::Connection::Progress progress =
        lent_.run("FETCH FORWARD " + std::to_string(rows) + " FROM " + name_, {},
                  postgres::Connection::Rowset::keep);
    return std::move(progress.kept.back());
  }

 private:
  Lent& lent_;
  std::string name_;
};

void Lent::do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                       const std::function<bool(const gander::Row&)>& function) {
  const MessageShape shape = message_shape(sql);
  if (shape.starts.size() > 1) refuse_several_queries();
  // Behind a pooler a cursor outlives its transaction in a session that is somebody else's.
  const bool holds = connection_.in_transaction() || !connection_.pooled();
  if (!holds || shape.starts.empty() || !suits_cursor(sql)) {
    return driver::Lent::do_for_each(sql, parameters, function);
  }
  Cursor cursor(*this, sql, parameters);
  for (std::size_t wanted = 50;;) {
    const ResultHandle result = cursor.fetch(wanted);
    const gander::Rows rows = typed_rows(result.get());
    for (const gander::Row& row : rows) {
      if (!function(row)) return;
    }
    if (rows.size() < wanted) return;
    const std::size_t each = bytes_of(result.get()) / rows.size() + 1;
    wanted = std::clamp<std::size_t>(kFetchedBytes / each, 1, kMostFetched);
  }
}

}  // namespace gander::driver::postgres
