// SPDX-License-Identifier: MIT
// Sha256: an incremental digest (FIPS 180-4). The library has its own, so that whoever links it
// needs no libcrypto for this one function.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gander {

class Sha256 {
 public:
  void update(std::string_view bytes);
  // The digest of all bytes so far in 64 lower-case hex digits. The object is spent afterwards.
  std::string hex_digest();

 private:
  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::uint64_t length_ = 0;      // bytes so far
  std::array<char, 64> block_{};  // the first length_ % 64 of it wait for more
};

std::string sha256_hex(std::string_view bytes);

}  // namespace gander
