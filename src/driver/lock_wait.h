// SPDX-License-Identifier: MIT
// wait_for_lock(): how a run waits for the run lock of another.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "src/driver/driver.h"

namespace gander::driver {

// Calls `attempt` until it is true, tells SessionOptions::waiting who holds the lock meanwhile, as
// `holder` says, and throws Error(locked) when SessionOptions::wait is over. It never waits in the
// server. `pause` sleeps, and throws Error(interrupted).
void wait_for_lock(const SessionOptions& options, const std::function<bool()>& attempt,
                   const std::function<std::string()>& holder,
                   const std::function<void(std::chrono::microseconds)>& pause);

}  // namespace gander::driver
