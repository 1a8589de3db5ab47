// SPDX-License-Identifier: MIT
// Connection: the open database as a C++ function migration sees it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gander/export.h"

namespace gander {

// One value of a row or a parameter: NULL, integer, real, text (also used for bytes).
// PostgreSQL sends text for every type but integers, reals and booleans (0 or 1).
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

// Lent to a function migration for the length of the call; never keep it.
// Thread rule: only the thread that runs the migration may use it.
// Every failure is an Error with code sql, connection, storage or not_writable.
class GANDER_EXPORT Connection {
 public:
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one or more SQL statements and throws their rows away. A failure leaves the statements
  // before the failing one in force unless a transaction is open.
  virtual void execute(std::string_view sql) = 0;

  // Runs one statement with its parameters (?1, ?2 for SQLite; $1, $2 for PostgreSQL) and returns
  // all its rows.
  virtual Rows query(std::string_view sql, std::span<const Value> parameters = {}) = 0;

  // The driver's own handle: sqlite3* or PGconn*. Do not close it, and leave transactions alone.
  virtual void* native_handle() noexcept = 0;

  // "sqlite" or "postgres".
  virtual std::string_view driver_name() const noexcept = 0;

 protected:
  Connection();
};

}  // namespace gander
