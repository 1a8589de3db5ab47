// SPDX-License-Identifier: MIT
#ifdef GANDER_WITH_POSTGRES

#include "src/driver/postgres/attempt.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "src/base/background.h"
#include "src/driver/postgres/failure.h"

namespace gander::driver::postgres {
namespace {

// How soon a stopped run is noticed, on either side.
constexpr std::chrono::milliseconds kLook{40};

void receive_notice(void* notices, const PGresult* result) {
  // The secrets are masked by whoever passes the text on.
  static_cast<std::vector<std::string>*>(notices)->push_back(notice_text(result, {}));
}

// What libpq made of URL, environment and service file.
std::string effective(PGconn* connection, std::string_view keyword) {
  PQconninfoOption* options = libpq().PQconninfo(connection);
  std::string value;
  for (PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr;
       ++option) {
    if (option->keyword == keyword && option->val != nullptr) value = option->val;
  }
  libpq().PQconninfoFree(options);
  return value;
}

// libpq itself keeps connect_timeout only in its blocking calls. One limit for all hosts together.
std::chrono::milliseconds limit_of(PGconn* connection, std::chrono::milliseconds usual) {
  const std::string hosts = effective(connection, "host") + "|" + effective(connection, "hostaddr");
  const auto commas = std::count(hosts.begin(), hosts.end(), ',');
  const std::string timeout = effective(connection, "connect_timeout");
  if (timeout.empty()) return usual * (commas + 1);
  const long seconds = std::atol(timeout.c_str());
  return seconds <= 0 ? std::chrono::hours(24) : std::chrono::seconds(seconds * (commas + 1));
}

}  // namespace

Attempt::Result Attempt::make(const Settings& settings, const CancelToken* cancel,
                              std::chrono::milliseconds limit) {
  const auto attempt = std::make_shared<Attempt>(settings, limit);
  libpq();  // throws here when there is none
  errand([attempt] { attempt->run(); });
  return attempt->wait(cancel);
}

Attempt::~Attempt() { libpq().PQfinish(result_.connection); }

Attempt::Result Attempt::wait(const CancelToken* cancel) {
  std::unique_lock guard(mutex_);
  while (!finished_.wait_for(guard, kLook, [this] { return done_; })) {
    if (cancel == nullptr || !cancel->stopped()) continue;
    abandoned_ = true;
    throw cancel->error();
  }
  if (error_ != nullptr) std::rethrow_exception(error_);
  Result result = std::move(result_);
  result_.connection = nullptr;
  return result;
}

void Attempt::run() noexcept {
  try {
    connect();
  } catch (...) {
    error_ = std::current_exception();
  }
  const std::lock_guard guard(mutex_);
  done_ = true;
  finished_.notify_one();
}

void Attempt::connect() {
  // Before the connection string: what it may override. After it: what it may not.
  const std::array<const char*, 9> keywords = {
      "keepalives_idle", "keepalives_interval",       "keepalives_count", "tcp_user_timeout",
      "dbname",          "fallback_application_name", "client_encoding",  nullptr};
  const std::array<const char*, 9> values = {
      "30", "10", "3", "60000", settings_.conninfo.c_str(), "gander", "UTF8", nullptr};
  result_.connection = libpq().PQconnectStartParams(keywords.data(), values.data(), 1);
  if (result_.connection == nullptr) {
    throw Error(ErrorCode::connection, "libpq is out of memory");
  }
  // At once: libpq's own receiver would print what a server says while it goes down.
  libpq().PQsetNoticeReceiver(result_.connection, receive_notice, &result_.notices);
  // Failed at once: by what the string says, or because nobody listens. Only a ping tells which.
  if (libpq().PQstatus(result_.connection) == CONNECTION_BAD &&
      libpq().PQpingParams(keywords.data(), values.data(), 1) == PQPING_NO_ATTEMPT) {
    ErrorDetails details =
        refused_connection(result_.connection, settings_.display, settings_.secrets);
    details.code = ErrorCode::usage;
    details.hint = "see gander/postgres.h for what the URL may say";
    details.retryable = false;
    throw Error(std::move(details));
  }
  libpq().PQsetErrorVerbosity(result_.connection, PQERRORS_VERBOSE);
  poll_until_connected();
  libpq().PQsetErrorVerbosity(result_.connection, PQERRORS_DEFAULT);
}

void Attempt::poll_until_connected() {
  PGconn* connection = result_.connection;
  const Clock::time_point end = Clock::now() + limit_of(connection, limit_);
  PostgresPollingStatusType status =
      libpq().PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK && !abandoned_) {
    if (status == PGRES_POLLING_FAILED) {
      throw Error(refused_connection(connection, settings_.display, settings_.secrets));
    }
    pollfd watched{libpq().PQsocket(connection),
                   static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(kLook.count()));
    if (Clock::now() >= end) {
      ErrorDetails details;
      details.code = ErrorCode::connection;
      details.message = "cannot connect to " + settings_.display + ": no answer in time";
      details.hint = "check host, port and firewall, or raise connect_timeout in the URL";
      details.retryable = true;
      throw Error(std::move(details));
    }
    if (ready > 0) status = libpq().PQconnectPoll(connection);
  }
}

}  // namespace gander::driver::postgres

#endif  // GANDER_WITH_POSTGRES
