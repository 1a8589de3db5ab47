// SPDX-License-Identifier: MIT
// Names of relations and functions as statements write them.
#pragma once

#include <string>

namespace gander::driver::postgres {

// One or two parts, none of them empty: to_regclass() throws for anything else.
bool is_sound(const std::string& name);

// As the catalogue has it; of what is no name up to there, what came before.
std::string last_part(const std::string& name);

}  // namespace gander::driver::postgres
