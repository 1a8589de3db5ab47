// SPDX-License-Identifier: MIT
// Making and dropping the file of a SQLite database.
#pragma once

#include <memory>

#include "src/driver/administration.h"
#include "src/driver/sqlite/url.h"

namespace gander::driver::sqlite {

// nullptr for a database in memory.
std::unique_ptr<Administration> make_administration(const Settings& settings);

}  // namespace gander::driver::sqlite
