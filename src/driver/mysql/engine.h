// SPDX-License-Identifier: MIT
// MySQL: its entry in the registry. Files can be read and checked; there is no connection yet.
#pragma once

#include "src/driver/engine.h"

namespace gander::driver::mysql {

extern const Engine kEngine;

}  // namespace gander::driver::mysql
