// SPDX-License-Identifier: MIT
// Call: what one command of the goose face is to work on. Failure: how it ends early.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "cli/goose/flags.h"

namespace gander::cli::goose {

struct Call {
  Flags flags;
  std::string directory;
  std::string table;
  std::string driver;  // goose's name; empty for commands without a database
  std::string command;
  std::vector<std::string> arguments;
};

// Ends the program with exit code 1 after logging its text.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace gander::cli::goose
