// SPDX-License-Identifier: MIT
// Attempt: one try to connect, on a thread of its own.
//
// The client library looks up names of hosts, and talks until the user is let in, in calls that
// block for as long as somebody is silent. A run that is stopped leaves such a try to itself; it
// ends when the library comes back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>

#include "src/base/cancel.h"
#include "src/driver/mysql/client.h"
#include "src/driver/mysql/url.h"

namespace gander::driver::mysql {

class Attempt {
 public:
  // `cancel` may be nullptr; `limit` is zero for none but the settings' own. Throws
  // Error(connection, usage, interrupted, unsupported).
  static MYSQL* make(const Settings& settings, const CancelToken* cancel,
                     std::chrono::milliseconds limit);

  explicit Attempt(Settings settings) : settings_(std::move(settings)) {}
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void run() noexcept;
  void connect();
  void set_options();
  void set_tls();
  MYSQL* wait(const CancelToken* cancel, std::chrono::milliseconds limit);

  const Settings settings_;
  // Of the thread until it is done, of the waiting one afterwards.
  MYSQL* handle_ = nullptr;
  std::exception_ptr error_;

  std::mutex mutex_;
  std::condition_variable finished_;
  bool done_ = false;  // under mutex_
};

}  // namespace gander::driver::mysql
