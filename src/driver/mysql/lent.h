// SPDX-License-Identifier: MIT
// mysql::Lent: the session as a function migration sees it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "src/driver/lent.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/prepared.h"

namespace gander::driver::mysql {

class Lent final : public driver::Lent {
 public:
  // `connection` outlives it.
  explicit Lent(mysql::Connection& connection)
      : driver::Lent(connection), connection_(connection) {}

 private:
  class Use;

  std::int64_t do_execute(std::string_view sql, std::span<const Parameter> parameters) override;
  gander::Rows do_query(std::string_view sql, std::span<const Parameter> parameters) override;
  void do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                   const std::function<bool(const gander::Row&)>& function) override;
  void* do_native_handle() noexcept override;

  void check_text(std::string_view sql) const;
  Reply exchange(std::string_view sql, Wire::Rowset rowset);
  std::int64_t execute_one(std::string_view sql);
  [[noreturn]] void fail(std::string_view sql, const Failure& failure);

  mysql::Connection& connection_;
  // By their text. One in use is taken out, so that the same text may be run within a visit of its
  // own rows.
  std::map<std::string, std::unique_ptr<Prepared>, std::less<>> prepared_;
};

}  // namespace gander::driver::mysql
