// SPDX-License-Identifier: MIT
#include "src/driver/server_wait.h"

#include <algorithm>
#include <utility>

#include "src/base/backoff.h"
#include "src/base/in_words.h"

namespace gander::driver {

void ServerWait::until_connected(
    const std::function<void(std::chrono::milliseconds limit)>& connect) const {
  using Clock = std::chrono::steady_clock;
  using std::chrono::milliseconds;
  constexpr milliseconds kBetweenReports{500};
  constexpr milliseconds kLeastTry{1000};
  const Clock::time_point start = Clock::now();
  const auto since_start = [&] {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  };
  milliseconds next_report = kBetweenReports;
  Backoff backoff(milliseconds(50), std::chrono::seconds(1));
  for (;;) {
    std::chrono::microseconds nap = backoff.next();
    try {
      return connect(limits.all ? std::max(kLeastTry, *limits.all - since_start())
                                : milliseconds(0));
    } catch (const Error& error) {
      ErrorDetails details = error.details();
      if (!details.retryable) throw;
      const milliseconds waited = since_start();
      const milliseconds limit = is_starting(details) ? limits.starting : limits.absent;
      if (waited >= limit) {
        if (limit.count() == 0) throw;
        details.message += " (waited " + in_words(waited) + " for it)";
        throw Error(std::move(details));
      }
      nap = std::min<std::chrono::microseconds>(nap, limit - waited);
      if (connecting && waited >= next_report) {
        connecting(details.message, waited, limit);
        next_report = waited + kBetweenReports;
      }
    }
    pause(nap);
  }
}

}  // namespace gander::driver
