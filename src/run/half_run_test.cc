// SPDX-License-Identifier: MIT
// What the library advises about half-run migrations names its own functions; what is done about
// them, and in the program's words, is in tests/engine/cases/journal and scripts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_migration.h"

namespace gander {
namespace {

using ::testing::HasSubstr;

class HalfRunTest : public testing_support::OneMigrationTest {
 protected:
  std::string hint() const { return runner().status().migrations[0].hint; }
};

TEST_F(HalfRunTest, UpAndDownAreNamedWhereTheyGoOn) {
  write(
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (x);\nINSERT INTO b VALUES (1);\n"
      "-- +goose Down\nDROP TABLE a;\nINSERT INTO b VALUES (1);\nDROP TABLE b;\n");
  fail_up();
  EXPECT_EQ(hint(), "`MigrationRunner::up()` goes on after statement 1");
  database().run("CREATE TABLE b (x UNIQUE)");
  EXPECT_EQ(runner().plan().steps[0].resumed_after, 1);
  EXPECT_EQ(runner().up().migrations[0].resumed_after, 1);
  EXPECT_THROW(runner().down(), Error);
  EXPECT_EQ(hint(), "`MigrationRunner::down()` goes on after statement 1");
  EXPECT_TRUE(runner().pending());
  EXPECT_THAT(fail_up().what(), HasSubstr("MigrationRunner::down()"));
}

TEST_F(HalfRunTest, ResolveIsNamedWhereNobodyCanTell) {
  write("-- +goose Up\nCREATE TABLE a (x);\nCOMMIT; BEGIN;\nINSERT INTO b VALUES (1);\n");
  EXPECT_THAT(fail_up().details().hint, HasSubstr("MigrationRunner::resolve(1)"));
  EXPECT_THAT(fail_up().details().hint, HasSubstr("Resolution::done if all of it happened"));
  EXPECT_EQ(hint(), fail_up().details().hint);
  runner().resolve(1, Resolution::done, "by hand");
  EXPECT_EQ(hint(), "`MigrationRunner::up()` records it");
  const Report report = runner().up();
  EXPECT_EQ(report.migrations[0].statements, 0);
}

}  // namespace
}  // namespace gander
