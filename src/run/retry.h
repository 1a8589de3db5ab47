// SPDX-License-Identifier: MIT
// Retry: how long a run tries again what the database gave up for the sake of other sessions: a
// statement that reached its lock timeout, a deadlock, a serialization failure.
//
// The database has rolled such a transaction back whole, so trying again is safe, and between two
// tries nobody queues behind us.
#pragma once

#include <algorithm>
#include <chrono>

#include "src/base/backoff.h"
#include "src/base/cancel.h"

namespace gander::run {

class Retry {
 public:
  // `limit`: of the time spent waiting, in tries and between them.
  explicit Retry(std::chrono::milliseconds limit) : limit_(limit) {}

  // Is this such a failure? Only the server's word counts (an SQLSTATE): waiting for another run is
  // done elsewhere.
  static bool concerns(const Error& error) {
    const ErrorDetails& details = error.details();
    return details.retryable && !details.sqlstate.empty() &&
           (details.code == ErrorCode::locked || details.code == ErrorCode::sql);
  }

  // After a try that failed so: pauses. False, at once, when there is no time for another try.
  // `lock_limit`: how long one statement waits for a lock, which no try has waited longer for.
  // Throws Error(interrupted).
  bool wait(const CancelToken& cancel, const Error& error, std::chrono::milliseconds lock_limit) {
    const bool lock = error.code() == ErrorCode::locked;
    if (lock) spent_ += std::min<Clock::duration>(lock_limit, Clock::now() - try_start_);
    const Clock::duration left = limit_ - spent_ - (lock ? lock_limit : Clock::duration(0));
    if (left <= Clock::duration(0)) return false;
    const auto pause = std::min<Clock::duration>(backoff_.next(), left);
    cancel.sleep(std::chrono::duration_cast<std::chrono::microseconds>(pause));
    spent_ += pause;
    try_start_ = Clock::now();
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::milliseconds limit_;
  Clock::duration spent_{0};
  Clock::time_point try_start_ = Clock::now();
  Backoff backoff_{std::chrono::milliseconds(100), std::chrono::seconds(2)};
};

}  // namespace gander::run
