// SPDX-License-Identifier: MIT
// Rehearsals through the C++ interface; what is told of statements is in
// tests/engine/cases/rehearse and, of PostgreSQL's locks, in tests/rehearse.
#include <gtest/gtest.h>

#include <filesystem>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

TEST(Rehearse, MeasuresAFunctionAsAWhole) {
  const testing_support::TempDirectory directory;
  const std::string url = "sqlite:" + directory.file("app.db");
  FunctionMigration function;
  function.version = 2;
  function.name = "narrow";
  function.up = [](Connection& connection) { connection.execute("ALTER TABLE a DROP COLUMN y"); };
  const Source first = in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x, y);\n"}});
  MigrationRunner(open(url), first).up();

  MigrationRunner runner(open(url), join({first, functions({function})}));
  const Rehearsal rehearsal = runner.rehearse();
  ASSERT_EQ(rehearsal.migrations.size(), 1u);
  EXPECT_TRUE(rehearsal.migrations[0].function);
  ASSERT_EQ(rehearsal.migrations[0].statements.size(), 1u);
  const RehearsedStatement& whole = rehearsal.migrations[0].statements[0];
  EXPECT_EQ(whole.number, 0);
  ASSERT_EQ(whole.rewritten.size(), 1u);
  EXPECT_EQ(whole.rewritten[0].relation, "a");
  ASSERT_NE(rehearsal.strongest(), nullptr);
  EXPECT_EQ(rehearsal.strongest()->stops, LockStops::writers);
  EXPECT_EQ(rehearsal.strongest()->held, rehearsal.migrations[0].duration);
  EXPECT_EQ(runner.version(), 1);
}

TEST(Rehearse, FindsNothingToDo) {
  const testing_support::TempDirectory directory;
  MigrationRunner runner(open("sqlite:" + directory.file("app.db")),
                         in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}}));
  runner.up();
  const Rehearsal rehearsal = runner.rehearse();
  EXPECT_TRUE(rehearsal.migrations.empty());
  EXPECT_EQ(rehearsal.version_after, 1);
  EXPECT_EQ(rehearsal.strongest(), nullptr);
}

TEST(Rehearse, CancelledOneThrowsAndDropsItsCopy) {
  const testing_support::TempDirectory directory;
  const std::string path = directory.file("app.db");
  MigrationRunner(open("sqlite:" + path),
                  in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}}))
      .up();
  MigrationRunner* cancelled = nullptr;
  FunctionMigration function;
  function.version = 2;
  function.up = [&](Connection& connection) {
    cancelled->cancel();
    connection.execute("INSERT INTO a VALUES (1)");
    connection.execute("SELECT 1");
  };
  FunctionMigration next = function;
  next.version = 3;
  MigrationRunner runner(open("sqlite:" + path), functions({function, next}));
  cancelled = &runner;
  try {
    (void)runner.rehearse();
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    EXPECT_EQ(entry.path().string().find("-rehearse-"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace gander
