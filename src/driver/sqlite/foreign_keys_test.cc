// SPDX-License-Identifier: MIT
// Rebuilt, renamed and dropped parents of foreign keys, seen through the runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

constexpr const char* kFamily =
    "-- +goose Up\n"
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);\n"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE "
    "CASCADE);\n"
    "INSERT INTO parent VALUES (1, 'a'), (2, 'b');\n"
    "INSERT INTO child VALUES (1, 1), (2, 2);\n";

const std::string kRebuild =
    "CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
    "INSERT INTO parent_new SELECT * FROM parent;\n"
    "DROP TABLE parent;\n"
    "ALTER TABLE parent_new RENAME TO parent;\n";

class ForeignKeysTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  SqliteFile database() const { return SqliteFile(path()); }
  std::string children() const { return database().value("SELECT count(*) FROM child"); }

  // Applies kFamily and then `text` as version 2; the error's text, or "".
  std::string second(const std::string& text, const std::string& parameters = {},
                     const Options& options = {}) const {
    const Source source = in_memory({{"1_family.sql", kFamily}, {"2_second.sql", text}});
    try {
      MigrationRunner(open("sqlite:" + path() + parameters), source, options).up();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TempDirectory directory_;
};

const std::string kManual =
    "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = OFF;\nBEGIN;\n" + kRebuild +
    "COMMIT;\nPRAGMA foreign_keys = ON;\n";

TEST_F(ForeignKeysTest, ProcedureOfSqlitesManualKeepsTheChildren) {
  for (const char* parameters : {"", "?foreign_keys=on", "?foreign_keys=off"}) {
    std::filesystem::remove(path());
    EXPECT_EQ(second(kManual, parameters), "") << parameters;
    EXPECT_EQ(children(), "2") << parameters;
    EXPECT_EQ(database().value("SELECT max(version_id) FROM goose_db_version"), "2");
  }
}

TEST_F(ForeignKeysTest, ProcedureOfSqlitesManualKeepsTheChildrenOnTheWayDownAndAgain) {
  std::string down = kManual;
  down.replace(down.find("Up"), 2, "Down");
  down.erase(0, down.find('\n') + 1);
  for (const char* parameters : {"", "?foreign_keys=on"}) {
    std::filesystem::remove(path());
    MigrationRunner runner(
        open("sqlite:" + path() + parameters),
        in_memory({{"1_family.sql", kFamily}, {"2_second.sql", kManual + down}}));
    runner.up();
    runner.redo();
    EXPECT_EQ(runner.down().version, 1) << parameters;
    EXPECT_EQ(children(), "2") << parameters;
  }
}

TEST_F(ForeignKeysTest, ProcedureOfSqlitesManualWorksOnABorrowedHandle) {
  SqliteFile file(path());
  file.run("PRAGMA foreign_keys = ON");
  MigrationRunner(borrow(file.handle()),
                  in_memory({{"1_family.sql", kFamily}, {"2_second.sql", kManual}}))
      .up();
  EXPECT_EQ(children(), "2");
  EXPECT_EQ(file.value("PRAGMA foreign_keys"), "1");
}

TEST_F(ForeignKeysTest, DropThatDeletesChildrenIsRefusedWhereTheFileSwitchedEnforcementOn) {
  const std::string text =
      "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = ON;\n" + kRebuild;
  EXPECT_THAT(second(text), HasSubstr("DROP TABLE parent would change rows of child"));
  EXPECT_EQ(children(), "2");
  SqliteFile file(path());
  EXPECT_THROW(MigrationRunner(borrow(file.handle()),
                               in_memory({{"1_family.sql", kFamily}, {"2_second.sql", text}}))
                   .up(),
               Error);
  EXPECT_EQ(children(), "2");
}

TEST_F(ForeignKeysTest, DropInQuotesAndCommentsIsRefusedToo) {
  for (const char* drop : {"drop /* it */ table if exists main.\"Parent\";", "DROP TABLE [parent];",
                           "-- +goose StatementBegin\nSELECT 1; DROP TABLE `parent`;\n-- +goose "
                           "StatementEnd"}) {
    std::filesystem::remove(path());
    EXPECT_THAT(second(std::string("-- +goose Up\n") + drop + "\n", "?foreign_keys=on"),
                HasSubstr("would change rows of child"))
        << drop;
    EXPECT_EQ(children(), "2");
  }
}

TEST_F(ForeignKeysTest, KeyWhoseTableTheMigrationTakesAwayFailsIt) {
  const std::string empty = "-- +goose Up\nDELETE FROM child;\n";
  const std::string lost = "a foreign key of child names the table ";
  EXPECT_THAT(second(empty + "ALTER TABLE parent RENAME TO parent_old;\nCREATE TABLE parent (id "
                             "INTEGER PRIMARY KEY);\nDROP TABLE parent_old;\n"),
              HasSubstr(lost + "parent_old, which does not exist"));
  EXPECT_THAT(second(empty + "DROP TABLE parent;\n"), HasSubstr(lost + "parent, which"));
  EXPECT_THAT(second(empty + "PRAGMA legacy_alter_table = ON;\nALTER TABLE parent RENAME TO p2;\n"),
              HasSubstr(lost + "parent, which"));
  EXPECT_EQ(children(), "2");
  Options options;
  options.check_foreign_keys = false;
  EXPECT_EQ(second(empty + "DROP TABLE parent;\n", "", options), "");
}

TEST_F(ForeignKeysTest, KeyWhoseTableTheMigrationTakesAwayFailsTheWayDownToo) {
  MigrationRunner runner(
      open("sqlite:" + path()),
      in_memory({{"1_a.sql",
                  "-- +goose Up\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\nCREATE TABLE child "
                  "(p REFERENCES parent);\n-- +goose Down\nDROP TABLE parent;\n"}}));
  runner.up();
  EXPECT_THROW(runner.down(), Error);
  EXPECT_THROW(runner.redo(), Error);
  EXPECT_TRUE(database().has_table("parent"));
}

TEST_F(ForeignKeysTest, KeyToATableOfALaterMigrationIsNoError) {
  EXPECT_EQ(
      second("-- +goose Up\nCREATE TABLE scratch (x);\nCREATE TABLE early (l REFERENCES late);\n"
             "DROP TABLE scratch;\nALTER TABLE child ADD COLUMN l REFERENCES late;\n"),
      "");
}

TEST_F(ForeignKeysTest, KeyThatNamedNoTableBeforeTheMigrationIsNoError) {
  MigrationRunner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}})).up();
  database().run("PRAGMA foreign_keys = OFF; CREATE TABLE c2 (x REFERENCES gone);");
  EXPECT_EQ(second("-- +goose Up\n" + kRebuild), "");
}

