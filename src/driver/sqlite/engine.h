// SPDX-License-Identifier: MIT
// sqlite::make_driver(): SQLite as a driver, from settings or from a borrowed handle.
#pragma once

#include <memory>

#include "src/driver/driver.h"
#include "src/driver/sqlite/url.h"

struct sqlite3;

namespace gander::driver::sqlite {

std::unique_ptr<Driver> make_driver(Settings settings);
std::unique_ptr<Driver> make_driver(sqlite3* borrowed);

}  // namespace gander::driver::sqlite
