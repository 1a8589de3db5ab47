// SPDX-License-Identifier: MIT
#ifdef GANDER_WITH_POSTGRES

#include "src/driver/postgres/engine.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

class OwnedDriver final : public Driver {
 public:
  explicit OwnedDriver(Settings settings) : settings_(std::move(settings)) {}
  const Dialect& dialect() const override { return postgres::dialect(); }
  std::string display_name() const override { return settings_.display; }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    ServerPatience patience;
    if (options.server_wait) patience.starting = patience.absent = *options.server_wait;
    // A server that was there a moment ago is restarting: it is waited for.
    constexpr std::chrono::milliseconds kRestart = std::chrono::seconds(30);
    if (connected_ && !options.one_try) {
      patience.starting = std::max(patience.starting, kRestart);
      patience.absent = std::max(patience.absent, kRestart);
    }
    auto connection = std::make_unique<Connection>(settings_, options, patience);
    connected_ = true;
    return connection;
  }

  bool reconnectable() const override { return true; }

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

}  // namespace

std::unique_ptr<Driver> make_driver(const std::string& conninfo) {
  return std::make_unique<OwnedDriver>(parse_conninfo(conninfo));
}

std::unique_ptr<Driver> make_driver(pg_conn* borrowed) {
  if (borrowed == nullptr) {
    throw Error(ErrorCode::usage, "the PostgreSQL connection to borrow is null",
                "pass an open PGconn*, as PQconnectdb gives it");
  }
  return std::make_unique<BorrowedDriver>(borrowed);
}

}  // namespace gander::driver::postgres

#endif  // GANDER_WITH_POSTGRES
