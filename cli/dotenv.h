// SPDX-License-Identifier: MIT
// `.env` files: variables for the environment of this process, in the format goose reads.
//
// parse_dotenv() is pure; load_dotenv() finds the file and puts its variables into the environment,
// never over one that is already there.
//
//   KEY=value            to the end of the line, cut at the last ` #`; `KEY: value` is the same
//   export KEY=value     the word export has no effect
//   KEY='raw'            nothing is special; may span lines
//   KEY="a\n${OTHER}"    \n and \r, backslash before any other character; may span lines
//   ${NAME} and $NAME    (upper case, digits, _) stand for keys earlier in the file, else nothing
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/system.h"

namespace gander::cli {

using Variables = std::vector<std::pair<std::string, std::string>>;

// Throws Error(usage) with line and column; then nothing of the file counts.
Variables parse_dotenv(std::string_view text);

struct LoadedDotenv {
  std::string file;     // empty when none was loaded
  Variables variables;  // those that were put into the environment
  std::string warning;  // why a file was passed over, or empty
};

// `choice` is the value of --env: nullopt tries ./.env and only warns about what is wrong with it;
// "none" reads nothing; any other file must be there and be right, else Error(usage).
LoadedDotenv load_dotenv(System& system, const std::optional<std::string>& choice);

}  // namespace gander::cli
