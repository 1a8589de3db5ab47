// SPDX-License-Identifier: MIT
// doctor_file(): what can be said about a SQLite database without opening it.
#pragma once

#include <string>

#include "gander/finding.h"

namespace gander::driver::sqlite {

// `path` is empty for a database in memory.
void doctor_file(const std::string& path, DoctorReport* report);

}  // namespace gander::driver::sqlite
