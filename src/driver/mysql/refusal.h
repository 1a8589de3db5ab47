// SPDX-License-Identifier: MIT
// Statements that MySQL refuses to run inside a transaction.
#pragma once

#include <string_view>

namespace gander::driver::mysql {

// Does an error of `sql` with this number say so? A user's SQL can raise the number: the statement
// must be one that calls nothing.
bool refuses_transaction(unsigned number, std::string_view sql);

}  // namespace gander::driver::mysql
