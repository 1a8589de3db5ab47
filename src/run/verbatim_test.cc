// SPDX-License-Identifier: MIT
// Scripts whose own transactions do not follow their units: the effect, failures, doubt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_migration.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerbatimTest : public testing_support::OneMigrationTest {
 protected:
  std::vector<std::string> journal() const {
    return OneMigrationTest::journal("done, running, total, state");
  }
};

constexpr const char* kStepsOut =
    "-- +goose Up\n"
    "CREATE TABLE a (x);\n"
    "-- +goose StatementBegin\n"
    "COMMIT;\n"
    "PRAGMA foreign_keys = OFF;\n"
    "VACUUM;\n"
    "BEGIN;\n"
    "-- +goose StatementEnd\n"
    "INSERT INTO a VALUES (1);\n";

TEST_F(VerbatimTest, AScriptMayStepOutOfItsTransaction) {
  write(std::string(kStepsOut) + "-- +goose Down\nDELETE FROM a; COMMIT; BEGIN; DROP TABLE a;\n");
  EXPECT_EQ(runner().plan().steps[0].transactional, true);
  const Report report = runner().up();
  EXPECT_EQ(report.migrations[0].statements, 3);
  EXPECT_EQ(database().value("SELECT x FROM a"), "1");
  EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
  EXPECT_THAT(journal(), IsEmpty());
  runner().down();
  EXPECT_FALSE(database().has_table("a"));
  EXPECT_THAT(database().versions(), ElementsAre("0"));
}

TEST_F(VerbatimTest, ATransactionMayBeginOnALineOfOthers) {
  write(
      "-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN; CREATE TABLE a (x);\n"
      "INSERT INTO a VALUES (1); COMMIT;\nSAVEPOINT s;\nINSERT INTO a VALUES (2);\nRELEASE s;\n");
  runner().up();
  EXPECT_THAT(database().rows("SELECT x FROM a"), ElementsAre("1", "2"));
  EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
}

TEST_F(VerbatimTest, AFailureBeforeTheFirstCommitLeavesNothing) {
  write("-- +goose Up\nCREATE TABLE a (x);\nINSERT INTO absent VALUES (1);\nCOMMIT; BEGIN;\n");
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_EQ(error.details().line, 3);
  EXPECT_FALSE(database().has_table("a"));
  EXPECT_THAT(journal(), ElementsAre("0|0|0|failed"));
  write("-- +goose Up\nCREATE TABLE a (x);\nCOMMIT; BEGIN;\n");
  runner().up();
  EXPECT_TRUE(database().has_table("a"));
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(VerbatimTest, AFailureAfterACommitIsInDoubtUntilSettled) {
  write(std::string(kStepsOut) + "INSERT INTO absent VALUES (1);\n");
  const Error error = fail_up();
  EXPECT_EQ(error.details().line, 10);
  EXPECT_THAT(error.details().hint, HasSubstr("MigrationRunner::resolve(1)"));
  EXPECT_THAT(journal(), ElementsAre("0|1|0|ask"));
  EXPECT_EQ(runner().status().migrations[0].state, MigrationState::in_doubt);
  EXPECT_EQ(fail_up().code(), ErrorCode::in_doubt);
  EXPECT_THAT(database().rows("SELECT x FROM a"), IsEmpty());

  write(kStepsOut);
  database().run("DROP TABLE a");
  runner().resolve(1, Resolution::redo, "dropped what there was");
  runner().up();
  EXPECT_THAT(database().rows("SELECT x FROM a"), ElementsAre("1"));
}

TEST_F(VerbatimTest, ACrashIsInDoubtAndMayBeSettledAsDone) {
  write(std::string(kStepsOut) + "INSERT INTO absent VALUES (1);\n");
  fail_up();
  database().run("UPDATE goose_db_version_journal SET state = 'active'");
  EXPECT_EQ(fail_up().code(), ErrorCode::in_doubt);
  runner().resolve(1, Resolution::done, "completed by hand");
  runner().up();
  EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
  EXPECT_THAT(database().rows("SELECT x FROM a"), IsEmpty()) << "nothing ran again";
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(VerbatimTest, AStepwiseRunIsNotTakenUpAsThis) {
  const std::string start = "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (x);\n";
  write(start + "INSERT INTO absent VALUES (1);\n");
  fail_up();
  write(start + "BEGIN; INSERT INTO a VALUES (1);\nCOMMIT;\n");
  EXPECT_EQ(fail_up().code(), ErrorCode::edited);
  EXPECT_THAT(database().rows("SELECT x FROM a"), IsEmpty());
}

TEST_F(VerbatimTest, ATransactionThatIsLeftOpenIsAnError) {
  write("-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN; CREATE TABLE a (x);\n");
  const Error error = fail_up();
  EXPECT_THAT(error.what(), HasSubstr("begins a transaction that it does not end"));
  EXPECT_FALSE(database().has_table("a"));
}

TEST_F(VerbatimTest, ATransactionThatIsNotHandedBackIsRefusedBeforeItRuns) {
  for (const char* body : {"CREATE TABLE a (x); COMMIT;", "CREATE TABLE a (x);\nROLLBACK;",
                           "COMMIT; COMMIT; BEGIN;", "BEGIN;\nCREATE TABLE a (x);\nCOMMIT;"}) {
    write(std::string("-- +goose Up\n") + body + "\n");
    EXPECT_EQ(fail_up().code(), ErrorCode::invalid_migration) << body;
    EXPECT_FALSE(database().has_table("a")) << body;
  }
}

TEST_F(VerbatimTest, WithoutVersioningTheScriptRunsAsWell) {
  write(kStepsOut);
  Options options;
  options.versioning = false;
  MigrationRunner(open("sqlite:" + path()), directory(directory_.path() / "migrations"), options)
      .up();
  EXPECT_EQ(database().value("SELECT x FROM a"), "1");
}

}  // namespace
}  // namespace gander
