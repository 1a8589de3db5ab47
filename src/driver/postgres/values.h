// SPDX-License-Identifier: MIT
// Cells of what Gander itself asks, by the type that is expected: zero, empty or false for another.
#pragma once

#include <cstdint>
#include <string>

#include "gander/row.h"

namespace gander::driver::postgres {

inline std::int64_t number(const Value& value) {
  const auto* found = std::get_if<std::int64_t>(&value);
  return found == nullptr ? 0 : *found;
}

inline std::string text(const Value& value) {
  const auto* found = std::get_if<std::string>(&value);
  return found == nullptr ? std::string() : *found;
}

inline bool is_true(const Value& value) { return number(value) != 0; }

}  // namespace gander::driver::postgres
