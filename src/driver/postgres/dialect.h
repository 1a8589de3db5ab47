// SPDX-License-Identifier: MIT
// The dialect of PostgreSQL: quoting, and nothing that needs a connection.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::postgres {

const Dialect& dialect();

}  // namespace gander::driver::postgres
