// SPDX-License-Identifier: MIT
// What another migration tool says that it has applied to a database, matched with files in goose's
// format. Reads only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gander/source.h"
#include "src/driver/driver.h"
#include "src/foreign/foreign.h"

namespace gander::cli {

struct Adoption {
  source::Tool tool = source::Tool::golang_migrate;
  std::string table;  // the tool's own
  struct Migration {
    std::int64_t version = 0;
    std::string name;
    std::string id;  // what the tool calls it
  };
  std::vector<Migration> migrations;  // in the order of application
};

// `tool`: nullopt looks for the table of each. Throws Error: not_found (no such table, or an
// applied version without a file), in_doubt (the tool itself has noted a failed migration).
Adoption read_adoption(driver::Connection& connection, std::optional<source::Tool> tool,
                       const Source& source);

}  // namespace gander::cli
