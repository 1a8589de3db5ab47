// SPDX-License-Identifier: MIT
#include "src/driver/postgres/wire.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "src/base/background.h"
#include "src/base/in_words.h"
#include "src/driver/postgres/attempt.h"
#include "src/driver/postgres/failure.h"

namespace gander::driver::postgres {
namespace {

// How soon a stopped run is noticed while the server is silent.
constexpr int kPollMilliseconds = 40;

// A cancel request can miss: it has no effect on a server that is between two statements.
constexpr std::chrono::seconds kBetweenCancels{1};
constexpr std::chrono::seconds kCancelLimit{30};

// How long a run that was told to stop waits for a server that may never answer again: for the end
// of a cancelled statement, and for each answer while it cleans up.
constexpr std::chrono::seconds kStopLimit{2};

void receive_notice(void* notices, const PGresult* result) {
  // The secrets are masked by whoever passes the text on.
  static_cast<std::vector<Notice>*>(notices)->push_back(notice_of(result));
}

// Cancels from a thread of its own: libpq connects and waits for the postmaster, which may be as
// silent as the session is. Usually it is done when this returns, so that it cannot hit what is
// sent next.
void send_cancel(PGconn* connection) {
  constexpr std::chrono::milliseconds kUsual{500};
  PGcancel* cancel = libpq().PQgetCancel(connection);
  if (cancel == nullptr) return;
  const auto sent = std::make_shared<std::promise<void>>();
  errand([cancel, sent] {
    // A request that fails is made again: kBetweenCancels from now.
    std::array<char, 256> reason{};
    libpq().PQcancel(cancel, reason.data(), static_cast<int>(reason.size()));
    libpq().PQfreeCancel(cancel);
    sent->set_value();
  });
  sent->get_future().wait_for(kUsual);
}

}  // namespace

Wire::Wire(const Settings& settings, WireHooks hooks, RetryLimits retry_limits)
    : owned_(true), hooks_(std::move(hooks)), secrets_(settings.secrets) {
  connect(settings, retry_limits);
  libpq().PQsetNoticeReceiver(connection_, receive_notice, &notices_);
}

void Wire::connect(const Settings& settings, const RetryLimits& retry_limits) {
  const ServerWait wait{.limits = retry_limits,
                        .connecting = hooks_.connecting,
                        .pause = [this](std::chrono::microseconds time) { pause(time); },
                        .is_starting =
                            [](const ErrorDetails& refusal) {
                              return refusal.sqlstate == "57P03";  // cannot_connect_now
                            }};
  wait.until_connected([&](std::chrono::milliseconds limit) {
    Attempt::Result made =
        Attempt::make(settings, hooks_.cancel, {.host = hooks_.connect_limit, .all = limit});
    connection_ = made.connection;
    notices_ = std::move(made.notices);
  });
}

void Wire::pause(std::chrono::microseconds time) const {
  if (hooks_.cancel != nullptr) {
    hooks_.cancel->sleep(time);
  } else {
    std::this_thread::sleep_for(time);
  }
}

Wire::Wire(PGconn* borrowed, WireHooks hooks)
    : connection_(borrowed), owned_(false), hooks_(std::move(hooks)) {
  if (libpq().PQstatus(borrowed) != CONNECTION_OK) {
    throw Error(ErrorCode::usage, "the borrowed PostgreSQL connection is not connected",
                "borrow it after PQstatus() says CONNECTION_OK");
  }
  if (libpq().PQtransactionStatus(borrowed) != PQTRANS_IDLE) {
    throw Error(ErrorCode::usage,
                "the borrowed PostgreSQL connection is inside a transaction or busy",
                "commit or roll back, and take all results, before migrating");
  }
}

Wire::~Wire() {
  if (owned_) {
    libpq().PQfinish(connection_);
    return;
  }
  abandon();
}

void Wire::started() {
  busy_ = true;
  ++messages_;
  cancel_requests_ = 0;
  stop_seen_.reset();
  hook_error_ = nullptr;
  sent_ = Clock::now();
  next_slow_ = sent_ + hooks_.slow_after;
}

void Wire::throw_lost() { throw Error(lost_connection(connection_, secrets_)); }

void Wire::send(const std::string& text, bool keep_rows) {
  libpq().PQsetnonblocking(connection_, 1);
  if (given_up_ || libpq().PQsendQuery(connection_, text.c_str()) == 0) throw_lost();
  if (!keep_rows) libpq().PQsetSingleRowMode(connection_);
  started();
  flush_output();
}

void Wire::send(const std::string& statement, const Arguments& arguments, bool keep_rows) {
  libpq().PQsetnonblocking(connection_, 1);
  sent(given_up_ ? 0
                 : libpq().PQsendQueryParams(connection_, statement.c_str(), arguments.size(),
                                             arguments.types(), arguments.values(),
                                             arguments.lengths(), arguments.formats(), 0),
       keep_rows);
}

void Wire::send_prepare(const std::string& name, const std::string& statement,
                        const Arguments& arguments) {
  libpq().PQsetnonblocking(connection_, 1);
  sent(given_up_ ? 0
                 : libpq().PQsendPrepare(connection_, name.c_str(), statement.c_str(),
                                         arguments.size(), arguments.types()),
       true);
}

void Wire::send_prepared(const std::string& name, const Arguments& arguments, bool keep_rows) {
  libpq().PQsetnonblocking(connection_, 1);
  sent(given_up_ ? 0
                 : libpq().PQsendQueryPrepared(connection_, name.c_str(), arguments.size(),
                                               arguments.values(), arguments.lengths(),
                                               arguments.formats(), 0),
       keep_rows);
}

void Wire::sent(int result, bool keep_rows) {
  if (result == 0) throw_lost();
  if (!keep_rows) libpq().PQsetSingleRowMode(connection_);
  started();
  flush_output();
}

void Wire::flush_output() {
  for (;;) {
    const int left = libpq().PQflush(connection_);
    // An error of the socket is told by the results that follow.
    if (left <= 0) return;
    wait(POLLIN | POLLOUT);
  }
}

void Wire::wait(short events) {
  int timeout = kPollMilliseconds;
  if (hooks_.slow) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(next_slow_ - Clock::now()).count();
    timeout = static_cast<int>(std::clamp<std::int64_t>(left + 1, 1, timeout));
  }
  pollfd watched{libpq().PQsocket(connection_), events, 0};
  const int ready = ::poll(&watched, 1, timeout);
  if (ready > 0 && (watched.revents & ~POLLOUT) != 0) libpq().PQconsumeInput(connection_);
  look_around();
}

