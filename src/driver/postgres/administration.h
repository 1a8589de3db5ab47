// SPDX-License-Identifier: MIT
// Making and dropping a database of a PostgreSQL server, from a session in another one.
#pragma once

#include <memory>
#include <string>

#include "src/driver/administration.h"
#include "src/driver/driver.h"
#include "src/driver/postgres/conninfo.h"

namespace gander::driver::postgres {

// Opens a session in `postgres`, or in template1 where there is no such database.
std::unique_ptr<Administration> make_administration(const Settings& settings,
                                                    const SessionOptions& options);

// Has the server of this session a database of this name?
bool has_database(driver::Connection& connection, const std::string& name);

}  // namespace gander::driver::postgres
