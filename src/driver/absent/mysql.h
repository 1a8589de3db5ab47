// SPDX-License-Identifier: MIT
// What stands for src/driver/mysql in a build without it.
#pragma once

#include "src/driver/engine.h"

namespace gander::driver::mysql {

extern const Engine kEngine;

}  // namespace gander::driver::mysql
