// SPDX-License-Identifier: MIT
// rolled_back(): migrations that a very old goose has rolled back. It left a row that says so
// (is_applied = false) where newer ones delete theirs, and for any goose, and for up(), a version
// with any row is not pending.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/source/migration.h"
#include "src/store/applied_set.h"

namespace gander::check {

bool is_rolled_back(const store::AppliedSet& applied, std::int64_t version);

std::vector<std::int64_t> rolled_back(const std::vector<source::Migration>& migrations,
                                      const store::AppliedSet& applied);

// What is so of such a version, and what to do.
std::string rolled_back_text();

}  // namespace gander::check
