// SPDX-License-Identifier: MIT
// The linter of SQLite: the statements of the files run in a scratch database in memory, which has
// the schema of the real one and some of its rows, and what they did there is what the rules speak
// of. Nothing of the user's runs on the real database.
#pragma once

#include <memory>
#include <span>

#include "src/driver/linter.h"

namespace gander::driver::sqlite {

std::span<const LintRuleText> lint_rules();
std::unique_ptr<Linter> make_linter(const LintRequest& request);

}  // namespace gander::driver::sqlite