void Wire::call_hook(const std::function<void()>& hook) noexcept {
  try {
    hook();
  } catch (...) {
    if (hook_error_ == nullptr) hook_error_ = std::current_exception();
  }
}

void Wire::pass_notices() {
  if (notices_.empty()) return;
  std::vector<Notice> notices;
  notices.swap(notices_);
  for (const Notice& notice : notices) {
    if (!hooks_.notice) continue;
    call_hook([&] { hooks_.notice(notice.severity, redact(notice.text, secrets_)); });
  }
}

void Wire::look_around() {
  pass_notices();
  const Clock::time_point now = Clock::now();
  if (hooks_.slow && now >= next_slow_) {
    next_slow_ = now + hooks_.slow_after;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - sent_);
    call_hook([&] { hooks_.slow(waited); });
  }
  const bool stopped = hooks_.cancel != nullptr && hooks_.cancel->stopped();
  if (hooks_.answer_limit.count() > 0 && now - sent_ > hooks_.answer_limit) give_up(stopped);
  if (shields_ > 0 && stopped) {
    // What cleans up is let through, but a server that is gone does not hold the end up.
    if (!stop_seen_) stop_seen_ = now;
    if (now - *stop_seen_ > kStopLimit) give_up(true);
  }
  if ((stopped && shields_ == 0) || abandoning_ || hook_error_ != nullptr) request_cancel(stopped);
}

void Wire::request_cancel(bool stopped) {
  const Clock::time_point now = Clock::now();
  if (cancel_requests_ > 0 && now - last_cancel_ < kBetweenCancels) return;
  if (cancel_requests_ == 0) first_cancel_ = now;
  if (now - first_cancel_ > (stopped ? kStopLimit : kCancelLimit)) give_up(stopped);
  send_cancel(connection_);
  ++cancel_requests_;
  last_cancel_ = Clock::now();
}

