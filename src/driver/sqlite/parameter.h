// SPDX-License-Identifier: MIT
// Parameters (`?1`, `:name`, `@name`, `$name`) in the statements of a script, for which there is no
// value. SQLite would take NULL for it.
#pragma once

#include <cstddef>
#include <string_view>

#include "gander/error.h"

struct sqlite3_stmt;

namespace gander::driver::sqlite {

// Where the first parameter of the SQL text stands; its size when there is none.
std::size_t parameter_offset(std::string_view sql);

// What is wrong with a prepared statement that has parameters.
ErrorDetails missing_value(sqlite3_stmt* prepared);

}  // namespace gander::driver::sqlite
