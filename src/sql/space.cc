// SPDX-License-Identifier: MIT
// The white space characters outside ASCII: U+0085, U+00A0, U+1680, U+2000-200A, U+2028, U+2029,
// U+202F, U+205F and U+3000.
#include "src/sql/space.h"

namespace gander::sql {
namespace {

bool is_two_byte_space(std::string_view two) { return two == "\xC2\x85" || two == "\xC2\xA0"; }

bool is_three_byte_space(std::string_view three) {
  if (three == "\xE1\x9A\x80" || three == "\xE2\x81\x9F" || three == "\xE3\x80\x80") return true;
  if (three.substr(0, 2) != "\xE2\x80") return false;
  auto last = static_cast<unsigned char>(three[2]);
  return (last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF;
}

}  // namespace

std::size_t multibyte_space_at_start(std::string_view text) {
  if (text.size() >= 2 && is_two_byte_space(text.substr(0, 2))) return 2;
  if (text.size() >= 3 && is_three_byte_space(text.substr(0, 3))) return 3;
  return 0;
}

std::size_t multibyte_space_at_end(std::string_view text) {
  if (text.size() >= 2 && is_two_byte_space(text.substr(text.size() - 2))) return 2;
  if (text.size() >= 3 && is_three_byte_space(text.substr(text.size() - 3))) return 3;
  return 0;
}

}  // namespace gander::sql
