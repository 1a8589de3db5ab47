// SPDX-License-Identifier: MIT
// SigpipeGuard: while one lives, a write to a connection that the server has closed does not end
// the program. The client library sees to that itself, but for what its TLS library writes.
#pragma once

#include <csignal>

namespace gander::driver::mysql {

class SigpipeGuard {
 public:
  explicit SigpipeGuard(bool needed) noexcept;
  ~SigpipeGuard();
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

 private:
  bool blocked_ = false;  // by this guard
  sigset_t before_{};
};

}  // namespace gander::driver::mysql
