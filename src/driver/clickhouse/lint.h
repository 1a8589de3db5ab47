// SPDX-License-Identifier: MIT
// The linter of ClickHouse: by the text alone. What depends on a table's definition or on its rows
// is said to do so.
#pragma once

#include <memory>
#include <span>

#include "src/driver/linter.h"

namespace gander::driver::clickhouse {

std::span<const LintRuleText> lint_rules();
std::unique_ptr<Linter> make_linter(const LintRequest& request);

}  // namespace gander::driver::clickhouse
