// SPDX-License-Identifier: MIT
// The fake: the smallest engine there is, and the example of docs/new-engine.md. `fake:NAME` is a
// database in memory that lives as long as the program.
//
// CMakeLists.txt beside this file builds Gander with it: one line more in the list of engines.
#pragma once

#include "src/driver/engine.h"

namespace gander::driver::fake {

extern const Engine kEngine;

}  // namespace gander::driver::fake
