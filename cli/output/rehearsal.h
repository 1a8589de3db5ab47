// SPDX-License-Identifier: MIT
// What a rehearsal has found, for a reviewer.
#pragma once

#include <string>

#include "cli/output/terminal.h"
#include "gander/rehearsal.h"

namespace gander::cli {

// A block for each migration and a summary. Without `verbose` locks that stop nobody are left out,
// and of a long file the statements of which there is nothing to tell.
std::string rehearsal_text(const Rehearsal& rehearsal, bool verbose, const Terminal& terminal);

}  // namespace gander::cli
