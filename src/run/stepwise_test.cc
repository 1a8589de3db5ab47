// SPDX-License-Identifier: MIT
// Non-transactional migrations with what only SQLite has, or only a function. The rest is in
// tests/engine/cases/journal.
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

TEST_F(StepwiseTest, FailedVacuumIntoIsNotInDoubt) {
  directory_.write("copy.db", "somebody's");
  write(trail("VACUUM INTO '" + directory_.file("copy.db") + "';"));
  EXPECT_NE(fail_up().code(), ErrorCode::in_doubt);
  EXPECT_THAT(journal(), ElementsAre("1|1|4|0|6|failed"));
  std::filesystem::remove(directory_.file("copy.db"));
  runner().up();
  EXPECT_EQ(database().value("SELECT x FROM trail"), "123");
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
