// SPDX-License-Identifier: MIT
#include "src/driver/postgres/administration.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/engine.h"
#include "src/driver/postgres/libpq.h"

namespace gander::driver::postgres {
namespace {

// invalid_catalog_name: no such database. duplicate_database. object_in_use.
constexpr std::string_view kNoDatabase = "3D000";
constexpr std::string_view kInUse = "55006";

// What every server is made with. The first is the one to be in while others are made and dropped
// (the manual, "Creating a Database").
constexpr std::array<std::string_view, 3> kServersOwn = {"postgres", "template1", "template0"};

struct CloseConnection {
  void operator()(PGconn* connection) const noexcept { libpq().PQfinish(connection); }
};

// The database that these settings lead to, whoever names it: the string, a service, the
// environment, the user's own name. libpq finds it out, on its way to a socket that is none.
std::string database_of(const Settings& settings) {
  if (!settings.database.empty()) return settings.database;
  const std::array<const char*, 5> keywords = {"dbname", "host", "hostaddr", "port", nullptr};
  const std::array<const char*, 5> values = {settings.conninfo.c_str(), "/dev/null", "", "",
                                             nullptr};
  const std::unique_ptr<PGconn, CloseConnection> parsed(
      libpq().PQconnectStartParams(keywords.data(), values.data(), 1));
  const char* name = parsed == nullptr ? nullptr : libpq().PQdb(parsed.get());
  return name == nullptr ? std::string() : std::string(name);
}

std::string quoted(const std::string& name) { return dialect().quote(name); }

std::int64_t ask(driver::Connection& connection, const std::string& sql) {
  const driver::Rows rows = connection.query(sql);
  const auto* number = std::get_if<std::int64_t>(&rows.rows.at(0).at(0));
  return number == nullptr ? 0 : *number;
}

class DatabaseAdministration final : public Administration {
 public:
  DatabaseAdministration(Settings settings, const SessionOptions& options)
      : name_(database_of(settings)) {
    SessionOptions session = options;
    session.schema.clear();  // of the database that may not be there
    session.tables.clear();
    settings.display = name_ + " beside " + settings.display;
    try {
      open(settings, session, kServersOwn[0]);
    } catch (const Error& error) {
      if (error.details().sqlstate != kNoDatabase) throw;
      open(settings, session, kServersOwn[1]);
    }
  }

  const std::string& name() const override { return name_; }
  bool exists() override { return has_database(*connection_, name_); }

  bool create() override {
    if (exists()) return false;
    try {
      connection_->execute("CREATE DATABASE " + quoted(name_));
    } catch (const Error&) {
      // Somebody else was faster, whatever the server says of it then.
      if (exists()) return false;
      throw;
    }
    return true;
  }

  bool drop(bool terminate) override {
    if (!exists()) return false;
    refuse_servers_own();
    if (terminate) end_sessions();
    try {
      connection_->execute("DROP DATABASE " + quoted(name_));
    } catch (const Error& error) {
      if (error.details().sqlstate != kInUse) throw;
      ErrorDetails details = error.details();
      details.code = ErrorCode::locked;
      details.retryable = true;
      details.hint = "end those sessions first, or `MigrationRunner::drop_database(" + name_ +
                     ", true)` ends them";
      throw Error(std::move(details));
    }
    return true;
  }

 private:
  void open(Settings settings, const SessionOptions& options, std::string_view beside) {
    settings.database = beside;
    driver_ = make_driver(std::move(settings));
    connection_ = driver_->connect(options);
  }

  void refuse_servers_own() {
    const bool its_own = std::ranges::find(kServersOwn, name_) != kServersOwn.end() ||
                         ask(*connection_,
                             "SELECT pg_catalog.count(*) FROM pg_catalog.pg_database WHERE "
                             "datistemplate AND datname = " +
                                 dialect().literal(name_)) > 0;
    if (!its_own) return;
    throw Error(ErrorCode::usage,
                "the database " + name_ + " is one that the server needs, or a template of others",
                "name the database of the migrations");
  }

  // DROP DATABASE ... WITH (FORCE) does the same, from PostgreSQL 13 on.
  void end_sessions() {
    connection_->query(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid <> "
        "pg_catalog.pg_backend_pid() AND datname = " +
        dialect().literal(name_));
  }

  const std::string name_;
  std::unique_ptr<Driver> driver_;
  std::unique_ptr<driver::Connection> connection_;  // does not outlive the driver
};

}  // namespace

std::unique_ptr<Administration> make_administration(const Settings& settings,
                                                    const SessionOptions& options) {
  return std::make_unique<DatabaseAdministration>(settings, options);
}

bool has_database(driver::Connection& connection, const std::string& name) {
  return ask(connection, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_database WHERE datname = " +
                             dialect().literal(name)) > 0;
}

}  // namespace gander::driver::postgres
