// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/lent.h"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "src/base/clip.h"

namespace gander::driver::sqlite {
namespace {

// More texts than this are not of a loop: everything is forgotten and begun anew.
constexpr std::size_t kMostPrepared = 64;

void bind(sqlite3_stmt* statement, int slot, const Parameter::Held& value) {
  // The values outlive the statement's use, so SQLite need not copy them. A null pointer would be
  // NULL, which an empty text is not.
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, slot, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, slot, *real);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    sqlite3_bind_text64(statement, slot, text->empty() ? "" : text->data(), text->size(),
                        SQLITE_STATIC, SQLITE_UTF8);
  } else if (const auto* bytes = std::get_if<std::span<const std::byte>>(&value)) {
    if (bytes->empty()) {
      sqlite3_bind_zeroblob(statement, slot, 0);
    } else {
      sqlite3_bind_blob64(statement, slot, bytes->data(), bytes->size(), SQLITE_STATIC);
    }
  } else {
    sqlite3_bind_null(statement, slot);
  }
}

// Which of the values belongs into this slot, from 1. SQLite gives $2 the first slot when it stands
// first.
std::size_t number_of(sqlite3_stmt* statement, int slot) {
  const char* name = sqlite3_bind_parameter_name(statement, slot);
  if (name == nullptr || name[0] == '?') return static_cast<std::size_t>(slot);
  std::size_t number = 0;
  const char* end = name + std::strlen(name);
  const auto [at, failure] = std::from_chars(name + 1, end, number);
  if (name[0] == '$' && failure == std::errc() && at == end && number > 0) return number;
  throw Error(ErrorCode::usage, std::string("the parameter ") + name + " has no number",
              "write $1, $2 ...");
}

void bind_all(sqlite3_stmt* statement, std::span<const Parameter> values) {
  std::size_t wanted = 0;
  for (int slot = 1; slot <= sqlite3_bind_parameter_count(statement); ++slot) {
    const std::size_t number = number_of(statement, slot);
    wanted = std::max(wanted, number);
    if (number <= values.size()) bind(statement, slot, values[number - 1].held());
  }
  if (wanted == values.size()) return;
  throw Error(ErrorCode::usage, "the statement has " + std::to_string(wanted) +
                                    " parameters, and " + std::to_string(values.size()) +
                                    " values were given");
}

std::vector<Column> columns_of(sqlite3_stmt* statement) {
  std::vector<Column> columns;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const char* type = sqlite3_column_decltype(statement, i);
    columns.push_back({sqlite3_column_name(statement, i), type == nullptr ? "" : type});
  }
  return columns;
}

Value value_of(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_INTEGER) {
    return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
  }
  if (type == SQLITE_FLOAT) return sqlite3_column_double(statement, column);
  if (type == SQLITE_NULL) return std::monostate{};
  const void* data = type == SQLITE_TEXT
                         ? static_cast<const void*>(sqlite3_column_text(statement, column))
                         : sqlite3_column_blob(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  if (type == SQLITE_TEXT) return std::string(static_cast<const char*>(data), size);
  const auto* bytes = static_cast<const std::byte*>(data);
  return bytes == nullptr ? Blob() : Blob(bytes, bytes + size);
}

std::vector<Value> row_of(sqlite3_stmt* statement) {
  std::vector<Value> values;
  const int width = sqlite3_column_count(statement);
  values.reserve(static_cast<std::size_t>(width));
  for (int i = 0; i < width; ++i) values.push_back(value_of(statement, i));
  return values;
}

// Nothing but blanks and comments? What follows may need what comes first, and not be understood
// before that has run.
bool is_end(sqlite3* handle, const char* tail) {
  while (*tail != '\0') {
    sqlite3_stmt* next = nullptr;
    const int result = sqlite3_prepare_v2(handle, tail, -1, &next, &tail);
    sqlite3_finalize(next);
    if (result != SQLITE_OK || next != nullptr) return false;
  }
  return true;
}

[[noreturn]] void throw_with_text(const Error& error, std::string_view sql) {
  if (error.details().native_code == 0 || !error.details().sql.empty()) throw error;
  ErrorDetails details = error.details();
  details.sql = shown_sql(sql);
  throw Error(std::move(details));
}

}  // namespace

