// SPDX-License-Identifier: MIT
// Half-run and in-doubt migrations on a server: plan, status and the run agree, up, down and redo.
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PostgresHalfRunTest : public PostgresTest {
 protected:
  void expect_same_refusal(const std::vector<MemoryFile>& files, ErrorCode code) const {
    const Error planned = error_of([&] { (void)runner(files).plan(); });
    const Error run = error_of([&] { runner(files).up(); });
    EXPECT_EQ(planned.code(), code) << planned.what();
    EXPECT_STREQ(planned.what(), run.what());
  }
};

TEST_F(PostgresHalfRunTest, ScriptInDoubtThatRanAsAWholeIsRefusedAlikeAndCountsNothing) {
  const std::vector<MemoryFile> files = {
      {"1_a.sql",
       "-- +goose Up\nCREATE TABLE a0 (id int);\nCOMMIT;\nBEGIN;\nCREATE TABLE a1 (id int);\n"
       "SELECT 1/0;\n-- +goose Down\nSELECT 1;\n"}};
  EXPECT_EQ(error_of([&] { runner(files).up(); }).code(), ErrorCode::sql);
  expect_same_refusal(files, ErrorCode::in_doubt);
  const MigrationStatus status = runner(files).status().migrations[0];
  EXPECT_EQ(status.state, MigrationState::in_doubt);
  EXPECT_EQ(status.statements_total, 0);
  EXPECT_THAT(status.hint, AllOf(HasSubstr("MigrationRunner::resolve(1)"),
                                 Not(HasSubstr("MigrationRunner::up"))));
  for (const Finding& finding : runner(files).doctor().findings) {
    EXPECT_THAT(finding.message, Not(HasSubstr("0 of 0")));
  }
  runner(files).resolve(1, Resolution::done, "by hand");
  EXPECT_THAT(runner(files).plan(Operation::up, true).steps[0].statements, IsEmpty());
  EXPECT_EQ(runner(files).up().version, 1);
}

TEST_F(PostgresHalfRunTest, HalfWayDownIsGoneOnWithByDownAndRedoOnly) {
  std::vector<MemoryFile> files = {
      {"1_a.sql",
       "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\n"
       "ALTER TABLE a RENAME TO b;\nDROP TABLE absent;\nDROP TABLE b;\n"}};
  runner(files).up();
  EXPECT_EQ(error_of([&] { runner(files).down(); }).code(), ErrorCode::sql);
  const MigrationStatus status = runner(files).status().migrations[0];
  EXPECT_EQ(status.direction, Direction::down);
  EXPECT_EQ(status.hint, "`MigrationRunner::down()` goes on after statement 1");
  files.push_back({"2_b.sql", "-- +goose Up\nCREATE TABLE c (id int);\n"});
  expect_same_refusal(files, ErrorCode::in_doubt);
  EXPECT_EQ(runner(files).plan(Operation::down).steps[0].resumed_after, 1);
  ask("CREATE TABLE absent (id int)");
  EXPECT_EQ(runner(files).plan(Operation::redo).steps[0].reason,
            "half way, goes on after statement 1");
  EXPECT_EQ(runner(files).redo().migrations.size(), 2U);
  EXPECT_EQ(runner(files).up().version, 2);
}

TEST_F(PostgresHalfRunTest, FileThatIsTransactionalNowDoesNotRunAgainFromItsStart) {
  const std::string body =
      "-- +goose Up\nCREATE TABLE IF NOT EXISTS a (id int);\nINSERT INTO a VALUES (1);\n";
  const std::vector<MemoryFile> bare = {
      {"1_a.sql", "-- +goose NO TRANSACTION\n" + body + "SELECT 1/0;\n"}};
  EXPECT_EQ(error_of([&] { runner(bare).up(); }).code(), ErrorCode::sql);
  expect_same_refusal({{"1_a.sql", body}}, ErrorCode::edited);
  EXPECT_EQ(ask("SELECT count(*) FROM a"), "1");
}

}  // namespace
}  // namespace gander
