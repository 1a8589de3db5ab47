// SPDX-License-Identifier: MIT
// The dialect of PostgreSQL: quoting, Gander's own tables, and nothing that needs a connection.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::postgres {

const Dialect& dialect();

extern const LedgerSql kLedger;
// client_script.cc
extern const ClientScriptSql kClientScript;

}  // namespace gander::driver::postgres
