// SPDX-License-Identifier: MIT
#include "src/driver/postgres/engine.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

#include "gander/postgres.h"
#include "src/driver/postgres/administration.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lint.h"
#include "src/driver/postgres/lint_rules.h"
#include "src/driver/postgres/scratch.h"

namespace gander::driver::postgres {
namespace {

class OwnedDriver final : public Driver {
 public:
  explicit OwnedDriver(Settings settings) : settings_(std::move(settings)) {}
  const Dialect& dialect() const override { return postgres::dialect(); }
  std::string display_name() const override { return settings_.display; }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    RetryLimits retry_limits;
    if (options.server_wait) retry_limits.starting = retry_limits.absent = *options.server_wait;
    retry_limits.all = options.one_try ? options.one_try : options.server_wait;
    // A server that was there a moment ago is restarting: it is waited for.
    constexpr std::chrono::milliseconds kRestart = std::chrono::seconds(30);
    if (connected_ && !options.one_try) {
      retry_limits.starting = std::max(retry_limits.starting, kRestart);
      retry_limits.absent = std::max(retry_limits.absent, kRestart);
      if (retry_limits.all) retry_limits.all = std::max(*retry_limits.all, kRestart);
    }
    auto connection = std::make_unique<Connection>(settings_, options, retry_limits);
    connected_ = true;
    return connection;
  }

  bool reconnectable() const override { return true; }

  std::unique_ptr<Scratches> scratches(const SessionOptions& options) override {
    return make_scratches(settings_, options);
  }

  std::unique_ptr<Administration> administration(const SessionOptions& options) override {
    return make_administration(settings_, options);
  }

 private:
  Settings settings_;
  bool connected_ = false;
};

class BorrowedDriver final : public Driver {
 public:
  explicit BorrowedDriver(PGconn* handle) : handle_(handle) {}
  const Dialect& dialect() const override { return postgres::dialect(); }

  std::string display_name() const override {
    const auto text = [](const char* part) { return std::string(part == nullptr ? "" : part); };
    const Libpq& pq = libpq();
    return "postgres://" + text(pq.PQuser(handle_)) + "@" + text(pq.PQhost(handle_)) + ":" +
           text(pq.PQport(handle_)) + "/" + text(pq.PQdb(handle_));
  }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    return std::make_unique<Connection>(handle_, options);
  }

 private:
  PGconn* handle_;
};

constexpr std::array<std::string_view, 2> kSchemes = {"postgres", "postgresql"};
constexpr std::array<std::string_view, 2> kDrivers = {"postgres", "pgx"};
constexpr std::array<std::string_view, 1> kKin = {"redshift"};

// The files that a URL may name.
constexpr std::string_view kUrlFiles[] = {"sslcert",   "sslkey",   "sslrootcert", "sslcrl",
                                          "sslcrldir", "passfile", "servicefile", "sslkeylogfile"};

std::unique_ptr<Driver> open(std::string_view conninfo) {
  return make_driver(std::string(conninfo));
}

std::string beside(const std::string& base, std::string url) {
  for (const std::string_view name : kUrlFiles) {
    for (const char before : {'?', '&'}) {
      const std::size_t item = url.find(before + std::string(name) + "=");
      if (item == std::string::npos) continue;
      const std::size_t begin = item + name.size() + 2;
      const std::size_t end = std::min(url.find('&', begin), url.size());
      const std::string path = url.substr(begin, end - begin);
      // sslrootcert=system is no file.
      if (path.empty() || path.starts_with('/') || path.starts_with("%2F") || path == "system") {
        continue;
      }
      url = url.substr(0, begin) + (std::filesystem::path(base) / path).string() + url.substr(end);
    }
  }
  return url;
}

}  // namespace

const Engine kEngine = {.name = "postgres",
                        .title = "PostgreSQL",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = kKin,
                        .dialect = dialect,
                        .open_url = open,
                        .open_dbstring = open,
                        .absent = {},
                        .beside = beside,
                        .lint_rules = lint_rules,
                        .linter = make_linter};

std::unique_ptr<Driver> make_driver(Settings settings) {
  return std::make_unique<OwnedDriver>(std::move(settings));
}

std::unique_ptr<Driver> make_driver(const std::string& conninfo) {
  return make_driver(parse_conninfo(conninfo));
}

std::unique_ptr<Driver> make_driver(pg_conn* borrowed) {
  if (borrowed == nullptr) {
    throw Error(ErrorCode::usage, "the PostgreSQL connection to borrow is null",
                "pass an open PGconn*, as PQconnectdb gives it");
  }
  return std::make_unique<BorrowedDriver>(borrowed);
}

}  // namespace gander::driver::postgres

namespace gander {

Target borrow(pg_conn* connection) { return Target(driver::postgres::make_driver(connection)); }

Target postgres(std::string_view conninfo) {
  return Target(driver::postgres::make_driver(std::string(conninfo)));
}

}  // namespace gander
