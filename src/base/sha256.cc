// SPDX-License-Identifier: MIT
#include "src/base/sha256.h"

#include <algorithm>

#include "src/base/sha256_blocks.h"

namespace gander {
namespace {

void digest_blocks(std::array<std::uint32_t, 8>& state, const char* data, std::size_t blocks) {
  static const Sha256Blocks fastest = [] {
    const Sha256Blocks native = native_sha256_blocks();
    return native != nullptr ? native : portable_sha256_blocks;
  }();
  fastest(state, data, blocks);
}

}  // namespace

void Sha256::update(std::string_view bytes) {
  const std::size_t waiting = length_ % block_.size();
  length_ += bytes.size();
  if (waiting > 0) {
    const std::size_t taken = std::min(bytes.size(), block_.size() - waiting);
    std::copy_n(bytes.data(), taken, block_.data() + waiting);
    if (waiting + taken < block_.size()) return;
    bytes.remove_prefix(taken);
    digest_blocks(state_, block_.data(), 1);
  }
  const std::size_t blocks = bytes.size() / block_.size();
  if (blocks > 0) digest_blocks(state_, bytes.data(), blocks);
  bytes.remove_prefix(blocks * block_.size());
  std::copy_n(bytes.data(), bytes.size(), block_.data());
}

std::string Sha256::hex_digest() {
  // A bit that is set, zeros up to the end of a block, in its last eight bytes the length in bits.
  const std::uint64_t bits = 8 * length_;
  std::array<char, 72> padding{};
  padding[0] = '\x80';
  const std::size_t zeros = (2 * block_.size() - 9 - length_ % block_.size()) % block_.size();
  for (std::size_t i = 0; i < 8; ++i) {
    padding[1 + zeros + i] = static_cast<char>(bits >> (56 - 8 * i) & 0xFF);
  }
  update({padding.data(), 1 + zeros + 8});

  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(8 * state_.size());
  for (const std::uint32_t word : state_) {
    for (int shift = 28; shift >= 0; shift -= 4) out += kHex[word >> shift & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sha;
  sha.update(bytes);
  return sha.hex_digest();
}

}  // namespace gander
