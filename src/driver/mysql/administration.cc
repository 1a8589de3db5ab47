// SPDX-License-Identifier: MIT
#include "src/driver/mysql/administration.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/engine.h"

namespace gander::driver::mysql {
namespace {

// What every server is made with.
constexpr std::array<std::string_view, 4> kServersOwn = {"mysql", "information_schema",
                                                         "performance_schema", "sys"};

// "killing a thread that is gone".
constexpr std::int64_t kNoSuchThread = 1094;

std::string quoted(const std::string& name) { return dialect().quote(name); }

class DatabaseAdministration final : public Administration {
 public:
  DatabaseAdministration(Settings settings, const SessionOptions& options)
      : name_(settings.database) {
    if (name_.empty()) {
      throw Error(ErrorCode::usage, "the database URL names no database",
                  "write for example mysql://user@host/app");
    }
    SessionOptions session = options;
    session.schema.clear();  // it may be the database that is not there
    session.tables.clear();
    settings.database.clear();
    driver_ = make_driver(std::move(settings));
    connection_ = driver_->connect(session);
  }

  const std::string& name() const override { return name_; }

  bool exists() override {
    return !connection_
                ->query("SELECT 1 FROM information_schema.schemata WHERE schema_name = " +
                        dialect().literal(name_))
                .rows.empty();
  }

  bool create() override {
    if (exists()) return false;
    try {
      connection_->execute("CREATE DATABASE " + quoted(name_));
    } catch (const Error&) {
      // Somebody else was faster.
      if (exists()) return false;
      throw;
    }
    return true;
  }

  bool drop(bool terminate) override {
    if (!exists()) return false;
    if (std::ranges::find(kServersOwn, name_) != kServersOwn.end()) {
      throw Error(ErrorCode::usage, "the database " + name_ + " is one that the server needs",
                  "name the database of the migrations");
    }
    for (const std::string& session : sessions()) {
      if (!terminate) throw_in_use();
      end_session(session);
    }
    connection_->execute("DROP DATABASE " + quoted(name_));
    return true;
  }

 private:
  // The server itself drops a database in which sessions are.
  [[noreturn]] void throw_in_use() const {
    ErrorDetails details;
    details.code = ErrorCode::locked;
    details.message = "the database " + name_ + " is used by other sessions";
    details.hint = "end those sessions first, or `MigrationRunner::drop_database(" + name_ +
                   ", true)` ends them";
    details.retryable = true;
    throw Error(std::move(details));
  }

  // Those that this user may see: all of them with PROCESS, else its own.
  std::vector<std::string> sessions() {
    std::vector<std::string> found;
    const Rows rows = connection_->query(
        "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
        "AND db = " +
        dialect().literal(name_));
    for (const auto& row : rows.rows) {
      if (const auto* id = std::get_if<std::string>(&row.at(0))) found.push_back(*id);
    }
    return found;
  }

  void end_session(const std::string& id) {
    try {
      connection_->execute("KILL CONNECTION " + id);
    } catch (const Error& error) {
      if (error.details().native_code != kNoSuchThread) throw;
    }
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

}  // namespace gander::driver::mysql
