// SPDX-License-Identifier: MIT
// Differences of schemas as text: "~ column name of customer" and what of it is another one.
#pragma once

#include <string>
#include <vector>

#include "cli/output/terminal.h"
#include "gander/schema.h"

namespace gander::cli {

// A line a difference, with lines for its properties below it, each after `indent` blanks.
std::string differences_text(const std::vector<SchemaDifference>& differences, int indent,
                             const Terminal& terminal);

// "+ index by_hand of orders, since version 1", a line an object.
std::string drift_lines(const std::vector<DriftedObject>& objects, int indent,
                        const Terminal& terminal);

}  // namespace gander::cli
