// SPDX-License-Identifier: MIT
// `.env` files: variables for the environment of this process, in the format goose reads.
//
// parse_dotenv() is pure, and takes UTF-8 and UTF-16 with a byte order mark; load_dotenv() finds
// the file and puts its variables into the environment, never over one that is already there.
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

// What becomes of a ./.env that is there and cannot be used: a run that went on without it might
// work on another database. goose passes over it.
enum class BadDotenv { ends_the_run, is_passed_over };

// `choice` is the value of --env: nullopt takes ./.env if it is there; "none" reads nothing; any
// other file must be there. A file that cannot be read, is wrong, or (unless named) may be written
// by others is an Error(usage), or a warning where `bad` says so of a file that nobody named.
LoadedDotenv load_dotenv(System& system, const std::optional<std::string>& choice,
                         BadDotenv bad = BadDotenv::ends_the_run);

}  // namespace gander::cli
