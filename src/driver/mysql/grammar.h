// SPDX-License-Identifier: MIT
// The grammar of MySQL: how its files are cut into statements, and what each of them is.
#pragma once

#include "src/sql/grammar.h"

namespace gander::driver::mysql {

extern const sql::Grammar kGrammar;

}  // namespace gander::driver::mysql
