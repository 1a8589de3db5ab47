// SPDX-License-Identifier: MIT
// LockPoll: asks again and again, from a session and a thread of its own, which locks a session of
// the same server has.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "src/driver/postgres/conninfo.h"
#include "src/driver/postgres/lock_mode.h"

namespace gander::driver::postgres {

class LockPoll {
 public:
  using Lock = std::pair<std::int64_t, LockMode>;

  // Returns once it has asked for the first time. `settings` outlives it. Throws nothing: what
  // cannot be seen is not.
  LockPoll(const Settings& settings, std::string pid);
  ~LockPoll();
  LockPoll(const LockPoll&) = delete;
  LockPoll& operator=(const LockPoll&) = delete;

  // Ends the thread. What was seen, in the session's own database.
  std::set<Lock> stop();

 private:
  void poll(const Settings& settings);

  const std::string pid_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> stopped_{false};
  std::set<Lock> seen_;  // the thread's, until it has ended
  std::thread thread_;
};

}  // namespace gander::driver::postgres
