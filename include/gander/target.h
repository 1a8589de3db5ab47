// SPDX-License-Identifier: MIT
// Target: the database that a run is for, named but not yet connected.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <memory>
#include <string>
#include <string_view>

#include "gander/export.h"

namespace gander {

namespace driver {
class Driver;
}

// A value that knows how to reach one database. Nothing is opened before the first operation of a
// MigrationRunner needs it, so a mistake in the migrations shows before the database is touched.
// Thread rule: a Target belongs to one MigrationRunner.
class GANDER_EXPORT Target {
 public:
  explicit Target(std::unique_ptr<driver::Driver> driver);
  ~Target();
  Target(Target&&) noexcept;
  Target& operator=(Target&&) noexcept;

  // The URL with every secret replaced by "***", fit for logs.
  [[nodiscard]] std::string display_name() const;

  driver::Driver& driver() noexcept { return *driver_; }

 private:
  std::unique_ptr<driver::Driver> driver_;
};

// A target by URL. Errors: usage (unknown scheme or parameter, malformed URL), unsupported (a
// driver that this build lacks).
//
//   sqlite:app.db              a file, relative to the working directory; created when absent
//   sqlite:/var/lib/app.db     sqlite::memory:     sqlite:app.db?busy_timeout=2000&foreign_keys=on
//   file:app.db?mode=ro        SQLite's own URI form (https://sqlite.org/uri.html)
//   postgres://user@host/db    whatever libpq accepts as a URI
//
// gander/sqlite.h and gander/postgres.h say which parameters there are.
[[nodiscard]] GANDER_EXPORT Target open(std::string_view url);

// A target by goose's pair DRIVER DBSTRING, for example ("sqlite3", "./app.db").
[[nodiscard]] GANDER_EXPORT Target open(std::string_view driver, std::string_view dbstring);

}  // namespace gander

#endif
