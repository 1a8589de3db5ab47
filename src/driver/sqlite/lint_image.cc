// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/lint_image.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "src/driver/sqlite/dialect.h"

namespace gander::driver::sqlite {
namespace {

std::string literal(std::string_view text) { return dialect().literal(text); }

std::string text_at(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return text == nullptr ? std::string() : std::string(text);
}

std::string value_at(sqlite3_stmt* row, int column) {
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
      return "-";
    case SQLITE_INTEGER:
      return "#" + std::to_string(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: {
      const double value = sqlite3_column_double(row, column);
      constexpr double kWhole = 9e15;
      char text[40];
      const bool whole = std::abs(value) < kWhole && std::floor(value) == value;
      std::snprintf(text, sizeof(text), whole ? "#%.0f" : "#%.17g", value);
      return text;
    }
    case SQLITE_TEXT:
      return "'" + text_at(row, column);
    default: {
      const void* bytes = sqlite3_column_blob(row, column);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
      return "x" + std::string(static_cast<const char*>(bytes), bytes == nullptr ? 0 : size);
    }
  }
}

// INTEGER PRIMARY KEY is the rowid, under its own name.
bool numbers_rows(LintScratch& scratch, const std::string& table) {
  return scratch.number(
             "SELECT count(*) = 1 AND max(lower(type)) = 'integer' FROM "
             "pragma_table_info(" +
             literal(table) + ") WHERE pk > 0") != 0;
}

void read_columns(LintScratch& scratch, const std::string& table, TableImage* image) {
  scratch.visit("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(" +
                    literal(table) + ")",
                [&](sqlite3_stmt* row) {
                  ColumnImage& column = image->columns.emplace_back();
                  column.name = text_at(row, 0);
                  column.type = text_at(row, 1);
                  column.not_null = sqlite3_column_int(row, 2) != 0;
                  if (sqlite3_column_type(row, 3) != SQLITE_NULL)
                    column.default_value = text_at(row, 3);
                  column.key = sqlite3_column_int(row, 4) > 0;
                  column.computed = sqlite3_column_int(row, 5) > 1;
                  const char* collation = nullptr;
                  int autoincrement = 0;
                  sqlite3_table_column_metadata(scratch.handle(), "main", table.c_str(),
                                                column.name.c_str(), nullptr, &collation, nullptr,
                                                nullptr, &autoincrement);
                  if (collation != nullptr) column.collation = folded(collation);
                  if (autoincrement != 0) image->autoincrement = true;
                });
  image->rowid_key = numbers_rows(scratch, table);
}

void read_text(LintScratch& scratch, const std::string& table, TableImage* image) {
  const std::string of = "lower(tbl_name) = lower(" + literal(table) + ") AND sql NOT NULL";
  scratch.visit("SELECT type, name, sql FROM sqlite_schema WHERE " + of, [&](sqlite3_stmt* row) {
    const SchemaRow object{text_at(row, 0), text_at(row, 1), table, text_at(row, 2)};
    if (object.type == "index") image->indexes[folded(object.name)] = definition_text(object);
    if (object.type == "trigger") image->triggers[folded(object.name)] = definition_text(object);
    if (object.type != "table") return;
    for (const schema::Object& part : definition_of(object, {}).objects) {
      for (const schema::Property& property : part.properties) {
        if (part.id.kind == "table" && property.name == "strict") image->strict = true;
        if (part.id.kind == "table" && property.name == "without rowid") {
          image->without_rowid = true;
        }
        if (part.id.kind == "check" || property.name == "check") {
          image->checks.push_back(property.value);
        }
      }
    }
  });
}

void read_constraints(LintScratch& scratch, const std::string& table, TableImage* image) {
  scratch.visit("SELECT i.name, group_concat(lower(c.name)) FROM pragma_index_list(" +
                    literal(table) +
                    ") AS i, pragma_index_info(i.name) AS c WHERE i.\"unique\" AND NOT i.partial "
                    "GROUP BY i.name HAVING count(*) = count(c.name)",
                [&](sqlite3_stmt* row) { image->uniques.insert(text_at(row, 1)); });
  scratch.visit(
      "SELECT lower(group_concat(\"from\")), lower(\"table\"), on_update, on_delete FROM "
      "pragma_foreign_key_list(" +
          literal(table) + ") GROUP BY id",
      [&](sqlite3_stmt* row) {
        const std::string on_delete = text_at(row, 3);
        image->keys.insert(text_at(row, 0) + " references " + text_at(row, 1) +
                           (on_delete == "NO ACTION" ? "" : " on delete " + on_delete));
      });
}

void read_rows(LintScratch& scratch, const std::string& table, TableImage* image) {
  const std::string name = "main." + dialect().quote(table);
  std::string list;
  for (const ColumnImage& column : image->columns) {
    list += (list.empty() ? "" : ", ") + dialect().quote(column.name);
  }
  scratch.visit("SELECT " + list + " FROM " + name, [&](sqlite3_stmt* row) {
    ++image->rows;
    int at = 0;
    for (ColumnImage& column : image->columns) column.values.push_back(value_at(row, at++));
  });
  for (ColumnImage& column : image->columns) std::ranges::sort(column.values);
  image->rowids = rowids_of(scratch, table);
  scratch.visit("SELECT seq FROM sqlite_sequence WHERE lower(name) = lower(" + literal(table) + ")",
                [&](sqlite3_stmt* row) { image->sequence = sqlite3_column_int64(row, 0); });
}

}  // namespace

const ColumnImage* TableImage::column(std::string_view wanted) const {
  const auto found = std::ranges::find_if(
      columns, [&](const ColumnImage& one) { return folded(one.name) == folded(wanted); });
  return found == columns.end() ? nullptr : &*found;
}

std::vector<std::int64_t> rowids_of(LintScratch& scratch, const std::string& table) {
  std::vector<std::int64_t> rowids;
  if (numbers_rows(scratch, table)) return rowids;
  scratch.visit("SELECT rowid FROM main." + dialect().quote(table) + " ORDER BY 1",
                [&](sqlite3_stmt* row) { rowids.push_back(sqlite3_column_int64(row, 0)); });
  return rowids;
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return list;
}

std::string definition_text(const SchemaRow& row) {
  std::string text;
  for (const schema::Object& part : definition_of(row, {}).objects) {
    if (!text.empty() || row.type == "table") text += "; " + part.id.kind + " ";
    if (row.type == "table" && part.id.kind == "column") text += folded(part.id.name);
    for (const schema::Property& property : part.properties) {
      text += " " + property.name + " " + property.value;
    }
  }
  return text;
}

std::optional<TableImage> image_of(LintScratch& scratch, const std::string& table) {
  TableImage image;
  image.name = table;
  read_columns(scratch, table, &image);
  if (image.columns.empty()) return std::nullopt;
  read_text(scratch, table, &image);
  read_constraints(scratch, table, &image);
  read_rows(scratch, table, &image);
  return image;
}

std::string digest_of(LintScratch& scratch, const std::string& table) {
  const std::optional<TableImage> image = image_of(scratch, table);
  std::string digest;
  if (!image) return digest;
  for (const ColumnImage& column : image->columns) {
    for (const std::string& value : column.values) digest += value + "\n";
    digest += "\f";
  }
  return digest;
}

}  // namespace gander::driver::sqlite