TEST_F(ForeignKeysTest, DropOfTheWholeFamilyIsNoError) {
  EXPECT_EQ(second("-- +goose Up\nDROP TABLE parent;\nDROP TABLE child;\n"), "");
}

class UntransactedKeysTest : public ForeignKeysTest {
 protected:
  // The warnings of the last migration of a run in this direction.
  std::vector<std::string> warnings(const std::string& text, bool down = false,
                                    const Options& options = {}) const {
    const Source source = in_memory({{"1_family.sql", kFamily}, {"2_second.sql", text}});
    MigrationRunner runner(open("sqlite:" + path()), source, options);
    const Report up = runner.up();
    return down ? runner.down().warnings : up.warnings;
  }
};

const std::string kOpen = "-- +goose NO TRANSACTION\n-- +goose Up\n";

TEST_F(UntransactedKeysTest, FileThatBreaksKeysIsWarnedOfWhenItHasRun) {
  EXPECT_THAT(
      warnings(kOpen + "DROP TABLE parent;\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n"),
      Contains(AllOf(HasSubstr("2_second.sql: the migration is applied and has broken "
                               "foreign keys"),
                     HasSubstr("missing rows of parent: 2"))));
  EXPECT_EQ(database().value("SELECT max(version_id) FROM goose_db_version"), "2");
}

