// SPDX-License-Identifier: MIT
// The settings table: every name that may stand on the command line, in the environment and in
// gander.toml, once. Config resolves it, help prints it.
#pragma once

#include <span>
#include <string_view>

#include "cli/commands.h"

namespace gander::cli {

struct Setting {
  enum class Kind { text, boolean, duration, choice };

  std::string_view key = {};  // in gander.toml; GANDER_ and the key in capitals is the variable
  Kind kind = Kind::text;
  const Option* option = nullptr;        // the flag; a switch sets the opposite of the default
  std::string_view variable = {};        // of the environment
  std::string_view goose_variable = {};  // read after `variable`
  std::string_view default_text = {};
  std::string_view help = {};
};

std::span<const Setting> settings();

// nullptr when there is none of that name.
const Setting* find_setting(std::string_view key);

}  // namespace gander::cli
