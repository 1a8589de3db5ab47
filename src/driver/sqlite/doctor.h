// SPDX-License-Identifier: MIT
// examine_file(): what can be said about a SQLite database without opening it.
#pragma once

#include <string>

#include "gander/diagnosis.h"

namespace gander::driver::sqlite {

// `path` is empty for a database in memory.
void examine_file(const std::string& path, Diagnosis* diagnosis);

}  // namespace gander::driver::sqlite
