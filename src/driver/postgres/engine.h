// SPDX-License-Identifier: MIT
// PostgreSQL: its entry in the registry, and its driver from a URL or keyword string, or from a
// borrowed PGconn. libpq is loaded by the first connection; see libpq.h.
#pragma once

#include <memory>
#include <string>

#include "src/driver/engine.h"
#include "src/driver/postgres/conninfo.h"

struct pg_conn;

namespace gander::driver::postgres {

extern const Engine kEngine;

// Throws Error(usage) for a malformed string.
std::unique_ptr<Driver> make_driver(const std::string& conninfo);
std::unique_ptr<Driver> make_driver(Settings settings);

// Throws Error(usage) for nullptr.
std::unique_ptr<Driver> make_driver(pg_conn* borrowed);

}  // namespace gander::driver::postgres
