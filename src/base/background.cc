// SPDX-License-Identifier: MIT
#include "src/base/background.h"

#include <csignal>
#include <system_error>
#include <utility>

namespace gander {

std::thread background(std::function<void()> work) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread;
  try {
    thread = std::thread(std::move(work));
  } catch (const std::system_error&) {
    // What is wanted later is then done later.
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

void errand(const std::function<void()>& work) {
  std::thread thread = background(work);
  if (thread.joinable()) {
    thread.detach();
  } else {
    work();
  }
}

}  // namespace gander
