// SPDX-License-Identifier: MIT
// Target, and the one place that knows which URL scheme and which goose driver name belong to which
// driver.
#include "gander/target.h"

#include <utility>

#include "gander/error.h"
#include "gander/postgres.h"
#include "gander/sqlite.h"
#include "src/driver/driver.h"
#include "src/driver/sqlite/driver.h"
#ifdef GANDER_WITH_POSTGRES
#include "src/driver/postgres/driver.h"
#endif

namespace gander {
namespace {

// goose's drivers that exist there but not in this build (dialect.go, v3.30.1).
constexpr const char* kElsewhere[] = {"mysql",     "tidb",     "starrocks", "mssql",
                                      "sqlserver", "azuresql", "turso",     "clickhouse",
                                      "vertica",   "ydb",      "spanner",   "redshift"};

// `target` is a URL, a keyword string or a borrowed connection.
template <typename Where>
std::unique_ptr<driver::Driver> postgres_driver([[maybe_unused]] const Where& target) {
#ifdef GANDER_WITH_POSTGRES
  return driver::postgres::make_driver(target);
#else
  throw Error(ErrorCode::unsupported, "this build has no PostgreSQL driver",
              "build it with libpq's headers installed (libpq-dev)");
#endif
}

[[noreturn]] void throw_no_driver(std::string_view name) {
  throw Error(ErrorCode::unsupported,
              "there is no driver for '" + std::string(name) + "' in this build",
              "the drivers are sqlite and postgres");
}

bool known_elsewhere(std::string_view name) {
  for (const char* other : kElsewhere) {
    if (name == other) return true;
  }
  return false;
}

}  // namespace

Target::Target(std::unique_ptr<driver::Driver> driver) : driver_(std::move(driver)) {}
Target::~Target() = default;
Target::Target(Target&&) noexcept = default;
Target& Target::operator=(Target&&) noexcept = default;

std::string Target::display_name() const { return driver_->display_name(); }

Target open(std::string_view url) {
  if (url.starts_with("file:")) {
    return Target(driver::sqlite::make_driver(driver::sqlite::parse_dbstring(url)));
  }
  const std::size_t colon = url.find(':');
  const std::string_view scheme = url.substr(0, colon);
  if (colon == std::string_view::npos) {
    throw Error(ErrorCode::usage, "the database URL has no scheme",
                "write for example sqlite:app.db or postgres://user@host/name");
  }
  if (scheme == "sqlite" || scheme == "sqlite3") {
    return Target(driver::sqlite::make_driver(driver::sqlite::parse_url(url.substr(colon + 1))));
  }
  if (scheme == "postgres" || scheme == "postgresql") {
    return Target(postgres_driver(std::string(url)));
  }
  if (known_elsewhere(scheme)) throw_no_driver(scheme);
  // The rest of the URL may hold a password: only the scheme is shown.
  throw Error(ErrorCode::usage, "unknown database URL scheme '" + std::string(scheme) + "'",
              "write for example sqlite:app.db or postgres://user@host/name");
}

Target open(std::string_view driver, std::string_view dbstring) {
  if (driver == "sqlite3" || driver == "sqlite") {
    return Target(driver::sqlite::make_driver(driver::sqlite::parse_dbstring(dbstring)));
  }
  if (driver == "postgres" || driver == "pgx") {
    return Target(postgres_driver(std::string(dbstring)));
  }
  if (known_elsewhere(driver)) throw_no_driver(driver);
  throw Error(ErrorCode::usage, "\"" + std::string(driver) + "\": unknown dialect",
              "the drivers are sqlite3 and postgres");
}

Target borrow(pg_conn* connection) { return Target(postgres_driver(connection)); }

Target borrow(sqlite3* handle) { return Target(driver::sqlite::make_driver(handle)); }

}  // namespace gander
