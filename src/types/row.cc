// SPDX-License-Identifier: MIT
// Row::get() and Rows: what a value may be read as, and what is said when it may not.
#include "gander/row.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gander/connection.h"
#include "gander/error.h"

namespace gander {
namespace {

bool equal_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string in_quotes(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string described(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), *real).ptr;
    return "the real number " + std::string(digits, end);
  }
  if (std::holds_alternative<std::string>(value)) return "text";
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return std::to_string(blob->size()) + " bytes of binary data";
  }
  return "NULL";
}

// The whole text, or nothing.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// PostgreSQL's numeric and MySQL's decimal: "12", but also "12.00", as the scale of the column has
// it.
std::optional<std::int64_t> whole_number_in(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    if (text.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
    text = text.substr(0, point);
  }
  return number_in<std::int64_t>(text);
}

bool is_decimal(const Column& column) {
  return column.type == "numeric" || column.type == "decimal";
}

}  // namespace

Row::Row(std::shared_ptr<const std::vector<Column>> columns, std::vector<Value> values)
    : columns_(std::move(columns)), values_(std::move(values)) {}
Row::Row(const Row&) = default;
Row::Row(Row&&) noexcept = default;
Row& Row::operator=(const Row&) = default;
Row& Row::operator=(Row&&) noexcept = default;
Row::~Row() = default;

const Value& Row::operator[](std::size_t column) const {
  if (column < values_.size()) return values_[column];
  throw Error(ErrorCode::usage, "the row has no column " + std::to_string(column),
              "columns are counted from 0, and there are " + std::to_string(values_.size()));
}

bool Row::is_null(std::size_t column) const {
  return std::holds_alternative<std::monostate>((*this)[column]);
}

std::size_t Row::place(std::string_view column) const {
  const auto find = [&](const auto& same) {
    std::size_t found = values_.size();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (!same((*columns_)[i].name, column)) continue;
      if (found != values_.size()) {
        throw Error(ErrorCode::usage, "two columns of the row are named " + in_quotes(column),
                    "give one of them another name with AS, or ask by its place");
      }
      found = i;
    }
    return found;
  };
  const std::size_t exact =
      find([](std::string_view name, std::string_view wanted) { return name == wanted; });
  const std::size_t found = exact < values_.size() ? exact : find(equal_in_any_case);
  if (found < values_.size()) return found;
  std::string names;
  for (const Column& known : *columns_) names += (names.empty() ? "" : ", ") + known.name;
  throw Error(ErrorCode::usage, "the row has no column " + in_quotes(column),
              names.empty() ? "" : "there are: " + names);
}

void Row::refuse(std::size_t column, const char* wanted) const {
  const Column& asked = (*columns_)[column];
  const bool null = is_null(column);
  throw Error(ErrorCode::usage,
              "column " + in_quotes(asked.name) +
                  (asked.type.empty() ? "" : " (" + asked.type + ")") + " holds " +
                  described((*this)[column]) + ", not " + wanted,
              null ? "ask for a std::optional where NULL may come" : "");
}

std::int64_t Row::integer(std::size_t column, std::int64_t least, std::int64_t most,
                          const char* wanted) const {
  const Value& value = (*this)[column];
  std::optional<std::int64_t> number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    number = *integer;
  } else if (const auto* text = std::get_if<std::string>(&value);
             text != nullptr && is_decimal((*columns_)[column])) {
    number = whole_number_in(*text);
  }
  if (!number) refuse(column, wanted);
  if (*number >= least && *number <= most) return *number;
  const std::string range =
      wanted + std::string(" from ") + std::to_string(least) + " to " + std::to_string(most);
  refuse(column, range.c_str());
}

double Row::real(std::size_t column) const {
  const Value& value = (*this)[column];
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    constexpr std::int64_t kExact = std::int64_t{1} << 53;  // above it some have no double
    if (*integer >= -kExact && *integer <= kExact) return static_cast<double>(*integer);
    refuse(column, "a number that a double can hold");
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && is_decimal((*columns_)[column])) {
    if (const std::optional<double> number = number_in<double>(*text)) return *number;
  }
  refuse(column, "a real number");
}

const std::string& Row::text(std::size_t column) const {
  if (const auto* text = std::get_if<std::string>(&(*this)[column])) return *text;
  refuse(column, "text");
}

const Blob& Row::bytes(std::size_t column) const {
  if (const auto* blob = std::get_if<Blob>(&(*this)[column])) return *blob;
  refuse(column, "binary data");
}

Rows::Rows() : Rows(std::vector<Column>()) {}
Rows::Rows(std::vector<Column> columns)
    : columns_(std::make_shared<const std::vector<Column>>(std::move(columns))) {}
Rows::Rows(const Rows&) = default;
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(const Rows&) = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

void Rows::add(std::vector<Value> values) {
  if (values.size() != columns_->size()) {
    throw Error(ErrorCode::usage, "a row of " + std::to_string(values.size()) + " values for " +
                                      std::to_string(columns_->size()) + " columns");
  }
  rows_.emplace_back(columns_, std::move(values));
}

const Row& Rows::operator[](std::size_t row) const {
  if (row < rows_.size()) return rows_[row];
  throw Error(ErrorCode::usage, "the result has no row " + std::to_string(row),
              "rows are counted from 0, and there are " + std::to_string(rows_.size()));
}

const Row& Rows::one() const& {
  if (rows_.size() == 1) return rows_.front();
  throw Error(ErrorCode::usage,
              "the query has " + std::to_string(rows_.size()) + " rows, where one is wanted");
}

Row Rows::one() && {
  std::as_const(*this).one();
  return std::move(rows_.front());
}

namespace detail {

void refuse_large(std::uint64_t number) {
  throw Error(ErrorCode::usage,
              "the parameter " + std::to_string(number) +
                  " is larger than the largest integer of "
                  "a database, 9223372036854775807",
              "pass it as text where the column is numeric");
}

}  // namespace detail

}  // namespace gander
