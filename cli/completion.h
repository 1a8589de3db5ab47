// SPDX-License-Identifier: MIT
// Shell completion scripts, made from the command table.
#pragma once

#include <string>
#include <string_view>

namespace gander::cli {

// `shell` is bash, zsh or fish; empty for any other.
std::string completion_script(std::string_view shell);

}  // namespace gander::cli
