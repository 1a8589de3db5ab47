// SPDX-License-Identifier: MIT
// postgres::Lent: the session as a function migration sees it. Nothing is deferred here: each call
// answers for its own statement.
#pragma once

#include <map>
#include <string>

#include "src/driver/lent.h"
#include "src/driver/postgres/arguments.h"
#include "src/driver/postgres/connection.h"

namespace gander::driver::postgres {

class Lent final : public driver::Lent {
 public:
  // `connection` outlives it.
  explicit Lent(postgres::Connection& connection)
      : driver::Lent(connection), connection_(connection) {}

 private:
  class Cursor;

  std::int64_t do_execute(std::string_view sql, std::span<const Parameter> parameters) override;
  gander::Rows do_query(std::string_view sql, std::span<const Parameter> parameters) override;
  void do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                   const std::function<bool(const gander::Row&)>& function) override;
  void* do_native_handle() noexcept override;

  postgres::Connection::Progress run(std::string_view sql, std::span<const Parameter> parameters,
                                     postgres::Connection::Rowset rowset);
  void send(const std::string& sql, const Arguments& arguments, const MessageShape& shape,
            bool keep_rows);
  std::string prepare(const std::string& sql, const Arguments& arguments);
  [[noreturn]] void fail(std::string_view sql, std::size_t statements,
                         const postgres::Connection::Progress& progress);

  struct Known {
    int uses = 0;
    std::string name;  // empty: not prepared
  };

  postgres::Connection& connection_;
  std::map<std::string, Known> known_;  // by the text and the signature of its arguments
};

// Of a command tag: the rows that an INSERT, UPDATE, DELETE or MERGE has changed; else 0.
std::int64_t changed_rows(std::string_view tag);

}  // namespace gander::driver::postgres
