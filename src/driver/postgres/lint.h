// SPDX-License-Identifier: MIT
// The linter of PostgreSQL: entry point make_linter().
#pragma once

#include <memory>

#include "src/driver/linter.h"

namespace gander::driver::postgres {

std::unique_ptr<Linter> make_linter(const LintRequest& request);

}  // namespace gander::driver::postgres
