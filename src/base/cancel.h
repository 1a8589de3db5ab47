// SPDX-License-Identifier: MIT
// CancelToken: one flag and one deadline that every wait and every statement of an operation looks
// at.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "gander/error.h"

namespace gander {

class CancelToken {
 public:
  using Clock = std::chrono::steady_clock;

  // Safe from any thread and from a signal handler.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }

  // Starts an operation. A cancel() that came before it stays in force.
  void start(std::chrono::milliseconds timeout) {
    deadline_ = timeout.count() > 0 ? Clock::now() + timeout : Clock::time_point::max();
  }

  // Ends an operation: the next one is not cancelled.
  void finish() noexcept { cancelled_.store(false, std::memory_order_relaxed); }

  bool stopped() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) ||
           (deadline_ != Clock::time_point::max() && Clock::now() >= deadline_);
  }

  // The error that a stopped operation ends with.
  Error error() const {
    if (cancelled_.load(std::memory_order_relaxed)) {
      return Error(ErrorCode::interrupted, "the run was interrupted",
                   "run the same command again: it continues where this one stopped");
    }
    return Error(
        ErrorCode::interrupted, "the time limit for the run has passed",
        "raise the time limit (Options::timeout) and run again: finished migrations stay applied");
  }

  void throw_if_stopped() const {
    if (stopped()) throw error();
  }

  // Sleeps. Throws error() as soon as the operation is stopped.
  void sleep(std::chrono::microseconds time) const {
    constexpr std::chrono::microseconds kLook = std::chrono::milliseconds(40);
    throw_if_stopped();
    for (; time.count() > 0; time -= kLook) {
      std::this_thread::sleep_for(std::min(time, kLook));
      throw_if_stopped();
    }
  }

 private:
  std::atomic<bool> cancelled_{false};
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace gander
