// SPDX-License-Identifier: MIT
// Texts of scripts cut to a length that an error can carry, never within a UTF-8 character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gander {

// At most `count` bytes of `text`.
inline std::string_view first_bytes(std::string_view text, std::size_t count) {
  if (text.size() <= count) return text;
  // What is not UTF-8 is cut where it happens to be.
  for (std::size_t back = 0; back < 4 && back < count; ++back) {
    if ((static_cast<unsigned char>(text[count - back]) & 0xC0) != 0x80) {
      return text.substr(0, count - back);
    }
  }
  return text.substr(0, count);
}

// A statement as ErrorDetails::sql shows it: 2,000 bytes, and an ellipsis where more follows.
inline std::string shown_sql(std::string_view sql) {
  constexpr std::size_t kShown = 2000;
  std::string shown(first_bytes(sql, kShown));
  if (shown.size() < sql.size()) shown += "…";
  return shown;
}

}  // namespace gander
