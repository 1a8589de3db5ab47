// SPDX-License-Identifier: MIT
// MigrationRunner on real SQLite files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "gander/gander.h"
#include "src/base/input.h"
#include "src/runner/internals.h"
#include "src/types/time.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class MigrationRunnerTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(directory_.path() / "migrations"); }

  void write(const std::string& name, const std::string& text) {
    directory_.write("migrations/" + name, text);
  }

  void write_three() {
    write("00001_users.sql",
          "-- +goose Up\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
          "-- +goose Down\nDROP TABLE users;\n");
    write("00002_posts.sql",
          "-- +goose Up\nCREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER);\n"
          "CREATE INDEX posts_user ON posts (user_id);\n-- +goose Down\nDROP TABLE posts;\n");
    write("00003_seed.sql",
          "-- +goose Up\nINSERT INTO users (name) VALUES ('ada;');\n"
          "-- +goose Down\nDELETE FROM users;\n");
  }

  std::string path() const { return directory_.file("app.db"); }
  SqliteFile database() const { return SqliteFile(path()); }

  MigrationRunner runner(Options options = {}) const {
    return MigrationRunner(open("sqlite:" + path()), directory(directory_.path() / "migrations"),
                           std::move(options));
  }

  TempDirectory directory_;
};

std::vector<std::int64_t> versions_of(const Report& report) {
  std::vector<std::int64_t> versions;
  for (const MigrationResult& result : report.migrations) versions.push_back(result.version);
  return versions;
}

template <typename Call>
Error error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error was thrown";
  return Error(ErrorCode::internal, "no error was thrown");
}

// The thirteen cases that the project was asked for, by name.

TEST_F(MigrationRunnerTest, Constructor) {
  write_three();
  MigrationRunner first = runner();
  MigrationRunner moved = std::move(first);
  EXPECT_FALSE(std::filesystem::exists(path())) << "nothing is opened before the first operation";
}

TEST_F(MigrationRunnerTest, UpOnAnEmptyDatabase) {
  write("00001_users.sql", "-- +goose Up\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n");
  const Report report = runner().up();
  EXPECT_THAT(versions_of(report), ElementsAre(1));
  EXPECT_EQ(report.version, 1);
  EXPECT_EQ(report.pending, 0);
  EXPECT_TRUE(database().has_table("users"));
  EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
}

TEST_F(MigrationRunnerTest, UpWithSeveralMigrations) {
  write_three();
  const Report report = runner().up();
  EXPECT_THAT(versions_of(report), ElementsAre(1, 2, 3));
  EXPECT_EQ(report.migrations[1].name, "00002_posts.sql");
  EXPECT_EQ(report.migrations[1].statements, 2);
  EXPECT_EQ(database().value("SELECT name FROM users"), "ada;");
}

TEST_F(MigrationRunnerTest, UpWhenAllIsAppliedDoesNothing) {
  write_three();
  runner().up();
  const auto before = std::filesystem::last_write_time(path());
  const std::string history = database().value("SELECT count(*) FROM goose_db_version_history");
  const Report report = runner().up();
  EXPECT_FALSE(report.changed());
  EXPECT_EQ(report.version, 3);
  EXPECT_EQ(std::filesystem::last_write_time(path()), before);
  EXPECT_EQ(database().value("SELECT count(*) FROM goose_db_version_history"), history);
}

TEST_F(MigrationRunnerTest, DownRollsBackTheLast) {
  write_three();
  runner().up();
  const Report report = runner().down();
  EXPECT_THAT(versions_of(report), ElementsAre(3));
  EXPECT_EQ(report.migrations[0].direction, Direction::down);
  EXPECT_EQ(report.version, 2);
  EXPECT_EQ(report.pending, 1);
  EXPECT_EQ(database().value("SELECT count(*) FROM users"), "0");
  EXPECT_THAT(database().versions(), ElementsAre("0", "1", "2"));
}

TEST_F(MigrationRunnerTest, VersionWithNoMigrationsAppliedIsZero) {
  write_three();
  EXPECT_EQ(runner().version(), 0);
  EXPECT_FALSE(std::filesystem::exists(path())) << "looking must not create the database";
}

TEST_F(MigrationRunnerTest, VersionAfterUp) {
  write_three();
  MigrationRunner one = runner();
  one.up();
  EXPECT_EQ(one.version(), 3);
}

