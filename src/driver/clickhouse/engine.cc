// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/engine.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

#include "src/driver/clickhouse/connection.h"
#include "src/driver/clickhouse/dialect.h"
#include "src/driver/clickhouse/lint.h"

namespace gander::driver::clickhouse {
namespace {

class OwnedDriver final : public Driver {
 public:
  explicit OwnedDriver(Settings settings) : settings_(std::move(settings)) {}
  const Dialect& dialect() const override { return clickhouse::dialect(); }
  std::string display_name() const override { return settings_.display; }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    RetryLimits limits;
    if (options.server_wait) limits.starting = limits.absent = *options.server_wait;
    limits.all = options.one_try ? options.one_try : options.server_wait;
    // A server that was there a moment ago is restarting: it is waited for.
    constexpr std::chrono::milliseconds kRestart = std::chrono::seconds(30);
    if (connected_ && !options.one_try) {
      limits.absent = std::max(limits.absent, kRestart);
      if (limits.all) limits.all = std::max(*limits.all, kRestart);
    }
    auto connection = std::make_unique<Connection>(settings_, options, limits);
    connected_ = true;
    return connection;
  }

  bool reconnectable() const override { return true; }

 private:
  Settings settings_;
  bool connected_ = false;
};

std::unique_ptr<Driver> open_url(std::string_view url) {
  return std::make_unique<OwnedDriver>(parse_url(url));
}

std::unique_ptr<Driver> open_dbstring(std::string_view dbstring) {
  return std::make_unique<OwnedDriver>(parse_dsn(dbstring));
}

// The files that a URL may name.
constexpr std::string_view kUrlFiles[] = {"ssl-ca",  "sslrootcert", "ssl-cert",
                                          "sslcert", "ssl-key",     "sslkey"};

std::string beside(const std::string& base, std::string url) {
  for (const std::string_view name : kUrlFiles) {
    for (const char before : {'?', '&'}) {
      const std::size_t item = url.find(before + std::string(name) + "=");
      if (item == std::string::npos) continue;
      const std::size_t begin = item + name.size() + 2;
      const std::size_t end = std::min(url.find('&', begin), url.size());
      const std::string path = url.substr(begin, end - begin);
      if (path.empty() || path.starts_with('/') || path.starts_with("%2F")) continue;
      url = url.substr(0, begin) + (std::filesystem::path(base) / path).string() + url.substr(end);
    }
  }
  return url;
}

constexpr std::array<std::string_view, 2> kSchemes = {"clickhouse", "clickhouses"};
constexpr std::array<std::string_view, 1> kDrivers = {"clickhouse"};

}  // namespace

const Engine kEngine = {.name = "clickhouse",
                        .title = "ClickHouse",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = {},
                        .dialect = dialect,
                        .open_url = open_url,
                        .open_dbstring = open_dbstring,
                        .absent = {},
                        .beside = beside,
                        .lint_rules = lint_rules,
                        .linter = make_linter};

}  // namespace gander::driver::clickhouse
