// SPDX-License-Identifier: MIT
// A result of the server as the rows that a function migration reads, with the types of columns and
// with bytes as bytes.
#pragma once

#include <libpq-fe.h>

#include "gander/row.h"

namespace gander::driver::postgres {

gander::Rows typed_rows(const PGresult* result);

}  // namespace gander::driver::postgres
