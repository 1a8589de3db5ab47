// SPDX-License-Identifier: MIT
// The dialect of SQLite: quoting, and nothing that needs a connection.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::sqlite {

const Dialect& dialect();

}  // namespace gander::driver::sqlite
