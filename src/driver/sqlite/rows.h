// SPDX-License-Identifier: MIT
// The rows of a table as statements that put them there again: each value with the type that it is
// stored with, in the order of the table, and where AUTOINCREMENT stands.
#pragma once

#include <string>

#include "src/schema/snapshot.h"

namespace gander::driver {
class Connection;
}

namespace gander::driver::sqlite {

bool has_rows(driver::Connection& connection, const std::string& table);

// Rowids that no column of the table shows are not kept.
schema::Object rows_of(driver::Connection& connection, const std::string& table);

}  // namespace gander::driver::sqlite
