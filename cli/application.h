// SPDX-License-Identifier: MIT
// The modern face of the program, from arguments to exit code.
#pragma once

#include <string>
#include <vector>

namespace gander::cli {

// `args` without the program's name. Prints to standard output and standard error; throws nothing.
int gander_main(const std::vector<std::string>& args);

}  // namespace gander::cli
