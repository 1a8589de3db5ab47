// SPDX-License-Identifier: MIT
#include "src/driver/mysql/typed_rows.h"

#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "src/driver/mysql/client.h"

namespace gander::driver::mysql {
namespace {

// The number of the character set that is none.
constexpr unsigned kBinary = 63;
constexpr std::size_t kLongestBits = 8;

enum class Form { text, integer, real, bits };

struct Type {
  enum_field_types number;
  const char* name;
  const char* binary = "";  // its name where it holds bytes; else it never does
  Form form = Form::text;
};

constexpr std::array kTypes = {
    Type{MYSQL_TYPE_TINY, "tinyint", "", Form::integer},
    Type{MYSQL_TYPE_SHORT, "smallint", "", Form::integer},
    Type{MYSQL_TYPE_INT24, "mediumint", "", Form::integer},
    Type{MYSQL_TYPE_LONG, "int", "", Form::integer},
    Type{MYSQL_TYPE_LONGLONG, "bigint", "", Form::integer},
    Type{MYSQL_TYPE_YEAR, "year", "", Form::integer},
    Type{MYSQL_TYPE_FLOAT, "float", "", Form::real},
    Type{MYSQL_TYPE_DOUBLE, "double", "", Form::real},
    Type{MYSQL_TYPE_DECIMAL, "decimal"},
    Type{MYSQL_TYPE_NEWDECIMAL, "decimal"},
    Type{MYSQL_TYPE_BIT, "bit", "", Form::bits},
    Type{MYSQL_TYPE_DATE, "date"},
    Type{MYSQL_TYPE_NEWDATE, "date"},
    Type{MYSQL_TYPE_TIME, "time"},
    Type{MYSQL_TYPE_DATETIME, "datetime"},
    Type{MYSQL_TYPE_TIMESTAMP, "timestamp"},
    Type{MYSQL_TYPE_JSON, "json"},
    Type{MYSQL_TYPE_ENUM, "enum"},
    Type{MYSQL_TYPE_SET, "set"},
    Type{MYSQL_TYPE_STRING, "char", "binary"},
    Type{MYSQL_TYPE_VARCHAR, "varchar", "varbinary"},
    Type{MYSQL_TYPE_VAR_STRING, "varchar", "varbinary"},
    Type{MYSQL_TYPE_TINY_BLOB, "text", "blob"},
    Type{MYSQL_TYPE_MEDIUM_BLOB, "text", "blob"},
    Type{MYSQL_TYPE_LONG_BLOB, "text", "blob"},
    Type{MYSQL_TYPE_BLOB, "text", "blob"},
    Type{MYSQL_TYPE_GEOMETRY, "geometry", "geometry"},
};

const Type& type_of(const MYSQL_FIELD& field) {
  static constexpr Type kOther{MYSQL_TYPE_NULL, ""};
  for (const Type& type : kTypes) {
    if (type.number == field.type) return type;
  }
  return kOther;
}

bool is_binary(const MYSQL_FIELD& field) {
  return field.charsetnr == kBinary && *type_of(field).binary != '\0';
}

// strtod() would obey the program's locale.
template <class Number>
Number number_of(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Blob bytes_of(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

}  // namespace

bool is_integer(const MYSQL_FIELD& field) { return type_of(field).form == Form::integer; }
bool is_real(const MYSQL_FIELD& field) { return type_of(field).form == Form::real; }

Value whole_number(std::uint64_t number, bool is_unsigned) {
  if (is_unsigned && !std::in_range<std::int64_t>(number)) return std::to_string(number);
  return static_cast<std::int64_t>(number);
}

Value typed_value(const MYSQL_FIELD& field, std::string_view text) {
  switch (type_of(field).form) {
    case Form::integer:
      if ((field.flags & UNSIGNED_FLAG) != 0) {
        return whole_number(number_of<std::uint64_t>(text), true);
      }
      return number_of<std::int64_t>(text);
    case Form::real:
      return number_of<double>(text);
    case Form::bits: {
      if (text.size() > kLongestBits) return bytes_of(text);
      std::uint64_t bits = 0;
      for (const char c : text) bits = bits << 8 | static_cast<unsigned char>(c);
      return whole_number(bits, true);
    }
    case Form::text:
      break;
  }
  return is_binary(field) ? Value(bytes_of(text)) : Value(std::string(text));
}

std::vector<Column> columns_of(MYSQL_RES* metadata) {
  const Client& mysql = client();
  std::vector<Column> columns;
  const std::span fields(mysql.mysql_fetch_fields(metadata), mysql.mysql_num_fields(metadata));
  for (const MYSQL_FIELD& field : fields) {
    const Type& type = type_of(field);
    columns.push_back(
        {std::string(field.name, field.name_length), is_binary(field) ? type.binary : type.name});
  }
  return columns;
}

gander::Rows typed_rows(MYSQL_RES* result) {
  const Client& mysql = client();
  gander::Rows rows(columns_of(result));
  const MYSQL_FIELD* fields = mysql.mysql_fetch_fields(result);
  const unsigned width = mysql.mysql_num_fields(result);
  while (MYSQL_ROW row = mysql.mysql_fetch_row(result)) {
    const unsigned long* lengths = mysql.mysql_fetch_lengths(result);
    std::vector<Value> values;
    values.reserve(width);
    for (unsigned i = 0; i < width; ++i) {
      values.push_back(row[i] == nullptr ? Value() : typed_value(fields[i], {row[i], lengths[i]}));
    }
    rows.add(std::move(values));
  }
  return rows;
}

}  // namespace gander::driver::mysql
