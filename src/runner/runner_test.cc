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

TEST_F(MigrationRunnerTest, UpToStopsAtTheBound) {
  write_three();
  EXPECT_THAT(versions_of(runner().up_to(2)), ElementsAre(1, 2));
  EXPECT_THAT(versions_of(runner().up_to(2)), IsEmpty());
  EXPECT_THAT(versions_of(runner().up_to(99)), ElementsAre(3));
}

TEST_F(MigrationRunnerTest, UpByOneAppliesOneAndThenSaysThatNothingIsLeft) {
  write_three();
  MigrationRunner one = runner();
  for (std::int64_t version = 1; version <= 3; ++version) {
    EXPECT_THAT(versions_of(one.up_by_one()), ElementsAre(version));
  }
  EXPECT_EQ(error_of([&] { one.up_by_one(); }).code(), ErrorCode::not_found);
}

TEST_F(MigrationRunnerTest, DownToRollsBackInReverse) {
  write_three();
  runner().up();
  EXPECT_THAT(versions_of(runner().down_to(1)), ElementsAre(3, 2));
  EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
  EXPECT_THAT(versions_of(runner().down_to(1)), IsEmpty());
}

TEST_F(MigrationRunnerTest, ResetRollsBackAll) {
  write_three();
  runner().up();
  EXPECT_THAT(versions_of(runner().reset()), ElementsAre(3, 2, 1));
  EXPECT_THAT(database().schema(), IsEmpty());
  EXPECT_EQ(error_of([&] { runner().down(); }).code(), ErrorCode::not_found);
}

TEST_F(MigrationRunnerTest, RedoRollsBackAndAppliesAgain) {
  write_three();
  runner().up();
  const Report report = runner().redo();
  EXPECT_THAT(versions_of(report), ElementsAre(3, 3));
  EXPECT_EQ(report.migrations[0].direction, Direction::down);
  EXPECT_EQ(report.version, 3);
  EXPECT_EQ(database().value("SELECT count(*) FROM users"), "1");
}

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

TEST_F(MigrationRunnerTest, LateMigrationIsAnErrorUnlessAllowed) {
  write_three();
  runner().up();
  write("00002_5_late.sql", "-- +goose Up\nSELECT 1;\n");
  std::filesystem::rename(directory_.path() / "migrations/00003_seed.sql",
                          directory_.path() / "migrations/00007_seed.sql");
  database().run("UPDATE goose_db_version SET version_id = 7 WHERE version_id = 3");
  write("00005_late.sql", "-- +goose Up\nCREATE TABLE late (x);\n");
  std::filesystem::remove(directory_.path() / "migrations/00002_5_late.sql");
  const Error error = error_of([&] { runner().up(); });
  EXPECT_EQ(error.code(), ErrorCode::out_of_order);
  EXPECT_THAT(error.what(), HasSubstr("found 1 missing migrations before current version 7"));
  EXPECT_TRUE(runner().status().migrations[2].out_of_order);
  Options allow;
  allow.allow_missing = true;
  EXPECT_THAT(versions_of(runner(allow).up()), ElementsAre(5));
}

TEST_F(MigrationRunnerTest, DownToFollowsVersionsOrTheOrderOfApplication) {
  for (const bool by_version : {true, false}) {
    std::filesystem::remove(path());
    write_three();
    write("00005_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\nDROP TABLE a;\n");
    runner().up();
    write("00004_late.sql", "-- +goose Up\nCREATE TABLE b (x);\n-- +goose Down\nDROP TABLE b;\n");
    Options options;
    options.allow_missing = true;
    options.down_by_version = by_version;
    runner(options).up();
    const Report report = runner(options).down_to(4);
    if (by_version) {
      EXPECT_THAT(versions_of(report), ElementsAre(5));
    } else {
      EXPECT_THAT(versions_of(report), IsEmpty()) << "the newest applied is 4: goose stops there";
    }
    std::filesystem::remove(directory_.path() / "migrations/00004_late.sql");
  }
}

