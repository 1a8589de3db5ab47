// SPDX-License-Identifier: MIT
// Waiting for a database: until it is there, until somebody else has migrated it, or not at all.
#include <algorithm>
#include <chrono>
#include <utility>

#include "src/base/backoff.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{1000};
constexpr milliseconds kBetweenReports{500};

// How long one question may wait for whoever has a SQLite file locked.
constexpr milliseconds kQuestion{1000};

// How long one try to connect may take where nothing else bounds it.
constexpr milliseconds kTry{30'000};

// May the next try find another world? A server that is not up, or has no such database yet; a file
// that somebody has locked.
bool may_pass(const Error& error) {
  const ErrorDetails& details = error.details();
  if (error.code() == ErrorCode::locked) return true;
  constexpr std::string_view kNoSuchDatabase = "3D000";
  return error.code() == ErrorCode::connection &&
         (details.retryable || details.sqlstate == kNoSuchDatabase);
}

std::string seconds(milliseconds time) {
  const std::int64_t tenths = time.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

// While one lives, a question is answered at once: it is asked again by await().
class MigrationRunner::Impl::QuickTries {
 public:
  explicit QuickTries(Impl& impl)
      : impl_(impl), wait_(impl.options_.wait), server_wait_(impl.options_.server_wait) {
    // The session that is open has the waits of its beginning.
    if (impl.target_.driver().reconnectable()) impl.close_database();
    impl.options_.wait = std::min(wait_, kQuestion);
    impl.options_.server_wait = milliseconds(0);
    impl.one_try_ = kTry;
  }
  ~QuickTries() {
    impl_.options_.wait = wait_;
    impl_.options_.server_wait = server_wait_;
    impl_.one_try_.reset();
    if (impl_.target_.driver().reconnectable()) impl_.close_database();
  }
  QuickTries(const QuickTries&) = delete;
  QuickTries& operator=(const QuickTries&) = delete;

  milliseconds limit() const { return wait_; }

 private:
  Impl& impl_;
  const milliseconds wait_;
  const std::optional<milliseconds> server_wait_;
};

// Asks until the answer is true or the time is over, and then gives the last one. A database that
// cannot be reached is no answer.
bool MigrationRunner::Impl::await(const std::function<bool()>& question, WaitingFor what) {
  using Clock = std::chrono::steady_clock;
  const QuickTries quick(*this);
  const milliseconds limit = quick.limit();
  const Clock::time_point start = Clock::now();
  Clock::time_point next_report = start + kBetweenReports;
  Backoff backoff(kFirstPause, kLongestPause);
  for (;;) {
    std::optional<Error> error;
    one_try_ = std::chrono::ceil<milliseconds>(start + limit - Clock::now());
    try {
      require_database();
      if (question()) return true;
    } catch (const Error& failure) {
      if (!may_pass(failure)) throw;
      error = failure;
      close_database();
    }
    const Clock::time_point now = Clock::now();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - start);
    if (waited >= limit) {
      if (!error) return false;
      ErrorDetails details = error->details();
      if (waited.count() >= 100) details.message += " (waited " + seconds(waited) + " for it)";
      throw Error(std::move(details));
    }
    if (options_.observer != nullptr && now >= next_report) {
      next_report = now + kBetweenReports;
      const std::string_view why =
          error ? std::string_view(error->details().message) : std::string_view();
      options_.observer->lock_waiting({why, waited, limit, error ? WaitingFor::server : what});
    }
    cancel_.sleep(std::min<std::chrono::microseconds>(backoff.next(), limit - waited));
  }
}

// After a lost connection: what the version table says. As long as the lost session may still
// commit the server keeps its lock, so what is read under the new one is final. Nothing when that
// cannot be had at once.
std::optional<store::AppliedSet> MigrationRunner::Impl::read_again() noexcept {
  try {
    if (!target_.driver().reconnectable()) return std::nullopt;
    const QuickTries quick(*this);
    database().lock();
    database().store().load();
    return database().store().applied();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// Connecting would make a SQLite file.
void MigrationRunner::Impl::require_database() {
  if (target_.driver().exists()) return;
  ErrorDetails details;
  details.code = ErrorCode::connection;
  details.message = "there is no database " + target_.driver().file_path();
  details.hint = "check the path, or run `MigrationRunner::up()`, which makes the file";
  details.retryable = true;
  throw Error(std::move(details));
}

void MigrationRunner::Impl::wait_until_reachable() {
  const Scope scope(*this);
  await(
      [this] {
        driver::Connection& connection = database().connection();
        connection.tables_exist({database().store().names().version_table});
        return true;
      },
      WaitingFor::server);
}

bool MigrationRunner::Impl::wait_until_migrated() {
  const Scope scope(*this);
  check_sum();
  return await([this] { return !find_pending(true); }, WaitingFor::migration);
}

}  // namespace gander
