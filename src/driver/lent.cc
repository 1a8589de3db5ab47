// SPDX-License-Identifier: MIT
#include "src/driver/lent.h"

#include <string>

namespace gander::driver {

void Lent::do_for_each(std::string_view sql, std::span<const Parameter> parameters,
                       const std::function<bool(const gander::Row&)>& function) {
  for (const gander::Row& row : query(sql, parameters)) {
    if (!function(row)) return;
  }
}

void Lent::check(std::string_view sql, std::string_view why, const CancelToken* cancel) {
  if (sql.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::usage, "the SQL text holds a NUL byte, " + std::string(why));
  }
  if (cancel != nullptr) cancel->throw_if_stopped();
}

void Lent::refuse_several_queries() {
  throw Error(ErrorCode::usage, "a query is one statement, and there are several",
              "run the others with execute()");
}

void Lent::refuse_parameters_of_several() {
  throw Error(ErrorCode::usage, "parameters go with one statement, and there are several",
              "run them one by one");
}

}  // namespace gander::driver
