// SPDX-License-Identifier: MIT
#include "src/driver/postgres/attempt.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
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

std::vector<std::string> parts(const std::string& list) {
  std::vector<std::string> found;
  for (std::size_t at = 0;;) {
    const std::size_t comma = list.find(',', at);
    found.push_back(list.substr(at, comma - at));
    if (comma == std::string::npos) return found;
    at = comma + 1;
  }
}

// With an address for each its name is not looked up, and may be missing.
std::ptrdiff_t count_hosts(PGconn* connection) {
  const std::string addresses = effective(connection, "hostaddr");
  const std::string hosts = addresses.empty() ? effective(connection, "host") : addresses;
  return std::count(hosts.begin(), hosts.end(), ',') + 1;
}

// Does libpq leave a host that has failed so for the next one? What is wrong with the user or the
// database it takes for wrong everywhere.
bool leads_on(const Error& error) {
  const ErrorDetails& details = error.details();
  return details.retryable && (details.sqlstate.empty() || details.sqlstate == "57P03");
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

// `changes` have the last word.
void Attempt::start(const Parameters& changes) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  const auto add = [&](const char* keyword, const char* value) {
    keywords.push_back(keyword);
    values.push_back(value);
  };
  // Before the connection string: what it may override. After it: what it may not.
  add("keepalives_idle", "30");
  add("keepalives_interval", "10");
  add("keepalives_count", "3");
  add("tcp_user_timeout", "60000");
  add("dbname", settings_.conninfo.c_str());
  add("fallback_application_name", "gander");
  add("client_encoding", "UTF8");
  if (!settings_.database.empty()) add("dbname", settings_.database.c_str());
  for (const auto& [keyword, value] : changes) add(keyword, value.c_str());
  add(nullptr, nullptr);
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
  start({});
  const std::ptrdiff_t hosts = count_hosts(result_.connection);
  const bool standbys_first =
      effective(result_.connection, "target_session_attrs") == "prefer-standby";
  // One that says nothing leaves time for the others: all are tried once more behind it.
  if (hosts > 1) shares_ = 1 + hosts * (standbys_first ? 2 : 1);
  if (!poll_until_connected()) {
    // libpq goes on to the next of several hosts when one has failed, but not when it is silent.
    if (hosts == 1) {
      throw_silent("check host, port and firewall, or raise connect_timeout in the URL");
    }
    connect_one_by_one(standbys_first);
  }
  libpq().PQsetErrorVerbosity(result_.connection, PQERRORS_DEFAULT);
}

// Its blocking calls would, after two seconds at the least: too late for a short wait.
void Attempt::connect_one_by_one(bool standbys_first) {
  std::vector<Parameters> hosts = each_host();
  if (standbys_first) {
    const std::vector<Parameters> any = hosts;
    for (Parameters& host : hosts) host.emplace_back("target_session_attrs", "standby");
    hosts.insert(hosts.end(), any.begin(), any.end());
    for (std::size_t i = any.size(); i < hosts.size(); ++i) {
      hosts[i].emplace_back("target_session_attrs", "any");
    }
  }
  std::optional<Error> refused;
  for (const Parameters& host : hosts) {
    try {
      start(host);
      if (poll_until_connected()) return;
    } catch (const Error& error) {
      if (!leads_on(error)) throw;
      refused = error;
    }
  }
  if (!refused)
    throw_silent("check hosts, ports and firewall, or raise connect_timeout in the URL");
  ErrorDetails details = refused->details();
  details.message += "; another host gave no answer in time";
  throw Error(std::move(details));
}

// What makes the settings those of one of their hosts.
std::vector<Attempt::Parameters> Attempt::each_host() const {
  PGconn* connection = result_.connection;
  std::vector<Parameters> hosts(static_cast<std::size_t>(count_hosts(connection)));
  for (const char* keyword : {"host", "hostaddr", "port"}) {
    const std::string list = effective(connection, keyword);
    if (list.empty()) continue;
    const std::vector<std::string> values = parts(list);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      // One port may stand for all hosts.
      hosts[i].emplace_back(keyword,
                            values[values.size() == 1 ? 0 : std::min(i, values.size() - 1)]);
    }
  }
  return hosts;
}

std::chrono::milliseconds Attempt::host_limit() const {
  const auto limit = limit_of(result_.connection, limits_.host);
  if (limits_.all.count() == 0 || shares_ == 1) return limit;
  return std::min(limit, limits_.all / shares_);
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
