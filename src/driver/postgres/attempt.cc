// SPDX-License-Identifier: MIT
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
  static_cast<std::vector<Notice>*>(notices)->push_back(notice_of(result));
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

std::ptrdiff_t count_hosts(PGconn* connection) {
  const std::string hosts = effective(connection, "host") + "|" + effective(connection, "hostaddr");
  return std::count(hosts.begin(), hosts.end(), ',') + 1;
}

// For one host.
std::chrono::milliseconds limit_of(PGconn* connection, std::chrono::milliseconds usual) {
  const std::string timeout = effective(connection, "connect_timeout");
  if (timeout.empty()) return usual;
  const long seconds = std::atol(timeout.c_str());
  return seconds <= 0 ? std::chrono::hours(24) : std::chrono::seconds(seconds);
}

}  // namespace

Attempt::Result Attempt::make(const Settings& settings, const CancelToken* cancel, Limits limits) {
  const auto attempt = std::make_shared<Attempt>(settings, limits);
  libpq();  // throws here when there is none
  errand([attempt] { attempt->run(); });
  return attempt->wait(cancel);
}

Attempt::~Attempt() { libpq().PQfinish(result_.connection); }

Attempt::Result Attempt::wait(const CancelToken* cancel) {
  const Clock::time_point end = Clock::now() + limits_.all;
  std::unique_lock guard(mutex_);
  while (!finished_.wait_for(guard, kLook, [this] { return done_; })) {
    const bool stopped = cancel != nullptr && cancel->stopped();
    const bool over = limits_.all.count() > 0 && Clock::now() >= end;
    if (!stopped && !over) continue;
    abandoned_ = true;
    if (stopped) throw cancel->error();
    throw_silent("check host, port and firewall, or wait longer");
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

// `timeout`: connect_timeout, in seconds; empty: what the settings say.
void Attempt::start(const std::string& timeout) {
  // Before the connection string: what it may override. After it: what it may not.
  const std::array<const char*, 10> keywords = {"keepalives_idle",
                                                "keepalives_interval",
                                                "keepalives_count",
                                                "tcp_user_timeout",
                                                "dbname",
                                                "fallback_application_name",
                                                "client_encoding",
                                                timeout.empty() ? nullptr : "connect_timeout",
                                                nullptr,
                                                nullptr};
  const std::array<const char*, 10> values = {
      "30",    "10",   "3", "60000", settings_.conninfo.c_str(), "gander", "UTF8", timeout.c_str(),
      nullptr, nullptr};
  libpq().PQfinish(result_.connection);
  result_.connection = libpq().PQconnectStartParams(keywords.data(), values.data(), 1);
  if (result_.connection == nullptr) {
    throw Error(ErrorCode::connection, "libpq is out of memory");
  }
  // At once: libpq's own receiver would print what a server says while it goes down.
  libpq().PQsetNoticeReceiver(result_.connection, receive_notice, &result_.notices);
  libpq().PQsetErrorVerbosity(result_.connection, PQERRORS_VERBOSE);
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
}

void Attempt::connect() {
  start("");
  if (!poll_until_connected()) {
    // Only libpq's blocking calls leave a host that is silent for the next one of several.
    if (count_hosts(result_.connection) == 1) {
      throw_silent("check host, port and firewall, or raise connect_timeout in the URL");
    }
    start(std::to_string(std::chrono::ceil<std::chrono::seconds>(host_limit()).count()));
    libpq().PQreset(result_.connection);
    if (libpq().PQstatus(result_.connection) != CONNECTION_OK) throw_refused();
  }
  libpq().PQsetErrorVerbosity(result_.connection, PQERRORS_DEFAULT);
}

// One host that says nothing leaves time for the others: all are tried once more behind it.
std::chrono::milliseconds Attempt::host_limit() const {
  const auto limit = limit_of(result_.connection, limits_.host);
  const std::ptrdiff_t hosts = count_hosts(result_.connection);
  if (limits_.all.count() == 0 || hosts == 1) return limit;
  return std::min(limit, limits_.all / (hosts + 1));
}

// False when the time is over.
bool Attempt::poll_until_connected() {
  PGconn* connection = result_.connection;
  const Clock::time_point end = Clock::now() + host_limit();
  PostgresPollingStatusType status =
      libpq().PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK && !abandoned_) {
    if (status == PGRES_POLLING_FAILED) throw_refused();
    pollfd watched{libpq().PQsocket(connection),
                   static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(kLook.count()));
    if (Clock::now() >= end) return false;
    if (ready > 0) status = libpq().PQconnectPoll(connection);
  }
  return true;
}

void Attempt::throw_refused() const {
  throw Error(refused_connection(result_.connection, settings_.display, settings_.secrets));
}

void Attempt::throw_silent(const char* hint) const {
  ErrorDetails details;
  details.code = ErrorCode::connection;
  details.message = "cannot connect to " + settings_.display + ": no answer in time";
  details.hint = hint;
  details.retryable = true;
  throw Error(std::move(details));
}

}  // namespace gander::driver::postgres
