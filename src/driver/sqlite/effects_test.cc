// SPDX-License-Identifier: MIT
// Settings that SQLite accepts without making them, seen through the runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class EffectsTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  std::string url() const { return "sqlite:" + path(); }
  SqliteFile database() const { return SqliteFile(path()); }
  Report up(const std::string& text) const {
    return MigrationRunner(open(url()), in_memory({{"1_a.sql", text}})).up();
  }
  std::string error_of(const std::string& text) const {
    try {
      up(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.details().file, "1_a.sql");
      return error.what();
    }
    return "";
  }
  TempDirectory directory_;
};

TEST_F(EffectsTest, JournalModeWithinATransactionIsRefused) {
  for (const char* pragma :
       {"PRAGMA journal_mode = WAL;", "PRAGMA journal_mode=truncate;",
        "/* a */ pragma main . \"Journal_Mode\" /* b */ ('wal');",
        "-- +goose StatementBegin\nINSERT INTO a VALUES (1); PRAGMA journal_mode(wal);\n-- +goose "
        "StatementEnd"}) {
    SCOPED_TRACE(pragma);
    EXPECT_THAT(error_of(std::string("-- +goose Up\nCREATE TABLE a (x);\n") + pragma + "\n"),
                HasSubstr("has no effect within a transaction: the mode is still delete"));
    EXPECT_FALSE(database().has_table("a"));
    EXPECT_EQ(database().value("PRAGMA journal_mode"), "delete");
  }
  EXPECT_THAT(error_of("-- +goose Up\nPRAGMA journal_mode = WAL;\n"), HasSubstr("transaction"));
}

TEST_F(EffectsTest, JournalModeWithinATransactionIsRefusedOnTheWayDownToo) {
  MigrationRunner runner(
      open(url()), in_memory({{"1_a.sql",
                               "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\nDROP TABLE "
                               "a;\nPRAGMA journal_mode = WAL;\n"}}));
  runner.up();
  EXPECT_THROW(runner.down(), Error);
  EXPECT_THROW(runner.redo(), Error);
  EXPECT_TRUE(database().has_table("a"));
  EXPECT_EQ(database().value("PRAGMA journal_mode"), "delete");
}

TEST_F(EffectsTest, JournalModeWithinATransactionOfAFunctionIsRefused) {
  const Source source = functions({{.version = 1,
                                    .name = "wal",
                                    .up =
                                        [](Connection& connection) {
                                          connection.execute("CREATE TABLE a (x)");
                                          connection.execute("PRAGMA journal_mode = WAL");
                                        },
                                    .down = nullptr}});
  EXPECT_THROW(MigrationRunner(open(url()), source).up(), Error);
  SqliteFile file(path());
  EXPECT_THROW(MigrationRunner(borrow(file.handle()), source).up(), Error);
  EXPECT_FALSE(file.has_table("a"));
}

TEST_F(EffectsTest, JournalModeThatIsInForceAlreadyIsNoError) {
  database().run("PRAGMA journal_mode = WAL");
  EXPECT_THAT(up("-- +goose Up\nCREATE TABLE a (x);\nPRAGMA journal_mode = WAL;\n").warnings,
              IsEmpty());
  EXPECT_TRUE(database().has_table("a"));
}

TEST_F(EffectsTest, JournalModeOutsideOfATransactionIsTaken) {
  EXPECT_THAT(up("-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA journal_mode = WAL;\nCREATE TABLE "
                 "a (x);\n")
                  .warnings,
              IsEmpty());
  EXPECT_EQ(database().value("PRAGMA journal_mode"), "wal");
}

TEST_F(EffectsTest, JournalModeThatIsNotTakenIsToldOf) {
  const Source source = in_memory(
      {{"1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA journal_mode = WAL;\n"}});
  EXPECT_THAT(
      MigrationRunner(open("sqlite::memory:"), source).up().warnings,
      ElementsAre("1_a.sql:3: PRAGMA journal_mode = WAL was not taken: the mode is memory"));
}

TEST_F(EffectsTest, ForeignKeysWithinATransactionAreToldOf) {
  const Report report =
      up("-- +goose Up\nPRAGMA foreign_keys = OFF;\nCREATE TABLE a (x);\nPRAGMA foreign_keys = "
         "yes;\n");
  EXPECT_EQ(report.version, 1);
  EXPECT_THAT(report.warnings,
              ElementsAre(HasSubstr("1_a.sql:4: PRAGMA foreign_keys = yes has no effect within a "
                                    "transaction: put `-- +goose")));
}

TEST_F(EffectsTest, WarningsOfAGroupThatIsRunAgainAreToldOnce) {
  const Source source =
      in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\nPRAGMA foreign_keys = ON;\n"},
                 {"2_b.sql", "-- +goose Up\nSELECT broken;\n"}});
  try {
    MigrationRunner(open(url()), source).up();
    FAIL() << "applied";
  } catch (const Error& error) {
    ASSERT_NE(error.report(), nullptr);
    EXPECT_THAT(error.report()->warnings,
                ElementsAre(HasSubstr("lasts to the end of this run"),
                            HasSubstr("has no effect within a transaction")));
  }
}

TEST_F(EffectsTest, SettingsThatTakeAVacuumAreToldOfUnlessOneFollows) {
  for (const char* pragma : {"PRAGMA auto_vacuum = 1;", "PRAGMA page_size = 8192;"}) {
    SCOPED_TRACE(pragma);
    const std::string text = std::string(
                                 "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE IF "
                                 "NOT EXISTS a (x);\n") +
                             pragma + "\n";
    const Report without = up(text);
    EXPECT_THAT(without.warnings, ElementsAre(HasSubstr("1_a.sql:4: PRAGMA ")));
    EXPECT_THAT(without.warnings, ElementsAre(HasSubstr(" had no effect, the value is still ")));
    database().run("DELETE FROM goose_db_version");
    EXPECT_THAT(up(text + "VACUUM;\n").warnings, IsEmpty());
    database().run("DELETE FROM goose_db_version");
  }
  EXPECT_EQ(database().value("PRAGMA page_size"), "8192");
  EXPECT_EQ(database().value("PRAGMA auto_vacuum"), "1");
  EXPECT_THAT(up("-- +goose Up\nPRAGMA encoding = 'UTF-16';\n").warnings,
              ElementsAre(HasSubstr("a database that has a table keeps its encoding")));
}

TEST_F(EffectsTest, DeferredForeignKeysReachTheTransactionBehindThem) {
  up("-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = ON;\n"
     "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE c (p REFERENCES p (id));\n"
     "PRAGMA defer_foreign_keys = ON;\n"
     "BEGIN;\nINSERT INTO c VALUES (1);\nINSERT INTO p VALUES (1);\nCOMMIT;\n");
  EXPECT_EQ(database().value("SELECT count(*) FROM c"), "1");
}

TEST_F(EffectsTest, DeferredForeignKeysEndWithThatTransaction) {
  EXPECT_THAT(
      error_of("-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = ON;\n"
               "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE c (p REFERENCES p (id));\n"
               "PRAGMA defer_foreign_keys = ON;\nBEGIN;\nSELECT 1;\nCOMMIT;\n"
               "BEGIN;\nINSERT INTO c VALUES (1);\nINSERT INTO p VALUES (1);\nCOMMIT;\n"),
      HasSubstr("1_a.sql:11"));
}

}  // namespace
}  // namespace gander
