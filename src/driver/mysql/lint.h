// SPDX-License-Identifier: MIT
// The linter of MySQL and MariaDB: by the text alone. What only the table's definition could tell
// is said to be so.
#pragma once

#include <memory>
#include <span>

#include "src/driver/linter.h"

namespace gander::driver::mysql {

std::span<const LintRuleText> lint_rules();
std::unique_ptr<Linter> make_linter(const LintRequest& request);

}  // namespace gander::driver::mysql
