// SPDX-License-Identifier: MIT
// The inner loop of SHA-256: whole blocks of 64 bytes into the eight words of the state. There are
// two: portable C++, at some 200 MB/s, and the instructions that processors have for it, at ten
// times that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace gander {

using Sha256Blocks = void (*)(std::array<std::uint32_t, 8>& state, const char* data,
                              std::size_t blocks);

void portable_sha256_blocks(std::array<std::uint32_t, 8>& state, const char* data,
                            std::size_t blocks);

// What this processor has instructions for, or nullptr. Asks the processor at each call: a
// microsecond or two where the machine is virtual.
Sha256Blocks native_sha256_blocks() noexcept;

}  // namespace gander
