// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/engine.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/doctor.h"

namespace gander::driver::sqlite {
namespace {

class SqliteDialect final : public Dialect {
 public:
  std::string_view name() const override { return "sqlite"; }
  script::Grammar grammar() const override { return script::Grammar::sqlite; }
  bool shares_commits() const override { return true; }

  std::string quote(std::string_view identifier) const override {
    return is_plain(identifier) ? std::string(identifier) : doubled(identifier, '"');
  }

  std::string literal(std::string_view text) const override {
    if (text.find('\0') != std::string_view::npos) {
      throw Error(ErrorCode::usage, "a text to be stored holds a NUL byte");
    }
    return doubled(text, '\'');
  }

 private:
  static bool is_plain(std::string_view name) {
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }) &&
           sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) == 0;
  }

  static std::string doubled(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) {
      out += c;
      if (c == quote) out += c;
    }
    out += quote;
    return out;
  }
};

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

  void examine(Diagnosis* diagnosis) const override { examine_file(settings_.path, diagnosis); }

  std::string file_path() const override { return settings_.path; }

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

}  // namespace

const Dialect& dialect() {
  static const SqliteDialect kInstance;
  return kInstance;
}

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
