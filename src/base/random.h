// SPDX-License-Identifier: MIT
// random_bits(): what the system's random generator gives, for names and for spreading waits.
#pragma once

#include <cstdint>

namespace gander {

// Not std::random_device: libstdc++ asks the processor what it can do for each one that is made,
// and under virtualisation each such question costs some microseconds.
std::uint64_t random_bits() noexcept;

}  // namespace gander
