// SPDX-License-Identifier: MIT
// The dialect of ClickHouse: quoting, and nothing that needs a connection.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::clickhouse {

const Dialect& dialect();

// ledger.cc
extern const LedgerSql kLedger;

}  // namespace gander::driver::clickhouse
