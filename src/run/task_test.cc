// SPDX-License-Identifier: MIT
// What is refused before anything runs: here on SQLite, in tests/postgres/script_test.cc on
// PostgreSQL.
#include "src/run/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_migration.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TaskTest : public testing_support::OneMigrationTest {
 protected:
  MigrationRunner lenient(Observer* observer = nullptr) const {
    Options options;
    options.exact_annotations = false;
    options.observer = observer;
    return MigrationRunner(open("sqlite:" + path()), directory(directory_.path() / "migrations"),
                           options);
  }
};

using driver::Atomicity;
using run::Mode;
using script::TransactionShape;

constexpr TransactionShape kShapes[] = {
    TransactionShape::none,   TransactionShape::savepoint, TransactionShape::own,
    TransactionShape::loose,  TransactionShape::returned,  TransactionShape::returned_tangled,
    TransactionShape::tangled};

TEST(ModeTest, OnlyAnEngineThatTakesBackAMigrationRunsOneInATransaction) {
  for (const TransactionShape shape : kShapes) {
    for (const bool wrapped : {false, true}) {
      const bool plain = !controls_transaction(shape);
      EXPECT_EQ(run::mode_of(shape, wrapped, Atomicity::migration) == Mode::transaction,
                wrapped && plain);
      EXPECT_NE(run::mode_of(shape, wrapped, Atomicity::statement), Mode::transaction);
      EXPECT_NE(run::mode_of(shape, wrapped, Atomicity::none), Mode::transaction);
      EXPECT_NE(run::mode_of(shape, wrapped, Atomicity::none), Mode::stepwise);
    }
  }
}

TEST(ModeTest, ATransactionOfTheFilesOwnIsFollowedWhereItIsWhole) {
  EXPECT_EQ(run::mode_of(TransactionShape::own, true, Atomicity::migration), Mode::stepwise);
  EXPECT_EQ(run::mode_of(TransactionShape::own, true, Atomicity::statement), Mode::stepwise);
  EXPECT_EQ(run::mode_of(TransactionShape::returned, false, Atomicity::migration), Mode::stepwise);
  EXPECT_EQ(run::mode_of(TransactionShape::returned, true, Atomicity::migration), Mode::verbatim);
  EXPECT_EQ(run::mode_of(TransactionShape::tangled, false, Atomicity::statement), Mode::verbatim);
  EXPECT_EQ(run::mode_of(TransactionShape::own, false, Atomicity::none), Mode::verbatim);
}

TEST(ModeTest, WithoutTransactionsEachStatementHasAnIntentAndAnOutcome) {
  EXPECT_EQ(run::mode_of(TransactionShape::none, true, Atomicity::none), Mode::witnessed);
  EXPECT_EQ(run::mode_of(TransactionShape::none, false, Atomicity::none), Mode::witnessed);
  EXPECT_EQ(run::mode_of(TransactionShape::none, true, Atomicity::statement), Mode::stepwise);
}

constexpr const char* kUndone[] = {
    "BEGIN;\nCREATE TABLE a (x);\nROLLBACK;",
    "CREATE TABLE a (x);\nROLLBACK;",
    "CREATE TABLE a (x);\nROLLBACK; BEGIN;",
    "BEGIN; CREATE TABLE a (x); ROLLBACK TRANSACTION;",
    "COMMIT;\nBEGIN;\nCREATE TABLE a (x);\nROLLBACK;\nBEGIN;",
    "-- +goose StatementBegin\nBEGIN;\nCREATE TABLE a (x);\nROLLBACK;\n-- +goose StatementEnd"};

