// SPDX-License-Identifier: MIT
// sqlite::Lent: the session as a function migration sees it. What it prepares stays prepared as
// long as it lives, and a borrowed handle has none of it left afterwards.
#pragma once

#include <map>
#include <string>

#include "src/driver/lent.h"
#include "src/driver/sqlite/connection.h"

namespace gander::driver::sqlite {

class Lent final : public driver::Lent {
 public:
  // `connection` outlives it.
  explicit Lent(sqlite::Connection& connection)
      : driver::Lent(connection), connection_(connection) {}

 private:
  class Use;

  std::int64_t do_execute(std::string_view sql, std::span<const Parameter> parameters) override;
  gander::Rows do_query(std::string_view sql, std::span<const Parameter> parameters) override;
  void do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                   const std::function<bool(const gander::Row&)>& function) override;

  // Steps until there are no more rows, or `row` has had enough.
  void run(const Use& use, const std::function<bool()>& row);
  void step(sqlite3_stmt* statement, const std::function<bool()>& row);

  sqlite::Connection& connection_;
  std::map<std::string, StatementHandle> prepared_;  // but those in use
};

}  // namespace gander::driver::sqlite
