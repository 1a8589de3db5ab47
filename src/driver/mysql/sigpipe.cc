// SPDX-License-Identifier: MIT
#include "src/driver/mysql/sigpipe.h"

#include <ctime>

namespace gander::driver::mysql {
namespace {

sigset_t sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_pending() {
  sigset_t set;
  sigemptyset(&set);
  sigpending(&set);
  return sigismember(&set, SIGPIPE) == 1;
}

}  // namespace

SigpipeGuard::SigpipeGuard(bool needed) noexcept {
  // One that waits already is somebody else's, and no more can be added to it.
  if (!needed || is_pending()) return;
  const sigset_t set = sigpipe();
  blocked_ = pthread_sigmask(SIG_BLOCK, &set, &before_) == 0;
}

SigpipeGuard::~SigpipeGuard() {
  if (!blocked_) return;
  if (is_pending()) {
#ifdef __APPLE__
    const sigset_t set = sigpipe();
    int taken = 0;
    sigwait(&set, &taken);
#else
    const sigset_t set = sigpipe();
    const timespec at_once{};
    sigtimedwait(&set, nullptr, &at_once);
#endif
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace gander::driver::mysql