// What the database knows and the source does not.

TEST_F(MigrationRunnerTest, VersionsOfANewerProgramAreReported) {
  write_three();
  runner().up();
  database().run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9, 1)");
  const Status status = runner().status();
  EXPECT_EQ(status.migrations.back().state, MigrationState::missing);
  EXPECT_EQ(status.missing, 1);
  EXPECT_THAT(runner().up().warnings,
              ElementsAre(HasSubstr("it has applied 9, which is not in the source")));
  Options strict;
  strict.strict = true;
  EXPECT_EQ(runner(strict).up().warnings.size(), 1u) << "newer is a policy of its own";
  Options refuse;
  refuse.newer = Newer::refuse;
  EXPECT_EQ(error_of([&] { runner(refuse).up(); }).code(), ErrorCode::edited);
}

TEST_F(MigrationRunnerTest, DownOfAVersionWithoutAFileIsAClearError) {
  write_three();
  runner().up();
  std::filesystem::remove(directory_.path() / "migrations/00003_seed.sql");
  const Error error = error_of([&] { runner().down(); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.what(), HasSubstr("bring the file back"));
  EXPECT_EQ(error_of([&] { runner().down_to(0); }).code(), ErrorCode::not_found);
  EXPECT_TRUE(database().has_table("posts")) << "nothing ran";
}

TEST_F(MigrationRunnerTest, EditedFileIsAWarningAnErrorOrAccepted) {
  write_three();
  runner().up();
  write("00001_users.sql", "-- +goose Up\nCREATE TABLE users (id INTEGER, age INTEGER);\n");
  EXPECT_EQ(runner().status().migrations[0].state, MigrationState::edited);
  EXPECT_THAT(runner().up().warnings,
              ElementsAre(HasSubstr("00001_users.sql: the file has changed")));
  Options strict;
  strict.strict = true;
  EXPECT_EQ(error_of([&] { runner(strict).up(); }).code(), ErrorCode::edited);
  EXPECT_THAT(runner().accept(1, "cosmetic"), ElementsAre(1));
  EXPECT_FALSE(runner(strict).up().changed());
  EXPECT_EQ(runner().status().migrations[0].state, MigrationState::applied);
  EXPECT_EQ(runner().history().back().detail, "cosmetic");
  EXPECT_EQ(error_of([&] { runner().accept(77, "x"); }).code(), ErrorCode::not_found);
}

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

TEST_F(MigrationRunnerTest, LineEndsAndByteOrderMarksAreNoEdits) {
  write("00001_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n");
  runner().up();
  write("00001_a.sql", "\xEF\xBB\xBF-- +goose Up\r\nCREATE TABLE a (x);\r\n");
  EXPECT_EQ(runner().status().migrations[0].state, MigrationState::applied);
}

TEST_F(MigrationRunnerTest, HistoryTellsWhoWhatAndHow) {
  write_three();
  Options options;
  options.actor = "ci@build";
  runner(options).up();
  runner(options).down();
  const std::vector<HistoryEntry> history = runner().history();
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[0].event, HistoryEvent::applied);
  EXPECT_EQ(history[0].actor, "ci@build");
  EXPECT_EQ(history[1].statements, 2);
  EXPECT_EQ(history[3].event, HistoryEvent::reverted);
  EXPECT_THAT(history[3].tool, HasSubstr("gander 0."));
  EXPECT_NE(history[0].run_id, history[3].run_id);
}

TEST_F(MigrationRunnerTest, FailureIsInTheHistory) {
  write("00001_bad.sql", "-- +goose Up\nSELECT broken;\n");
  error_of([&] { runner().up(); });
  const std::vector<HistoryEntry> history = runner().history();
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].event, HistoryEvent::failed);
  EXPECT_THAT(history[0].detail, HasSubstr("no such column: broken"));
  EXPECT_THAT(database().versions(), ElementsAre("0")) << "as goose leaves it";
}

