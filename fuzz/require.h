// SPDX-License-Identifier: MIT
// require(): how a fuzz target reports a violated property. It stops the process, which libFuzzer
// takes for a finding and a replay for a failure.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace gander::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// The bytes after the first `skip` as text.
inline std::string_view text_of(const unsigned char* data, std::size_t size, std::size_t skip = 0) {
  if (size <= skip) return {};
  return {reinterpret_cast<const char*>(data) + skip, size - skip};
}

}  // namespace gander::fuzz
