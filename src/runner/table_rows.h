// SPDX-License-Identifier: MIT
// Rows of tables that somebody names: "bird", "public.bird", "*" for all that have some.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/driver/catalogue.h"

namespace gander {

// Throws Error(not_found) for a name that is no table's, or several's.
std::vector<schema::Object> rows_named(driver::Catalogue& catalogue,
                                       const schema::Snapshot& snapshot,
                                       const std::vector<std::string>& words);

// The same of those tables that are there; `found` is told which names were a table's.
std::vector<schema::Object> rows_there(driver::Catalogue& catalogue,
                                       const schema::Snapshot& snapshot,
                                       const std::vector<std::string>& words,
                                       std::set<std::string>* found);

[[noreturn]] void throw_no_table(const std::string& word);

}  // namespace gander
