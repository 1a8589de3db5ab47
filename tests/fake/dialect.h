// SPDX-License-Identifier: MIT
// The dialect of the fake engine, and how it writes Gander's tables.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::fake {

extern const LedgerSql kLedger;

// `server`: a database with run locks and statements that refuse transactions, whose SQL is split
// as PostgreSQL's; else one like a file, split as SQLite's.
const Dialect& dialect(bool server, Atomicity atomicity = Atomicity::migration);

}  // namespace gander::driver::fake
