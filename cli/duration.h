// SPDX-License-Identifier: MIT
// Durations as people write them on a command line: 500ms, 90s, 1m30s, 1.5h; 0 alone needs no unit.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gander::cli {

// nullopt for anything else, for negative values and for what does not fit. Units are those of Go:
// ns, us (µs), ms, s, m, h. Parts of a millisecond are rounded up, so that 1ns is not "no limit".
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace gander::cli
