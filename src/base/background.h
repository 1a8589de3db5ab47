// SPDX-License-Identifier: MIT
// background(): a thread for work whose result is wanted a little later.
#pragma once

#include <functional>
#include <thread>

namespace gander {

// The thread takes no signals: those are for the program's own. Not joinable when no thread can be
// had; the caller then does the work when it needs it. `work` must not throw.
std::thread background(std::function<void()> work);

// The same for work that may hang and is then left to itself: whatever it uses it must own. Done on
// this thread, before the call returns, when no other can be had.
void errand(const std::function<void()>& work);

}  // namespace gander
