// SPDX-License-Identifier: MIT
#include "cli/text_encoding.h"

#include <cstddef>
#include <cstdint>

#include "gander/error.h"

namespace gander::cli {
namespace {

using namespace std::string_view_literals;

[[noreturn]] void refuse(const char* what) {
  ErrorDetails details;
  details.code = ErrorCode::usage;
  details.message = what;
  details.hint = "save the file as UTF-8";
  details.line = 1;  // it concerns the file from its beginning
  throw Error(std::move(details));
}

void append(std::uint32_t code, std::string* out) {
  if (code < 0x80) {
    *out += static_cast<char>(code);
    return;
  }
  int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  *out += static_cast<char>(kLead[more] | (code >> (6 * more)));
  while (more-- > 0) *out += static_cast<char>(0x80U | ((code >> (6 * more)) & 0x3FU));
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) refuse("the file says that it is UTF-16, and ends within a character");
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return big_endian ? first << 8U | second : second << 8U | first;
  };
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xD800 && code < 0xE000) {
      const std::uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
      if (code >= 0xDC00 || low < 0xDC00 || low >= 0xE000) {
        refuse("the file says that it is UTF-16, and holds half a character");
      }
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
      at += 2;
    }
    append(code, &out);
  }
  return out;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  std::string text;
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) {
    refuse("the file is UTF-32");
  } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    text = from_utf16(bytes.substr(2), bytes[0] == '\xFE');
  } else {
    text = bytes.substr(bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  }
  if (text.find('\0') != std::string::npos) {
    refuse("the file holds NUL bytes, as UTF-16 without a byte order mark does");
  }
  return text;
}

}  // namespace gander::cli
