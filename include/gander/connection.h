// SPDX-License-Identifier: MIT
// Connection: the open database as a C++ function migration sees it.
//
//   void fill_slugs(gander::Connection& connection) {
//     connection.for_each("SELECT id, title FROM article WHERE length(title) > $1", 3,
//                         [&](const gander::Row& row) {
//                           connection.execute("UPDATE article SET slug = $1 WHERE id = $2",
//                                              slug_of(row.get<std::string>("title")),
//                                              row.get<std::int64_t>("id"));
//                         });
//   }
//
// Parameters are written $1, $2 ... on every database; the same number twice is the same value.
// SQLite also knows ?1 and ?, MySQL ?; on PostgreSQL ? is an operator. A statement with parameters
// is sent as it is (to MySQL with a ? for each), with its values beside it: nothing is ever pasted
// into its text.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "gander/export.h"
#include "gander/row.h"

namespace gander {

class Parameter;

namespace detail {

template <class T>
concept Text = std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>;

template <class T>
concept Bytes = std::convertible_to<const T&, std::span<const std::byte>> ||
                std::convertible_to<const T&, std::span<const unsigned char>>;

template <class T>
concept Null = std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t> ||
               std::same_as<T, std::monostate>;

// What a parameter may be. An optional of it may be, too.
template <class T>
concept Plain = Null<T> || std::same_as<T, bool> || Integer<T> || std::floating_point<T> ||
                Text<T> || Bytes<T> || std::same_as<T, Value> || std::same_as<T, Parameter>;

template <class T>
struct IsParameter : std::bool_constant<Plain<T>> {};
template <class T>
struct IsParameter<std::optional<T>> : IsParameter<T> {};

[[noreturn]] GANDER_EXPORT void refuse_large(std::uint64_t number);

}  // namespace detail

// The types that go into a statement: every integer, bool (1 or 0), double, text (std::string,
// string_view, literals; a null char* is NULL), bytes (std::vector, array or span of std::byte or
// unsigned char), nullptr, Value, and std::optional of each.
template <class T>
concept Bindable = detail::IsParameter<std::remove_cvref_t<T>>::value;

// One parameter. A view: text and bytes must live as long as it does.
class Parameter {
 public:
  using Held = std::variant<std::monostate, std::int64_t, double, std::string_view,
                            std::span<const std::byte>>;

  // Errors: usage, for an unsigned number above the largest std::int64_t.
  template <class T>
    requires Bindable<T> && (!std::same_as<std::remove_cvref_t<T>, Parameter>)
  Parameter(const T& value) : held_(hold(value)) {}  // NOLINT(google-explicit-constructor)

  const Held& held() const noexcept { return held_; }

 private:
  template <class T>
  static Held hold(const T& value) {
    if constexpr (detail::kIsOptional<T>) {
      return value ? Parameter(*value).held_ : Held();
    } else if constexpr (std::same_as<T, Value>) {
      return std::visit([](const auto& held) { return hold(held); }, value);
    } else if constexpr (detail::Null<T>) {
      return Held();
    } else if constexpr (std::same_as<T, bool>) {
      return std::int64_t{value ? 1 : 0};
    } else if constexpr (detail::Integer<T>) {
      if (!std::in_range<std::int64_t>(value)) {
        detail::refuse_large(static_cast<std::uint64_t>(value));
      }
      return static_cast<std::int64_t>(value);
    } else if constexpr (std::floating_point<T>) {
      return static_cast<double>(value);
    } else if constexpr (detail::Text<T>) {
      if constexpr (std::is_pointer_v<T>) {
        if (value == nullptr) return Held();
      }
      return std::string_view(value);
    } else if constexpr (std::convertible_to<const T&, std::span<const std::byte>>) {
      return std::span<const std::byte>(value);
    } else {
      return std::as_bytes(std::span<const unsigned char>(value));
    }
  }

