// SPDX-License-Identifier: MIT
// How goose v3.30.1 reads a script: line by line, without an eye for quotes, comments and bodies.
// read_as_goose() is the entry point. It serves to tell a team which of its files goose would
// refuse or cut elsewhere; nothing runs by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gander/report.h"

namespace gander::script {

struct GooseStatement {
  std::string text;  // variables are not replaced
  std::int64_t first_line = 0;
  std::int64_t last_line = 0;
};

struct GooseReading {
  std::vector<GooseStatement> statements;
  // Where goose gives up, and why. The statements are those before it.
  std::int64_t error_line = 0;
  std::string error;
};

// `text` is the whole file, byte order mark included.
GooseReading read_as_goose(std::string_view text, Direction direction);

}  // namespace gander::script
