// SPDX-License-Identifier: MIT
// nearest(): what a misspelt word was meant to be. For hints only.
#pragma once

#include <string_view>
#include <vector>

namespace gander::cli {

// The candidate nearest to `word` in spelling, or empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace gander::cli
