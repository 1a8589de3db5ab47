// SPDX-License-Identifier: MIT
// What the library advises to do, in the words of the command line.
#pragma once

#include <string>
#include <string_view>

namespace gander::cli {

// The text with each name of the library in it replaced by what does the same here:
// `Options::wait` by `--wait`, `MigrationRunner::resolve(5, Resolution::done)` by
// `gander resolve 5 --done`. Everything else stays, unknown names too.
std::string advice(std::string_view text);

}  // namespace gander::cli
