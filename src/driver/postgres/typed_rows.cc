// SPDX-License-Identifier: MIT
#include "src/driver/postgres/typed_rows.h"

#include <array>
#include <charconv>

#include "src/driver/postgres/libpq.h"

namespace gander::driver::postgres {
namespace {

enum class Form { text, boolean, integer, real, bytes };

struct Type {
  Oid oid;
  const char* name;
  Form form = Form::text;
};

// src/include/catalog/pg_type.dat; these numbers never change.
constexpr std::array kTypes = {
    Type{16, "bool", Form::boolean},
    Type{17, "bytea", Form::bytes},
    Type{18, "char"},
    Type{19, "name"},
    Type{20, "int8", Form::integer},
    Type{21, "int2", Form::integer},
    Type{23, "int4", Form::integer},
    Type{25, "text"},
    Type{26, "oid", Form::integer},
    Type{114, "json"},
    Type{700, "float4", Form::real},
    Type{701, "float8", Form::real},
    Type{869, "inet"},
    Type{1042, "bpchar"},
    Type{1043, "varchar"},
    Type{1082, "date"},
    Type{1083, "time"},
    Type{1114, "timestamp"},
    Type{1184, "timestamptz"},
    Type{1186, "interval"},
    Type{1700, "numeric"},
    Type{2950, "uuid"},
    Type{3802, "jsonb"},
};

const Type& type_of(Oid oid) {
  static constexpr Type kOther{0, ""};
  for (const Type& type : kTypes) {
    if (type.oid == oid) return type;
  }
  return kOther;
}

int digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

// In whichever of its two forms bytea_output has it: \x0a1b, or bytes with \ooo and \\ between.
Blob bytes_of(std::string_view text) {
  Blob bytes;
  if (text.starts_with("\\x")) {
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
      bytes.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
    }
    return bytes;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] != '\\') {
      bytes.push_back(static_cast<std::byte>(digit(text[i + 1]) << 6 | digit(text[i + 2]) << 3 |
                                             digit(text[i + 3])));
      i += 3;
    } else {
      if (text[i] == '\\') ++i;
      bytes.push_back(static_cast<std::byte>(text[i]));
    }
  }
  return bytes;
}

// strtod() would obey the program's locale; from_chars reads "NaN" and "Infinity" as well.
template <class Number>
Number number_of(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Value value_of(Form form, std::string_view text) {
  switch (form) {
    case Form::boolean:
      return std::int64_t{text == "t" ? 1 : 0};
    case Form::integer:
      return number_of<std::int64_t>(text);
    case Form::real:
      return number_of<double>(text);
    case Form::bytes:
      return bytes_of(text);
    case Form::text:
      break;
  }
  return std::string(text);
}

}  // namespace

gander::Rows typed_rows(const PGresult* result) {
  const Libpq& pq = libpq();
  const int width = pq.PQnfields(result);
  std::vector<Column> columns;
  std::vector<Form> forms;
  for (int i = 0; i < width; ++i) {
    const Type& type = type_of(pq.PQftype(result, i));
    columns.push_back({pq.PQfname(result, i), type.name});
    forms.push_back(type.form);
  }
  gander::Rows rows(std::move(columns));
  for (int row = 0; row < pq.PQntuples(result); ++row) {
    std::vector<Value> values;
    values.reserve(forms.size());
    for (int i = 0; i < width; ++i) {
      if (pq.PQgetisnull(result, row, i) != 0) {
        values.emplace_back();
        continue;
      }
      const std::string_view text(pq.PQgetvalue(result, row, i),
                                  static_cast<std::size_t>(pq.PQgetlength(result, row, i)));
      values.push_back(value_of(forms[static_cast<std::size_t>(i)], text));
    }
    rows.add(std::move(values));
  }
  return rows;
}

}  // namespace gander::driver::postgres
