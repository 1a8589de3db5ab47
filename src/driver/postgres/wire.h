// SPDX-License-Identifier: MIT
// Wire: one PGconn. Sends a message, waits for its results, and while it waits looks at the cancel
// token, passes notices on and lets somebody look into a wait that lasts.
//
// It knows nothing of transactions, scripts or settings: see connection.h.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/cancel.h"
#include "src/driver/postgres/arguments.h"
#include "src/driver/postgres/conninfo.h"
#include "src/driver/postgres/failure.h"
#include "src/driver/postgres/libpq.h"
#include "src/driver/server_wait.h"

namespace gander::driver::postgres {

struct WireHooks {
  const CancelToken* cancel = nullptr;  // outlives the wire
  // Not called for borrowed connections.
  std::function<void(std::string_view severity, std::string_view text)> notice;
  // Called now and then while a server is waited for that is not up yet, with the reason.
  ConnectingHook connecting;
  // Called when a message has been without an answer for `slow_after`, and again after each further
  // such time. An exception thrown by either hook ends the message and is thrown by next().
  std::function<void(std::chrono::milliseconds waited)> slow;
  std::chrono::milliseconds slow_after{1000};
  // For each host, where the URL says nothing.
  std::chrono::milliseconds connect_limit{std::chrono::seconds{30}};
  // A message that has no answer for so long counts as lost; zero: never.
  std::chrono::milliseconds answer_limit{0};
};

class Wire {
 public:
  // Connects. A server that may be up in a moment is waited for: one that refuses connections, has
  // none left or is starting. Throws Error(connection, usage, interrupted, unsupported).
  Wire(const Settings& settings, WireHooks hooks, RetryLimits retry_limits = {});

  // Borrows a connection that is idle and outlives the wire. Throws Error(usage).
  Wire(PGconn* borrowed, WireHooks hooks);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  PGconn* handle() noexcept { return connection_; }
  WireHooks& hooks() { return hooks_; }
  const std::vector<std::string>& secrets() const { return secrets_; }

  // Sends one message of the simple protocol; with `keep_rows` results hold their rows, otherwise
  // rows come one by one and are to be thrown away. No other message may be in progress.
  void send(const std::string& text, bool keep_rows);
  // Sends one statement with parameters; or one to be prepared, with the types that they have; or
  // the name of one that is.
  void send(const std::string& statement, const Arguments& arguments, bool keep_rows);
  void send_prepare(const std::string& name, const std::string& statement,
                    const Arguments& arguments);
  void send_prepared(const std::string& name, const Arguments& arguments, bool keep_rows);

  // Waits for the next result of the message; nullptr when there are no more. Of rows that come one
  // by one each is a result (PGRES_SINGLE_TUPLE).
  ResultHandle next();

  // While the server waits for COPY data. `why_not`: nullptr completes the data, anything else
  // makes the COPY fail.
  void put_copy_data(std::string_view data);
  void end_copy(const char* why_not);
  // While the server sends COPY data: reads and forgets it.
  void drop_copy_data();

  // libpq's pipeline mode, for pipeline.h alone. Between enter and leave nothing else may be sent.
  void enter_pipeline();
  void leave_pipeline();
  void send_piece(const std::string& sql);
  // The result that comes next shall have its rows one by one, as with send().
  void expect_rows();
  // Asks the server for what it has answered so far, or to end the queue here.
  void flush_pipeline();
  void sync_pipeline();
  bool has_result();
  void wait_for_result();
  ResultHandle take_result();
  // An answer has come: what is slow is what comes next.
  void note_answer();
  // The pipeline is to end at once.
  void abandon_pipeline();

  bool lost() const;
  bool busy() const { return busy_; }
  // How many messages were sent.
  std::int64_t messages() const { return messages_; }
  // The message in progress, or the last one, was cancelled because the token said so.
  bool cancelled() const { return cancel_requests_ > 0; }

  // Sleeps. Throws Error(interrupted) as soon as the token says so.
  void pause(std::chrono::microseconds time) const;

  // How long ago the last message was sent.
  std::chrono::milliseconds taken() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - sent_);
  }

  // Ends the message in progress, whatever it is, and throws its results away.
  void abandon() noexcept;

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

  void sent(int result, bool keep_rows);
  void started();
  void flush_output();
  void wait(short events);
  void look_around();
  void connect(const Settings& settings, const RetryLimits& retry_limits);
  void pass_notices();
  void finished();
  void request_cancel(bool stopped);
  [[noreturn]] void give_up(bool stopped);
  void call_hook(const std::function<void()>& hook) noexcept;
  [[noreturn]] void throw_lost();

  PGconn* connection_ = nullptr;
  const bool owned_;
  WireHooks hooks_;
  std::vector<std::string> secrets_;
  std::vector<Notice> notices_;  // received, not yet passed on
  std::exception_ptr hook_error_;
  int shields_ = 0;
  bool busy_ = false;
  std::int64_t messages_ = 0;
  bool abandoning_ = false;
  bool given_up_ = false;                       // the server did not answer in time
  int cancel_requests_ = 0;                     // for the message in progress
  std::optional<Clock::time_point> stop_seen_;  // behind a shield, for the message in progress
  Clock::time_point first_cancel_;
  Clock::time_point last_cancel_;
  Clock::time_point sent_;
  Clock::time_point next_slow_;
};

}  // namespace gander::driver::postgres
