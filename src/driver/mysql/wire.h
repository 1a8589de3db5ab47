// SPDX-License-Identifier: MIT
// Wire: one MYSQL. Sends a statement and takes all that comes back, and while it waits looks at the
// cancel token and lets somebody look into a wait that lasts.
//
// It knows nothing of transactions, scripts or settings: see connection.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/cancel.h"
#include "src/driver/mysql/client.h"
#include "src/driver/mysql/failure.h"
#include "src/driver/mysql/sigpipe.h"
#include "src/driver/mysql/url.h"
#include "src/driver/server_wait.h"

namespace gander::driver::mysql {

struct WireHooks {
  const CancelToken* cancel = nullptr;  // outlives the wire
  // Called now and then while a server is waited for that is not up yet, with the reason.
  ConnectingHook connecting;
  // Called when a statement has been without an answer for `slow_after`, and again after each
  // further such time. An exception thrown by either hook ends the statement and is thrown then.
  std::function<void(std::chrono::milliseconds waited)> slow;
  std::chrono::milliseconds slow_after{1000};
  // A statement that has run for so long is cancelled; zero: never.
  std::chrono::milliseconds statement_limit{0};
};

// What has come back of a statement, whose results may be several (CALL).
struct Reply {
  std::vector<ResultHandle> results;  // those with rows, if they are to be kept
  std::optional<Failure> failure;     // of the statement as a whole
  std::int64_t changed = 0;           // rows, of all results together
  std::int64_t rows = 0;              // that came back, the same
};

class Wire {
 public:
  enum class Rowset { drop, keep };

  // Connects. A server that may be up in a moment is waited for. `settings` outlives the wire.
  // Throws Error(connection, usage, interrupted, unsupported).
  Wire(const Settings& settings, WireHooks hooks, RetryLimits retry_limits = {});
  // Borrows a connection that is idle and outlives the wire. Throws Error(usage).
  Wire(MYSQL* borrowed, WireHooks hooks);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  MYSQL* handle() noexcept { return handle_; }
  WireHooks& hooks() { return hooks_; }
  const std::vector<std::string>& secrets() const { return secrets_; }

  // Sends one statement and waits for all of its results. Throws Error(interrupted, connection)
  // when it has to be given up, and what a hook throws.
  Reply exchange(std::string_view sql, Rowset rowset);
  // The same for one that gives rows, which are shown one by one, in a place that lasts as long as
  // the call. False ends the visit; the rows that follow are thrown away.
  using Visit = std::function<bool(MYSQL_RES* result, MYSQL_ROW row)>;
  Reply visit(std::string_view sql, const Visit& visit);

  // One call of the library's non-blocking interface, to its end: `start` begins it, `go_on`
  // resumes it with what its socket is ready for, and both return what it waits for. Everything
  // sent or received goes through here.
  template <typename Result, typename Start, typename GoOn>
  Result drive(Start start, GoOn go_on) {
    Result result{};
    const auto quietly = [this](const auto& call) {
      const SigpipeGuard guard(is_encrypted());
      return call();
    };
    int waits_for = quietly([&] { return start(&result); });
    while (waits_for != 0) {
      const int ready = wait(waits_for);
      waits_for = quietly([&] { return go_on(&result, ready); });
    }
    return result;
  }
  // Around all that belongs to one statement.
  void started();
  void finished();
  // After a call of the library's that failed.
  Failure failure();
  Failure failure_of_statement(MYSQL_STMT* statement);

  // True when the session has ended, or no longer answers.
  bool lost() const;
  // The status that came with the last answer that was no error: SERVER_STATUS_...
  unsigned status() const { return handle_->server_status; }
  bool is_encrypted() const { return handle_->options.use_ssl != 0; }
  // The last statement failed: its answer had no status, and the one there is is older.
  bool status_is_stale() const { return stale_; }
  // How many statements were sent.
  std::int64_t statements() const { return statements_; }
  // The statement in progress, or the last one, was cancelled, and by what.
  bool cancelled() const { return cancel_requests_ > 0; }
  bool timed_out() const { return timed_out_; }
  // How long the last one took, or the one in progress has taken so far.
  std::chrono::milliseconds taken() const;
  // Sleeps. Throws Error(interrupted).
  void pause(std::chrono::microseconds time) const;

  // While one lives, a stopped token does not cancel: for what must be cleaned up when a run is
  // stopped. A server that does not answer this either counts as lost after some seconds.
  class Shield {
   public:
    explicit Shield(Wire& wire) : wire_(wire) { ++wire_.shields_; }
    ~Shield() { --wire_.shields_; }
    Shield(const Shield&) = delete;
    Shield& operator=(const Shield&) = delete;

   private:
    Wire& wire_;
  };

 private:
  using Clock = std::chrono::steady_clock;

  void connect(const RetryLimits& retry_limits);
  Reply send(std::string_view sql, Rowset rowset, const Visit* visit);
  int wait(int events);
  void look_around();
  void request_cancel(bool stopped);
  void give_up(bool stopped);
  void read_results(Rowset rowset, const Visit* visit, Reply* reply);
  bool read_rows(MYSQL_RES* result, const Visit* visit, Reply* reply);
  bool hung_up();

  MYSQL* handle_ = nullptr;
  const Settings* settings_ = nullptr;  // nullptr: borrowed
  WireHooks hooks_;
  std::vector<std::string> secrets_;
  std::exception_ptr thrown_;  // within a call of the library's, which ends first
  int shields_ = 0;
  bool stale_ = false;
  bool given_up_ = false;  // the server did not answer in time, or has hung up
  bool timed_out_ = false;
  std::int64_t statements_ = 0;
  int cancel_requests_ = 0;                     // for the statement in progress
  std::optional<Clock::time_point> stop_seen_;  // behind a shield, for the statement in progress
  Clock::time_point first_cancel_;
  Clock::time_point last_cancel_;
  Clock::time_point sent_;
  Clock::time_point answered_;
  Clock::time_point next_slow_;
};

}  // namespace gander::driver::mysql
