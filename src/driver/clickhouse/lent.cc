// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/lent.h"

#include "src/base/clip.h"
#include "src/driver/clickhouse/grammar.h"
#include "src/driver/clickhouse/values.h"
#include "src/sql/lexer.h"

namespace gander::driver::clickhouse {
namespace {

// Each with its `;`, and the comments around it. Empty where there is nothing to run.
std::vector<std::string_view> statements_of(std::string_view sql) {
  std::vector<std::string_view> statements;
  sql::Lexer lexer(kGrammar);
  while (lexer.feed(sql, true, 1) == sql::Lexer::Stop::piece) {
    const std::size_t cut = lexer.cut();
    statements.push_back(sql.substr(0, cut));
    lexer.drop_front(cut);
    sql.remove_prefix(cut);
  }
  if (lexer.significant()) statements.push_back(sql);
  return statements;
}

}  // namespace

Answer Lent::send(std::string_view sql, std::span<const Parameter> parameters,
                  std::string_view format) {
  check(sql, "which is no text", connection_.options().cancel);
  if (!parameters.empty()) {
    throw Error(ErrorCode::unsupported, "ClickHouse takes no values beside a statement here",
                "write them into the statement, in quotes and with backslashes escaped");
  }
  Answer answer = connection_.send_in_session(std::string(sql) + "\n", {}, format);
  if (!has_failed(answer)) return answer;
  ErrorDetails details = connection_.explained(failure_of(answer, connection_.settings().secrets));
  details.sql = shown_sql(sql);
  throw Error(std::move(details));
}

std::int64_t Lent::do_execute(std::string_view sql, std::span<const Parameter> parameters) {
  for (const std::string_view statement : statements_of(sql)) send(statement, parameters, "Null");
  return 0;
}

gander::Rows Lent::do_query(std::string_view sql, std::span<const Parameter> parameters) {
  if (statements_of(sql).size() > 1) refuse_several_queries();
  const Table table = table_of(send(sql, parameters, kFormat).body);
  std::vector<Column> columns;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    columns.push_back({table.names[i], table.types[i]});
  }
  gander::Rows rows(std::move(columns));
  for (const Table::Cells& cells : table.rows) {
    std::vector<Value> values;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      values.push_back(value_of(table.types[i], cells[i]));
    }
    rows.add(std::move(values));
  }
  return rows;
}

}  // namespace gander::driver::clickhouse
