// SPDX-License-Identifier: MIT
#include "src/driver/driver.h"

namespace gander::driver {

std::string Repeated::sql() const {
  std::string sql = text.front();
  for (std::size_t i = 0; i < values.size(); ++i) sql += values[i] + text[i + 1];
  return sql;
}

}  // namespace gander::driver
