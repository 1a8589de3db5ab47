// SPDX-License-Identifier: MIT
// The rows of a table as statements that put them there again, with the sequences that number them.
#pragma once

#include <string>
#include <vector>

#include "src/driver/postgres/catalogue/survey.h"

namespace gander::driver::postgres {

// `table`: qualified and quoted. For a partitioned one its partitions, else itself.
std::vector<std::string> holders_of_rows(Survey& survey, const std::string& table);

// Its own rows alone, without those of tables that inherit from it.
bool has_rows(Survey& survey, const std::string& table);

// Sorted by the primary key, or by all columns where there is none.
schema::Object rows_of(Survey& survey, const std::string& table);

}  // namespace gander::driver::postgres
