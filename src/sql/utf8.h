// SPDX-License-Identifier: MIT
// Decoding of single UTF-8 characters, for lengths and offsets in variables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gander::sql {

inline constexpr std::uint32_t kInvalidCharacter = 0xFFFD;

struct Character {
  std::uint32_t code = kInvalidCharacter;
  std::size_t bytes = 1;
};

// The first character of `text`, which must not be empty. {kInvalidCharacter, 1} for a byte that
// does not begin a well-formed sequence.
Character first_character(std::string_view text);

}  // namespace gander::sql
