// SPDX-License-Identifier: MIT
// Foreign keys, pragmas, backups and borrowed handles, seen through the runner.
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

TEST_F(SessionSettingsTest, TableRebuildKeepsTheChildren) {
  MigrationRunner(open("sqlite:" + path()), migrations()).up();
  EXPECT_EQ(database().value("SELECT count(*) FROM child"), "3");
  EXPECT_THAT(database().rows("PRAGMA foreign_key_check"), IsEmpty());
}

TEST_F(SessionSettingsTest, TableRebuildWithEnforcementOnIsRefused) {
  try {
    MigrationRunner(open("sqlite:" + path() + "?foreign_keys=on"), migrations()).up();
    FAIL() << "the children are gone";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("DROP TABLE parent would change rows of child"));
    EXPECT_EQ(error.details().line, 4);
  }
  EXPECT_EQ(database().value("SELECT count(*) FROM child"), "3");
  EXPECT_EQ(database().value("SELECT max(version_id) FROM goose_db_version"), "1");
}

TEST_F(SessionSettingsTest, AnnotatedDropWithEnforcementOnIsAllowed) {
  const Source source = in_memory(
      {{"1_family.sql", kFamily},
       {"2_drop.sql", "-- +goose Up\nDROP TABLE parent; -- gander:allow-child-changes\n"}});
  MigrationRunner(open("sqlite3", path() + "?_pragma=foreign_keys(1)"), source).up();
  EXPECT_EQ(database().value("SELECT count(*) FROM child"), "0");
}

TEST_F(SessionSettingsTest, NewForeignKeyViolationFailsTheMigration) {
  const Source source =
      in_memory({{"1_family.sql", kFamily},
                 {"2_rebuild.sql",
                  "-- +goose Up\nCREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT);\n"
                  "INSERT INTO parent_new SELECT * FROM parent WHERE id = 1;\nDROP TABLE parent;\n"
                  "ALTER TABLE parent_new RENAME TO parent;\n"}});
  try {
    MigrationRunner(open("sqlite:" + path()), source).up();
    FAIL() << "a child lost its parent";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("references from child to missing rows of parent: 1"));
    EXPECT_EQ(error.details().file, "2_rebuild.sql");
  }
  EXPECT_EQ(database().value("SELECT count(*) FROM parent"), "2");
  Options options;
  options.check_foreign_keys = false;
  MigrationRunner(open("sqlite:" + path()), source, options).up();
}

TEST_F(SessionSettingsTest, OldViolationsDoNotHinderARebuild) {
  MigrationRunner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}})).up();
  database().run("PRAGMA foreign_keys = OFF; DELETE FROM parent WHERE id = 2");
  MigrationRunner(open("sqlite:" + path()), migrations()).up();
  EXPECT_EQ(database().value("SELECT count(*) FROM child"), "3");
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

TEST_F(SessionSettingsTest, PragmaOfOneMigrationReachesTheNextUnlessTheyAreIsolated) {
  const Source source = in_memory(
      {{"1_family.sql", kFamily},
       {"2_pragma.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = ON;\n"},
       {"3_orphan.sql", "-- +goose Up\nINSERT INTO child (parent) VALUES (99);\n"}});
  try {
    MigrationRunner(open("sqlite:" + path()), source).up();
    FAIL() << "the third migration found foreign keys off";
  } catch (const Error& error) {
    EXPECT_EQ(error.details().version, 3);
  }
  Options options;
  options.isolate = true;
  MigrationRunner(open("sqlite:" + path()), source, options).up();
  EXPECT_EQ(database().value("SELECT count(*) FROM child"), "4");
}

TEST_F(SessionSettingsTest, BackupIsWholeAndNamedInTheReport) {
  MigrationRunner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}})).up();
  Options options;
  options.backup = true;
  const Report report = MigrationRunner(open("sqlite:" + path()), migrations(), options).up();
  ASSERT_FALSE(report.backup.empty());
  EXPECT_EQ(SqliteFile(report.backup).value("SELECT max(version_id) FROM goose_db_version"), "1");
  EXPECT_EQ(database().value("SELECT max(version_id) FROM goose_db_version"), "2");
  EXPECT_TRUE(MigrationRunner(open("sqlite:" + path()), migrations(), options).up().backup.empty())
      << "nothing pending, nothing to save";
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

