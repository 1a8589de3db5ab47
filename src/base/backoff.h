// SPDX-License-Identifier: MIT
// Backoff: how long to sleep between two tries for something that another run holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

#include "src/base/random.h"

namespace gander {

// Full jitter: each sleep is uniform between zero and a bound that doubles up to `cap`, so that
// waiters do not come back in step (Amazon Builders' Library, "Timeouts, retries and backoff with
// jitter").
class Backoff {
 public:
  Backoff(std::chrono::microseconds first, std::chrono::microseconds cap)
      : bound_(first),
        cap_(cap),
        random_(static_cast<std::minstd_rand::result_type>(random_bits())) {}

  std::chrono::microseconds next() {
    std::uniform_int_distribution<std::int64_t> spread(1, bound_.count());
    bound_ = bound_ * 2 < cap_ ? bound_ * 2 : cap_;
    return std::chrono::microseconds(spread(random_));
  }

 private:
  std::chrono::microseconds bound_;
  std::chrono::microseconds cap_;
  std::minstd_rand random_;
};

}  // namespace gander
