// SPDX-License-Identifier: MIT
// lint_place(): where a finding stands in its file.
#include <utility>

#include "src/driver/driver.h"
#include "src/driver/linter.h"

namespace gander::driver {

LintPlace lint_place(const sql::Statement& unit, std::size_t begin, std::size_t end,
                     std::size_t at) {
  const Error error = statement_error(unit, at, {});
  const ErrorDetails& details = error.details();
  LintPlace place;
  place.line = details.line;
  place.column = details.column;
  place.source_line = details.source_line;
  place.first_line = unit.place(begin).line;
  place.last_line = unit.place(end > begin ? end - 1 : end).line;
  return place;
}

}  // namespace gander::driver
