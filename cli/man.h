// SPDX-License-Identifier: MIT
// The manual page gander(1), made from the command table.
#pragma once

#include <string>

namespace gander::cli {

// In roff with the man macros.
std::string man_page();

}  // namespace gander::cli
