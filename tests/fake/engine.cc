// SPDX-License-Identifier: MIT
#include "tests/fake/engine.h"

#include <array>
#include <map>
#include <utility>

#include "tests/fake/connection.h"
#include "tests/fake/dialect.h"

namespace gander::driver::fake {
namespace {

// A database in this process, and the shortest way to it.
class Local final : public Network {
 public:
  explicit Local(Atomicity atomicity) : database_(true, atomicity) {}
  Database& target() override { return database_; }
  SessionId connect() override { return database_.connect(); }
  Rows carry_out(SessionId session, std::deque<Request> requests) override {
    Rows rows;
    for (const Request& request : requests) {
      if (!perform(database_, session, request, &rows)) {
        throw Error(ErrorCode::locked, "another session writes to the fake database");
      }
    }
    return rows;
  }
  bool has_client(SessionId session) const override { return database_.alive(session); }
  void close(SessionId session) noexcept override { database_.disconnect(session); }

 private:
  Database database_;
};

// NAME of fake:NAME and of fake://user:password@host/NAME.
std::string name_in(std::string_view url) {
  const std::string_view rest = url.substr(scheme_of(url).size() + 1);
  const std::string name(rest.starts_with("//") ? rest.substr(rest.rfind('/') + 1) : rest);
  if (name.empty()) throw Error(ErrorCode::usage, "a fake URL names no database", "fake:NAME");
  return name;
}

// fake:NAME.statement and fake:NAME.none are databases that can do less at once.
Atomicity atomicity_in(std::string_view name) {
  if (name.ends_with(".statement")) return Atomicity::statement;
  return name.ends_with(".none") ? Atomicity::none : Atomicity::migration;
}

std::unique_ptr<Driver> open_named(const std::string& name) {
  static std::map<std::string, Local> databases;
  Local& database = databases.try_emplace(name, atomicity_in(name)).first->second;
  return make_driver(database, false, "fake:" + name);
}

std::unique_ptr<Driver> open_url(std::string_view url) { return open_named(name_in(url)); }

std::unique_ptr<Driver> open_dbstring(std::string_view dbstring) {
  return open_named(std::string(dbstring));
}

const Dialect& dialect_of_engine() { return dialect(true); }

constexpr std::array<std::string_view, 1> kSchemes = {"fake"};
constexpr std::array<std::string_view, 1> kDrivers = {"fake"};

}  // namespace

const Engine kEngine = {.name = "fake",
                        .title = "Fake",
                        .schemes = kSchemes,
                        .drivers = kDrivers,
                        .kin = {},
                        .dialect = dialect_of_engine,
                        .open_url = open_url,
                        .open_dbstring = open_dbstring,
                        .absent = {}};

}  // namespace gander::driver::fake
