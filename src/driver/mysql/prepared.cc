// SPDX-License-Identifier: MIT
#include "src/driver/mysql/prepared.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/mysql/typed_rows.h"

namespace gander::driver::mysql {
namespace {

// What a cursor fetches at once.
constexpr unsigned long kFetched = 100;

MYSQL_BIND bind_of(const Parameter& parameter) {
  MYSQL_BIND bind{};
  const auto take = [&](enum_field_types type, const void* data, std::size_t size) {
    bind.buffer_type = type;
    bind.buffer = const_cast<void*>(data);  // only read
    bind.buffer_length = static_cast<unsigned long>(size);
  };
  const Parameter::Held& held = parameter.held();
  if (const auto* integer = std::get_if<std::int64_t>(&held)) {
    take(MYSQL_TYPE_LONGLONG, integer, sizeof *integer);
  } else if (const auto* real = std::get_if<double>(&held)) {
    take(MYSQL_TYPE_DOUBLE, real, sizeof *real);
  } else if (const auto* text = std::get_if<std::string_view>(&held)) {
    take(MYSQL_TYPE_STRING, text->empty() ? "" : text->data(), text->size());
  } else if (const auto* bytes = std::get_if<std::span<const std::byte>>(&held)) {
    take(MYSQL_TYPE_BLOB, bytes->empty() ? static_cast<const void*>("") : bytes->data(),
         bytes->size());
  } else {
    bind.buffer_type = MYSQL_TYPE_NULL;
  }
  return bind;
}

}  // namespace

// What a column of a row is fetched into. Longer texts are fetched once more, in their length.
struct Prepared::Cell {
  std::int64_t integer = 0;
  double real = 0;
  std::array<char, 64> text{};
  unsigned long length = 0;
  my_bool is_null = 0;
  my_bool cut = 0;
};

Prepared::Prepared(Wire& wire, std::string_view sql) : wire_(wire), text_(sql) {
  const Client& mysql = client();
  statement_ = mysql.mysql_stmt_init(wire.handle());
  if (statement_ == nullptr) {
    throw Error(ErrorCode::internal, "the client library has no memory for a statement");
  }
  const int failed = drive<int>(
      [&](int* out) {
        return mysql.mysql_stmt_prepare_start(out, statement_, text_.sql.data(),
                                              static_cast<unsigned long>(text_.sql.size()));
      },
      [&](int* out, int ready) { return mysql.mysql_stmt_prepare_cont(out, statement_, ready); });
  if (failed != 0) fail();
}

Prepared::~Prepared() {
  if (statement_ == nullptr) return;
  const Client& mysql = client();
  try {
    drive<my_bool>([&](my_bool* out) { return mysql.mysql_stmt_close_start(out, statement_); },
                   [&](my_bool* out, int ready) {
                     return mysql.mysql_stmt_close_cont(out, statement_, ready);
                   });
  } catch (...) {
    // Of a session that is lost: it goes with that.
  }
}

bool Prepared::fail() {
  failure_ = wire_.failure_of_statement(statement_);
  return false;
}

void Prepared::bind(std::span<const Parameter> parameters) {
  const std::size_t slots = client().mysql_stmt_param_count(statement_);
  if (parameters.size() != text_.wanted || slots != text_.values.size()) {
    throw Error(ErrorCode::usage, "the statement has " + std::to_string(text_.wanted) +
                                      " parameters, and " + std::to_string(parameters.size()) +
                                      " values were given");
  }
  if (slots == 0) return;
  std::vector<MYSQL_BIND> binds;
  for (const std::size_t value : text_.values) binds.push_back(bind_of(parameters[value]));
  // The library copies them; the values themselves outlive the call of run().
  client().mysql_stmt_bind_param(statement_, binds.data());
}

bool Prepared::run(std::span<const Parameter> parameters, Reading reading) {
  const Client& mysql = client();
  failure_.reset();
  columns_.clear();
  const unsigned long type =
      reading == Reading::by_cursor ? CURSOR_TYPE_READ_ONLY : CURSOR_TYPE_NO_CURSOR;
  mysql.mysql_stmt_attr_set(statement_, STMT_ATTR_CURSOR_TYPE, &type);
  mysql.mysql_stmt_attr_set(statement_, STMT_ATTR_PREFETCH_ROWS, &kFetched);
  bind(parameters);
  const int failed = drive<int>(
      [&](int* out) { return mysql.mysql_stmt_execute_start(out, statement_); },
      [&](int* out, int ready) { return mysql.mysql_stmt_execute_cont(out, statement_, ready); });
  if (failed != 0) return fail();
  changed_ = static_cast<std::int64_t>(mysql.mysql_stmt_affected_rows(statement_));
  return open_result(reading);
}

bool Prepared::open_result(Reading reading) {
  const Client& mysql = client();
  open_ = false;
  if (mysql.mysql_stmt_field_count(statement_) == 0) return true;
  metadata_.reset(mysql.mysql_stmt_result_metadata(statement_));
  columns_ = columns_of(metadata_.get());
  cells_.assign(columns_.size(), {});
  binds_.assign(columns_.size(), {});
  const MYSQL_FIELD* fields = mysql.mysql_fetch_fields(metadata_.get());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    Cell& cell = cells_[i];
    MYSQL_BIND& bind = binds_[i];
    bind.is_null = &cell.is_null;
    bind.length = &cell.length;
    bind.error = &cell.cut;
    bind.is_unsigned = (fields[i].flags & UNSIGNED_FLAG) != 0 ? 1 : 0;
    if (is_integer(fields[i])) {
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.buffer = &cell.integer;
    } else if (is_real(fields[i])) {
      bind.buffer_type = MYSQL_TYPE_DOUBLE;
      bind.buffer = &cell.real;
    } else {
      bind.buffer_type = MYSQL_TYPE_STRING;
      bind.buffer = cell.text.data();
      bind.buffer_length = cell.text.size();
    }
  }
  mysql.mysql_stmt_bind_result(statement_, binds_.data());
  open_ = true;
  if (reading == Reading::by_cursor) return true;
  const int failed =
      drive<int>([&](int* out) { return mysql.mysql_stmt_store_result_start(out, statement_); },
                 [&](int* out, int ready) {
                   return mysql.mysql_stmt_store_result_cont(out, statement_, ready);
                 });
  return failed == 0 || fail();
}

