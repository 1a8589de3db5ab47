// SPDX-License-Identifier: MIT
#include "src/driver/mysql/engine.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

#include "gander/mysql.h"
#include "src/driver/mysql/administration.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/lint.h"

namespace gander::driver::mysql {
namespace {

class OwnedDriver final : public Driver {
 public:
  explicit OwnedDriver(Settings settings) : settings_(std::move(settings)) {}
  const Dialect& dialect() const override { return mysql::dialect(); }
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

  std::unique_ptr<Administration> administration(const SessionOptions& options) override {
    return make_administration(settings_, options);
  }

 private:
  Settings settings_;
  bool connected_ = false;
};

class BorrowedDriver final : public Driver {
 public:
  explicit BorrowedDriver(MYSQL* handle) : handle_(handle) {}
  const Dialect& dialect() const override { return mysql::dialect(); }

  std::string display_name() const override {
    const auto text = [](const char* part) { return std::string(part == nullptr ? "" : part); };
    const std::string host = handle_->unix_socket != nullptr
                                 ? std::string()
                                 : text(handle_->host) + ":" + std::to_string(handle_->port);
    return "mysql://" + text(handle_->user) + "@" + host + "/" + text(handle_->db);
  }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    return std::make_unique<Connection>(handle_, options);
  }

 private:
  MYSQL* handle_;
};

constexpr std::array<std::string_view, 2> kSchemes = {"mysql", "mariadb"};
constexpr std::array<std::string_view, 2> kDrivers = {"mysql", "tidb"};
constexpr std::array<std::string_view, 1> kKin = {"starrocks"};

// The files that a URL may name.
constexpr std::string_view kUrlFiles[] = {
    "ssl-ca",      "ssl_ca",  "sslrootcert", "ssl-capath",       "ssl-cert",
    "ssl_cert",    "sslcert", "ssl-key",     "ssl_key",          "sslkey",
    "option-file", "socket",  "unix_socket", "read-default-file"};

std::string beside(const std::string& base, std::string url) {
  for (const std::string_view name : kUrlFiles) {
    for (const char before : {'?', '&'}) {
      const std::size_t item = url.find(before + std::string(name) + "=");
      if (item == std::string::npos) continue;
      const std::size_t begin = item + name.size() + 2;
      const std::size_t end = std::min(url.find('&', begin), url.size());
      const std::string path = url.substr(begin, end - begin);
      const bool fixed = path.starts_with('/') || path.starts_with("%2F") || path.starts_with('~');
      if (path.empty() || fixed) continue;
      url = url.substr(0, begin) + (std::filesystem::path(base) / path).string() + url.substr(end);
    }
  }
  return url;
}

// As part of a DSN, whose last slash means something.
std::string encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

std::string with_certificates(std::string dsn, const Certificates& files) {
  const std::size_t slash = std::min(dsn.rfind('/'), dsn.size());
  dsn += dsn.find('?', slash) == std::string::npos ? "?" : "&";
  dsn += "tls=custom&ssl-ca=" + encoded(files.authority);
  if (!files.certificate.empty()) dsn += "&ssl-cert=" + encoded(files.certificate);
  if (!files.key.empty()) dsn += "&ssl-key=" + encoded(files.key);
  return dsn;
}

std::unique_ptr<Driver> open_url(std::string_view url) {
  return std::make_unique<OwnedDriver>(parse_url(url));
}

std::unique_ptr<Driver> open_dbstring(std::string_view dsn) {
  return std::make_unique<OwnedDriver>(parse_dsn(dsn));
}

}  // namespace

const Engine kEngine = {.name = "mysql",
                        .title = "MySQL",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = kKin,
                        .dialect = dialect,
                        .open_url = open_url,
                        .open_dbstring = open_dbstring,
                        .absent = {},
                        .beside = beside,
                        .with_certificates = with_certificates,
                        .lint_rules = lint_rules,
                        .linter = make_linter};

std::unique_ptr<Driver> make_driver(Settings settings) {
  return std::make_unique<OwnedDriver>(std::move(settings));
}

std::unique_ptr<Driver> make_driver(std::string_view url_or_dsn) {
  const bool url = url_or_dsn.starts_with("mysql://") || url_or_dsn.starts_with("mariadb://");
  return url ? open_url(url_or_dsn) : open_dbstring(url_or_dsn);
}

std::unique_ptr<Driver> make_driver(st_mysql* borrowed) {
  if (borrowed == nullptr) {
    throw Error(ErrorCode::usage, "the MySQL connection to borrow is null",
                "pass an open MYSQL*, as mysql_real_connect() gives it");
  }
  return std::make_unique<BorrowedDriver>(borrowed);
}

}  // namespace gander::driver::mysql

namespace gander {

Target borrow(st_mysql* connection) { return Target(driver::mysql::make_driver(connection)); }

Target mysql(std::string_view url_or_dsn) { return Target(driver::mysql::make_driver(url_or_dsn)); }

}  // namespace gander
