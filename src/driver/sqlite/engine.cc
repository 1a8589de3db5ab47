// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/engine.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "gander/sqlite.h"
#include "src/driver/sqlite/administration.h"
#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/doctor.h"
#include "src/driver/sqlite/lint.h"
#include "src/driver/sqlite/process.h"
#include "src/driver/sqlite/restore.h"
#include "src/driver/sqlite/scratch.h"

namespace gander::driver::sqlite {
namespace {

class OwnedDriver final : public Driver {
 public:
  explicit OwnedDriver(Settings settings) : settings_(std::move(settings)) {}
  const Dialect& dialect() const override { return sqlite::dialect(); }

  std::string display_name() const override {
    return "sqlite:" + (settings_.path.empty() ? std::string(":memory:") : settings_.path);
  }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    refuse_foreign_options(options);
    return std::make_unique<Connection>(settings_, options);
  }

  bool exists() const override {
    return settings_.path.empty() || ::access(settings_.path.c_str(), F_OK) == 0;
  }

  bool reconnectable() const override { return !settings_.path.empty(); }

  void doctor(DoctorReport* report) const override { doctor_file(settings_.path, report); }

  std::string file_path() const override { return settings_.path; }

  void restore(const std::string& backup, bool force) override {
    if (settings_.path.empty()) return Driver::restore(backup, force);
    sqlite::restore(backup, settings_.path, force);
  }

  std::unique_ptr<Scratches> scratches(const SessionOptions& options) override {
    return make_scratches(settings_, options.wait);
  }

  std::unique_ptr<Administration> administration(const SessionOptions& /*options*/) override {
    return make_administration(settings_);
  }

 private:
  Settings settings_;
};

class BorrowedDriver final : public Driver {
 public:
  explicit BorrowedDriver(sqlite3* handle) : handle_(handle) {}
  const Dialect& dialect() const override { return sqlite::dialect(); }

  std::string display_name() const override {
    const char* path = sqlite3_db_filename(handle_, "main");
    return "sqlite:" + std::string(path == nullptr || *path == '\0' ? ":memory:" : path);
  }

  std::unique_ptr<driver::Connection> connect(const SessionOptions& options) override {
    refuse_foreign_options(options);
    return std::make_unique<Connection>(handle_, options);
  }

 private:
  sqlite3* handle_;
};

constexpr std::array<std::string_view, 3> kSchemes = {"sqlite", "sqlite3", "file"};
constexpr std::array<std::string_view, 2> kDrivers = {"sqlite3", "sqlite"};
constexpr std::array<std::string_view, 1> kKin = {"turso"};

bool is_sqlites_own(std::string_view scheme) { return scheme == "file"; }

// `sqlite:postgres://me:secret@host/app` would make a file of that name.
void refuse_url_as_file(std::string_view name) {
  if (name.find("://") == std::string_view::npos) return;
  throw Error(ErrorCode::usage, "this database URL has two schemes, and SQLite's is the first",
              "write for example sqlite:app.db or postgres://user@host/name");
}

std::unique_ptr<Driver> open_url(std::string_view url) {
  const std::string_view scheme = scheme_of(url);
  const std::string_view rest = url.substr(scheme.size() + 1);
  refuse_url_as_file(rest.substr(0, rest.find('?')));
  return make_driver(is_sqlites_own(scheme) ? parse_dbstring(url) : parse_url(rest));
}

std::unique_ptr<Driver> open_dbstring(std::string_view dbstring) {
  return make_driver(parse_dbstring(dbstring));
}

std::string_view file_in(std::string_view url) {
  const std::string_view scheme = scheme_of(url);
  const bool own = is_sqlites_own(scheme);
  std::size_t begin = scheme.size() + 1;
  std::size_t end = std::min(url.find('?'), url.size());
  // sqlite://name is sqlite:name; in SQLite's own form what follows the two slashes is a host.
  if (!own && url.substr(begin).starts_with("//")) begin += 2;
  if (own) end = std::min(end, url.find('#'));
  if (begin >= end) return {};
  const std::string_view name = url.substr(begin, end - begin);
  return name == ":memory:" ? std::string_view() : name;
}

std::string beside(const std::string& base, std::string url) {
  const std::string_view name = file_in(url);
  if (name.empty() || name.starts_with('/')) return url;
  const auto begin = static_cast<std::size_t>(name.data() - url.data());
  const std::string path = (std::filesystem::path(base) / name).string();
  return url.replace(begin, name.size(), path);
}

}  // namespace

const Engine kEngine = {.name = "sqlite",
                        .title = "SQLite",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = kKin,
                        .dialect = dialect,
                        .open_url = open_url,
                        .open_dbstring = open_dbstring,
                        .absent = {},
                        .file_based = true,
                        .file_in = file_in,
                        .settle_process = settle_process,
                        .beside = beside,
                        .lint_rules = lint_rules,
                        .linter = make_linter};

std::unique_ptr<Driver> make_driver(Settings settings) {
  return std::make_unique<OwnedDriver>(std::move(settings));
}

std::unique_ptr<Driver> make_driver(sqlite3* borrowed) {
  if (borrowed == nullptr) {
    throw Error(ErrorCode::usage, "the SQLite handle to borrow is null",
                "pass an open sqlite3*, as sqlite3_open_v2 gives it");
  }
  return std::make_unique<BorrowedDriver>(borrowed);
}

}  // namespace gander::driver::sqlite

namespace gander {

Target borrow(sqlite3* handle) { return Target(driver::sqlite::make_driver(handle)); }

Target sqlite(const std::string& path, const SqliteOptions& options) {
  return Target(driver::sqlite::make_driver(driver::sqlite::settings_of(path, options)));
}

}  // namespace gander
