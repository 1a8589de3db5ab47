// SPDX-License-Identifier: MIT
// The statements of a text that a function migration runs: the server takes one at a time.
#pragma once

#include <string_view>
#include <vector>

namespace gander::driver::mysql {

// Each with its `;`, and the comments around it. Empty where there is nothing to run.
std::vector<std::string_view> statements_of(std::string_view sql);

}  // namespace gander::driver::mysql