TEST_F(TaskTest, AFileThatRollsBackIsRefusedBeforeAnythingOfItRuns) {
  for (const std::string head : {"-- +goose Up\n", "-- +goose NO TRANSACTION\n-- +goose Up\n"}) {
    for (const std::string body : kUndone) {
      write(head + "CREATE TABLE first (x);\n" + body + "\n");
      for (const bool exact : {true, false}) {
        try {
          exact ? runner().up() : lenient().up();
          ADD_FAILURE() << head << body;
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::invalid_migration) << error.what();
          EXPECT_THAT(error.what(), HasSubstr("undoes what the file has done")) << body;
          EXPECT_GT(error.details().line, 2);
          EXPECT_GT(error.details().column, 0);
          EXPECT_THAT(error.details().source_line, HasSubstr("ROLLBACK"));
        }
        EXPECT_FALSE(database().has_table("first")) << head << body;
      }
    }
  }
}

TEST_F(TaskTest, ADownSectionThatRollsBackIsRefusedAndValidateSaysSo) {
  for (const std::string body : kUndone) {
    write("-- +goose Up\nCREATE TABLE IF NOT EXISTS kept (x);\n-- +goose Down\nDROP TABLE kept;\n" +
          body + "\n");
    EXPECT_EQ(runner().validate().defects.size(), 1U) << body;
    runner().up();
    EXPECT_THROW(runner().down(), Error) << body;
    EXPECT_THROW(runner().redo(), Error) << body;
    EXPECT_TRUE(database().has_table("kept")) << body;
    EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
  }
}

TEST_F(TaskTest, GoingBackToASavepointIsNoRollback) {
  write(
      "-- +goose Up\nCREATE TABLE a (x);\nSAVEPOINT s;\nINSERT INTO a VALUES (1);\n"
      "ROLLBACK TO s;\nINSERT OR ROLLBACK INTO a VALUES (2);\nROLLBACK TRANSACTION TO SAVEPOINT "
      "s;\n"
      "RELEASE s;\nINSERT INTO a VALUES (3);\n");
  runner().up();
  EXPECT_EQ(database().value("SELECT group_concat(x) FROM a"), "3");
}

constexpr const char* kMisspelt =
    "-- +goose Up\nCREATE TABLE a (x);\n-- +Goose Down\nDROP TABLE a;\n";

TEST_F(TaskTest, AMisspeltAnnotationIsAnErrorWithItsLineAndNothingRuns) {
  write(kMisspelt);
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_EQ(error.details().line, 3);
  EXPECT_EQ(error.details().column, 4);
  EXPECT_FALSE(database().has_table("a"));
  ASSERT_EQ(runner().validate().defects.size(), 1U);
  EXPECT_EQ(runner().validate().defects[0].line, 3);
}

TEST_F(TaskTest, AMisspeltAnnotationInDownLeavesUpUsable) {
  write(
      "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\n-- +Goose StatementBegin\nDROP TABLE "
      "a;\n");
  runner().up();
  EXPECT_THROW(runner().down(), Error);
  EXPECT_TRUE(database().has_table("a"));
  lenient().down();
  EXPECT_FALSE(database().has_table("a"));
}

class Listener final : public Observer {
 public:
  void message(const Message& event) override {
    if (event.kind == Message::Kind::annotation) texts.emplace_back(event.text);
  }
  std::vector<std::string> texts;
};

TEST_F(TaskTest, WhereGooseReadsTheFileAMisspeltAnnotationIsAWarning) {
  write(kMisspelt);
  Listener listener;
  const Report report = lenient(&listener).up();
  EXPECT_EQ(report.migrations.size(), 1U);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_THAT(report.warnings[0], HasSubstr("00001_steps.sql:3: this looks like the annotation"));
  EXPECT_EQ(listener.texts, report.warnings);
  EXPECT_FALSE(database().has_table("a")) << "the file does what it does with goose";
  EXPECT_THAT(lenient().plan().warnings, IsEmpty());
}

TEST_F(TaskTest, AStatementThatRefusesATransactionIsShownWhereItStandsInItsBlock) {
  write(
      "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a (x);\n\n  VACUUM;\n"
      "-- +goose StatementEnd\n");
  const Error error = fail_up();
  EXPECT_EQ(error.details().line, 5);
  EXPECT_EQ(error.details().column, 3);
  EXPECT_EQ(error.details().source_line, "  VACUUM;");
}

}  // namespace
}  // namespace gander
