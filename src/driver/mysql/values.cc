// SPDX-License-Identifier: MIT
#include "src/driver/mysql/values.h"

#include <charconv>
#include <span>

#include "src/driver/mysql/client.h"

namespace gander::driver::mysql {
namespace {

Value value_of(enum_field_types type, std::string_view text) {
  const char* end = text.data() + text.size();
  switch (type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR: {
      std::int64_t number = 0;
      // A BIGINT UNSIGNED may be larger.
      if (std::from_chars(text.data(), end, number).ec != std::errc()) return std::string(text);
      return number;
    }
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE: {
      // strtod() would obey the program's locale.
      double number = 0;
      std::from_chars(text.data(), end, number);
      return number;
    }
    default:
      return std::string(text);
  }
}

}  // namespace

Rows rows_of(MYSQL_RES* result) {
  const Client& mysql = client();
  Rows rows;
  const std::span fields(mysql.mysql_fetch_fields(result), mysql.mysql_num_fields(result));
  for (const MYSQL_FIELD& field : fields) rows.columns.emplace_back(field.name, field.name_length);
  rows.rows.reserve(static_cast<std::size_t>(mysql.mysql_num_rows(result)));
  while (MYSQL_ROW row = mysql.mysql_fetch_row(result)) {
    const unsigned long* lengths = mysql.mysql_fetch_lengths(result);
    std::vector<Value>& values = rows.rows.emplace_back();
    values.reserve(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      values.push_back(row[i] == nullptr ? Value()
                                         : value_of(fields[i].type, {row[i], lengths[i]}));
    }
  }
  return rows;
}

ResultRow::ResultRow(MYSQL_RES* result, MYSQL_ROW row)
    : row_(row), lengths_(client().mysql_fetch_lengths(result)) {}

std::int64_t ResultRow::integer(int column) const {
  const std::string_view digits = text(column);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string_view ResultRow::text(int column) const {
  if (row_[column] == nullptr) return {};
  return {row_[column], lengths_[column]};
}

}  // namespace gander::driver::mysql
