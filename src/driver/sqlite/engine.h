// SPDX-License-Identifier: MIT
// SQLite: its entry in the registry, and its driver from settings or from a borrowed handle.
#pragma once

#include <memory>

#include "src/driver/engine.h"
#include "src/driver/sqlite/url.h"

struct sqlite3;

namespace gander::driver::sqlite {

extern const Engine kEngine;

std::unique_ptr<Driver> make_driver(Settings settings);
std::unique_ptr<Driver> make_driver(sqlite3* borrowed);

}  // namespace gander::driver::sqlite
