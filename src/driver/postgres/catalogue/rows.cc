// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/rows.h"

#include <map>
#include <string_view>
#include <utility>

#include "src/driver/postgres/catalogue/texts.h"
#include "src/driver/postgres/dialect.h"
#include "src/schema/rows.h"

namespace gander::driver::postgres {
namespace {

enum class Form { quoted, integer, boolean };

struct RowColumn {
  std::string name;  // quoted where it must be
  Form form = Form::quoted;
  int key = 0;  // its place in the primary key, from 1; 0: it is not in it
};

std::string number_of(const std::string& table) { return dialect().literal(table) + "::regclass"; }

std::vector<RowColumn> columns_of(Survey& survey, const std::string& table) {
  std::vector<RowColumn> columns;
  survey.ask(
      "SELECT quote_ident(a.attname), a.atttypid, coalesce(array_position(i.indkey::int2[], "
      "a.attnum) + 1, 0) FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND "
      "i.indisprimary WHERE a.attrelid = " +
          number_of(table) + " AND a.attnum > 0 AND NOT a.attisdropped" +
          survey.since(12, " AND a.attgenerated = ''") + " ORDER BY a.attnum",
      [&](Cells& cells) {
        RowColumn column{.name = cells.text()};
        switch (cells.id()) {  // src/include/catalog/pg_type.dat
          case 16:
            column.form = Form::boolean;
            break;
          case 20:
          case 21:
          case 23:
            column.form = Form::integer;
            break;
          default:
            break;
        }
        column.key = static_cast<int>(cells.integer());
        columns.push_back(std::move(column));
      });
  return columns;
}

// On one line, whatever it holds.
std::string text_literal(std::string_view text) {
  if (text.find_first_of("\n\r\\") == std::string_view::npos) return dialect().literal(text);
  std::string sql = "E'";
  for (const char c : text) {
    switch (c) {
      case '\n':
        sql += "\\n";
        break;
      case '\r':
        sql += "\\r";
        break;
      case '\\':
      case '\'':
        sql += c;
        [[fallthrough]];
      default:
        sql += c;
    }
  }
  return sql + "'";
}

// `cell`: empty for NULL, else "=" and the text of the value.
std::string literal(std::string_view cell, Form form) {
  if (cell.empty()) return "NULL";
  const std::string_view text = cell.substr(1);
  switch (form) {
    case Form::integer:
      return std::string(text);
    case Form::boolean:
      return text == "t" ? "true" : "false";
    case Form::quoted:
      return text_literal(text);
  }
  return {};
}

// Not every type has an order, and that of a text is not the same in every database.
std::string sorted_by(const RowColumn& column) {
  if (column.form == Form::integer) return column.name;
  return "format('%s', " + column.name + ") COLLATE \"C\"";
}

// By the key, or by all columns where there is none: equal rows come in the same order.
std::string order_of(const std::vector<RowColumn>& columns) {
  std::map<int, std::string> key;
  for (const RowColumn& column : columns) {
    if (column.key > 0) key.emplace(column.key, sorted_by(column));
  }
  std::vector<std::string> order;
  for (const auto& [place, sql] : key) order.push_back(sql);
  if (key.empty()) {
    for (const RowColumn& column : columns) order.push_back(sorted_by(column));
  }
  return " ORDER BY " + listed(order);
}

std::string from(const std::string& table) { return " FROM ONLY " + table; }

// Where the sequences stand that belong to its columns.
void write_counters(Survey& survey, const std::string& table, schema::RowsWriter* writer) {
  std::vector<std::string> sequences;
  survey.ask(
      "SELECT format('%I.%I', n.nspname, s.relname) FROM pg_depend d JOIN pg_class s ON s.oid = "
      "d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace WHERE d.classid = "
      "'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = " +
          number_of(table) + " AND d.deptype IN ('a', 'i') ORDER BY d.refobjsubid, 1",
      [&](Cells& cells) { sequences.push_back(cells.text()); });
  for (const std::string& sequence : sequences) {
    survey.ask("SELECT last_value, is_called::int FROM " + sequence, [&](Cells& cells) {
      const std::string last = std::to_string(cells.integer());
      writer->statement("SELECT pg_catalog.setval(" + dialect().literal(sequence) + ", " + last +
                        (cells.flag() ? ", true)" : ", false)"));
    });
  }
}

}  // namespace

std::vector<std::string> holders_of_rows(Survey& survey, const std::string& table) {
  std::vector<std::string> holders;
  survey.ask("WITH RECURSIVE part AS (SELECT c.oid, c.relkind FROM pg_class c WHERE c.oid = " +
                 number_of(table) +
                 " UNION ALL SELECT c.oid, c.relkind FROM part JOIN pg_inherits i ON i.inhparent = "
                 "part.oid AND part.relkind = 'p' JOIN pg_class c ON c.oid = i.inhrelid) SELECT "
                 "format('%I.%I', n.nspname, c.relname) FROM part JOIN pg_class c USING (oid) JOIN "
                 "pg_namespace n ON n.oid = c.relnamespace WHERE part.relkind = 'r' ORDER BY 1",
             [&](Cells& cells) { holders.push_back(cells.text()); });
  return holders;
}

bool has_rows(Survey& survey, const std::string& table) {
  bool some = false;
  survey.ask("SELECT 1" + from(table) + " LIMIT 1", [&](Cells&) { some = true; });
  return some;
}

schema::Object rows_of(Survey& survey, const std::string& table) {
  const std::vector<RowColumn> columns = columns_of(survey, table);
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const RowColumn& column : columns) {
    names.push_back(column.name);
    // Not IS NULL, which is true of a row of nulls, too.
    values.push_back("CASE WHEN " + column.name +
                     " IS NOT DISTINCT FROM NULL THEN '' ELSE '=' || "
                     "format('%s', " +
                     column.name + ") END");
  }
  schema::RowsWriter writer(
      table, "INSERT INTO " + table + " (" + listed(names) + ") OVERRIDING SYSTEM VALUE VALUES");
  if (!columns.empty()) {
    survey.ask("SELECT " + listed(values) + from(table) + order_of(columns), [&](Cells& cells) {
      std::vector<std::string> line;
      for (const RowColumn& column : columns) line.push_back(literal(cells.text(), column.form));
      writer.add(listed(line));
    });
  }
  write_counters(survey, table, &writer);
  return std::move(writer).finish();
}

}  // namespace gander::driver::postgres
