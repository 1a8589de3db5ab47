// SPDX-License-Identifier: MIT
// A result of the server as the rows that a function migration reads, with the types of columns and
// with bytes as bytes.
#pragma once

#include <mysql.h>

#include <vector>

#include "gander/row.h"

namespace gander::driver::mysql {

std::vector<Column> columns_of(MYSQL_RES* metadata);

// Of a column that a text holds, as the protocol for texts has it.
Value typed_value(const MYSQL_FIELD& field, std::string_view text);
// Of an unsigned number, which may be larger than Value's.
Value whole_number(std::uint64_t number, bool is_unsigned);

// All rows of a stored result.
gander::Rows typed_rows(MYSQL_RES* result);

bool is_integer(const MYSQL_FIELD& field);
bool is_real(const MYSQL_FIELD& field);

}  // namespace gander::driver::mysql