TEST_F(SessionSettingsTest, RestrictedModeRefusesWhatReachesOutside) {
  const char* statements[] = {"ATTACH DATABASE 'other.db' AS other;",
                              "ATTACH 'oth' || 'er.db' AS other;",
                              "DETACH main;",
                              "VACUUM INTO 'copy.db';",
                              "PRAGMA writable_schema = ON;",
                              "PRAGMA main.Writable_Schema(1);",
                              "PRAGMA trusted_schema = ON;",
                              "PRAGMA schema_version = 7;",
                              "PRAGMA temp_store_directory = '/tmp';",
                              "PRAGMA data_store_directory = '/tmp';",
                              "PRAGMA mmap_size = 1000000;",
                              "PRAGMA hard_heap_limit = 1;",
                              "SELECT load_extension('x');",
                              "SELECT fts3_tokenizer('simple');"};
  for (const char* statement : statements) {
    SCOPED_TRACE(statement);
    const Source source =
        in_memory({{"1_evil.sql",
                    std::string("-- +goose NO TRANSACTION\n-- +goose Up\n") + statement + "\n"}});
    try {
      MigrationRunner(open("sqlite:" + path() + "?restricted=on"), source).up();
      FAIL() << "allowed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::sql);
      EXPECT_THAT(error.what(),
                  AnyOf(HasSubstr("not authorized"), HasSubstr("authorization denied")));
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
  }
}

TEST_F(SessionSettingsTest, RestrictedModeDoesNotCorruptTheSchema) {
  MigrationRunner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}})).up();
  Options options;
  options.restricted = true;
  const Source source = in_memory(
      {{"1_family.sql", kFamily},
       {"2_evil.sql", "-- +goose Up\nUPDATE sqlite_master SET sql = 'x' WHERE name = 'child';\n"}});
  EXPECT_THROW(MigrationRunner(open("sqlite:" + path()), source, options).up(), Error);
  EXPECT_EQ(database().value("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(database().value("SELECT count(*) FROM child"), "3");
}

TEST_F(SessionSettingsTest, RestrictedModeLeavesTheRestAlone) {
  const Source source =
      in_memory({{"1_family.sql", kFamily},
                 {"2_settings.sql",
                  "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA journal_mode = WAL;\nPRAGMA "
                  "writable_schema;\nPRAGMA foreign_keys = ON;\nVACUUM;\nANALYZE;\n"},
                 {"3_more.sql", "-- +goose Up\nCREATE TABLE more (id INTEGER);\n"}});
  Options options;
  options.restricted = true;
  options.backup = true;
  const Report report = MigrationRunner(open("sqlite:" + path()), source, options).up();
  EXPECT_EQ(report.version, 3);
  EXPECT_FALSE(report.backup.empty());
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

TEST_F(SessionSettingsTest, ReadOnlyDatabaseIsNotWritable) {
  MigrationRunner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}})).up();
  MigrationRunner runner(open("sqlite:" + path() + "?mode=ro"), migrations());
  EXPECT_EQ(runner.version(), 1);
  try {
    runner.up();
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_writable);
  }
}

TEST_F(SessionSettingsTest, FileThatIsNoDatabaseIsAClearError) {
  directory_.write("app.db", std::string(4096, 'x'));
  try {
    MigrationRunner(open("sqlite:" + path()), migrations()).up();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::connection);
  }
}

TEST_F(SessionSettingsTest, WriterThatHoldsTheLockIsWaitedForUpToTheLimit) {
  SqliteFile writer(path());
  writer.run("CREATE TABLE x (y); BEGIN IMMEDIATE");
  Options options;
  options.wait = std::chrono::milliseconds(30);
  try {
    MigrationRunner(open("sqlite:" + path()), migrations(), options).up();
    FAIL() << "did not wait";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::locked);
    EXPECT_TRUE(error.details().retryable);
  }
}

TEST_F(SessionSettingsTest, CancelStopsTheStatementInFlight) {
  const Source source = in_memory(
      {{"1_long.sql",
        "-- +goose Up\nCREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n) SELECT i FROM n;\n"}});
  Options options;
  options.timeout = std::chrono::milliseconds(50);
  MigrationRunner runner(open("sqlite:" + path()), source, options);
  try {
    runner.up();
    FAIL() << "an endless statement ended";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  EXPECT_FALSE(database().has_table("t"));
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
