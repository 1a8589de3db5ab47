// SPDX-License-Identifier: MIT
#include "src/base/random.h"

#include <unistd.h>

#include <chrono>

#if __has_include(<sys/random.h>)
#include <sys/random.h>
#endif

namespace gander {

std::uint64_t random_bits() noexcept {
  std::uint64_t bits = 0;
  if (::getentropy(&bits, sizeof(bits)) == 0) return bits;
  // A kernel without the call: two processes still differ by when and where they are.
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return static_cast<std::uint64_t>(now) * 0x9E3779B97F4A7C15u +
         static_cast<std::uint64_t>(::getpid());
}

}  // namespace gander
