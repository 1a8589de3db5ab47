// SPDX-License-Identifier: MIT
// Brings the database named by its argument up to date, as an application does at start, and then
// uses what must also work across the border of a shared library: errors, observers, functions.
#include <gander/gander.h>

#include <cstdio>
#include <cstdlib>

#include "app_migrations.h"

namespace {

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "failed: %s\n", what);
  std::exit(1);
}

class Counter : public gander::Observer {
 public:
  int finished = 0;
  void migration_finished(const gander::MigrationResult&) override { ++finished; }
};

void catch_error() {
  gander::MigrationRunner runner{gander::open("sqlite::memory:"), gander::in_memory({})};
  try {
    runner.up();
  } catch (const gander::Error& error) {
    check(error.code() == gander::ErrorCode::not_found, "an empty source is not_found");
    return;
  }
  check(false, "an empty source is an error");
}

}  // namespace

int main(int, char** argv) {
  Counter counter;
  gander::FunctionMigration rename{
      .version = 3, .name = "rename_geese", .up = [](gander::Connection& connection) {
        connection.execute("UPDATE birds SET name = upper(name)");
      }};
  gander::MigrationRunner runner{gander::open(argv[1]),
                                 gander::join({app::app_migrations(), gander::functions({rename})}),
                                 {.observer = &counter}};
  gander::Report report = runner.up();
  check(report.migrations.size() == 3 && report.version == 3, "three migrations are applied");
  check(counter.finished == 3, "the observer hears of each");
  check(runner.up().migrations.empty(), "a second run has nothing to do");
  catch_error();
  std::puts("consumer: ok");
}
