// SPDX-License-Identifier: MIT
// Borrowed handles, backups and pragmas, seen through the runner. Foreign keys, restricted sessions
// and what the program prints of backups are in tests/engine/cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <iterator>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

constexpr const char* kFamily =
    "-- +goose Up\n"
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);\n"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE "
    "CASCADE);\n"
    "INSERT INTO parent VALUES (1, 'a'), (2, 'b');\n"
    "INSERT INTO child (parent) VALUES (1), (1), (2);\n";

constexpr const char* kRebuild =
    "-- +goose Up\n"
    "CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
    "INSERT INTO parent_new SELECT * FROM parent;\n"
    "DROP TABLE parent;\n"
    "ALTER TABLE parent_new RENAME TO parent;\n"
    "-- +goose Down\n"
    "SELECT 1;\n";

class SessionSettingsTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  SqliteFile database() const { return SqliteFile(path()); }
  Source migrations() const {
    return in_memory({{"1_family.sql", kFamily}, {"2_rebuild.sql", kRebuild}});
  }
  TempDirectory directory_;
};

TEST_F(SessionSettingsTest, CacheHoldsALargeSchemaUnlessTheUrlSaysHowMuchItMayHold) {
  const Source look = in_memory(
      {{"1_look.sql",
        "-- +goose Up\nCREATE TABLE seen AS SELECT cache_size FROM pragma_cache_size;\n"}});
  MigrationRunner(open("sqlite:" + path()), look).up();
  EXPECT_EQ(database().value("SELECT cache_size FROM seen"), "-16384");
  MigrationRunner runner(open("sqlite:" + path() + "?cache_size=-100"), look);
  runner.reset();
  database().run("DROP TABLE seen");
  runner.up();
  EXPECT_EQ(database().value("SELECT cache_size FROM seen"), "-100");
}

TEST_F(SessionSettingsTest, BorrowedHandleIsLeftAsItWasFound) {
  SqliteFile file(path());
  file.run("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON");
  MigrationRunner runner(borrow(file.handle()), migrations());
  EXPECT_EQ(runner.up().version, 2);
  EXPECT_EQ(file.value("SELECT count(*) FROM child"), "3");
  EXPECT_EQ(file.value("PRAGMA foreign_keys"), "1");
  EXPECT_EQ(file.value("PRAGMA recursive_triggers"), "1");
  EXPECT_NE(sqlite3_get_autocommit(file.handle()), 0);
}

TEST_F(SessionSettingsTest, ProcedureOfSqlitesManualWorksOnABorrowedHandle) {
  SqliteFile file(path());
  file.run("PRAGMA foreign_keys = ON");
  std::string manual = kRebuild;
  manual.replace(0, manual.find('\n') + 1,
                 "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = OFF;\nBEGIN;\n");
  manual.replace(manual.find("-- +goose Down"), std::string::npos,
                 "COMMIT;\nPRAGMA foreign_keys = ON;\n");
  MigrationRunner(borrow(file.handle()),
                  in_memory({{"1_family.sql", kFamily}, {"2_manual.sql", manual}}))
      .up();
  EXPECT_EQ(file.value("SELECT count(*) FROM child"), "3");
  EXPECT_EQ(file.value("PRAGMA foreign_keys"), "1");
}

TEST_F(SessionSettingsTest, BorrowedHandleIsRestoredAfterAFailureToo) {
  SqliteFile file(path());
  file.run("PRAGMA foreign_keys = ON");
  MigrationRunner runner(borrow(file.handle()),
                         in_memory({{"1_bad.sql", "-- +goose Up\nSELECT broken;\n"}}));
  EXPECT_THROW(runner.up(), Error);
  EXPECT_EQ(file.value("PRAGMA foreign_keys"), "1");
  EXPECT_NE(sqlite3_get_autocommit(file.handle()), 0);
}

TEST_F(SessionSettingsTest, VacuumLeavesSynchronousAsItWas) {
  SqliteFile file(path());
  file.run("PRAGMA synchronous = FULL");
  const std::string vacuum = "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n";
  EXPECT_EQ(MigrationRunner(borrow(file.handle()), in_memory({{"1_a.sql", vacuum}})).up().version,
            1);
  EXPECT_EQ(file.value("PRAGMA synchronous"), "2");
  MigrationRunner bad(borrow(file.handle()),
                      in_memory({{"1_a.sql", vacuum}, {"2_b.sql", vacuum + "VACUUM nowhere;\n"}}));
  EXPECT_THROW(bad.up(), Error);
  EXPECT_EQ(file.value("PRAGMA synchronous"), "2");
}

