// SPDX-License-Identifier: MIT
// Sha256: an incremental digest, over libcrypto.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace gander {

class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  // The digest of all bytes so far in 64 lower-case hex digits. The object is spent afterwards.
  std::string hex_digest();

 private:
  // Room for libcrypto's SHA256_CTX, whose type stays out of headers (checked in sha256.cc).
  alignas(8) std::array<std::byte, 128> state_;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace gander
