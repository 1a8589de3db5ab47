// SPDX-License-Identifier: MIT
// in_words(): a span of time as people read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace gander {

// "250 ms", "1.5 s", "3 s".
inline std::string in_words(std::chrono::milliseconds time) {
  if (time < std::chrono::seconds(1)) return std::to_string(time.count()) + " ms";
  const std::int64_t tenths = time.count() / 100;
  const std::int64_t tenth = tenths % 10;
  return std::to_string(tenths / 10) + (tenth == 0 ? "" : "." + std::to_string(tenth)) + " s";
}

}  // namespace gander
