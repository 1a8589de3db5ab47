// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lint_schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/values.h"
#include "src/driver/postgres/written_name.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;

std::vector<std::string> columns_not_null(std::string_view condition) {
  std::vector<std::string> columns;
  Words words(kLexicalRules, condition);
  std::string name;
  std::vector<std::string> none;
  while (!words.at_end()) {
    const Token token = words.take();
    // What an alternative or a negation would take back.
    if (token.is("or") || token.is("case")) return none;
    // Nor does a function's result say anything of its argument.
    if (token.kind == Token::Kind::word && words.peek().is('(') &&
        !token.is_any({"check", "and"})) {
      words.skip_parentheses();
      name.clear();
      continue;
    }
    const bool is = token.is("is");
    if (is && !name.empty() && words.accept("not") && words.accept("null")) {
      columns.push_back(name);
    }
    const bool names = token.kind == Token::Kind::word || token.kind == Token::Kind::quoted_name;
    if (names && !is) {
      name = folded(token);
    } else if (!token.is(')')) {
      name.clear();
    }
  }
  return columns;
}

bool is_utc(std::string_view zone) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "UTC",     "GMT",     "UCT",      "ZULU",    "UNIVERSAL", "GREENWICH",
      "ETC/UTC", "ETC/GMT", "ETC/ZULU", "ETC/UCT", "0"};
  return std::ranges::any_of(
      kNames, [&](std::string_view name) { return sql::equals_keyword(zone, name); });
}

TypeName type_of_catalogue(const std::string& text) {
  Words words(kLexicalRules, text);
  return read_type(words);
}

LintSchema::LintSchema(Connection& connection) : connection_(connection) {
  usual_ = connection.default_schema();
  version_ = libpq().PQserverVersion(connection.wire().handle());
  // pg_timezone_names would know more names, and takes a second to read them all.
  const Rows rows = connection.look(
      "SELECT pg_catalog.current_setting('server_version'), "
      "pg_catalog.current_setting('TimeZone')");
  const std::string version = text(rows.rows[0][0]);
  server_ = "PostgreSQL " + version.substr(0, version.find(' '));
  utc_ = is_utc(text(rows.rows[0][1]));
}

const LintSchema::Table& LintSchema::table(const std::string& written) {
  const auto known = tables_.find(written);
  if (known != tables_.end()) return known->second;
  Table& found = tables_[written];
  if (!is_sound(written)) return found;
  const Rows rows = connection_.look(
      "SELECT c.oid::bigint, c.relkind IN ('p', 'I'), c.relispartition, EXISTS (SELECT 1 FROM "
      "pg_catalog.pg_partitioned_table AS p WHERE p.partrelid = c.oid AND p.partdefid <> 0) FROM "
      "pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass(" +
      dialect().literal(written) + ")");
  if (rows.rows.empty()) return found;
  const auto& row = rows.rows[0];
  found.exists = true;
  found.partitioned = number(row[1]) != 0;
  found.partition = number(row[2]) != 0;
  found.has_default_partition = number(row[3]) != 0;
  read_columns(number(row[0]), &found);
  read_checks(number(row[0]), &found);
  read_indexes(number(row[0]), &found);
  return found;
}

void LintSchema::read_columns(std::int64_t oid, Table* table) {
  const std::string id = std::to_string(oid);
  const Rows rows = connection_.look(
      "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), CASE WHEN "
      "t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) ELSE '' END, "
      "coalesce(l.collname::text, ''), a.attnotnull, EXISTS (SELECT 1 FROM pg_catalog.pg_index AS "
      "i "
      "WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)), EXISTS (SELECT 1 FROM "
      "pg_catalog.pg_depend AS d JOIN pg_catalog.pg_index AS i ON i.indexrelid = d.objid AND "
      "d.classid = 'pg_catalog.pg_class'::regclass WHERE d.refobjid = a.attrelid AND d.refobjsubid "
      "= a.attnum AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)), EXISTS (SELECT 1 FROM "
      "pg_catalog.pg_constraint AS c WHERE c.contype = 'c' AND c.conrelid = a.attrelid AND "
      "a.attnum "
      "= ANY (c.conkey)), EXISTS (SELECT 1 FROM pg_catalog.pg_constraint AS c WHERE c.contype = "
      "'f' "
      "AND ((c.conrelid = a.attrelid AND a.attnum = ANY (c.conkey)) OR (c.confrelid = a.attrelid "
      "AND "
      "a.attnum = ANY (c.confkey)))) FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS "
      "t "
      "ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation "
      "WHERE "
      "a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = " +
      id);
  for (const auto& row : rows.rows) {
    Column column;
    column.type = type_of_catalogue(text(row[1]));
    column.base = text(row[2]);
    column.collation = text(row[3]);
    column.not_null = number(row[4]) != 0;
    column.indexed = number(row[5]) != 0;
    column.in_expression = number(row[6]) != 0;
    column.checked = number(row[7]) != 0;
    column.key = number(row[8]) != 0;
    table->columns.emplace(text(row[0]), std::move(column));
  }
}