// A prepared statement with its values, taken out of the cache so that the same text may be run
// within a visit of its own rows.
class Lent::Use {
 public:
  Use(Lent& lent, std::string_view sql, std::span<const Parameter> parameters)
      : lent_(lent), text_(sql) {
    sqlite::Connection& connection = lent.connection_;
    check(sql, "which SQLite takes for its end", connection.options_.cancel);
    if (auto known = lent.prepared_.extract(text_); !known.empty()) {
      statement_ = std::move(known.mapped());
    } else {
      const char* tail = nullptr;
      statement_ = connection.prepare(text_.c_str(), &tail);
      single_ = is_end(connection.handle_, tail);
    }
    if (statement_ != nullptr && single_) {
      bind_all(statement_.get(), parameters);
    } else if (!parameters.empty()) {
      refuse_parameters();
    }
  }

  ~Use() {
    if (statement_ == nullptr || !single_) return;
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    try {
      if (lent_.prepared_.size() >= kMostPrepared) lent_.prepared_.clear();
      lent_.prepared_.insert_or_assign(std::move(text_), std::move(statement_));
    } catch (const std::bad_alloc&) {
      // Then it is prepared once more.
    }
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  // nullptr where the text holds no statement.
  sqlite3_stmt* statement() const { return statement_.get(); }
  const std::string& text() const { return text_; }
  // False: the text holds several, of which statement() is the first.
  bool single() const { return single_; }

  [[noreturn]] void refuse_parameters() const {
    if (!single_) refuse_parameters_of_several();
    throw Error(ErrorCode::usage, "there is no statement for the parameters");
  }

  void refuse_several() const {
    if (!single_) refuse_several_queries();
  }

 private:
  Lent& lent_;
  std::string text_;
  StatementHandle statement_;
  bool single_ = true;
};

void Lent::step(sqlite3_stmt* statement, const std::function<bool()>& row) {
  // Inside a transaction the others wait for us, and a busy answer is final.
  const bool repeatable = !connection_.in_transaction();
  const auto first = [&] {
    sqlite3_reset(statement);
    return sqlite3_step(statement);
  };
  // Once there is a row the lock is held, and SQLite does not answer BUSY any more.
  int result = repeatable ? connection_.patiently(first) : first();
  while (result == SQLITE_ROW) {
    if (!row()) return;
    result = sqlite3_step(statement);
  }
  if (result != SQLITE_DONE) throw Error(connection_.last_error());
}

void Lent::run(const Use& use, const std::function<bool()>& row) {
  int offset = -1;
  connection_.run_one(use.statement(), use.text().c_str(), nullptr, &offset,
                      [&](sqlite3_stmt* statement) { step(statement, row); });
}

std::int64_t Lent::do_execute(std::string_view sql, std::span<const Parameter> parameters) {
  try {
    const Use use(*this, sql, parameters);
    connection_.changed_ = 0;
    if (!use.single()) {
      connection_.run_text(use.text().c_str(), nullptr);
    } else if (use.statement() != nullptr) {
      run(use, [] { return true; });
    }
    return connection_.changed_;
  } catch (const Error& error) {
    throw_with_text(error, sql);
  }
}

gander::Rows Lent::do_query(std::string_view sql, std::span<const Parameter> parameters) {
  try {
    const Use use(*this, sql, parameters);
    use.refuse_several();
    if (use.statement() == nullptr) return {};
    std::optional<gander::Rows> rows;
    run(use, [&] {
      if (!rows) rows.emplace(columns_of(use.statement()));
      rows->add(row_of(use.statement()));
      return true;
    });
    return rows ? std::move(*rows) : gander::Rows(columns_of(use.statement()));
  } catch (const Error& error) {
    throw_with_text(error, sql);
  }
}

void Lent::do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                       const std::function<bool(const gander::Row&)>& function) {
  std::exception_ptr thrown;  // by the function, whose errors are not ours to explain
  try {
    const Use use(*this, sql, parameters);
    use.refuse_several();
    if (use.statement() == nullptr) return;
    std::shared_ptr<const std::vector<Column>> columns;
    run(use, [&] {
      // Only now: a statement that is prepared before the schema changes is prepared again by its
      // first step.
      if (columns == nullptr) {
        columns = std::make_shared<const std::vector<Column>>(columns_of(use.statement()));
      }
      const gander::Row row(columns, row_of(use.statement()));
      try {
        return function(row);
      } catch (...) {
        thrown = std::current_exception();
        return false;
      }
    });
  } catch (const Error& error) {
    throw_with_text(error, sql);
  }
  if (thrown != nullptr) std::rethrow_exception(thrown);
}

}  // namespace gander::driver::sqlite
