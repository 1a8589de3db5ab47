// SPDX-License-Identifier: MIT
// What git knows of the migrations of a directory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gander/lint.h"

namespace gander::cli {

// The .sql files of the directory in `revision`, and what they are in the work tree: compared with
// where the present branch has left that of the revision, so that nobody is told of what others
// have done since. Runs the program `git`. Throws Error(usage) where there is none, no repository,
// or no such revision.
std::vector<LintMerged> merged_files(const std::filesystem::path& directory,
                                     const std::string& revision);

}  // namespace gander::cli
