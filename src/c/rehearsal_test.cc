// SPDX-License-Identifier: MIT
// Rehearsals, through gander/c.h.
#include <gmock/gmock.h>

#include "tests/support/c_api.h"

namespace gander::c {
namespace {

using ::testing::HasSubstr;

TEST_F(CApiTest, RehearsalTellsOfStatementsAndLeavesTheDatabase) {
  const Owned<gander_runner> one =
      runner(files({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x INT, y INT);\n"},
                    {"2_b.sql",
                     "-- +goose Up\nINSERT INTO a VALUES (1, 2), (3, 4);\n"
                     "ALTER TABLE a DROP COLUMN y;\n"},
                    {"3_c.sql", "-- +goose Up\nINSERT INTO nowhere VALUES (1);\n"}}));
  ASSERT_EQ(gander_runner_up_to(one.get(), 1, nullptr, &error_), GANDER_OK);
  gander_rehearsal* raw = nullptr;
  ASSERT_EQ(gander_runner_rehearse(one.get(), 0, nullptr, &raw, &error_), GANDER_OK);
  const Owned<gander_rehearsal> found(raw);
  EXPECT_STREQ(gander_rehearsal_copy(found.get()), "rows");
  EXPECT_THAT(gander_rehearsal_server(found.get()), HasSubstr("SQLite "));
  EXPECT_EQ(gander_rehearsal_version(found.get()), 1);
  EXPECT_EQ(gander_rehearsal_version_after(found.get()), 2);
  EXPECT_EQ(gander_rehearsal_note_count(found.get()), 2u);
  EXPECT_THAT(gander_rehearsal_note(found.get(), 0), HasSubstr("every other writer"));

  ASSERT_EQ(gander_rehearsal_count(found.get()), 2u);
  EXPECT_EQ(gander_rehearsal_migration_version(found.get(), 0), 2);
  EXPECT_STREQ(gander_rehearsal_migration_name(found.get(), 0), "2_b.sql");
  EXPECT_GT(gander_rehearsal_migration_duration(found.get(), 0), 0);
  EXPECT_GT(gander_rehearsal_migration_written(found.get(), 0), 0);
  ASSERT_EQ(gander_rehearsal_statement_count(found.get(), 0), 2u);
  EXPECT_EQ(gander_rehearsal_statement_line(found.get(), 0, 1), 3);
  EXPECT_STREQ(gander_rehearsal_statement_sql(found.get(), 0, 1), "ALTER TABLE a DROP COLUMN y;");
  EXPECT_GT(gander_rehearsal_statement_duration(found.get(), 0, 1), 0);
  EXPECT_EQ(gander_rehearsal_statement_rows(found.get(), 0, 0), 2);
  EXPECT_EQ(gander_rehearsal_rewritten_count(found.get(), 0, 0), 0u);
  ASSERT_EQ(gander_rehearsal_rewritten_count(found.get(), 0, 1), 1u);
  EXPECT_STREQ(gander_rehearsal_rewritten(found.get(), 0, 1, 0), "a");
  ASSERT_EQ(gander_rehearsal_lock_count(found.get(), 0, 0), 1u);
  EXPECT_STREQ(gander_rehearsal_lock_relation(found.get(), 0, 0, 0), "main");
  EXPECT_STREQ(gander_rehearsal_lock_original(found.get(), 0, 0, 0), "main");
  EXPECT_STREQ(gander_rehearsal_lock_mode(found.get(), 0, 0, 0), "RESERVED");
  EXPECT_STREQ(gander_rehearsal_lock_stops(found.get(), 0, 0, 0), "writers");
  EXPECT_GE(gander_rehearsal_lock_held(found.get(), 0, 0, 0),
            gander_rehearsal_statement_duration(found.get(), 0, 0) +
                gander_rehearsal_statement_duration(found.get(), 0, 1));
  EXPECT_EQ(gander_rehearsal_in_the_way_count(found.get(), 0, 0, 0), 0u);

  EXPECT_EQ(gander_error_version(gander_rehearsal_error(found.get())), 3);
  EXPECT_EQ(gander_rehearsal_statement_count(found.get(), 1), 0u);
  std::int64_t version = 0;
  EXPECT_EQ(gander_runner_version(one.get(), &version, &error_), GANDER_OK);
  EXPECT_EQ(version, 1);
}

TEST_F(CApiTest, RehearsalOfNothingAnswers) {
  gander_rehearsal* raw = nullptr;
  EXPECT_EQ(gander_runner_rehearse(nullptr, 0, nullptr, &raw, nullptr), GANDER_USAGE);
  EXPECT_EQ(raw, nullptr);
  gander_rehearsal_free(nullptr);
  EXPECT_STREQ(gander_rehearsal_copy(nullptr), "");
  EXPECT_EQ(gander_rehearsal_count(nullptr), 0u);
  EXPECT_STREQ(gander_rehearsal_note(nullptr, 0), "");
  EXPECT_STREQ(gander_rehearsal_lock_mode(nullptr, 0, 0, 0), "");
  EXPECT_STREQ(gander_rehearsal_in_the_way(nullptr, 0, 0, 0, 0), "");
  EXPECT_STREQ(gander_rehearsal_rewritten(nullptr, 0, 0, 0), "");
  EXPECT_EQ(gander_rehearsal_waits_for_count(nullptr, 0, 0), 0u);
  EXPECT_STREQ(gander_rehearsal_waits_for(nullptr, 0, 0, 0), "");
  EXPECT_EQ(gander_rehearsal_error(nullptr), nullptr);
}

}  // namespace
}  // namespace gander::c
