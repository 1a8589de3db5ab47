// SPDX-License-Identifier: MIT
// postgres::make_driver(): PostgreSQL as a driver, from a URL or keyword string, or from a borrowed
// PGconn. libpq is loaded by the first connection; see libpq.h.
#pragma once

#include <memory>
#include <string>

#include "src/driver/driver.h"

struct pg_conn;

namespace gander::driver::postgres {

// Throws Error(usage) for a malformed string.
std::unique_ptr<Driver> make_driver(const std::string& conninfo);

// Throws Error(usage) for nullptr.
std::unique_ptr<Driver> make_driver(pg_conn* borrowed);

}  // namespace gander::driver::postgres
