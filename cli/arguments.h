// SPDX-License-Identifier: MIT
// CommandLine: the words of the command line put in one shape, before any option is judged.
//
// It accepts Go's spelling (`-dir x`, `-dir=x`), options before and after the command, and goose's
// order DRIVER DBSTRING COMMAND. Unknown options pass through for the parser to refuse.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gander::cli {

// goose's way to name a database.
struct DriverPair {
  std::string driver;
  std::optional<std::string> dbstring;  // nullopt: it comes from GOOSE_DBSTRING
};

struct CommandLine {
  std::string command;                 // empty if there was none
  std::vector<std::string> options;    // each "--name", "--name=value" or as it was, if unknown
  std::vector<std::string> arguments;  // what is left for the command
  std::optional<DriverPair> pair;

  bool has(std::string_view option) const;  // a switch by its long name
};

// `args` without the program's name. An option at the very end that lacks its value stays "--name".
CommandLine read_command_line(const std::vector<std::string>& args);

// Is this a driver's name in goose's grammar, whether or not this build has that driver?
bool is_driver_name(std::string_view word);

}  // namespace gander::cli
