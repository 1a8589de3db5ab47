// SPDX-License-Identifier: MIT
// What stands for src/driver/clickhouse in a build without it.
#pragma once

#include "src/driver/engine.h"

namespace gander::driver::clickhouse {

extern const Engine kEngine;

}  // namespace gander::driver::clickhouse
