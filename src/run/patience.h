// SPDX-License-Identifier: MIT
// Patience: how long a run tries again what the database gave up for the sake of other sessions: a
// statement that reached its lock timeout, a deadlock, a serialization failure.
//
// The database has rolled such a transaction back whole, so trying again is safe, and between two
// tries nobody queues behind us.
#pragma once

#include <chrono>
#include <optional>

#include "src/base/backoff.h"
#include "src/base/cancel.h"

namespace gander::run {

class Patience {
 public:
  explicit Patience(std::chrono::milliseconds limit) : limit_(limit) {}

  // Is this such a failure? Only the server's word counts (an SQLSTATE): waiting for another run is
  // done elsewhere.
  static bool concerns(const Error& error) {
    const ErrorDetails& details = error.details();
    return details.retryable && !details.sqlstate.empty() &&
           (details.code == ErrorCode::locked || details.code == ErrorCode::sql);
  }

  // Pauses. False, at once, when the time counted from the first pause is over. Throws
  // Error(interrupted).
  bool wait(const CancelToken& cancel) {
    const Clock::time_point now = Clock::now();
    if (!start_) start_ = now;
    if (now - *start_ >= limit_) return false;
    cancel.sleep(backoff_.next());
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::milliseconds limit_;
  std::optional<Clock::time_point> start_;
  Backoff backoff_{std::chrono::milliseconds(100), std::chrono::seconds(2)};
};

}  // namespace gander::run
