// SPDX-License-Identifier: MIT
// Prepared: one statement with parameters, prepared on the server, and the rows it gives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gander/connection.h"
#include "src/driver/mysql/placeholders.h"
#include "src/driver/mysql/wire.h"

namespace gander::driver::mysql {

class Prepared {
 public:
  enum class Reading { whole, by_cursor };

  // Prepares. Failures of the server's are in failure(). `wire` outlives it.
  Prepared(Wire& wire, std::string_view sql);
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  // Throws Error(usage) for a wrong number of values. False: see failure().
  bool run(std::span<const Parameter> parameters, Reading reading);
  // Rows that an INSERT, UPDATE or DELETE has changed.
  std::int64_t changed() const { return changed_; }
  bool has_rows() const { return !columns_.empty(); }
  const std::vector<Column>& columns() const { return columns_; }
  // The next row of the last result that had any; nullopt behind the last one, and when it failed.
  std::optional<std::vector<Value>> next();
  // What is left of the results, of those of a CALL too, is thrown away.
  bool end();

  const std::optional<Failure>& failure() const { return failure_; }

 private:
  struct Cell;
  template <typename Result, typename Start, typename GoOn>
  Result drive(Start start, GoOn go_on) {
    wire_.started();
    const Result result = wire_.drive<Result>(start, go_on);
    wire_.finished();
    return result;
  }
  bool fail();
  bool open_result(Reading reading);
  void bind(std::span<const Parameter> parameters);
  Value value_of(unsigned column);

  Wire& wire_;
  const Placeholders text_;
  MYSQL_STMT* statement_ = nullptr;
  std::optional<Failure> failure_;
  std::int64_t changed_ = 0;
  bool open_ = false;  // a result is
  ResultHandle metadata_;
  std::vector<Column> columns_;
  std::vector<Cell> cells_;
  std::vector<MYSQL_BIND> binds_;  // one a cell
};

}  // namespace gander::driver::mysql
