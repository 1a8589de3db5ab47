// SPDX-License-Identifier: MIT
// Half-run migrations: plan, status, doctor and up say and do the same about them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_migration.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kBare = "-- +goose NO TRANSACTION\n";
constexpr const char* kBody =
    "-- +goose Up\nCREATE TABLE IF NOT EXISTS a (x);\nINSERT INTO a VALUES (1);\n";
constexpr const char* kFails = "INSERT INTO absent VALUES (1);\n";
constexpr const char* kDown = "-- +goose Down\nDELETE FROM a;\nDROP TABLE absent;\nDROP TABLE a;\n";

class HalfRunTest : public testing_support::OneMigrationTest {
 protected:
  // What an operation throws, or an internal error without a message.
  template <typename Operation>
  static Error thrown(Operation operation) {
    try {
      operation();
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorCode::internal, "");
  }
  Error fail_plan(Operation operation = Operation::up) const {
    return thrown([&] { (void)runner().plan(operation); });
  }
  // plan() refuses with the very words of the run.
  void expect_same_refusal(ErrorCode code) {
    const Error planned = fail_plan();
    const Error run = fail_up();
    EXPECT_EQ(planned.code(), code);
    EXPECT_STREQ(planned.what(), run.what());
  }
  void go_half_way_up() {
    write(std::string(kBare) + kBody + kFails);
    EXPECT_EQ(fail_up().code(), ErrorCode::sql);
  }
  void go_half_way_down() {
    write(std::string(kBare) + kBody + kDown);
    runner().up();
    EXPECT_EQ(thrown([&] { runner().down(); }).code(), ErrorCode::sql);
  }
  std::string doctor() const {
    std::string said;
    for (const Finding& finding : runner().doctor().findings) {
      if (finding.check == "unfinished") said += finding.message + " | " + finding.hint;
    }
    return said;
  }
};

TEST_F(HalfRunTest, PlanSaysWhereUpGoesOn) {
  go_half_way_up();
  write(std::string(kBare) + kBody + "SELECT 1;\n");
  const Plan plan = runner().plan();
  ASSERT_EQ(plan.steps.size(), 1U);
  EXPECT_EQ(plan.steps[0].resumed_after, 2);
  EXPECT_EQ(plan.steps[0].reason, "half way, goes on after statement 2");
  EXPECT_EQ(runner().status().migrations[0].hint,
            "`MigrationRunner::up()` goes on after statement 2");
  EXPECT_THAT(doctor(), HasSubstr("2 of 3 statements are done | `MigrationRunner::up()` goes on"));
  EXPECT_EQ(runner().up().migrations[0].resumed_after, 2);
}

TEST_F(HalfRunTest, PlanRefusesEditedFilesUnderStrictAsUpDoes) {
  write(kBody);
  runner().up();
  write(std::string(kBody) + "SELECT 1;\n");
  const Error planned = thrown([&] { (void)runner({.strict = true}).plan(); });
  const Error ran = thrown([&] { runner({.strict = true}).up(); });
  EXPECT_EQ(planned.code(), ErrorCode::edited);
  EXPECT_STREQ(planned.what(), ran.what());
  EXPECT_NO_THROW((void)runner().plan());
}

TEST_F(HalfRunTest, HalfWayDownIsPendingAndNotMigrated) {
  go_half_way_down();
  EXPECT_EQ(runner().version(), 1);
  EXPECT_TRUE(runner().pending());
  EXPECT_FALSE(runner({.wait = std::chrono::milliseconds(0)}).wait_until_migrated());
  write(std::string(kBare) + kBody + "-- +goose Down\nDELETE FROM a;\nDROP TABLE a;\n");
  runner().down();
  runner().up();
  EXPECT_FALSE(runner().pending());
  EXPECT_TRUE(runner({.wait = std::chrono::milliseconds(0)}).wait_until_migrated());
}

TEST_F(HalfRunTest, WaitEndsAtWhatOnlyAPersonCanSettle) {
  go_half_way_down();
  database().run("UPDATE goose_db_version_journal SET running = done + 1, state = 'ask'");
  EXPECT_TRUE(runner().pending());
  const Error error = thrown([&] { (void)runner().wait_until_migrated(); });
  EXPECT_EQ(error.code(), ErrorCode::in_doubt);
  EXPECT_THAT(error.details().message, HasSubstr("version 1 is half way down"));
}

TEST_F(HalfRunTest, StatusSaysThatDownGoesOnWithAHalfWayDown) {
  go_half_way_down();
  const MigrationStatus status = runner().status().migrations[0];
  EXPECT_EQ(status.state, MigrationState::active);
  EXPECT_EQ(status.direction, Direction::down);
  EXPECT_EQ(status.statements_done, 1);
  EXPECT_EQ(status.hint, "`MigrationRunner::down()` goes on after statement 1");
  EXPECT_THAT(doctor(),
              HasSubstr("half way down: 1 of 3 statements are done | `MigrationRunner::down()`"));
  expect_same_refusal(ErrorCode::in_doubt);
  EXPECT_THAT(fail_plan().what(), HasSubstr("MigrationRunner::down()"));
  EXPECT_EQ(runner().plan(Operation::down).steps[0].resumed_after, 1);
  const Plan redo = runner().plan(Operation::redo);
  EXPECT_EQ(redo.steps[0].reason, "half way, goes on after statement 1");
  EXPECT_EQ(redo.steps[1].resumed_after, 0);
  database().run("CREATE TABLE absent (x)");
  runner().redo();
  EXPECT_EQ(runner().status().unfinished, 0);
}

