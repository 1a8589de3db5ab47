// SPDX-License-Identifier: MIT
// Waiting for a server that is not up yet.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "gander/error.h"

namespace gander::driver {

// How long to wait for it.
struct RetryLimits {
  std::chrono::milliseconds starting{std::chrono::seconds{30}};  // and says so
  std::chrono::milliseconds absent{0};                           // everything else that may pass
  // For all tries together, silent hosts included, but that each has a second; none: no limit.
  std::optional<std::chrono::milliseconds> all = {};
};

// Called now and then, with the reason. What it throws ends the wait.
using ConnectingHook = std::function<void(std::string_view why, std::chrono::milliseconds waited,
                                          std::chrono::milliseconds limit)>;

struct ServerWait {
  RetryLimits limits;
  const ConnectingHook& connecting;  // may be empty
  std::function<void(std::chrono::microseconds time)> pause;
  // Has a server refused that is up in a moment, or has no place left?
  bool (*is_starting)(const ErrorDetails& refusal);

  // Calls `connect` until it does not throw a retryable Error, with the time that the try has
  // (zero: no limit). Throws what it threw last, and what the two functions throw.
  void until_connected(const std::function<void(std::chrono::milliseconds limit)>& connect) const;
};

}  // namespace gander::driver
