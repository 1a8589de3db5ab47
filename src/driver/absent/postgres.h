// SPDX-License-Identifier: MIT
// What stands for src/driver/postgres in a build without it.
#pragma once

#include "src/driver/engine.h"

namespace gander::driver::postgres {

extern const Engine kEngine;

}  // namespace gander::driver::postgres
