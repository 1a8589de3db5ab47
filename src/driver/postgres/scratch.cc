// SPDX-License-Identifier: MIT
#include "src/driver/postgres/scratch.h"

#include <chrono>
#include <utility>

#include "src/base/host.h"
#include "src/driver/postgres/administration.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/engine.h"

namespace gander::driver::postgres {
namespace {

// invalid_catalog_name: no such database.
constexpr std::string_view kNoDatabase = "3D000";

// object_in_use.
constexpr std::string_view kInUse = "55006";

// DROP DATABASE ... WITH (FORCE).
constexpr std::int64_t kFirstWithForce = 130000;

std::string quoted(const std::string& name) { return dialect().quote(name); }

std::int64_t integer(const driver::Rows& rows) {
  const auto* number = std::get_if<std::int64_t>(&rows.rows.at(0).at(0));
  return number == nullptr ? 0 : *number;
}

void drop_database(driver::Connection& connection, const std::string& name) {
  const bool force = integer(connection.query("SELECT pg_catalog.current_setting("
                                              "'server_version_num')::int")) >= kFirstWithForce;
  connection.execute("DROP DATABASE IF EXISTS " + quoted(name) + (force ? " WITH (FORCE)" : ""));
}

void allow_sessions(driver::Connection& connection, const std::string& name, bool allow) {
  connection.execute("ALTER DATABASE " + quoted(name) + " ALLOW_CONNECTIONS " +
                     (allow ? "true" : "false"));
}

// A session with the driver that it must not outlive.
struct Administrator {
  explicit Administrator(const Settings& settings, const SessionOptions& options)
      : driver(make_driver(settings)), connection(driver->connect(options)) {}

  std::unique_ptr<Driver> driver;
  std::unique_ptr<driver::Connection> connection;
};

class DatabaseScratch final : public Scratch {
 public:
  // Owns the database `name` on the server of `settings`.
  DatabaseScratch(Settings settings, std::string name)
      : settings_(std::move(settings)), name_(std::move(name)) {}

  ~DatabaseScratch() override {
    if (!owned_) return;
    try {
      drop_database(*administrator().connection, name_);
    } catch (const std::exception&) {
      // It stays behind.
    }
  }

  const std::string& name() const override { return name_; }

  std::unique_ptr<Driver> driver() const override {
    Settings settings = settings_;
    settings.database = name_;
    settings.display = name_ + " beside " + settings.display;
    return make_driver(std::move(settings));
  }

  bool keep_as(const std::string& name) override {
    const Administrator administrator = this->administrator();
    driver::Connection& connection = *administrator.connection;
    // A session in what is copied would make every copy fail.
    allow_sessions(connection, name_, false);
    try {
      connection.execute("ALTER DATABASE " + quoted(name_) + " RENAME TO " + quoted(name));
    } catch (const Error&) {
      if (has_database(connection, name)) return false;
      allow_sessions(connection, name_, true);
      throw;
    }
    owned_ = false;
    return true;
  }

  void release() noexcept override { owned_ = false; }

 private:
  Administrator administrator() const {
    SessionOptions options;
    options.one_try = std::chrono::seconds(30);
    return Administrator(settings_, options);
  }

  const Settings settings_;  // of the database that it is beside
  const std::string name_;
  bool owned_ = true;
};

class DatabaseScratches final : public Scratches {
 public:
  DatabaseScratches(const Settings& settings, const SessionOptions& options)
      : settings_(settings), administrator_(settings, options) {}

  std::unique_ptr<Scratch> make(std::string_view purpose) override { return create(purpose, ""); }

  std::unique_ptr<Scratch> copy(const std::string& kept, std::string_view purpose) override {
    try {
      return create(purpose, " TEMPLATE " + quoted(kept));
    } catch (const Error& error) {
      if (error.details().sqlstate != kNoDatabase) throw;
      ErrorDetails details = error.details();
      details.code = ErrorCode::not_found;
      throw Error(std::move(details));
    }
  }

  // The only session in the database that is copied may be the one that copies it (the manual,
  // "Template Databases").
  std::unique_ptr<Scratch> duplicate(std::string_view purpose) override {
    const Rows rows = connection().query("SELECT pg_catalog.current_database()::text");
    try {
      return copy(std::get<std::string>(rows.rows.at(0).at(0)), purpose);
    } catch (const Error& error) {
      if (error.details().sqlstate != kInUse) throw;
      ErrorDetails details = error.details();
      details.code = ErrorCode::locked;
      details.retryable = true;
      details.hint =
          "the server copies a database that nobody else is connected to: stop what is, or "
          "rehearse on a copy of your own (RehearseOptions::on), or without rows";
      throw Error(std::move(details));
    }
  }

  bool exists(const std::string& kept) override { return has_database(connection(), kept); }
  void drop(const std::string& kept) override { drop_database(connection(), kept); }

 private:
  driver::Connection& connection() { return *administrator_.connection; }

  std::unique_ptr<Scratch> create(std::string_view purpose, const std::string& from) {
    const std::string name = "gander_" + std::string(purpose) + "_" + random_id();
    connection().execute("CREATE DATABASE " + quoted(name) + from);
    return std::make_unique<DatabaseScratch>(settings_, name);
  }

  const Settings settings_;
  Administrator administrator_;
};

}  // namespace

std::unique_ptr<Scratches> make_scratches(const Settings& settings, const SessionOptions& options) {
  return std::make_unique<DatabaseScratches>(settings, options);
}

}  // namespace gander::driver::postgres