TEST_F(MigrationRunnerTest, WithoutHistoryThereIsNoSideTable) {
  write_three();
  Options options;
  options.history = false;
  runner(options).up();
  EXPECT_EQ(database().value("SELECT count(*) FROM sqlite_master WHERE name LIKE "
                             "'goose_db_version_%'"),
            "0");
}

// The plan.

TEST_F(MigrationRunnerTest, PlanShowsTheExactStatementsAndChangesNothing) {
  write_three();
  const Plan plan = runner().plan(Operation::up, true);
  ASSERT_EQ(plan.steps.size(), 3u);
  EXPECT_EQ(plan.steps[1].statements[1].sql, "CREATE INDEX posts_user ON posts (user_id);");
  EXPECT_EQ(plan.steps[1].statements[1].line, 3);
  EXPECT_EQ(plan.version, 0);
  EXPECT_EQ(plan.version_after, 3);
  EXPECT_FALSE(std::filesystem::exists(path()));
  runner().up();
  EXPECT_EQ(runner().plan(Operation::redo).steps.size(), 2u);
  EXPECT_EQ(runner().plan_down_to(1).version_after, 1);
  EXPECT_TRUE(runner().plan().steps.empty());
}

TEST_F(MigrationRunnerTest, BadFileStopsTheRunBeforeTheFirstStatement) {
  write_three();
  write("00004_bad.sql", "-- +goose Up\nCREATE TABLE x (\n");
  const Error error = error_of([&] { runner().up(); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_FALSE(std::filesystem::exists(path())) << "not even the database file is made";
}

TEST_F(MigrationRunnerTest, BadFileStopsWhenItsTurnComesAsWithGoose) {
  write_three();
  write("00004_bad.sql", "-- +goose Up\nCREATE TABLE x (\n");
  Options options;
  options.check_all_first = false;
  const Error error = error_of([&] { runner(options).up(); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  ASSERT_NE(error.report(), nullptr);
  EXPECT_THAT(versions_of(*error.report()), ElementsAre(1, 2, 3));
  EXPECT_THAT(database().versions(), ElementsAre("0", "1", "2", "3"));
}

TEST_F(MigrationRunnerTest, BadDownDoesNotHinderUp) {
  write("00001_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\nDROP TABLE a\n");
  runner().up();
  EXPECT_EQ(error_of([&] { runner().down(); }).code(), ErrorCode::invalid_migration);
  EXPECT_EQ(runner().validate().defects.size(), 1u);
}

// Version table.

TEST_F(MigrationRunnerTest, TableNameIsQuoted) {
  write_three();
  Options options;
  options.table = "\"odd \"\"name\"";
  runner(options).up();
  EXPECT_EQ(database().value("SELECT count(*) FROM \"odd \"\"name\""), "4");
  std::filesystem::remove(path());
  options.table = "x; DROP TABLE users";
  EXPECT_EQ(runner(options).up_to(1).version, 1);
  EXPECT_TRUE(database().has_table("x; DROP TABLE users"));
  options.table = "";
  EXPECT_EQ(error_of([&] { runner(options); }).code(), ErrorCode::usage);
}

TEST_F(MigrationRunnerTest, EmptyVersionTableIsMended) {
  write_three();
  runner().initialize();
  EXPECT_THAT(database().versions(), ElementsAre("0"));
  database().run("DELETE FROM goose_db_version");
  runner().up();
  EXPECT_THAT(database().versions(), ElementsAre("0", "1", "2", "3"));
}

TEST_F(MigrationRunnerTest, WithoutVersioningNothingIsRecorded) {
  write_three();
  Options options;
  options.versioning = false;
  EXPECT_THAT(versions_of(runner(options).up()), ElementsAre(1, 2, 3));
  EXPECT_FALSE(database().has_table("goose_db_version"));
  EXPECT_THAT(versions_of(runner(options).down_to(1)), ElementsAre(3, 2));
}

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
