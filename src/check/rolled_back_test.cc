// SPDX-License-Identifier: MIT
// A row with is_applied = false, as a very old goose leaves it: everything that looks agrees.
#include "src/check/rolled_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RolledBackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    runner().up();
    database().run("DROP TABLE t3");
  }
  MigrationRunner runner() const {
    std::vector<MemoryFile> files;
    for (const std::string i : {"1", "2", "3"}) {
      files.push_back({i + "_t.sql", "-- +goose Up\nCREATE TABLE t" + i + " (x);\n"});
    }
    return MigrationRunner(open("sqlite:" + directory_.file("app.db")), in_memory(files));
  }
  testing_support::SqliteFile database() const {
    return testing_support::SqliteFile(directory_.file("app.db"));
  }
  void leave_row(int applied) const {
    database().run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (3, " +
                   std::to_string(applied) + ")");
  }
  std::string doctor() const {
    std::string said;
    for (const Finding& finding : runner().doctor().findings) said += finding.message + "\n";
    return said;
  }

  testing_support::TempDirectory directory_;
};

TEST_F(RolledBackTest, StatusPlanAndUpAgree) {
  leave_row(0);
  const Status status = runner().status();
  EXPECT_EQ(status.pending, 0);
  EXPECT_EQ(status.migrations[2].state, MigrationState::pending);
  EXPECT_THAT(status.migrations[2].detail, HasSubstr("is_applied = false"));
  EXPECT_THAT(runner().plan().steps, IsEmpty());
  EXPECT_FALSE(runner().pending());
  const Report report = runner().up();
  EXPECT_FALSE(report.changed());
  EXPECT_EQ(report.pending, 0);
  EXPECT_FALSE(database().has_table("t3"));
}

TEST_F(RolledBackTest, NobodySaysThatTwoRunsWereAtIt) {
  leave_row(0);
  const Status status = runner().status();
  ASSERT_EQ(status.warnings.size(), 1U);
  EXPECT_THAT(status.warnings[0], AllOf(HasSubstr("version 3"), HasSubstr("is_applied = false"),
                                        Not(HasSubstr("two runs"))));
  EXPECT_THAT(doctor(), AllOf(HasSubstr("version 3 is not applied, but a very old goose"),
                              Not(HasSubstr("several rows"))));
}

TEST_F(RolledBackTest, AppliedOnceMoreThereIsNothingToSay) {
  leave_row(0);
  leave_row(1);
  EXPECT_THAT(runner().status().warnings, IsEmpty());
  EXPECT_EQ(runner().status().applied, 3);
  EXPECT_THAT(doctor(), Not(HasSubstr("version 3")));
}

TEST_F(RolledBackTest, AppliedTwiceWithoutARollbackWasTwoRuns) {
  leave_row(1);
  ASSERT_EQ(runner().status().warnings.size(), 1U);
  EXPECT_THAT(runner().status().warnings[0], HasSubstr("two runs without a lock"));
  EXPECT_THAT(doctor(), HasSubstr("several rows for version 3"));
}

}  // namespace
}  // namespace gander
