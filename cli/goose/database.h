// SPDX-License-Identifier: MIT
// The commands that need a database: up, up-by-one, up-to, down, down-to, redo, reset, status and
// version. Each maps to one operation of MigrationRunner; what is done here is goose's order of
// checks, and its lines.
#pragma once

#include <string>

#include "cli/goose/call.h"
#include "gander/target.h"

namespace gander::cli::goose {

bool is_database_command(const std::string& name);

// Throws Failure with everything that follows the time stamp.
void run_database_command(const Call& call, Target target);

}  // namespace gander::cli::goose