TEST_F(MigrationRunnerTest, StatusShowsAppliedAndPending) {
  write_three();
  runner().up_to(2);
  const Status status = runner().status();
  ASSERT_EQ(status.migrations.size(), 3u);
  EXPECT_EQ(status.migrations[0].state, MigrationState::applied);
  EXPECT_TRUE(status.migrations[0].applied_at);
  EXPECT_FALSE(status.migrations[0].applied_by.empty());
  EXPECT_EQ(status.migrations[0].checksum.size(), 64u);
  EXPECT_EQ(status.migrations[2].state, MigrationState::pending);
  EXPECT_EQ(status.version, 2);
  EXPECT_EQ(status.latest, 3);
  EXPECT_EQ(status.applied, 2);
  EXPECT_EQ(status.pending, 1);
}

TEST_F(MigrationRunnerTest, InvalidSqlNamesThePlace) {
  write("00001_bad.sql",
        "-- +goose Up\nCREATE TABLE a (x);\n\nINSERT INTO a VALUES (1),\n  (nonsense here);\n");
  const Error error = error_of([&] { runner().up(); });
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_THAT(error.details().file, HasSubstr("00001_bad.sql"));
  EXPECT_EQ(error.details().line, 5);
  EXPECT_EQ(error.details().column, 13);
  EXPECT_EQ(error.details().statement, 2);
  EXPECT_EQ(error.details().version, 1);
  EXPECT_EQ(error.details().native_code, SQLITE_ERROR);
  EXPECT_THAT(error.what(), HasSubstr("  (nonsense here);\n              ^"));
}

TEST_F(MigrationRunnerTest, TransactionRollbackLeavesNothingOfTheFailedMigration) {
  write_three();
  write("00004_bad.sql", "-- +goose Up\nCREATE TABLE half (x);\nINSERT INTO absent VALUES (1);\n");
  write("00005_never.sql", "-- +goose Up\nCREATE TABLE never (x);\n");
  MigrationRunner one = runner();
  const Error error = error_of([&] { one.up(); });
  EXPECT_EQ(error.code(), ErrorCode::sql);
  ASSERT_NE(error.report(), nullptr);
  EXPECT_THAT(versions_of(*error.report()), ElementsAre(1, 2, 3));
  EXPECT_EQ(error.report()->version, 3);
  EXPECT_EQ(error.report()->pending, 2);
  EXPECT_FALSE(database().has_table("half"));
  EXPECT_FALSE(database().has_table("never"));
  EXPECT_TRUE(database().has_table("posts")) << "the earlier ones stay";
  EXPECT_EQ(one.version(), 3);
}

