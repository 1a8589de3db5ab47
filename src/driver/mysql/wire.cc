// SPDX-License-Identifier: MIT
#include "src/driver/mysql/wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "src/base/background.h"
#include "src/base/in_words.h"
#include "src/driver/mysql/attempt.h"

namespace gander::driver::mysql {
namespace {

using std::chrono::milliseconds;

// How soon a stopped run is noticed while the server is silent.
constexpr int kPollMilliseconds = 40;

// KILL QUERY can miss: it has no effect on a session that is between two statements.
constexpr std::chrono::seconds kBetweenCancels{1};
constexpr std::chrono::seconds kCancelLimit{30};

// How long a run that was told to stop waits for a server that may never answer again: for the end
// of a cancelled statement, and for each answer while it cleans up.
constexpr std::chrono::seconds kStopLimit{2};

// What it takes to reach the server of a connection that the application has opened.
Settings settings_of(const MYSQL* handle) {
  const auto text = [](const char* part) { return std::string(part == nullptr ? "" : part); };
  Settings settings;
  settings.user = text(handle->user);
  settings.password = text(handle->passwd);
  settings.socket = text(handle->unix_socket);
  settings.host = text(handle->host);
  settings.port = handle->port;
  settings.tls_ca = text(handle->options.ssl_ca);
  settings.tls_cert = text(handle->options.ssl_cert);
  settings.tls_key = text(handle->options.ssl_key);
  settings.tls = handle->options.use_ssl != 0 ? Tls::preferred : Tls::off;
  return settings;
}

// From a thread and a session of its own. Usually it is done when this returns, so that it cannot
// hit what is sent next. One that fails is made again: kBetweenCancels from now.
void kill_query(const Settings& settings, unsigned long session) {
  constexpr milliseconds kUsual{500};
  const auto sent = std::make_shared<std::promise<void>>();
  errand([settings, session, sent] {
    try {
      Settings plain = settings;
      plain.database.clear();
      Wire wire(plain, {});
      wire.exchange("KILL QUERY " + std::to_string(session), Wire::Rowset::drop);
    } catch (const std::exception&) {
    }
    sent->set_value();
  });
  sent->get_future().wait_for(kUsual);
}

short poll_events(int events) {
  return static_cast<short>(((events & MYSQL_WAIT_READ) != 0 ? POLLIN : 0) |
                            ((events & MYSQL_WAIT_WRITE) != 0 ? POLLOUT : 0) |
                            ((events & MYSQL_WAIT_EXCEPT) != 0 ? POLLPRI : 0));
}

int wait_events(short polled) {
  const bool broken = (polled & (POLLERR | POLLHUP | POLLNVAL)) != 0;
  return ((polled & POLLIN) != 0 || broken ? MYSQL_WAIT_READ : 0) |
         ((polled & POLLOUT) != 0 || broken ? MYSQL_WAIT_WRITE : 0) |
         ((polled & POLLPRI) != 0 ? MYSQL_WAIT_EXCEPT : 0);
}

}  // namespace

Wire::Wire(const Settings& settings, WireHooks hooks, RetryLimits retry_limits)
    : settings_(&settings), hooks_(std::move(hooks)), secrets_(settings.secrets) {
  connect(retry_limits);
}

void Wire::connect(const RetryLimits& retry_limits) {
  const ServerWait wait{.limits = retry_limits,
                        .connecting = hooks_.connecting,
                        .pause = [this](std::chrono::microseconds time) { pause(time); },
                        .is_starting =
                            [](const ErrorDetails& refusal) {
                              // ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN
                              return refusal.native_code == 1040 || refusal.native_code == 1053;
                            }};
  wait.until_connected(
      [&](milliseconds limit) { handle_ = Attempt::make(*settings_, hooks_.cancel, limit); });
}

void Wire::pause(std::chrono::microseconds time) const {
  if (hooks_.cancel != nullptr) {
    hooks_.cancel->sleep(time);
  } else {
    std::this_thread::sleep_for(time);
  }
}

Wire::Wire(MYSQL* borrowed, WireHooks hooks) : handle_(borrowed), hooks_(std::move(hooks)) {
  if (borrowed->net.pvio == nullptr) {
    throw Error(ErrorCode::usage, "the borrowed MySQL connection is not connected",
                "borrow it after mysql_real_connect() has returned it");
  }
  client().mysql_options(borrowed, MYSQL_OPT_NONBLOCK, nullptr);
}

Wire::~Wire() {
  if (settings_ == nullptr || handle_ == nullptr) return;
  const SigpipeGuard guard(is_encrypted());
  client().mysql_close(handle_);
}

bool Wire::lost() const { return given_up_ || handle_->net.pvio == nullptr; }

milliseconds Wire::taken() const {
  const Clock::time_point end = answered_ > sent_ ? answered_ : Clock::now();
  return std::chrono::duration_cast<milliseconds>(end - sent_);
}

void Wire::started() {
  if (lost()) {
    ErrorDetails details;
    details.code = ErrorCode::connection;
    details.message = "the connection to the server was lost";
    details.hint = "check the network and the server's log, then run again";
    details.retryable = true;
    throw Error(std::move(details));
  }
  ++statements_;
  cancel_requests_ = 0;
  timed_out_ = false;
  stop_seen_.reset();
  sent_ = Clock::now();
  next_slow_ = sent_ + hooks_.slow_after;
}

void Wire::finished() {
  answered_ = Clock::now();
  if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

Failure Wire::failure() {
  const unsigned number = client().mysql_errno(handle_);
  stale_ = true;
  if (!lost() && announces_end(number) && hung_up()) given_up_ = true;
  return failure_of(number, client().mysql_sqlstate(handle_), client().mysql_error(handle_), lost(),
                    secrets_);
}

Failure Wire::failure_of_statement(MYSQL_STMT* statement) {
  const unsigned number = client().mysql_stmt_errno(statement);
  stale_ = true;
  if (!lost() && announces_end(number) && hung_up()) given_up_ = true;
  return failure_of(number, client().mysql_stmt_sqlstate(statement),
                    client().mysql_stmt_error(statement), lost(), secrets_);
}

// Has the server closed the connection, or does it a moment from now?
bool Wire::hung_up() {
  constexpr int kMoment = 50;
  const int socket = static_cast<int>(client().mysql_get_socket(handle_));
  pollfd watched{socket, POLLIN, 0};
  if (::poll(&watched, 1, kMoment) <= 0) return false;
  char byte = 0;
  return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

// Returns what the socket is ready for. Throws nothing: the library is in the middle of a call.
int Wire::wait(int events) {
  const Clock::time_point begin = Clock::now();
  for (;;) {
    // After a shutdown of the socket every read ends at once.
    if (given_up_) return events & ~MYSQL_WAIT_TIMEOUT;
    int timeout = kPollMilliseconds;
    if (hooks_.slow) {
      const auto left = std::chrono::duration_cast<milliseconds>(next_slow_ - Clock::now()).count();
      timeout = static_cast<int>(std::clamp<std::int64_t>(left + 1, 1, timeout));
    }
    pollfd watched{static_cast<int>(client().mysql_get_socket(handle_)), poll_events(events), 0};
    if (::poll(&watched, 1, timeout) > 0) return wait_events(watched.revents);
    try {
      look_around();
    } catch (...) {
      if (thrown_ == nullptr) thrown_ = std::current_exception();
    }
    const milliseconds limit{client().mysql_get_timeout_value_ms(handle_)};
    if ((events & MYSQL_WAIT_TIMEOUT) != 0 && Clock::now() - begin >= limit) {
      return MYSQL_WAIT_TIMEOUT;
    }
  }
}

void Wire::look_around() {
  const Clock::time_point now = Clock::now();
  if (hooks_.slow && now >= next_slow_) {
    next_slow_ = now + hooks_.slow_after;
    hooks_.slow(std::chrono::duration_cast<milliseconds>(now - sent_));
  }
  const bool stopped = hooks_.cancel != nullptr && hooks_.cancel->stopped();
  const bool over = hooks_.statement_limit.count() > 0 && now - sent_ > hooks_.statement_limit;
  if (shields_ > 0 && stopped) {
    // What cleans up is let through, but a server that is gone does not hold the end up.
    if (!stop_seen_) stop_seen_ = now;
    if (now - *stop_seen_ > kStopLimit) return give_up(true);
  }
  if (over && shields_ == 0) timed_out_ = true;
  const bool cancels = (stopped || over) && shields_ == 0;
  if (cancels || thrown_ != nullptr) request_cancel(stopped);
}

void Wire::request_cancel(bool stopped) {
  const Clock::time_point now = Clock::now();
  if (cancel_requests_ > 0 && now - last_cancel_ < kBetweenCancels) return;
  if (cancel_requests_ == 0) first_cancel_ = now;
  if (now - first_cancel_ > (stopped ? kStopLimit : kCancelLimit)) return give_up(stopped);
  kill_query(settings_ != nullptr ? *settings_ : settings_of(handle_),
             client().mysql_thread_id(handle_));
  ++cancel_requests_;
  last_cancel_ = Clock::now();
}

// The call in progress comes to its end over a socket that is shut down.
void Wire::give_up(bool stopped) {
  given_up_ = true;
  ::shutdown(static_cast<int>(client().mysql_get_socket(handle_)), SHUT_RDWR);
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
      "that was left behind may be found in information_schema.processlist";
  thrown_ = std::make_exception_ptr(Error(std::move(details)));
}

// False: it failed after some rows.
bool Wire::read_rows(MYSQL_RES* result, const Visit* visit, Reply* reply) {
  const Client& mysql = client();
  bool wanted = visit != nullptr;
  for (;;) {
    MYSQL_ROW row = drive<MYSQL_ROW>(
        [&](MYSQL_ROW* out) { return mysql.mysql_fetch_row_start(out, result); },
        [&](MYSQL_ROW* out, int ready) { return mysql.mysql_fetch_row_cont(out, result, ready); });
    if (row == nullptr) break;
    ++reply->rows;
    if (!wanted) continue;
    try {
      wanted = (*visit)(result, row);
    } catch (...) {
      wanted = false;
      if (thrown_ == nullptr) thrown_ = std::current_exception();
    }
  }
  if (mysql.mysql_errno(handle_) == 0) return true;
  reply->failure = failure();
  return false;
}

// An error may come after rows, and after whole results.
void Wire::read_results(Rowset rowset, const Visit* visit, Reply* reply) {
  const Client& mysql = client();
  for (;;) {
    if (mysql.mysql_field_count(handle_) == 0) {
      reply->changed += static_cast<std::int64_t>(mysql.mysql_affected_rows(handle_));
    } else if (rowset == Rowset::keep) {
      ResultHandle result(drive<MYSQL_RES*>(
          [&](MYSQL_RES** out) { return mysql.mysql_store_result_start(out, handle_); },
          [&](MYSQL_RES** out, int ready) {
            return mysql.mysql_store_result_cont(out, handle_, ready);
          }));
      if (result == nullptr) {
        reply->failure = failure();
        return;
      }
      reply->results.push_back(std::move(result));
    } else {
      ResultHandle result(mysql.mysql_use_result(handle_));
      if (result == nullptr) {
        reply->failure = failure();
        return;
      }
      if (!read_rows(result.get(), visit, reply)) return;
    }
    const int next = drive<int>(
        [&](int* out) { return mysql.mysql_next_result_start(out, handle_); },
        [&](int* out, int ready) { return mysql.mysql_next_result_cont(out, handle_, ready); });
    if (next > 0) reply->failure = failure();
    if (next != 0) return;
  }
}

Reply Wire::send(std::string_view sql, Rowset rowset, const Visit* visit) {
  const Client& mysql = client();
  Reply reply;
  started();
  const int failed = drive<int>(
      [&](int* out) {
        return mysql.mysql_real_query_start(out, handle_, sql.data(),
                                            static_cast<unsigned long>(sql.size()));
      },
      [&](int* out, int ready) { return mysql.mysql_real_query_cont(out, handle_, ready); });
  stale_ = false;
  if (failed != 0) {
    reply.failure = failure();
  } else {
    read_results(rowset, visit, &reply);
  }
  finished();
  return reply;
}

Reply Wire::exchange(std::string_view sql, Rowset rowset) { return send(sql, rowset, nullptr); }

Reply Wire::visit(std::string_view sql, const Visit& visit) {
  return send(sql, Rowset::drop, &visit);
}

}  // namespace gander::driver::mysql
