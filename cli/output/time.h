// SPDX-License-Identifier: MIT
// Times as programs read them.
#pragma once

#include <string>

#include "gander/time.h"

namespace gander::cli {

// ISO 8601 to the millisecond, "2026-01-31T12:00:00.000Z".
std::string iso_time(Time time);

}  // namespace gander::cli