TEST_F(MigrationRunnerTest, InterruptionKeepsTheMigrationsThatAGroupHasFinished) {
  class Interrupter final : public Observer {
   public:
    void statement_finished(const StatementFinished& event) override {
      if (event.version == 2 && event.number == 2) runner->cancel();
    }
    MigrationRunner* runner = nullptr;
  };
  write_three();
  Interrupter interrupter;
  Options options;
  options.commit = Commit::all;
  options.observer = &interrupter;
  MigrationRunner one = runner(options);
  interrupter.runner = &one;
  const Error error = error_of([&] { one.up(); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  ASSERT_NE(error.report(), nullptr);
  EXPECT_THAT(versions_of(*error.report()), ElementsAre(1, 2));
  EXPECT_EQ(error.report()->pending, 1);
  EXPECT_THAT(database().versions(), ElementsAre("0", "1", "2"));
  interrupter.runner = nullptr;
  EXPECT_THAT(versions_of(one.up()), ElementsAre(3));
}

TEST_F(MigrationRunnerTest, NullDatabaseHandle) {
  const Error error = error_of([] { (void)borrow(static_cast<sqlite3*>(nullptr)); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
}

TEST_F(MigrationRunnerTest, EmptyMigrationsPath) {
  const Error error = error_of([] { (void)directory(""); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
}

TEST_F(MigrationRunnerTest, NonexistentPath) {
  MigrationRunner one(open("sqlite:" + path()), directory(directory_.path() / "absent"));
  const Error error = error_of([&] { one.up(); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.what(), HasSubstr("directory does not exist"));
  EXPECT_FALSE(std::filesystem::exists(path())) << "the source comes before the connection";
}

// Where to stop, and which way.

TEST_F(MigrationRunnerTest, PendingAsksWithoutReadingFiles) {
  write_three();
  EXPECT_TRUE(runner().pending());
  runner().up();
  EXPECT_FALSE(runner().pending());
  write("00004_unreadable.sql", "this is no migration");
  EXPECT_TRUE(runner().pending());
}

TEST_F(MigrationRunnerTest, PendingIsAskedAgainWhenAnySessionMayHaveChangedTheFile) {
  const auto memory_runner = [&] {
    return MigrationRunner(open("sqlite:" + path()),
                           in_memory({{"1_users.sql",
                                       "-- +goose Up\nCREATE TABLE users (id);\n"
                                       "-- +goose Down\nDROP TABLE users;\n"}}));
  };
  MigrationRunner one = memory_runner();
  MigrationRunner other = memory_runner();
  EXPECT_TRUE(one.pending());
  one.up();
  EXPECT_FALSE(one.pending());
  EXPECT_FALSE(one.pending());
  other.down();
  EXPECT_TRUE(one.pending());
  other.up();
  EXPECT_FALSE(one.pending());
  one.down();
  EXPECT_TRUE(one.pending());
}

TEST_F(MigrationRunnerTest, WhatReachesTheNextFileIsToldOnceAFile) {
  write("00001_a.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA table_info(x);\n"
        "PRAGMA recursive_triggers = ON;\nPRAGMA legacy_alter_table = ON;\n");
  write("00002_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA query_only = 0;\n");
  write("00003_c.sql", "-- +goose Up\nSELECT 1;\nPRAGMA cache_size;\n");
  write("00004_d.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA query_only = 0;\n");
  const Report report = runner().up();
  ASSERT_EQ(report.warnings.size(), 2U);
  EXPECT_THAT(report.warnings[0],
              HasSubstr("00001_a.sql:4: `PRAGMA recursive_triggers = ON;` and 1 "
                        "more last to the end of this run"));
  EXPECT_THAT(report.warnings[1], HasSubstr("00002_b.sql:3: `PRAGMA query_only = 0;` lasts"));
}

// An exception that is no Error left the transaction of a commit group open.
TEST_F(MigrationRunnerTest, ExceptionOfAnObserverRollsBackItsGroup) {
  write_three();
  class Thrower final : public Observer {
   public:
    void statement_started(const StatementStarted& event) override {
      if (event.version == 2) throw std::runtime_error("enough");
    }
  };
  Thrower thrower;
  Options options;
  options.observer = &thrower;
  MigrationRunner one = runner(options);
  EXPECT_THROW(one.up(), std::runtime_error);
  database().run("CREATE TABLE writable (x)");
  EXPECT_FALSE(database().has_table("users"));
}

// Order.

// What the database knows and the source does not.

TEST_F(MigrationRunnerTest, FileWithTheStampOfTheHistoryIsReadOnlyWhenStrict) {
  write_three();
  runner().up();
  const std::string file = directory_.file("migrations/00001_users.sql");
  const auto set_history = [&](const std::string& checksum, std::int64_t stamp) {
    database().run("UPDATE goose_db_version_history SET checksum = '" + checksum +
                   "', stamp = " + std::to_string(stamp) + " WHERE version_id = 1");
  };
  set_history("another", 0);
  EXPECT_EQ(runner().up().warnings.size(), 1u) << "the file was read";
  set_history("another", file_stamp(file));
  EXPECT_THAT(runner().up().warnings, IsEmpty()) << "the file was not read";
  EXPECT_EQ(runner().status().edited, 0);
  Options strict;
  strict.strict = true;
  EXPECT_EQ(error_of([&] { runner(strict).up(); }).code(), ErrorCode::edited);
  write("00001_users.sql", "-- +goose Up\nSELECT 1;\n");
  EXPECT_EQ(runner().up().warnings.size(), 1u) << "the stamp is another one";
  EXPECT_EQ(runner().status().edited, 1);
}

// The plan.

// Version table.

TEST_F(MigrationRunnerTest, StatusGivesTimesInUtcHoweverTheyAreStored) {
  write_three();
  runner().up();
  const auto status_of = [&](const std::string& stored, bool as_stored = false) {
    database().run("UPDATE goose_db_version SET tstamp = " + stored + " WHERE version_id = 1");
    MigrationRunner asked = runner();
    if (as_stored) RunnerInternals::show_stored_times(asked);
    return asked.status().migrations.at(0);
  };
  for (const char* stored :
       {"'2026-01-31 12:00:00'", "'2026-01-31T12:00:00'", "'2026-01-31T12:00:00.250Z'",
        "'2026-01-31 14:00:00+02:00'", "'2026-01-31T03:30:00-08:30'", "1769860800", "1769860800250",
        "'2026-01-31 12:00:00.25 +0000 UTC'"}) {
    EXPECT_EQ(status_of(stored).applied_at, parse_time("2026-01-31 12:00:00")) << stored;
  }
  // What is no time stops nobody.
  EXPECT_EQ(status_of("'yesterday'").tstamp, "yesterday");
  EXPECT_EQ(status_of("'yesterday'").applied_at, std::nullopt);
  EXPECT_EQ(status_of("NULL").tstamp, "");
  EXPECT_EQ(status_of("-9223372036854775807 - 1").tstamp, "-9223372036854775808");
  EXPECT_EQ(status_of("'2026-01-31T14:00:00+02:00'", true).tstamp, "2026-01-31T14:00:00+02:00");
}

}  // namespace
}  // namespace gander
