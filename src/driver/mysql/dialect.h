// SPDX-License-Identifier: MIT
// The dialect of MySQL: quoting, and nothing that needs a connection.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::mysql {

const Dialect& dialect();

// ledger.cc
extern const LedgerSql kLedger;
// client_script.cc
extern const ClientScriptSql kClientScript;

}  // namespace gander::driver::mysql
