// SPDX-License-Identifier: MIT
// Times as the engines' SQL gives them: "2026-01-31 12:00:00", possibly with a fraction of the
// second, in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gander/time.h"

namespace gander {

// nullopt: this is no time.
std::optional<Time> parse_time(std::string_view text);

// To the second.
std::string time_text(Time time);

}  // namespace gander
