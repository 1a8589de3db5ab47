// SPDX-License-Identifier: MIT
// How files run, and what is said of one that goose reads otherwise. What is refused before
// anything runs is in tests/engine/cases/scripts.
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
  EXPECT_EQ(run::mode_of(TransactionShape::returned, true, Atomicity::statement), Mode::stepwise);
  EXPECT_EQ(run::mode_of(TransactionShape::tangled, false, Atomicity::statement), Mode::verbatim);
  EXPECT_EQ(run::mode_of(TransactionShape::own, false, Atomicity::none), Mode::verbatim);
}

TEST(ModeTest, WithoutTransactionsEachStatementHasAnIntentAndAnOutcome) {
  EXPECT_EQ(run::mode_of(TransactionShape::none, true, Atomicity::none), Mode::witnessed);
  EXPECT_EQ(run::mode_of(TransactionShape::none, false, Atomicity::none), Mode::witnessed);
  EXPECT_EQ(run::mode_of(TransactionShape::none, true, Atomicity::statement), Mode::stepwise);
}

constexpr const char* kMisspelt =
    "-- +goose Up\nCREATE TABLE a (x);\n-- +Goose Down\nDROP TABLE a;\n";

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

}  // namespace
}  // namespace gander