void LintSchema::read_checks(std::int64_t oid, Table* table) {
  const Rows rows = connection_.look(
      "SELECT conname::text, contype::text, pg_catalog.pg_get_constraintdef(oid) FROM "
      "pg_catalog.pg_constraint WHERE (contype = 'f' OR (contype = 'c' AND convalidated)) AND "
      "conrelid = " +
      std::to_string(oid));
  for (const auto& row : rows.rows) {
    if (text(row[1]) == "c") {
      table->checks.emplace(text(row[0]), text(row[2]));
    } else {
      table->foreign_keys.insert(text(row[0]));
    }
  }
}

void LintSchema::read_indexes(std::int64_t oid, Table* table) {
  const Rows rows = connection_.look(
      "SELECT m.amname::text || ' ' || i.indisunique::text || ' ' || (SELECT "
      "pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, false), ',' ORDER BY k) "
      "FROM pg_catalog.generate_series(1, i.indnatts::int) AS k), i.indisunique AND i.indisvalid "
      "AND i.indexprs IS NULL AND i.indpred IS NULL FROM pg_catalog.pg_index AS i JOIN "
      "pg_catalog.pg_class AS c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am AS m ON m.oid = "
      "c.relam WHERE i.indisvalid AND i.indrelid = " +
      std::to_string(oid));
  for (const auto& row : rows.rows) {
    table->indexes.insert(text(row[0]));
    if (number(row[1]) != 0) table->has_unique_index = true;
  }
}

const LintSchema::Column* LintSchema::column(const std::string& written,
                                             const std::string& column) {
  const Table& found = table(written);
  const auto known = found.columns.find(column);
  return known == found.columns.end() ? nullptr : &known->second;
}

bool LintSchema::proves_not_null(const std::string& written, const std::string& column,
                                 const std::set<std::string>& without) {
  for (const auto& [name, definition] : table(written).checks) {
    if (without.contains(name)) continue;
    const std::vector<std::string> columns = columns_not_null(definition);
    if (std::ranges::find(columns, column) != columns.end()) return true;
  }
  return false;
}

std::optional<LintSchema::Domain> LintSchema::domain(const std::string& written) {
  const auto known = domains_.find(written);
  if (known != domains_.end()) return known->second;
  std::optional<Domain>& found = domains_[written];
  if (!is_sound(written)) return found;
  const Rows rows = connection_.look(
      "SELECT t.typnotnull OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint AS c WHERE c.contypid "
      "= t.oid), pg_catalog.format_type(t.typbasetype, t.typtypmod) FROM pg_catalog.pg_type AS t "
      "WHERE t.typtype = 'd' AND t.oid = pg_catalog.to_regtype(" +
      dialect().literal(written) + ")");
  if (!rows.rows.empty()) found = Domain{number(rows.rows[0][0]) != 0, text(rows.rows[0][1])};
  return found;
}

LintSchema::Volatility LintSchema::volatility(const std::string& function) {
  const std::string plain = last_part(function);
  const auto known = functions_.find(plain);
  if (known != functions_.end()) return known->second;
  Volatility& worst = functions_[plain];
  const Rows rows = connection_.look(
      "SELECT p.provolatile::text, l.lanname::text FROM pg_catalog.pg_proc AS p JOIN "
      "pg_catalog.pg_language AS l ON l.oid = p.prolang WHERE p.proname = " +
      dialect().literal(plain));
  for (const auto& row : rows.rows) {
    const std::string letter = text(row[0]);
    Volatility one = letter == "i"           ? Volatility::immutable
                     : letter == "s"         ? Volatility::stable
                     : text(row[1]) == "sql" ? Volatility::inlined
                                             : Volatility::volatile_;
    if (worst == Volatility::volatile_) break;
    worst = std::max(worst, one);
    if (one == Volatility::volatile_) worst = one;
  }
  return worst;
}

}  // namespace gander::driver::postgres
