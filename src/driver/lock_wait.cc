// SPDX-License-Identifier: MIT
#include "src/driver/lock_wait.h"

#include <algorithm>
#include <utility>

#include "src/base/backoff.h"
#include "src/base/in_words.h"

namespace gander::driver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenReports{500};

Error over(std::chrono::milliseconds waited, const std::string& who) {
  ErrorDetails details;
  details.code = ErrorCode::locked;
  details.message = "another run holds the database" + (who.empty() ? std::string() : ": " + who);
  if (waited.count() > 0) details.message += " (waited " + in_words(waited) + " for it)";
  details.hint = "wait for it to finish, or raise the limit with Options::wait";
  details.retryable = true;
  return Error(std::move(details));
}

}  // namespace

void wait_for_lock(const SessionOptions& options, const std::function<bool()>& attempt,
                   const std::function<std::string()>& holder,
                   const std::function<void(std::chrono::microseconds)>& pause) {
  const Clock::time_point start = Clock::now();
  Clock::time_point next_report = start + kBetweenReports;
  Backoff backoff(std::chrono::milliseconds(10), std::chrono::milliseconds(250));
  while (!attempt()) {
    const Clock::time_point now = Clock::now();
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - start);
    if (waited >= options.wait) throw over(waited, holder());
    if (options.waiting && now >= next_report) {
      options.waiting({holder(), waited, options.wait, WaitingFor::run});
      next_report = now + kBetweenReports;
    }
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(options.wait - waited);
    pause(std::min(backoff.next(), left));
  }
}

}  // namespace gander::driver