TEST_F(HalfRunTest, PlanRefusesWhatIsBuiltUponOne) {
  go_half_way_up();
  directory_.write("migrations/00002_b.sql", "-- +goose Up\nCREATE TABLE b (x);\n");
  database().run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, 1)");
  const Error planned = fail_plan(Operation::down);
  EXPECT_EQ(planned.code(), ErrorCode::in_doubt);
  EXPECT_STREQ(planned.what(), thrown([&] { runner().down(); }).what());
}

TEST_F(HalfRunTest, PlanRefusesAnEditedBeginning) {
  go_half_way_up();
  write(std::string(kBare) + "-- +goose Up\nCREATE TABLE other (x);\nSELECT 2;\nSELECT 3;\n");
  expect_same_refusal(ErrorCode::edited);
  write(std::string(kBare) + "-- +goose Up\nCREATE TABLE IF NOT EXISTS a (x);\n");
  expect_same_refusal(ErrorCode::edited);
}

TEST_F(HalfRunTest, PlanRefusesAScriptInDoubtThatRanAsAWhole) {
  write("-- +goose Up\nCREATE TABLE a (x);\nCOMMIT; BEGIN;\nINSERT INTO absent VALUES (1);\n");
  fail_up();
  expect_same_refusal(ErrorCode::in_doubt);
  const Error refused = fail_up();
  EXPECT_EQ(refused.details().statement, 0) << "there is no count";
  EXPECT_THAT(refused.details().hint, AllOf(HasSubstr("Resolution::done if all of it happened"),
                                            Not(HasSubstr("the statement happened"))));
  const MigrationStatus status = runner().status().migrations[0];
  EXPECT_EQ(status.state, MigrationState::in_doubt);
  EXPECT_EQ(status.hint, refused.details().hint);
  EXPECT_THAT(doctor(), AllOf(HasSubstr("nobody can tell how far"), Not(HasSubstr("0 of 0"))));
  database().run("UPDATE goose_db_version_journal SET state = 'active', error = ''");
  EXPECT_THAT(runner().status().migrations[0].detail, Not(HasSubstr("0 of 0")));
  expect_same_refusal(ErrorCode::in_doubt);
}

TEST_F(HalfRunTest, OfAScriptThatWasSettledAsDoneOnlyTheRecordIsPlanned) {
  write("-- +goose Up\nCREATE TABLE a (x);\nCOMMIT; BEGIN;\nINSERT INTO absent VALUES (1);\n");
  fail_up();
  runner().resolve(1, Resolution::done, "by hand");
  EXPECT_EQ(runner().status().migrations[0].hint, "`MigrationRunner::up()` records it");
  const Plan plan = runner().plan(Operation::up, true);
  EXPECT_EQ(plan.steps[0].resumed_after, plan.steps[0].statement_count);
  EXPECT_THAT(plan.steps[0].statements, IsEmpty());
  // The file may have lost its COMMIT meanwhile.
  write("-- +goose Up\nCREATE TABLE a (x);\n");
  EXPECT_EQ(runner().plan().steps[0].resumed_after, 1);
  const Report report = runner().up();
  EXPECT_EQ(report.migrations[0].statements, 0);
  EXPECT_THAT(journal("version_id"), IsEmpty());
}

TEST_F(HalfRunTest, AnInterruptedStatementIsLookedAtFirst) {
  go_half_way_up();
  write(std::string(kBare) + kBody + "VACUUM;\n");
  database().run("UPDATE goose_db_version_journal SET running = 3, state = 'active', error = ''");
  EXPECT_EQ(runner().plan().steps[0].reason, "half way, looks first whether statement 3 happened");
  EXPECT_THAT(runner().status().migrations[0].hint,
              HasSubstr("looks whether statement 3 happened"));
  runner().up();
}

TEST_F(HalfRunTest, AFileThatIsTransactionalNowDoesNotRunAgainFromItsStart) {
  go_half_way_up();
  write(kBody);
  expect_same_refusal(ErrorCode::edited);
  EXPECT_THAT(database().rows("SELECT x FROM a"), ElementsAre("1")) << "it ran again";
  runner().resolve(1, Resolution::abandon, "start over");
  runner().up();
  EXPECT_THAT(database().rows("SELECT x FROM a"), ElementsAre("1", "1"));
}

TEST_F(HalfRunTest, AFileThatHasDoneNothingMayBecomeTransactional) {
  write(std::string(kBare) + "-- +goose Up\nINSERT INTO absent VALUES (1);\n");
  fail_up();
  write("-- +goose Up\nCREATE TABLE a (x);\n");
  EXPECT_EQ(runner().plan().steps[0].reason, "half way, begins again");
  runner().up();
  EXPECT_THAT(journal("version_id"), IsEmpty());
  EXPECT_EQ(runner().status().unfinished, 0);
}

TEST_F(HalfRunTest, WhatAnotherToolHasCompletedIsAWarningEverywhere) {
  go_half_way_up();
  database().run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1)");
  const Status status = runner().status();
  EXPECT_EQ(status.migrations[0].state, MigrationState::applied);
  ASSERT_EQ(status.warnings.size(), 1U);
  EXPECT_EQ(runner().plan().warnings, status.warnings);
  EXPECT_EQ(runner().up().warnings, status.warnings);
  EXPECT_THAT(doctor(), HasSubstr(status.warnings[0]));
  runner().resolve(1, Resolution::abandon, "goose did it");
  EXPECT_THAT(runner().status().warnings, IsEmpty());
}

}  // namespace
}  // namespace gander
