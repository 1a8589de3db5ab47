// SPDX-License-Identifier: MIT
// Scratch databases of a PostgreSQL server. Its role may CREATEDB.
#pragma once

#include <memory>

#include "src/driver/driver.h"
#include "src/driver/postgres/conninfo.h"
#include "src/driver/scratch.h"

namespace gander::driver::postgres {

// Opens a session in the database of `settings`: CREATE DATABASE runs in no transaction.
std::unique_ptr<Scratches> make_scratches(const Settings& settings, const SessionOptions& options);

}  // namespace gander::driver::postgres