void Wire::give_up(bool stopped) {
  given_up_ = true;
  busy_ = false;
  ErrorDetails details;
  if (stopped && hooks_.cancel != nullptr) details = hooks_.cancel->error().details();
  if (!stopped) {
    details.code = ErrorCode::connection;
    details.message = "the server does not answer";
    details.retryable = true;
  } else {
    details.message +=
        ", and the server does not answer: whether it does what it was last sent is "
        "not known";
  }
  details.hint =
      "run again when the server answers: the next run finds out what has happened; the session "
      "that was left behind may be found in pg_stat_activity";
  throw Error(std::move(details));
}

ResultHandle Wire::next() {
  if (!busy_) return nullptr;
  while (libpq().PQisBusy(connection_) != 0) wait(POLLIN);
  ResultHandle result(libpq().PQgetResult(connection_));
  if (result != nullptr) return result;
  finished();
  return nullptr;
}

void Wire::finished() {
  busy_ = false;
  libpq().PQsetnonblocking(connection_, 0);
  pass_notices();
  if (hook_error_ != nullptr) std::rethrow_exception(std::exchange(hook_error_, nullptr));
}

void Wire::put_copy_data(std::string_view data) {
  while (!data.empty()) {
    const std::string_view part = data.substr(0, 1 << 20);
    int put = 0;
    while ((put = libpq().PQputCopyData(connection_, part.data(), static_cast<int>(part.size()))) ==
           0) {
      wait(POLLIN | POLLOUT);
    }
    // The COPY has failed already: next() tells how.
    if (put < 0) return;
    data.remove_prefix(part.size());
  }
  flush_output();
}

void Wire::end_copy(const char* why_not) {
  while (libpq().PQputCopyEnd(connection_, why_not) == 0) wait(POLLIN | POLLOUT);
  flush_output();
}

void Wire::drop_copy_data() {
  char* row = nullptr;
  int got = 0;
  while ((got = libpq().PQgetCopyData(connection_, &row, 1)) >= 0) {
    if (got == 0) wait(POLLIN);
    libpq().PQfreemem(row);
    row = nullptr;
  }
}

void Wire::enter_pipeline() {
  libpq().PQsetnonblocking(connection_, 1);
  if (given_up_ || libpq().PQenterPipelineMode(connection_) == 0) throw_lost();
  started();
}

void Wire::leave_pipeline() {
  abandoning_ = false;
  libpq().PQexitPipelineMode(connection_);
  finished();
}

void Wire::send_piece(const std::string& sql) {
  if (libpq().PQsendQueryParams(connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                                0) == 0) {
    throw_lost();
  }
}

void Wire::expect_rows() { libpq().PQsetSingleRowMode(connection_); }

void Wire::flush_pipeline() {
  libpq().PQsendFlushRequest(connection_);
  flush_output();
}

void Wire::sync_pipeline() {
  if (libpq().PQpipelineSync(connection_) == 0 && !lost()) throw_lost();
  ++messages_;
  flush_output();
}

bool Wire::has_result() {
  if (libpq().PQisBusy(connection_) == 0) return true;
  pollfd watched{libpq().PQsocket(connection_), POLLIN, 0};
  if (::poll(&watched, 1, 0) > 0) libpq().PQconsumeInput(connection_);
  return libpq().PQisBusy(connection_) == 0;
}

void Wire::wait_for_result() { wait(POLLIN); }

ResultHandle Wire::take_result() {
  pass_notices();
  return ResultHandle(libpq().PQgetResult(connection_));
}

void Wire::note_answer() {
  sent_ = Clock::now();
  next_slow_ = sent_ + hooks_.slow_after;
}

void Wire::abandon_pipeline() {
  abandoning_ = true;
  request_cancel(false);
}

bool Wire::lost() const { return given_up_ || libpq().PQstatus(connection_) != CONNECTION_OK; }

void Wire::abandon() noexcept {
  if (!busy_) return;
  abandoning_ = true;
  try {
    request_cancel(false);
    while (const ResultHandle result = next()) {
      const ExecStatusType status = libpq().PQresultStatus(result.get());
      if (status == PGRES_COPY_IN) end_copy("given up");
      if (status == PGRES_COPY_OUT) drop_copy_data();
      if (lost()) break;
    }
  } catch (...) {
    // What could not be taken back is told by the next message, which fails.
  }
  abandoning_ = false;
  busy_ = false;
}

}  // namespace gander::driver::postgres
