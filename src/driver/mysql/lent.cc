// SPDX-License-Identifier: MIT
#include "src/driver/mysql/lent.h"

#include <utility>

#include "src/base/clip.h"
#include "src/driver/mysql/lexical.h"
#include "src/driver/mysql/split.h"
#include "src/driver/mysql/typed_rows.h"

namespace gander::driver::mysql {
namespace {

// More texts than this are not of a loop: everything is forgotten and begun anew.
constexpr std::size_t kMostPrepared = 64;

// Reads and writes rows: it changes no table that what is prepared relies on.
bool is_plain(std::string_view sql) {
  return sql::Scanner(kLexicalRules, sql)
      .next()
      .is_any({"select", "insert", "update", "delete", "replace", "with", "values"});
}

bool changes_rows(std::string_view sql) {
  return sql::Scanner(kLexicalRules, sql)
      .next()
      .is_any({"insert", "update", "delete", "replace", "with"});
}

// May a cursor be opened for it? What changes data, or gives its rows to variables, has none.
bool suits_cursor(std::string_view sql) {
  sql::Scanner scanner(kLexicalRules, sql);
  sql::Token token = scanner.next();
  if (!token.is_any({"select", "values", "table", "with"})) return false;
  for (; token.kind != sql::Token::Kind::end; token = scanner.next()) {
    if (token.is_any({"insert", "update", "delete", "replace", "into"})) return false;
  }
  return true;
}

}  // namespace

// A prepared statement, taken out of the cache, with the rows it gives.
class Lent::Use {
 public:
  Use(Lent& lent, std::string_view sql) : lent_(lent), text_(sql) {
    if (!is_plain(sql)) lent.prepared_.clear();
    lent.connection_.before_script();
    if (auto known = lent.prepared_.extract(text_); !known.empty()) {
      statement_ = std::move(known.mapped());
      return;
    }
    statement_ = std::make_unique<Prepared>(lent.connection_.wire(), sql);
    if (statement_->failure()) fail();
  }
  ~Use() {
    try {
      // A failed one is prepared again.
      if (!statement_->end() || !is_plain(text_)) return;
      if (lent_.prepared_.size() >= kMostPrepared) lent_.prepared_.clear();
      lent_.prepared_.insert_or_assign(std::move(text_), std::move(statement_));
    } catch (...) {
      // What is lost with the session is told by the next statement.
    }
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  void run(std::span<const Parameter> parameters, Prepared::Reading reading) {
    const bool succeeded = statement_->run(parameters, reading);
    lent_.connection_.after_script(text_, succeeded);
    if (!succeeded) fail();
  }
  std::optional<std::vector<Value>> next() {
    std::optional<std::vector<Value>> row = statement_->next();
    if (!row && statement_->failure()) fail();
    return row;
  }
  // Errors may come behind rows.
  void end() {
    if (!statement_->end()) fail();
  }
  const Prepared& statement() const { return *statement_; }

 private:
  [[noreturn]] void fail() { lent_.fail(text_, *statement_->failure()); }

  Lent& lent_;
  std::string text_;
  std::unique_ptr<Prepared> statement_;
};

void* Lent::do_native_handle() noexcept {
  prepared_.clear();
  return connection_.native_handle();
}

void Lent::fail(std::string_view sql, const Failure& failure) {
  ErrorDetails details = connection_.explained(failure);
  details.sql = shown_sql(sql);
  throw Error(std::move(details));
}

void Lent::check_text(std::string_view sql) const {
  const CancelToken* cancel = connection_.options().cancel;
  check(sql, "which is no text", cancel);
}

Reply Lent::exchange(std::string_view sql, Wire::Rowset rowset) {
  if (!is_plain(sql)) prepared_.clear();
  connection_.before_script();
  Reply reply = connection_.wire().exchange(sql, rowset);
  connection_.after_script(sql, !reply.failure);
  if (reply.failure) fail(sql, *reply.failure);
  return reply;
}

std::int64_t Lent::execute_one(std::string_view sql) {
  const Reply reply = exchange(sql, Wire::Rowset::drop);
  return changes_rows(sql) ? reply.changed + reply.rows : 0;
}

std::int64_t Lent::do_execute(std::string_view sql, std::span<const Parameter> parameters) {
  check_text(sql);
  const std::vector<std::string_view> statements = statements_of(sql);
  if (parameters.empty()) {
    std::int64_t changed = 0;
    for (const std::string_view statement : statements) changed += execute_one(statement);
    return changed;
  }
  if (statements.size() > 1) refuse_parameters_of_several();
  Use use(*this, sql);
  use.run(parameters, Prepared::Reading::whole);
  std::int64_t rows = 0;
  while (use.next()) ++rows;
  use.end();
  if (!changes_rows(sql)) return 0;
  return use.statement().has_rows() ? rows : use.statement().changed();
}

gander::Rows Lent::do_query(std::string_view sql, std::span<const Parameter> parameters) {
  check_text(sql);
  if (statements_of(sql).size() > 1) refuse_several_queries();
  if (parameters.empty()) {
    const Reply reply = exchange(sql, Wire::Rowset::keep);
    return reply.results.empty() ? gander::Rows() : typed_rows(reply.results.back().get());
  }
  Use use(*this, sql);
  use.run(parameters, Prepared::Reading::whole);
  gander::Rows rows(use.statement().columns());
  while (std::optional<std::vector<Value>> row = use.next()) rows.add(std::move(*row));
  use.end();
  return rows;
}

// A cursor of the server, which lets other statements run between its rows.
void Lent::do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                       const std::function<bool(const gander::Row&)>& function) {
  check_text(sql);
  if (statements_of(sql).size() > 1) refuse_several_queries();
  if (!suits_cursor(sql)) return driver::Lent::do_for_each(sql, parameters, function);
  Use use(*this, sql);
  use.run(parameters, Prepared::Reading::by_cursor);
  const auto columns = std::make_shared<const std::vector<Column>>(use.statement().columns());
  while (std::optional<std::vector<Value>> row = use.next()) {
    if (!function(gander::Row(columns, std::move(*row)))) return;
  }
}

}  // namespace gander::driver::mysql
