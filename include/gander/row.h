// SPDX-License-Identifier: MIT
// Value, Row and Rows: what a query of a function migration returns.
//
//   for (const gander::Row& row : connection.query("SELECT id, title, price FROM article")) {
//     auto id = row.get<std::int64_t>("id");
//     auto title = row.get<std::string_view>("title");              // lives as long as the row
//     auto price = row.get<std::optional<double>>("price");         // NULL is nullopt
//   }
//   auto count = connection.query("SELECT count(*) FROM article").one().get<int>(0);
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "gander/export.h"

namespace gander {

// The bytes of a BLOB (SQLite, MySQL), BINARY (MySQL) or bytea (PostgreSQL).
using Blob = std::vector<std::byte>;

// One value of a row: NULL, integer, real, text or bytes. PostgreSQL's booleans are 0 or 1; each of
// its types that has no form of its own here (numeric, uuid, timestamptz, json ...) is the text
// that the server writes for it.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

struct Column {
  std::string name;
  std::string type;  // as the database calls it, "int8", "numeric", "TEXT"; empty: it has no name
};

namespace detail {

// bool and the character types are no numbers here: `char` is refused, for it may be either.
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
inline constexpr bool kIsUnknown = true;  // for a static_assert that waits for its T

}  // namespace detail

// One row of a result. A plain value; copies share the names of the columns.
// Thread rule: as a std::vector.
class GANDER_EXPORT Row {
 public:
  Row(std::shared_ptr<const std::vector<Column>> columns, std::vector<Value> values);
  Row(const Row&);
  Row(Row&&) noexcept;
  Row& operator=(const Row&);
  Row& operator=(Row&&) noexcept;
  ~Row();

  // The value of a column, by its place from 0 or its name (as the result has it; where there is no
  // such name, in any case). T is one of
  //   bool                            0 or 1 (PostgreSQL: a boolean)
  //   int, std::int64_t, unsigned ... a whole number that fits, also of a numeric or decimal
  //   double, float                   a real, a numeric, or a whole number that a double can hold
  //   std::string, std::string_view   text; a view lives as long as the row
  //   Blob, std::vector<unsigned char>, std::span<const std::byte>   bytes; a span lives as the row
  //   Value                           whatever it is
  //   std::optional<T>                NULL is nullopt
  // Errors: usage, with the column and what it holds: for NULL where T is no optional, for a value
  // of another kind, for a number that T cannot hold, for a column that is not there and for a name
  // that two columns have. No value is ever converted silently into another.
  template <class T>
  T get(std::size_t column) const {
    if constexpr (detail::kIsOptional<T>) {
      if (is_null(column)) return std::nullopt;
      return T(get<typename T::value_type>(column));
    } else if constexpr (std::same_as<T, bool>) {
      return integer(column, 0, 1, "a truth value") != 0;
    } else if constexpr (detail::Integer<T>) {
      using Limits = std::numeric_limits<T>;
      constexpr std::int64_t kMost = std::in_range<std::int64_t>(Limits::max())
                                         ? static_cast<std::int64_t>(Limits::max())
                                         : std::numeric_limits<std::int64_t>::max();
      return static_cast<T>(integer(column, Limits::min(), kMost, "a whole number"));
    } else if constexpr (std::floating_point<T>) {
      return static_cast<T>(real(column));
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
      return T(text(column));
    } else if constexpr (std::same_as<T, Blob> || std::same_as<T, std::span<const std::byte>>) {
      return T(bytes(column));
    } else if constexpr (std::same_as<T, std::vector<unsigned char>>) {
      const auto* first = reinterpret_cast<const unsigned char*>(bytes(column).data());
      return T(first, first + bytes(column).size());
    } else if constexpr (std::same_as<T, Value>) {
      return (*this)[column];
    } else {
      static_assert(!detail::kIsUnknown<T>, "Row::get<T>() has no such T: see gander/row.h");
    }
  }
  template <class T>
  T get(std::string_view column) const {
    return get<T>(place(column));
  }

  // Errors: usage, for a column that is not there.
  const Value& operator[](std::size_t column) const;
  const Value& operator[](std::string_view column) const { return (*this)[place(column)]; }
  bool is_null(std::size_t column) const;
  bool is_null(std::string_view column) const { return is_null(place(column)); }

  std::size_t size() const noexcept { return values_.size(); }
  const std::vector<Column>& columns() const noexcept { return *columns_; }

 private:
  std::size_t place(std::string_view column) const;
  std::int64_t integer(std::size_t column, std::int64_t least, std::int64_t most,
                       const char* wanted) const;
  double real(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  const Blob& bytes(std::size_t column) const;
  [[noreturn]] void refuse(std::size_t column, const char* wanted) const;

  std::shared_ptr<const std::vector<Column>> columns_;  // of all rows of a result
  std::vector<Value> values_;
};

// All rows of a result, in memory. Connection::for_each() shows them one by one instead.
class GANDER_EXPORT Rows {
 public:
  Rows();
  explicit Rows(std::vector<Column> columns);
  Rows(const Rows&);
  Rows(Rows&&) noexcept;
  Rows& operator=(const Rows&);
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  // For tests of migrations, which have no database: one value a column.
  void add(std::vector<Value> values);

  const std::vector<Column>& columns() const noexcept { return *columns_; }
  std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  // Errors: usage, for a row that is not there.
  const Row& operator[](std::size_t row) const;
  auto begin() const noexcept { return rows_.begin(); }
  auto end() const noexcept { return rows_.end(); }

  // The only row. Errors: usage, when there is none or another one.
  const Row& one() const&;
  Row one() &&;

 private:
  std::shared_ptr<const std::vector<Column>> columns_;
  std::vector<Row> rows_;
};

}  // namespace gander

#endif
