// SPDX-License-Identifier: MIT
// Non-transactional migrations: the journal, resuming, doubt and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_migration.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StepwiseTest : public testing_support::OneMigrationTest {
 protected:
  std::vector<std::string> journal() const {
    return OneMigrationTest::journal("version_id, direction, done, running, total, state");
  }
};

// Each statement appends its digit: any repetition or omission shows.
constexpr const char* kTrail =
    "-- +goose NO TRANSACTION\n"
    "-- +goose Up\n"
    "CREATE TABLE trail (x INTEGER);\n"
    "INSERT INTO trail VALUES (0);\n"
    "UPDATE trail SET x = x * 10 + 1;\n"
    "UPDATE trail SET x = x * 10 + 2;\n"
    "%s\n"
    "UPDATE trail SET x = x * 10 + 3;\n"
    "-- +goose Down\n"
    "UPDATE trail SET x = x * 10 + 9;\n"
    "DROP TABLE trail;\n";

std::string trail(const std::string& middle) {
  std::string text = kTrail;
  return text.replace(text.find("%s"), 2, middle);
}

TEST_F(StepwiseTest, RunsEachStatementOnceAndCleansUp) {
  write(trail("VACUUM;"));
  const Report report = runner().up();
  ASSERT_EQ(report.migrations.size(), 1u);
  EXPECT_EQ(report.migrations[0].statements, 6);
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
  EXPECT_THAT(journal(), IsEmpty());
  EXPECT_THAT(database().versions(), ElementsAre("0", "1"));
  runner().down();
  EXPECT_FALSE(database().has_table("trail"));
  EXPECT_THAT(database().versions(), ElementsAre("0"));
}

