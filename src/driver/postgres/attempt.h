// SPDX-License-Identifier: MIT
// Attempt: one try to connect, on a thread of its own.
//
// libpq looks up names of hosts, and pings, in calls that block for as long as a name server is
// silent. A run that is stopped leaves such a try to itself; it ends when libpq comes back.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "src/base/cancel.h"
#include "src/driver/postgres/conninfo.h"
#include "src/driver/postgres/failure.h"
#include "src/driver/postgres/libpq.h"

namespace gander::driver::postgres {

class Attempt {
 public:
  // What a try has led to: the notices came while it was made. Those that come later go nowhere:
  // the caller sets a receiver before it uses the connection.
  struct Result {
    PGconn* connection = nullptr;
    std::vector<Notice> notices;
  };

  struct Limits {
    std::chrono::milliseconds host{0};  // for each, where the settings do not say
    std::chrono::milliseconds all{0};   // for all of them together; zero: no limit
  };

  // `cancel` may be nullptr. Throws Error(connection, usage, interrupted, unsupported).
  static Result make(const Settings& settings, const CancelToken* cancel, Limits limits);

  explicit Attempt(Settings settings, Limits limits)
      : settings_(std::move(settings)), limits_(limits) {}
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void run() noexcept;
  // Keyword and value, as in a connection string.
  using Parameters = std::vector<std::pair<const char*, std::string>>;
  void start(const Parameters& changes);
  std::chrono::milliseconds host_limit() const;
  void connect();
  void connect_one_by_one(bool standbys_first);
  std::vector<Parameters> each_host() const;
  bool poll_until_connected();
  [[noreturn]] void throw_refused() const;
  [[noreturn]] void throw_silent(const char* hint) const;
  Result wait(const CancelToken* cancel);

  const Settings settings_;
  const Limits limits_;
  // Of the thread until it is done, of the waiting one afterwards.
  Result result_;
  std::exception_ptr error_;
  std::ptrdiff_t shares_ = 1;  // into which the limit for all hosts is cut

  std::atomic<bool> abandoned_{false};
  std::mutex mutex_;
  std::condition_variable finished_;
  bool done_ = false;  // under mutex_
};

}  // namespace gander::driver::postgres
