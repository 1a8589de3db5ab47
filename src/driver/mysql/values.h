// SPDX-License-Identifier: MIT
// A result of the server as values.
#pragma once

#include <mysql.h>

#include "src/driver/driver.h"

namespace gander::driver::mysql {

// All rows of a stored result as Gander itself reads them: numbers as such where they fit, all
// else, bytes too, as text.
Rows rows_of(MYSQL_RES* result);

// A row of a result that is being read. It lives as long as the row does.
class ResultRow final : public Row {
 public:
  ResultRow(MYSQL_RES* result, MYSQL_ROW row);
  std::int64_t integer(int column) const override;
  std::string_view text(int column) const override;

 private:
  MYSQL_ROW row_;
  const unsigned long* lengths_;
};

}  // namespace gander::driver::mysql