TEST_F(StepwiseTest, ResumesAfterTheLastCompletedStatement) {
  write(trail("INSERT INTO absent VALUES (1);"));
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_EQ(error.details().statement, 5);
  EXPECT_EQ(error.details().line, 7);
  EXPECT_THAT(error.details().hint, HasSubstr("statements 1 to 4 are done"));
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|6|failed"));
  const Status status = runner().status();
  EXPECT_EQ(status.migrations[0].state, MigrationState::active);
  EXPECT_EQ(status.migrations[0].statements_done, 4);
  EXPECT_EQ(status.unfinished, 1);

  write(trail("SELECT 1;"));
  const Plan plan = runner().plan(Operation::up, true);
  EXPECT_EQ(plan.steps[0].resumed_after, 4);
  ASSERT_EQ(plan.steps[0].statements.size(), 2U) << "what is done would not run again";
  EXPECT_EQ(plan.steps[0].statements[0].sql, "SELECT 1;");
  const Report report = runner().up();
  EXPECT_EQ(report.migrations[0].resumed_after, 4);
  EXPECT_EQ(report.migrations[0].statements, 2);
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(StepwiseTest, RollbackBehindACommentIsRefusedWithItsPlace) {
  write(trail("BEGIN;\nUPDATE trail SET x = 7;\n-- never mind\n/* again */ ROLLBACK;"));
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_EQ(error.details().source_line, "/* again */ ROLLBACK;");
  EXPECT_EQ(error.details().column, 13);
}

TEST_F(StepwiseTest, CommitWithoutATransactionFailsEachTimeAndHarmsNothing) {
  write(trail("COMMIT;"));
  for (int i = 0; i < 2; ++i) {
    const Error error = fail_up();
    EXPECT_EQ(error.code(), ErrorCode::sql);
    EXPECT_EQ(error.details().statement, 5);
    EXPECT_THAT(journal(), ElementsAre("1|1|4|0|6|failed"));
  }
  write(trail("SELECT 1;"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

TEST_F(StepwiseTest, ChainedTransactionIsRefusedAndRolledBack) {
  write(trail("BEGIN;\nUPDATE trail SET x = 7;\nCOMMIT AND CHAIN;"));
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_EQ(error.details().line, 9);
  EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|8|failed"));
}

TEST_F(StepwiseTest, BareStatementInALargeBlockIsRefusedAndNothingOfTheBlockIsKept) {
  std::string filler;
  while (filler.size() < 2'500'000) filler += "UPDATE trail SET x = x + 0; -- filling\n";
  write(trail("-- +goose StatementBegin\nUPDATE trail SET x = 7;\n" + filler +
              "VACUUM;\n-- +goose StatementEnd"));
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_EQ(error.details().statement, 5);
  EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|6|failed"));
  write(trail("-- +goose StatementBegin\n" + filler + "-- +goose StatementEnd\nVACUUM;"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

TEST_F(StepwiseTest, RefusesToResumeWhenTheDonePartWasEdited) {
  write(trail("INSERT INTO absent VALUES (1);"));
  fail_up();
  std::string changed = trail("SELECT 1;");
  changed.replace(changed.find("+ 2"), 3, "+ 7");
  write(changed);
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::edited);
  EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
}

TEST_F(StepwiseTest, RefusesAFileThatIsShorterThanWhatRan) {
  write(trail("INSERT INTO absent VALUES (1);"));
  fail_up();
  write("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE trail (x INTEGER);\n");
  EXPECT_EQ(fail_up().code(), ErrorCode::edited);
}

TEST_F(StepwiseTest, OwnTransactionIsKeptWholeWithItsJournalEntry) {
  write(trail("BEGIN;\nUPDATE trail SET x = x * 10 + 5;\nINSERT INTO absent VALUES (1);\nCOMMIT;"));
  const Error error = fail_up();
  EXPECT_EQ(error.details().statement, 7);
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|9|failed"));
  EXPECT_EQ(database().value("SELECT x FROM trail"), "12") << "its transaction was rolled back";
  write(trail("BEGIN;\nUPDATE trail SET x = x * 10 + 5;\nCOMMIT;"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "1253");
}

TEST_F(StepwiseTest, OwnTransactionMayGoBackToASavepoint) {
  write(trail("BEGIN;\nSAVEPOINT s;\nUPDATE trail SET x = x * 10 + 5;\nROLLBACK TO s;\nCOMMIT;"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

TEST_F(StepwiseTest, OwnTransactionThatNeverEndsIsAnError) {
  write(trail("BEGIN;\nUPDATE trail SET x = x * 10 + 5;"));
  const Error error = fail_up();
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
}

TEST_F(StepwiseTest, PragmasTakeEffectAlsoAfterResuming) {
  const std::string child =
      "CREATE TABLE parent (id INTEGER PRIMARY KEY);\n"
      "CREATE TABLE child (parent REFERENCES parent (id));\n";
  write("-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = ON;\n" + child +
        "INSERT INTO absent VALUES (1);\n");
  fail_up();
  write("-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = ON;\n" + child +
        "INSERT INTO child VALUES (7);\n");
  EXPECT_THAT(fail_up().what(), HasSubstr("FOREIGN KEY constraint failed"));
}

TEST_F(StepwiseTest, HalfRunUpRefusesDown) {
  write(trail("INSERT INTO absent VALUES (1);"));
  fail_up();
  database().run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1)");
  // goose says that the version is applied, the journal that Gander is half way: down would undo
  // what was never done.
  try {
    runner().down();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::in_doubt);
  }
}

TEST_F(StepwiseTest, GooseGoingAheadSupersedesTheJournal) {
  write(trail("INSERT INTO absent VALUES (1);"));
  fail_up();
  directory_.write("migrations/00002_next.sql", "-- +goose Up\nCREATE TABLE next (x);\n");
  database().run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1)");
  const Report report = runner().up();
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("of version 1 that it is half way up")));
}

TEST_F(StepwiseTest, ResolveSettlesWhatIsHalfRun) {
  write(trail("INSERT INTO absent VALUES (1);"));
  fail_up();
  runner().resolve(1, Resolution::done, "inserted by hand");
  EXPECT_THAT(journal(), ElementsAre("1|1|5|0|6|active"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
  EXPECT_EQ(
      database().value("SELECT detail FROM goose_db_version_history WHERE event = 'resolved'"),
      "statement 5 counts as done: inserted by hand");
  try {
    runner().resolve(1, Resolution::redo, "");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST_F(StepwiseTest, AbandonForgetsThePartialRun) {
  write(trail("INSERT INTO absent VALUES (1);"));
  fail_up();
  runner().resolve(1, Resolution::abandon, "start over");
  EXPECT_THAT(journal(), IsEmpty());
  database().run("DROP TABLE trail");
  write(trail("SELECT 1;"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

TEST_F(StepwiseTest, StatementCaughtBetweenIntentAndOutcomeIsJudged) {
  // A run that died after the intent to VACUUM: harmless to repeat.
  write(trail("VACUUM;"));
  runner().up();
  runner().down();
  database().run(
      "DELETE FROM goose_db_version_history; CREATE TABLE trail (x INTEGER); INSERT INTO trail "
      "VALUES (12)");
  write(trail("INSERT INTO absent VALUES (1);"));
  database().run("DROP TABLE trail");
  fail_up();
  write(trail("VACUUM;"));
  database().run("UPDATE goose_db_version_journal SET running = 5");
  EXPECT_EQ(runner().status().migrations[0].state, MigrationState::in_doubt);
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

// A run that died between the intent to run `middle` and the outcome. True: the next one goes on.
class InterruptedStatementTest : public StepwiseTest {
 protected:
  bool goes_on_after(const std::string& middle) {
    std::filesystem::remove(path());
    write(trail("INSERT INTO absent VALUES (1);"));
    fail_up();
    write(trail(middle));
    database().run("UPDATE goose_db_version_journal SET running = 5");
    try {
      runner().up();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::in_doubt);
      EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
      return false;
    }
    EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
    return true;
  }
};

TEST_F(InterruptedStatementTest, VacuumIntoIsInDoubt) {
  EXPECT_TRUE(goes_on_after("VACUUM;"));
  EXPECT_FALSE(goes_on_after("VACUUM INTO '" + directory_.file("copy.db") + "';"));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("copy.db"))) << "it was not run again";
}

TEST_F(InterruptedStatementTest, UnitWithATransactionOfItsOwnIsInDoubt) {
  EXPECT_FALSE(
      goes_on_after("-- +goose StatementBegin\nBEGIN; UPDATE trail SET x = x + 1; COMMIT;\n"
                    "-- +goose StatementEnd"));
}

TEST_F(StepwiseTest, FailedVacuumIntoIsNotInDoubt) {
  directory_.write("copy.db", "somebody's");
  write(trail("VACUUM INTO '" + directory_.file("copy.db") + "';"));
  EXPECT_NE(fail_up().code(), ErrorCode::in_doubt);
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|6|failed"));
  std::filesystem::remove(directory_.file("copy.db"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

TEST_F(StepwiseTest, FailureInATransactionOfTheUnitNamesItsCause) {
  const std::string begin = "-- +goose StatementBegin\n";
  const std::string end = "\n-- +goose StatementEnd";
  const std::string bad = "BEGIN; UPDATE trail SET x = 0; INSERT INTO absent VALUES (1); COMMIT;";
  write(trail(begin + bad + end));
  EXPECT_THAT(fail_up().what(), HasSubstr("no such table: absent"));
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|6|failed"));
  EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
  write(trail(begin + "BEGIN; UPDATE trail SET x = x + 0; COMMIT;" + end));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
}

TEST_F(StepwiseTest, UnitThatIsKeptInPartIsInDoubt) {
  write(
      trail("-- +goose StatementBegin\nBEGIN; UPDATE trail SET x = 12; COMMIT; BEGIN; INSERT INTO "
            "absent VALUES (1); COMMIT;\n-- +goose StatementEnd"));
  EXPECT_THAT(fail_up().what(), HasSubstr("no such table: absent"));
  EXPECT_THAT(journal(), ElementsAre("1|1|4|5|6|ask"));
  EXPECT_EQ(fail_up().code(), ErrorCode::in_doubt);
}

TEST_F(StepwiseTest, CorruptJournalIsAClearErrorNeverAnAction) {
  const char* damages[] = {"done = 'x'",  "done = -1",       "state = 'odd'", "direction = 7",
                           "running = 2", "chain = 'short'", "done = 0",      "total = NULL"};
  for (const std::string damage : damages) {
    SCOPED_TRACE(damage);
    std::filesystem::remove(path());
    write(trail("INSERT INTO absent VALUES (1);"));
    fail_up();
    try {
      database().run("UPDATE goose_db_version_journal SET " + damage);
    } catch (const std::runtime_error&) {
      continue;  // a column constraint refuses the damage
    }
    write(trail("SELECT 1;"));
    const Error error = fail_up();
    EXPECT_EQ(error.code(), ErrorCode::in_doubt);
    EXPECT_THAT(error.what(), HasSubstr("cannot be trusted"));
    EXPECT_EQ(database().value("SELECT x FROM trail"), "12");
  }
}

TEST_F(StepwiseTest, FunctionOutsideATransactionStopsInDoubtAfterACrash) {
  int calls = 0;
  const auto make = [&] {
    return MigrationRunner(open("sqlite:" + path()),
                           functions({{.version = 1,
                                       .name = "fill",
                                       .up =
                                           [&](Connection& connection) {
                                             ++calls;
                                             connection.execute("CREATE TABLE IF NOT EXISTS f (x)");
                                             if (calls == 1) throw std::runtime_error("no luck");
                                           },
                                       .down = nullptr,
                                       .transactional = false}}));
  };
  EXPECT_THROW(make().up(), Error);
  database().run("UPDATE goose_db_version_journal SET running = 1");
  EXPECT_THROW(make().up(), Error) << "the function may have run: nobody knows";
  EXPECT_EQ(calls, 1);
  make().resolve(1, Resolution::redo, "it is idempotent");
  make().up();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(make().version(), 1);
}

}  // namespace
}  // namespace gander
