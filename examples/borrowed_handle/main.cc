// SPDX-License-Identifier: MIT
// Migrates on a connection that the application owns: here a database in memory, which no second
// connection could reach. The handle is left as it was found, and open.
#include <gander/gander.h>
#include <sqlite3.h>

#include <cstdio>

namespace {

// In a real program these are files; see examples/app for compiling them in.
gander::Source migrations() {
  return gander::in_memory(
      {{"00001_readings.sql",
        "-- +goose Up\n"
        "CREATE TABLE reading (at INTEGER PRIMARY KEY, celsius REAL);\n"},
       {"00002_daily.sql",
        "-- +goose Up\n"
        "CREATE VIEW daily AS SELECT at / 86400 AS day, max(celsius) AS warmest"
        " FROM reading GROUP BY day;\n"}});
}

int print_row(void*, int, char** values, char**) {
  std::printf("day %s: %s degrees\n", values[0], values[1]);
  return 0;
}

}  // namespace

int main() {
  sqlite3* database = nullptr;
  if (sqlite3_open(":memory:", &database) != SQLITE_OK) return 1;
  // The application's own settings stay in force.
  sqlite3_exec(database, "PRAGMA foreign_keys = ON", nullptr, nullptr, nullptr);

  int exit_code = 0;
  try {
    gander::MigrationRunner runner(gander::borrow(database), migrations());
    const gander::Report report = runner.up();
    std::printf("applied %zu migrations, the schema is at version %lld\n", report.migrations.size(),
                static_cast<long long>(report.version));
  } catch (const gander::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    exit_code = 1;
  }

  if (exit_code == 0) {
    sqlite3_exec(database, "INSERT INTO reading VALUES (100, 17.5), (200, 21.0), (90000, 19.0)",
                 nullptr, nullptr, nullptr);
    sqlite3_exec(database, "SELECT * FROM daily", print_row, nullptr, nullptr);
  }
  // The runner is gone by now: it must not outlive the handle.
  sqlite3_close(database);
  return exit_code;
}
