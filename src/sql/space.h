// SPDX-License-Identifier: MIT
// White space as goose's format knows it: the Unicode property, in UTF-8. Line ends count.
// A byte that is not part of well-formed UTF-8 is never white space.
#pragma once

#include <cstddef>
#include <string_view>

namespace gander::sql {

constexpr bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Bytes of the white space character at the start (the end) of `text`, 0 if there is none.
std::size_t multibyte_space_at_start(std::string_view text);
std::size_t multibyte_space_at_end(std::string_view text);

inline std::size_t space_at_start(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<signed char>(text.front()) >= 0) return is_ascii_space(text.front()) ? 1 : 0;
  return multibyte_space_at_start(text);
}

inline std::size_t space_at_end(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<signed char>(text.back()) >= 0) return is_ascii_space(text.back()) ? 1 : 0;
  return multibyte_space_at_end(text);
}

inline std::string_view trim_start(std::string_view text) {
  while (std::size_t n = space_at_start(text)) text.remove_prefix(n);
  return text;
}

inline std::string_view trim_end(std::string_view text) {
  while (std::size_t n = space_at_end(text)) text.remove_suffix(n);
  return text;
}

inline std::string_view trim(std::string_view text) { return trim_end(trim_start(text)); }

}  // namespace gander::sql
