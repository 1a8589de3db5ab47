// SPDX-License-Identifier: MIT
// Lent: the session of the migrations as function migrations see it. The server takes no parameters
// beside a statement of this form, so that none are taken.
#pragma once

#include <span>
#include <string_view>

#include "src/driver/clickhouse/connection.h"
#include "src/driver/lent.h"

namespace gander::driver::clickhouse {

class Lent final : public driver::Lent {
 public:
  // `connection` outlives it.
  explicit Lent(clickhouse::Connection& connection)
      : driver::Lent(connection), connection_(connection) {}

 private:
  std::int64_t do_execute(std::string_view sql, std::span<const Parameter> parameters) override;
  gander::Rows do_query(std::string_view sql, std::span<const Parameter> parameters) override;
  Answer send(std::string_view sql, std::span<const Parameter> parameters, std::string_view format);

  clickhouse::Connection& connection_;
};

}  // namespace gander::driver::clickhouse