  Held held_;
};

namespace detail {

// Is this (parameters ..., function of a row)?
template <class Tuple, std::size_t... I>
consteval bool ends_in_function(std::index_sequence<I...>) {
  return (Bindable<std::tuple_element_t<I, Tuple>> && ...) &&
         std::invocable<std::tuple_element_t<sizeof...(I), Tuple>, const Row&>;
}
template <class... Rest>
concept ParametersAndFunction =
    sizeof...(Rest) > 0 &&
    ends_in_function<std::tuple<Rest...>>(std::make_index_sequence<sizeof...(Rest) - 1>());

}  // namespace detail

// Lent to a function migration for the length of the call; never keep it.
// Thread rule: only the thread that runs the migration may use it.
// The functions take their parameters one by one, or as a std::span<const Parameter> (a
// std::vector<Parameter>) where their number is not known before. A text that is used again is not
// parsed again by the database, as long as the function runs.
// Errors: an Error with code sql, connection, storage, not_writable or interrupted, thrown by the
// call whose statement failed; usage for a wrong number of parameters. On PostgreSQL a failed
// statement spoils its transaction: catch its error only around a savepoint.
class GANDER_EXPORT Connection {
 public:
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs a statement and throws its rows away. Returns how many rows its INSERT, UPDATE, DELETE or
  // MERGE has changed, those of triggers and foreign keys not included. Without parameters it may
  // be several statements, of which it is the sum; a failure leaves those before the failing one in
  // force unless a transaction is open.
  template <Bindable... Parameters>
  std::int64_t execute(std::string_view sql, const Parameters&... parameters) {
    const std::array<Parameter, sizeof...(Parameters)> all{Parameter(parameters)...};
    return do_execute(sql, all);
  }
  std::int64_t execute(std::string_view sql, std::span<const Parameter> parameters) {
    return do_execute(sql, parameters);
  }

  // Runs one statement and returns all its rows.
  template <Bindable... Parameters>
  [[nodiscard]] Rows query(std::string_view sql, const Parameters&... parameters) {
    const std::array<Parameter, sizeof...(Parameters)> all{Parameter(parameters)...};
    return do_query(sql, all);
  }
  [[nodiscard]] Rows query(std::string_view sql, std::span<const Parameter> parameters) {
    return do_query(sql, parameters);
  }

  // Runs one query and calls the function, which stands behind the parameters, with each row. It
  // may use the connection meanwhile, and ends the visit by returning false; it may also return
  // nothing. A SELECT of any size takes little memory: SQLite shows row by row, the others some at
  // a time from a cursor. Rows of what changes data (INSERT ... RETURNING) are collected first.
  // What the function throws is passed on.
  template <class... ParametersAndFunction>
    requires detail::ParametersAndFunction<ParametersAndFunction...>
  void for_each(std::string_view sql, ParametersAndFunction&&... parameters_and_function) {
    constexpr std::size_t kCount = sizeof...(ParametersAndFunction) - 1;
    auto all = std::forward_as_tuple(parameters_and_function...);
    visit_rows(sql, all, std::make_index_sequence<kCount>());
  }
  void for_each(std::string_view sql, std::span<const Parameter> parameters,
                const std::function<bool(const Row&)>& function) {
    do_for_each(sql, parameters, function);
  }

  // Is a transaction open? Always so in a transactional migration, which leaves it to Gander to
  // begin and end it (savepoints are its own).
  [[nodiscard]] bool in_transaction() { return do_in_transaction(); }

  // "sqlite", "postgres" or "mysql".
  [[nodiscard]] std::string_view driver_name() const noexcept { return do_driver_name(); }

  // The driver's own handle: sqlite3*, PGconn* or MYSQL*. Do not close it, and leave transactions
  // alone.
  [[nodiscard]] void* native_handle() noexcept { return do_native_handle(); }

 protected:
  Connection();

 private:
  // All that a database implements, or a fake of a test.
  virtual std::int64_t do_execute(std::string_view sql, std::span<const Parameter> parameters) = 0;
  virtual Rows do_query(std::string_view sql, std::span<const Parameter> parameters) = 0;
  virtual void do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                           const std::function<bool(const Row&)>& function) = 0;
  virtual bool do_in_transaction() = 0;
  virtual std::string_view do_driver_name() const noexcept = 0;
  virtual void* do_native_handle() noexcept = 0;

  template <class Tuple, std::size_t... I>
  void visit_rows(std::string_view sql, Tuple& all, std::index_sequence<I...>) {
    const std::array<Parameter, sizeof...(I)> parameters{Parameter(std::get<I>(all))...};
    auto& function = std::get<sizeof...(I)>(all);
    using Result = std::invoke_result_t<decltype(function), const Row&>;
    do_for_each(sql, parameters, [&function](const Row& row) {
      if constexpr (std::same_as<Result, bool>) {
        return std::invoke(function, row);
      } else {
        std::invoke(function, row);
        return true;
      }
    });
  }
};

}  // namespace gander

#endif