Value Prepared::value_of(unsigned column) {
  Cell& cell = cells_[column];
  const MYSQL_FIELD& field = client().mysql_fetch_fields(metadata_.get())[column];
  if (cell.is_null != 0) return std::monostate{};
  if (is_integer(field)) {
    return whole_number(static_cast<std::uint64_t>(cell.integer),
                        (field.flags & UNSIGNED_FLAG) != 0);
  }
  if (is_real(field)) return cell.real;
  const std::size_t length = cell.length;
  if (length <= cell.text.size()) return typed_value(field, {cell.text.data(), length});
  std::string text(length, '\0');
  MYSQL_BIND whole{};
  unsigned long fetched = 0;
  my_bool cut = 0;
  my_bool is_null = 0;
  whole.buffer_type = MYSQL_TYPE_STRING;
  whole.buffer = text.data();
  whole.buffer_length = static_cast<unsigned long>(length);
  whole.length = &fetched;
  whole.error = &cut;
  whole.is_null = &is_null;
  client().mysql_stmt_fetch_column(statement_, &whole, column, 0);
  return typed_value(field, text);
}

std::optional<std::vector<Value>> Prepared::next() {
  const Client& mysql = client();
  if (!open_) return std::nullopt;
  const int got = drive<int>(
      [&](int* out) { return mysql.mysql_stmt_fetch_start(out, statement_); },
      [&](int* out, int ready) { return mysql.mysql_stmt_fetch_cont(out, statement_, ready); });
  if (got != 0 && got != MYSQL_DATA_TRUNCATED) {
    if (got != MYSQL_NO_DATA) fail();
    open_ = false;
    return std::nullopt;
  }
  std::vector<Value> row;
  row.reserve(columns_.size());
  for (unsigned i = 0; i < columns_.size(); ++i) row.push_back(value_of(i));
  return row;
}

bool Prepared::end() {
  const Client& mysql = client();
  open_ = false;
  for (;;) {
    drive<my_bool>(
        [&](my_bool* out) { return mysql.mysql_stmt_free_result_start(out, statement_); },
        [&](my_bool* out, int ready) {
          return mysql.mysql_stmt_free_result_cont(out, statement_, ready);
        });
    if (wire_.lost() || mysql.mysql_more_results(wire_.handle()) == 0) break;
    const int next =
        drive<int>([&](int* out) { return mysql.mysql_stmt_next_result_start(out, statement_); },
                   [&](int* out, int ready) {
                     return mysql.mysql_stmt_next_result_cont(out, statement_, ready);
                   });
    if (next > 0) return fail();
    if (next != 0) break;
  }
  return !failure_.has_value();
}

}  // namespace gander::driver::mysql
