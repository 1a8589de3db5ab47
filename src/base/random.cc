// SPDX-License-Identifier: MIT
#include "src/base/random.h"

#include <unistd.h>

#include <chrono>

#if defined(__linux__)
#include <sys/syscall.h>
#elif __has_include(<sys/random.h>)
#include <sys/random.h>
#endif

namespace gander {

namespace {

bool fill(std::uint64_t* bits) noexcept {
#if defined(__linux__)
  // Not getentropy(), which glibc has since 2.25 only. Requests up to 256 bytes are never cut
  // short.
  return ::syscall(SYS_getrandom, bits, sizeof(*bits), 0) == static_cast<long>(sizeof(*bits));
#else
  return ::getentropy(bits, sizeof(*bits)) == 0;
#endif
}

}  // namespace

std::uint64_t random_bits() noexcept {
  std::uint64_t bits = 0;
  if (fill(&bits)) return bits;
  // A kernel without the call: two processes still differ by when and where they are.
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return static_cast<std::uint64_t>(now) * 0x9E3779B97F4A7C15u +
         static_cast<std::uint64_t>(::getpid());
}

}  // namespace gander
