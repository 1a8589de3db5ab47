// SPDX-License-Identifier: MIT
// Time: a moment, as a database has told it.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <chrono>

namespace gander {

// In UTC. Microseconds are the finest that a database keeps; Gander's own tables have milliseconds,
// SQLite's version table has seconds.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace gander

#endif
