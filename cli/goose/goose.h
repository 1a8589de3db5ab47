// SPDX-License-Identifier: MIT
// The second face of the program: the command line of goose v3.30.1.
//
// Called by the name `goose`, or as `gander goose ...`, the program takes goose's arguments,
// environment and `.env`, and answers in goose's words, channels and exit codes. The work is done
// by the same MigrationRunner as in the other face. docs/compatibility.md lists what differs.
#pragma once

#include <string>
#include <vector>

namespace gander::cli {

// `args`: what follows the word "goose". Returns the exit code: 0 done, 1 failed, 2 a flag that
// goose does not know.
int goose_main(std::vector<std::string> args);

}  // namespace gander::cli
