// SPDX-License-Identifier: MIT
// ClickHouse: its entry in the registry.
#pragma once

#include "src/driver/engine.h"

namespace gander::driver::clickhouse {

extern const Engine kEngine;

}  // namespace gander::driver::clickhouse
