// SPDX-License-Identifier: MIT
// How long a transaction has taken, as the server tells it: statements wait to be sent, so the
// process's own clock knows nothing.
#pragma once

#include <chrono>
#include <optional>

#include "src/driver/driver.h"
#include "src/driver/postgres/libpq.h"

namespace gander::driver::postgres {

// See Connection::elapsed_sql(). The transaction began when its BEGIN came.
driver::Connection::ElapsedSql elapsed_sql();

// Of a result of elapsed_sql().
std::optional<std::chrono::nanoseconds> elapsed_of(const PGresult* result);

}  // namespace gander::driver::postgres