TEST_F(UntransactedKeysTest, FileThatSwitchesKeysOffAndDeletesIsWarnedOf) {
  EXPECT_THAT(warnings(kOpen + "PRAGMA foreign_keys = OFF;\nDELETE FROM parent WHERE id = 2;\n"
                               "PRAGMA foreign_keys = ON;\n"),
              Contains(HasSubstr("missing rows of parent: 1")));
}

TEST_F(UntransactedKeysTest, WayDownThatBreaksKeysIsWarnedOf) {
  EXPECT_THAT(warnings(kOpen + "SELECT 1;\n-- +goose Down\nDROP TABLE parent;\nCREATE TABLE parent "
                               "(id INTEGER PRIMARY KEY);\n",
                       true),
              Contains(HasSubstr("missing rows of parent: 2")));
}

TEST_F(UntransactedKeysTest, ScriptThatRunsAsAWholeIsWarnedOf) {
  EXPECT_THAT(warnings(kOpen + "BEGIN; DROP TABLE parent;\nCREATE TABLE parent (id INTEGER PRIMARY "
                               "KEY);\nCOMMIT;\n"),
              Contains(HasSubstr("missing rows of parent: 2")));
}

TEST_F(UntransactedKeysTest, WhatBrokeInAnEarlierRunOfTheFileIsNotForgotten) {
  const std::string start =
      kOpen + "DROP TABLE parent;\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n";
  EXPECT_THAT(second(start + "INSERT INTO absent VALUES (1);\n"), HasSubstr("absent"));
  EXPECT_THAT(warnings(start + "SELECT 1;\n"), Contains(HasSubstr("missing rows of parent: 2")));
}

TEST_F(UntransactedKeysTest, RebuildThatKeepsThemAndWhatWasBrokenBeforeAreNot) {
  EXPECT_THAT(warnings(kOpen + kRebuild), Not(Contains(HasSubstr("foreign keys"))));
  database().run("PRAGMA foreign_keys = OFF; DELETE FROM parent WHERE id = 1");
  const Source source =
      in_memory({{"1_family.sql", kFamily},
                 {"2_second.sql", kOpen + kRebuild},
                 {"3_third.sql", kOpen + "CREATE TABLE x (i);\nDROP TABLE x;\n"}});
  const Report report = MigrationRunner(open("sqlite:" + path()), source).up();
  ASSERT_EQ(report.migrations.size(), 1U);
  EXPECT_THAT(report.warnings, Not(Contains(HasSubstr("foreign keys"))));
}

TEST_F(UntransactedKeysTest, NothingIsCheckedWhereTheCheckIsSwitchedOff) {
  Options options;
  options.check_foreign_keys = false;
  EXPECT_THAT(
      warnings(kOpen + "DROP TABLE parent;\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n", false,
               options),
      Not(Contains(HasSubstr("foreign keys"))));
}

TEST_F(ForeignKeysTest, DoctorNamesKeysWithoutATable) {
  MigrationRunner runner(open("sqlite:" + path()), in_memory({{"1_family.sql", kFamily}}));
  runner.up();
  const auto found = [&] {
    std::string text;
    for (const Finding& finding : runner.doctor().findings) {
      if (finding.check == "foreign_keys") text += finding.message + "\n";
    }
    return text;
  };
  EXPECT_THAT(found(), Not(HasSubstr("names the table")));
  database().run("PRAGMA foreign_keys = OFF; DELETE FROM child; DROP TABLE parent;");
  EXPECT_THAT(found(), HasSubstr("a foreign key of child names the table parent"));
  EXPECT_THAT(found(), Not(HasSubstr("no row refers")));
}

}  // namespace
}  // namespace gander
