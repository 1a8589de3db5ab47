// SPDX-License-Identifier: MIT
// Function migrations of gander/c.h, and the connection that they are lent.
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "src/c/guard.h"

struct gander_connection {
  gander::Connection& value;
  std::string message = {};                   // gander_connection_fail()
  std::optional<gander::Error> failure = {};  // of the last call
};

struct gander_row {
  const gander::Row& value;
};

namespace {

using gander::Error;
using gander::ErrorCode;
using gander::Parameter;
using gander::c::guarded;
using gander::c::require;
using gander::c::throw_usage;

void call(gander_function function, void* context, gander::Connection& lent) {
  gander_connection connection{lent};
  const int result = function(context, &connection);
  if (result == 0) return;
  if (!connection.message.empty()) {
    throw Error(ErrorCode::sql, "the function migration failed: " + connection.message);
  }
  if (connection.failure) throw *connection.failure;
  throw Error(ErrorCode::sql, "the function migration returned " + std::to_string(result));
}

std::function<void(gander::Connection&)> wrapped(gander_function function, void* context) {
  if (function == nullptr) return {};
  return [=](gander::Connection& connection) { call(function, context, connection); };
}

Parameter parameter_of(const gander_value& value) {
  if (value.kind == GANDER_NULL) return nullptr;
  if (value.kind == GANDER_INTEGER) return value.integer;
  if (value.kind == GANDER_REAL) return value.real;
  if (value.kind != GANDER_TEXT && value.kind != GANDER_BLOB) {
    throw_usage("a value is of no known kind");
  }
  if (value.size > 0) require(value.data, "a value has no bytes");
  const std::string_view text(value.size == 0 ? "" : value.data, value.size);
  if (value.kind == GANDER_TEXT) return text;
  return std::as_bytes(std::span(text));
}

std::vector<Parameter> parameters_of(const gander_value* values, size_t count) {
  if (count > 0) require(values, "the values are null");
  std::vector<Parameter> parameters;
  parameters.reserve(count);
  for (size_t i = 0; i < count; ++i) parameters.push_back(parameter_of(values[i]));
  return parameters;
}

// Runs `work` and keeps its error for the end of the function.
template <typename Work>
int on(gander_connection* connection, gander_error** error, const Work& work) {
  return guarded(error, [&] {
    require(connection, "the connection is null")->failure.reset();
    try {
      work(connection->value);
    } catch (const Error& failure) {
      connection->failure = failure;
      throw;
    }
  });
}

gander_value text_value(int kind, const char* data, size_t size) {
  return {.kind = kind, .integer = 0, .real = 0, .data = data, .size = size};
}

}  // namespace

int gander_source_functions(const gander_function_migration* migrations, size_t count,
                            gander_source** source, gander_error** error) {
  if (source != nullptr) *source = nullptr;
  return guarded(error, [&] {
    require(source, "there is no place for the source");
    if (count > 0) require(migrations, "the migrations are null");
    std::vector<gander::FunctionMigration> functions;
    for (size_t i = 0; i < count; ++i) {
      const gander_function_migration& one = migrations[i];
      functions.push_back({.version = one.version,
                           .name = one.name == nullptr ? "" : one.name,
                           .up = wrapped(one.up, one.context),
                           .down = wrapped(one.down, one.context),
                           .transactional = one.transactional != 0});
    }
    *source = new gander_source{gander::functions(std::move(functions))};
  });
}

int gander_source_join(const gander_source* const* sources, size_t count, gander_source** source,
                       gander_error** error) {
  if (source != nullptr) *source = nullptr;
  return guarded(error, [&] {
    require(source, "there is no place for the source");
    if (count > 0) require(sources, "the sources are null");
    std::vector<gander::Source> all;
    for (size_t i = 0; i < count; ++i) {
      all.push_back(require(sources[i], "a source is null")->value);
    }
    *source = new gander_source{gander::join(std::move(all))};
  });
}

int gander_connection_execute(gander_connection* connection, const char* sql,
                              const gander_value* values, size_t count, int64_t* changed,
                              gander_error** error) {
  if (changed != nullptr) *changed = 0;
  return on(connection, error, [&](gander::Connection& lent) {
    const std::vector<Parameter> parameters = parameters_of(values, count);
    const std::int64_t rows = lent.execute(require(sql, "the SQL text is null"), parameters);
    if (changed != nullptr) *changed = rows;
  });
}

int gander_connection_for_each(gander_connection* connection, const char* sql,
                               const gander_value* values, size_t count, gander_row_visitor visitor,
                               void* context, gander_error** error) {
  return on(connection, error, [&](gander::Connection& lent) {
    require(visitor, "the visitor is null");
    const std::vector<Parameter> parameters = parameters_of(values, count);
    lent.for_each(require(sql, "the SQL text is null"), parameters, [&](const gander::Row& row) {
      const gander_row shown{row};
      return visitor(context, &shown) == 0;
    });
  });
}

int gander_connection_in_transaction(gander_connection* connection) {
  int open = 0;
  on(connection, nullptr, [&](gander::Connection& lent) { open = lent.in_transaction() ? 1 : 0; });
  return open;
}

const char* gander_connection_driver_name(const gander_connection* connection) {
  return connection == nullptr ? "" : connection->value.driver_name().data();
}

void* gander_connection_native_handle(gander_connection* connection) {
  return connection == nullptr ? nullptr : connection->value.native_handle();
}

void gander_connection_fail(gander_connection* connection, const char* message) {
  if (connection == nullptr || message == nullptr) return;
  guarded(nullptr, [&] { connection->message = message; });
}

size_t gander_row_count(const gander_row* row) { return row == nullptr ? 0 : row->value.size(); }

const char* gander_row_name(const gander_row* row, size_t index) {
  if (index >= gander_row_count(row)) return "";
  return row->value.columns()[index].name.c_str();
}

gander_value gander_row_value(const gander_row* row, size_t index) {
  gander_value out = text_value(GANDER_NULL, "", 0);
  if (index >= gander_row_count(row)) return out;
  const gander::Value& value = row->value[index];
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out.kind = GANDER_INTEGER;
    out.integer = *integer;
  } else if (const auto* real = std::get_if<double>(&value)) {
    out.kind = GANDER_REAL;
    out.real = *real;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out = text_value(GANDER_TEXT, text->c_str(), text->size());
  } else if (const auto* blob = std::get_if<gander::Blob>(&value)) {
    out = text_value(GANDER_BLOB, reinterpret_cast<const char*>(blob->data()), blob->size());
  }
  return out;
}
