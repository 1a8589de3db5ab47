// SPDX-License-Identifier: MIT
// repeatable(): may a statement that runs outside of transactions be run once more when nobody
// knows whether it happened?
#pragma once

#include <string_view>

namespace gander::driver::sqlite {

// True for a single VACUUM, PRAGMA, ATTACH, DETACH, ANALYZE or REINDEX. False for VACUUM INTO,
// which fails on the file that it has made, and for a unit of several statements, whose first ones
// may have been kept.
bool repeatable(std::string_view sql);

}  // namespace gander::driver::sqlite
