// SPDX-License-Identifier: MIT
// Target, and the one place that knows which URL scheme and which goose driver name belong to which
// driver.
#include "gander/target.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gander/error.h"
#include "gander/postgres.h"
#include "gander/sqlite.h"
#include "src/driver/driver.h"
#include "src/driver/sqlite/engine.h"
#include "src/runner/target_schemes.h"
#ifdef GANDER_WITH_POSTGRES
#include "src/driver/postgres/engine.h"
#endif

namespace gander {
namespace {

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
  const auto known = schemes();
  const auto found = std::ranges::find(known, name, &Scheme::name);
  return found != known.end() && found->engine == Engine::elsewhere;
}

// A word that may be shown, in quotes; of any other nothing, for it may be part of a password.
std::string shown_scheme(std::string_view url, std::string_view scheme) {
  const bool plain =
      !scheme.empty() && scheme.size() <= 20 && std::ranges::all_of(scheme, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  return plain && url.substr(scheme.size()).starts_with("://") ? " '" + std::string(scheme) + "'"
                                                               : std::string();
}

// `sqlite:postgres://me:secret@host/app` would make a file of that name.
void refuse_url_as_file(std::string_view name) {
  if (name.find("://") == std::string_view::npos) return;
  throw Error(ErrorCode::usage, "this database URL has two schemes, and SQLite's is the first",
              "write for example sqlite:app.db or postgres://user@host/name");
}

}  // namespace

Target::Target(std::unique_ptr<driver::Driver> driver) : driver_(std::move(driver)) {}
Target::~Target() = default;
Target::Target(Target&&) noexcept = default;
Target& Target::operator=(Target&&) noexcept = default;

std::string Target::display_name() const { return driver_->display_name(); }

Target open(std::string_view url) {
  const Scheme* scheme = scheme_of(url);
  if (scheme == nullptr) {
    const std::size_t colon = url.find(':');
    const bool none = colon == std::string_view::npos;
    // The rest of the URL may hold a password: only the scheme is shown.
    throw Error(ErrorCode::usage,
                none ? "the database URL has no scheme"
                     : "unknown database URL scheme" + shown_scheme(url, url.substr(0, colon)),
                "write for example sqlite:app.db or postgres://user@host/name");
  }
  switch (scheme->engine) {
    case Engine::sqlite: {
      const std::string_view rest = url.substr(scheme->name.size() + 1);
      refuse_url_as_file(rest.substr(0, rest.find('?')));
      return Target(driver::sqlite::make_driver(scheme->name == "file"
                                                    ? driver::sqlite::parse_dbstring(url)
                                                    : driver::sqlite::parse_url(rest)));
    }
    case Engine::postgres:
      return Target(postgres_driver(std::string(url)));
    case Engine::elsewhere:
      break;
  }
  throw_no_driver(scheme->name);
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
