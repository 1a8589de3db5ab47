// SPDX-License-Identifier: MIT
// The commands that work on the directory alone: create, fix, init and validate.
#pragma once

#include "cli/goose/call.h"

namespace gander::cli::goose {

// Throw Failure with everything that follows the time stamp.
void create_file(const Call& call);
void fix_directory(const Call& call);
void init_directory(const Call& call);

// Prints a table to standard output with -v. There is no database to say which dialect the files
// are in: a file passes when one dialect can read it, `driver` (may be empty) being tried first.
void validate_files(const Call& call, const std::string& driver);

}  // namespace gander::cli::goose
