// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/rows.h"

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/spelling.h"
#include "src/schema/rows.h"

namespace gander::driver::sqlite {
namespace {

std::string in_main(const std::string& table) { return "main." + dialect().quote(table); }

// Without those that are computed.
std::vector<std::string> columns_of(driver::Connection& connection, const std::string& table) {
  std::vector<std::string> columns;
  connection.visit("SELECT name FROM pragma_table_xinfo(" + dialect().literal(table) +
                       ", 'main') WHERE hidden = 0 ORDER BY cid",
                   [&](const Row& row) { columns.emplace_back(row.text(0)); });
  return columns;
}

// The rowid, by the one of its names that no column has taken; where there is none, all columns.
std::string order_of(driver::Connection& connection, const std::string& table,
                     const std::vector<std::string>& columns) {
  bool with_rowid = true;
  // A table without rowid has an index for its key that is the table itself.
  connection.visit("SELECT 1 FROM pragma_index_list(" + dialect().literal(table) +
                       ", 'main') AS l WHERE l.origin = 'pk' AND NOT EXISTS (SELECT 1 FROM "
                       "main.sqlite_schema AS s WHERE s.name = l.name)",
                   [&](const Row&) { with_rowid = false; });
  std::set<std::string> taken;
  for (const std::string& column : columns) taken.insert(folded(column));
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    if (with_rowid && !taken.contains(name)) return name;
  }
  std::string all;
  for (const std::string& column : columns) {
    all += (all.empty() ? "" : ", ") + dialect().quote(column);
  }
  return all;
}

// quote() ends a text at its first NUL, and would leave line ends in it.
std::string text_literal(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string bytes;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      bytes += kDigits[byte >> 4U];
      bytes += kDigits[byte & 15U];
    }
    return "CAST(X'" + bytes + "' AS TEXT)";
  }
  std::string sql = "'";
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      sql += "' || char(" + std::to_string(static_cast<int>(c)) + ") || '";
    } else {
      sql += c;
      if (c == '\'') sql += c;
    }
  }
  return sql + "'";
}

// `value`: the text itself, or what quote() makes of anything else.
std::string literal(std::string_view type, std::string_view value) {
  if (type == "text") return text_literal(value);
  if (type == "real" && value == "Inf") return "9e999";
  if (type == "real" && value == "-Inf") return "-9e999";
  return std::string(value);
}

bool has_foreign_keys(driver::Connection& connection, const std::string& table) {
  bool some = false;
  connection.visit(
      "SELECT 1 FROM pragma_foreign_key_list(" + dialect().literal(table) + ", 'main') LIMIT 1",
      [&](const Row&) { some = true; });
  return some;
}

bool counts(driver::Connection& connection) {
  bool there = false;
  connection.visit("SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'",
                   [&](const Row&) { there = true; });
  return there;
}

}  // namespace

bool has_rows(driver::Connection& connection, const std::string& table) {
  bool some = false;
  connection.visit("SELECT 1 FROM " + in_main(table) + " LIMIT 1",
                   [&](const Row&) { some = true; });
  return some;
}

schema::Object rows_of(driver::Connection& connection, const std::string& table) {
  const std::vector<std::string> columns = columns_of(connection, table);
  std::string names;
  std::string values;
  for (const std::string& column : columns) {
    const std::string name = dialect().quote(column);
    names += (names.empty() ? "" : ", ") + name;
    values += (values.empty() ? "typeof(" : ", typeof(") + name + "), CASE typeof(" + name +
              ") WHEN 'text' THEN " + name + " ELSE quote(" + name + ") END";
  }
  schema::RowsWriter writer(table,
                            "INSERT INTO " + dialect().quote(table) + " (" + names + ") VALUES");
  // Tables may lead to each other, and to rows further down.
  if (has_foreign_keys(connection, table)) writer.statement("PRAGMA defer_foreign_keys = ON");
  const int count = static_cast<int>(columns.size());
  connection.visit("SELECT " + values + " FROM " + in_main(table) + " ORDER BY " +
                       order_of(connection, table, columns),
                   [&](const Row& row) {
                     std::string line;
                     for (int i = 0; i < count; ++i) {
                       if (i > 0) line += ", ";
                       line += literal(row.text(2 * i), row.text(2 * i + 1));
                     }
                     writer.add(line);
                   });
  if (counts(connection)) {
    const std::string name = dialect().literal(table);
    connection.visit("SELECT seq FROM main.sqlite_sequence WHERE name = " + name,
                     [&](const Row& row) {
                       writer.statement("DELETE FROM sqlite_sequence WHERE name = " + name);
                       writer.statement("INSERT INTO sqlite_sequence (name, seq) VALUES (" + name +
                                        ", " + std::to_string(row.integer(0)) + ")");
                     });
  }
  return std::move(writer).finish();
}

}  // namespace gander::driver::sqlite
