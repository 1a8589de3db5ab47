// SPDX-License-Identifier: MIT
// The grammar of SQLite: how its files are cut into statements, and what each of them is.
#pragma once

#include "src/sql/grammar.h"

namespace gander::driver::sqlite {

extern const sql::Grammar kGrammar;

}  // namespace gander::driver::sqlite
