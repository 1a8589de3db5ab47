// SPDX-License-Identifier: MIT
// Invocation: one command with its options and arguments, checked against the command table.
//
// The only file that uses CLI11 is parse.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/commands.h"

namespace gander::cli {

struct Invocation {
  const Command* command = nullptr;
  // By the option's long name; a switch that is on holds "true", one switched off "false".
  std::map<std::string, std::string, std::less<>> options;
  std::vector<std::string> arguments;
  std::optional<DriverPair> pair;

  bool on(const Option& option) const;
  std::optional<std::string> value(const Option& option) const;
  // Empty when the argument was left out.
  std::string argument(std::size_t index) const;
};

// Throws Error(usage) that names the option or argument and what is near to it.
Invocation parse(const Command& command, const CommandLine& line);

}  // namespace gander::cli