TEST_F(SessionSettingsTest, BorrowedHandleInsideATransactionIsRefused) {
  SqliteFile file(path());
  file.run("BEGIN");
  MigrationRunner runner(borrow(file.handle()), migrations());
  try {
    runner.up();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
}

TEST_F(SessionSettingsTest, TransactionOpenedBetweenTwoOperationsIsLeftAlone) {
  SqliteFile file(path());
  MigrationRunner runner(borrow(file.handle()), migrations());
  runner.up();
  file.run("BEGIN; CREATE TABLE mine (x)");
  for (const auto& operation : {std::function<void()>([&] { runner.redo(); }),
                                std::function<void()>([&] { runner.accept(0, "all"); })}) {
    try {
      operation();
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage) << error.what();
    }
    EXPECT_EQ(sqlite3_get_autocommit(file.handle()), 0) << "the application's transaction is open";
  }
  file.run("COMMIT");
  EXPECT_TRUE(file.has_table("mine"));
}

TEST_F(SessionSettingsTest, BackupIsAsPrivateAsTheDatabaseBehindALink) {
  std::filesystem::create_directory(directory_.file("volume"));
  std::filesystem::create_symlink("volume/real.db", path());
  MigrationRunner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}})).up();
  const std::string file = directory_.file("volume/real.db");
  for (const mode_t mode : {0600, 0640}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    const bool root = ::geteuid() == 0;
    if (root) {
      ASSERT_EQ(::chown(file.c_str(), 4711, 4712), 0);
    }
    Options options;
    options.backup = true;
    MigrationRunner runner(open("sqlite:" + path()), migrations(), options);
    const std::string backup = runner.up().backup;
    EXPECT_TRUE(backup.starts_with(path() + ".")) << backup;
    struct stat made{};
    ASSERT_EQ(::stat(backup.c_str(), &made), 0);
    EXPECT_EQ(made.st_mode & 0777U, mode);
    if (root) {
      EXPECT_EQ(made.st_uid, 4711u);
      EXPECT_EQ(made.st_gid, 4712u);
    }
    runner.down();
    std::filesystem::remove(backup);
  }
}

TEST_F(SessionSettingsTest, BorrowedHandleCannotBeRestricted) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
  Options options;
  options.restricted = true;
  try {
    MigrationRunner(borrow(handle), migrations(), options).up();
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
  }
  sqlite3_close(handle);
}

TEST_F(SessionSettingsTest, FunctionMigrationsInterleaveByVersion) {
  std::vector<std::string> seen;
  const Source source = join({in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"},
                                         {"3_c.sql", "-- +goose Up\nINSERT INTO a VALUES (3);\n"}}),
                              functions({{.version = 2,
                                          .name = "two",
                                          .up =
                                              [&](Connection& connection) {
                                                connection.execute("INSERT INTO a VALUES (?1)", 2);
                                              },
                                          .down =
                                              [](Connection& connection) {
                                                connection.execute("DELETE FROM a WHERE x = 2");
                                              }}})});
  MigrationRunner runner(open("sqlite:" + path()), source);
  const Report report = runner.up();
  ASSERT_EQ(report.migrations.size(), 3u);
  EXPECT_EQ(report.migrations[1].name, "two");
  EXPECT_THAT(database().rows("SELECT x FROM a ORDER BY rowid"), ElementsAre("2", "3"));
  runner.down();
  runner.down();
  EXPECT_THAT(database().rows("SELECT x FROM a"), ElementsAre("3"));
}

TEST_F(SessionSettingsTest, FunctionThatThrowsLeavesNothing) {
  const Source source = functions({{.version = 1,
                                    .name = "boom",
                                    .up =
                                        [](Connection& connection) {
                                          connection.execute("CREATE TABLE half (x)");
                                          throw std::runtime_error("boom");
                                        },
                                    .down = nullptr}});
  MigrationRunner runner(open("sqlite:" + path()), source);
  try {
    runner.up();
    FAIL() << "swallowed";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("boom"));
  }
  EXPECT_FALSE(database().has_table("half"));
}

}  // namespace
}  // namespace gander
