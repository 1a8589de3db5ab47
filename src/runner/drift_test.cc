// SPDX-License-Identifier: MIT
// What status() tells of changes beside the migrations, on real SQLite files.
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

class DriftTest : public ::testing::Test {
 protected:
  DriftTest() {
    directory_.write("m/1_bird.sql",
                     "-- +goose Up\nCREATE TABLE bird (name TEXT);\n-- +goose Down\n"
                     "DROP TABLE bird;\n");
  }

  MigrationRunner runner(Options options = {}) const {
    return MigrationRunner(open("sqlite:" + path()), directory(directory_.path() / "m"),
                           std::move(options));
  }
  std::string path() const { return directory_.file("app.db"); }
  SqliteFile database() const { return SqliteFile(path()); }

  std::vector<std::string> told(Options options = {}) const {
    std::vector<std::string> lines;
    for (const DriftedObject& one : runner(std::move(options)).status().drift.objects) {
      lines.push_back(one.description() + " since " + std::to_string(one.since));
    }
    return lines;
  }

  TempDirectory directory_;
};

TEST_F(DriftTest, IsToldWithItsVersion) {
  runner().up();
  const Drift none = runner().status().drift;
  EXPECT_EQ(none.state, DriftState::known);
  EXPECT_EQ(none.version, 1);
  EXPECT_TRUE(none.recorded_at);
  EXPECT_THAT(none.objects, IsEmpty());
  database().run("CREATE INDEX by_hand ON bird (name)");
  EXPECT_THAT(told(), ElementsAre("index by_hand of bird since 1"));
  database().run("DROP INDEX by_hand");
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(DriftTest, ARunWithNothingToDoReadsAndWritesNothingOfIt) {
  runner().up();
  database().run("CREATE INDEX by_hand ON bird (name); DROP TABLE goose_db_version_schema");
  runner().up();
  EXPECT_FALSE(database().has_table("goose_db_version_schema"));
  EXPECT_EQ(runner().status().drift.state, DriftState::unrecorded);
}

TEST_F(DriftTest, DoctorNamesWhatDiffers) {
  runner().up();
  database().run("ALTER TABLE bird ADD COLUMN weight REAL");
  std::vector<std::string> messages;
  for (const Finding& finding : runner().doctor().findings) {
    if (finding.check == "drift") messages.push_back(finding.message);
  }
  EXPECT_THAT(messages, ElementsAre("column weight of bird is there, and no migration has made it, "
                                    "since version 1"));
}

TEST_F(DriftTest, OptionsSwitchItOff) {
  runner({.drift = false}).up();
  EXPECT_FALSE(database().has_table("goose_db_version_schema"));
  runner().redo();
  EXPECT_TRUE(database().has_table("goose_db_version_schema"));
  database().run("CREATE INDEX by_hand ON bird (name)");
  EXPECT_THAT(told({.drift = false}), IsEmpty());
  EXPECT_THAT(told({.history = false}), IsEmpty());
  EXPECT_THAT(told(), ElementsAre("index by_hand of bird since 1"));
}

TEST_F(DriftTest, NothingIsKnownOnceGooseHasWorked) {
  runner().up();
  database().run("DELETE FROM goose_db_version WHERE version_id = 1; DROP TABLE bird");
  const Drift drift = runner().status().drift;
  EXPECT_EQ(drift.state, DriftState::stale);
  EXPECT_THAT(drift.reason, HasSubstr("the records have changed"));
  EXPECT_THAT(drift.objects, IsEmpty());
}

// The digests may be of other words.
TEST_F(DriftTest, NothingIsKnownToAnotherProgram) {
  runner().up();
  database().run("UPDATE goose_db_version_schema SET reader = 'gander 9.9.9'");
  EXPECT_THAT(runner().status().drift.reason, HasSubstr("was recorded by gander 9.9.9"));
}

TEST_F(DriftTest, ARunThatCannotRecordItSucceedsWithOneWarning) {
  runner().up();
  directory_.write("m/2_nest.sql", "-- +goose Up\nCREATE TABLE nest (x);\n");
  database().run(
      "CREATE TRIGGER keeps_out BEFORE INSERT ON goose_db_version_schema BEGIN SELECT "
      "RAISE(ABORT, 'not here'); END");
  const Report report = runner().up();
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("not here")));
  EXPECT_EQ(runner().status().drift.state, DriftState::stale);
}

TEST_F(DriftTest, ABorrowedHandleRecordsToo) {
  runner().up();
  directory_.write("m/2_nest.sql", "-- +goose Up\nCREATE TABLE nest (x);\n");
  database().run("CREATE TABLE by_hand (x)");
  {
    SqliteFile application(path());
    MigrationRunner(borrow(application.handle()), directory(directory_.path() / "m")).up();
  }
  EXPECT_EQ(runner().status().drift.version, 2);
  EXPECT_THAT(told(), ElementsAre("table by_hand since 1"));
}

}  // namespace
}  // namespace gander
