// SPDX-License-Identifier: MIT
// The connection while transactions follow each other without waiting: see pipeline.h.
#include <algorithm>
#include <utility>

#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/message_shape.h"
#include "src/sql/scanner.h"

namespace gander::driver::postgres {

using sql::Scanner;
using sql::Token;
namespace {

// Has it a parameter ($1), which the simple protocol refuses and this one would ask a value for?
bool has_parameter(std::string_view sql) {
  Scanner scanner(kLexicalRules, sql);
  std::size_t behind = sql.size() + 1;  // of a `$`
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.kind == Token::Kind::number && token.offset == behind) return true;
    behind = token.is('$') ? token.offset + 1 : sql.size() + 1;
  }
  return false;
}

// libpq takes no COPY to or from the client in pipeline mode.
bool is_copy(std::string_view sql) { return Scanner(kLexicalRules, sql).next().is("copy"); }

}  // namespace

bool Connection::can_pipeline(const sql::Statement& statement) const {
  if (statement.kind != sql::StatementKind::ordinary &&
      statement.kind != sql::StatementKind::session) {
    return false;
  }
  const std::string_view sql = statement.text;
  if (sql.find('\0') != std::string_view::npos || is_copy(sql)) return false;
  if (sql.find('$') != std::string_view::npos && has_parameter(sql)) return false;
  const MessageShape shape = message_shape(sql);
  return shape.starts.size() == 1 && !shape.controls_transaction;
}

// A pooler may take the parts of it to different sessions.
bool Connection::open_pipeline(std::function<void()> landed) {
  if (pooled_ || !Pipeline::available()) return false;
  throw_stored();
  check_writable();
  flush();
  if (watch_ != nullptr) watch_->forget();
  landing_ = {};
  refused_whole_ = false;
  pipeline_ = std::make_unique<Pipeline>(*wire_, std::move(landed));
  return true;
}

void Connection::commit_later(bool durable) {
  repeat({{commit_sql(durable)}, {}});
  pipeline_->send(Batch::Part::commit, "COMMIT");
  begun_ = acts_as_itself_ = false;
  if (asked_ == Asked::made_again) asked_ = Asked::made;
  throw_if_landed_hard();
}

void Connection::close_pipeline() {
  pipeline_->finish();
  throw_if_landed_hard();
  landing_ = pipeline_->landing();
  pipeline_.reset();
}

void Connection::end_pipeline() noexcept {
  if (pipeline_ == nullptr) return;
  pipeline_->abandon();
  landing_ = pipeline_->landing();
  pipeline_.reset();
}

Landing Connection::landing() { return pipeline_ != nullptr ? pipeline_->landing() : landing_; }

// The pipeline has ended with an error, and stays for rollback().
void Connection::throw_if_landed_hard() {
  if (!pipeline_->failed()) return;
  const Pipeline::Failed& failed = *pipeline_->failed();
  ErrorDetails details = explained(failed.failure.details);
  if (failed.statement == nullptr) {
    const Error error = error_of_part(failed.part, std::move(details));
    if (is_unprepared(error)) prepared_.give_up();
    throw error;
  }
  const std::string_view text = failed.statement->text;
  const std::int64_t position = failed.failure.position;
  // "cannot insert multiple commands into a prepared statement" has no position, as other syntax
  // errors have: the scanner took several statements for one.
  refused_whole_ = position == 0 && details.sqlstate == "42601";
  const std::size_t offset = position > 0 ? offset_of_character(text, position)
                                          : Scanner(kLexicalRules, text).next().offset;
  throw statement_error(*failed.statement, std::min(offset, text.size()), std::move(details));
}

bool Connection::refused_pipeline(const Error& error) const {
  return refused_whole_ && error.details().sqlstate == "42601";
}

void Connection::make_durable() {
  // A commit that has written nothing would not wait for the disk.
  const Wire::Shield shield(*wire_);
  Batch batch;
  batch.add("BEGIN", 1);
  batch.add(commit_sql(true), 1);
  batch.add("SELECT pg_catalog.pg_logical_emit_message(true, 'gander', '')", 1);
  batch.add("COMMIT", 1);
  try {
    exchange(batch, Rowset::drop);
  } catch (...) {
    rollback();
    throw;
  }
}

}  // namespace gander::driver::postgres
