// SPDX-License-Identifier: MIT
// The schema as a value, through gander/c.h.
#include <gmock/gmock.h>

#include "tests/support/c_api.h"
#include "tests/support/sqlite_file.h"

namespace gander::c {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(CApiTest, DumpLoadsInAnEmptyDatabaseAlone) {
  const Owned<gander_runner> one = runner(two_files());
  ASSERT_EQ(gander_runner_up(one.get(), nullptr, &error_), GANDER_OK);
  gander_dump* raw = nullptr;
  ASSERT_EQ(gander_runner_dump(one.get(), 0, 0, &raw, &error_), GANDER_OK);
  const Owned<gander_dump> dump(raw);
  EXPECT_THAT(gander_dump_sql(dump.get()), HasSubstr("CREATE TABLE nests (place TEXT);\n"));
  EXPECT_THAT(gander_dump_sql(dump.get()), Not(HasSubstr("goose_db_version")));

  EXPECT_EQ(gander_runner_load(one.get(), gander_dump_sql(dump.get()), "d.sql", &error_),
            GANDER_USAGE);
  EXPECT_THAT(gander_error_message(error_), HasSubstr("the database is not empty"));
  gander_error_free(error_);

  gander_runner* memory = nullptr;
  ASSERT_EQ(gander_runner_open("sqlite::memory:", two_files().get(), nullptr, &memory, &error_),
            GANDER_OK);
  const Owned<gander_runner> copy(memory);
  ASSERT_EQ(gander_runner_load(copy.get(), gander_dump_sql(dump.get()), "d.sql", &error_),
            GANDER_OK);
}

TEST_F(CApiTest, VerifyTellsWhatDownLeaves) {
  const Owned<gander_runner> one = runner(
      files({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x INT);\n-- +goose Down\nDROP TABLE a;\n"},
             {"2_b.sql",
              "-- +goose Up\nCREATE TABLE b (x);\nDROP TABLE a;\n-- +goose Down\n"
              "DROP TABLE b;\nCREATE TABLE a (x TEXT);\n"},
             {"3_c.sql", "-- +goose Up\nCREATE TABLE c (x);\n"},
             {"4_d.sql", "-- +goose Up\nCREATE TABLE c (x);\n"},
             {"5_e.sql", "-- +goose Up\nCREATE TABLE e (x);\n"}}));
  gander_verification* raw = nullptr;
  ASSERT_EQ(gander_runner_verify(one.get(), nullptr, 0, &raw, &error_), GANDER_OK);
  const Owned<gander_verification> found(raw);
  EXPECT_EQ(gander_verification_ok(found.get()), 0);
  ASSERT_EQ(gander_verification_count(found.get()), 5u);
  EXPECT_STREQ(gander_verification_verdict(found.get(), 0), "good");
  EXPECT_STREQ(gander_verification_verdict(found.get(), 1), "bad");
  EXPECT_STREQ(gander_verification_name(found.get(), 1), "2_b.sql");
  EXPECT_EQ(gander_verification_version(found.get(), 1), 2);
  EXPECT_STREQ(gander_verification_verdict(found.get(), 2), "irreversible");
  EXPECT_STREQ(gander_verification_verdict(found.get(), 3), "bad");
  EXPECT_STREQ(gander_verification_verdict(found.get(), 4), "unchecked");
  EXPECT_STREQ(gander_verification_detail(found.get(), 3), "Up fails");
  EXPECT_EQ(gander_error_line(gander_verification_error(found.get(), 3)), 2);
  EXPECT_EQ(gander_verification_error(found.get(), 1), nullptr);
  EXPECT_EQ(gander_verification_differences(found.get(), 0), nullptr);
  const gander_differences* differences = gander_verification_differences(found.get(), 1);
  ASSERT_EQ(gander_differences_count(differences), 1u);
  EXPECT_STREQ(gander_differences_change(differences, 0), "changed");
  EXPECT_STREQ(gander_differences_description(differences, 0), "column x of a");
  ASSERT_EQ(gander_differences_property_count(differences, 0), 1u);
  EXPECT_STREQ(gander_differences_property_name(differences, 0, 0), "type");
  EXPECT_STREQ(gander_differences_property_before(differences, 0, 0), "int");
  EXPECT_STREQ(gander_differences_property_after(differences, 0, 0), "text");
}

TEST_F(CApiTest, VerifyTellsWhatDownLeavesOfRows) {
  const Owned<gander_runner> one = runner(
      files({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x INT);\n-- +goose Down\nDROP TABLE a;\n"},
             {"2_b.sql", "-- +goose Up\nINSERT INTO a VALUES (1);\n-- +goose Down\nSELECT 1;\n"}}));
  gander_verification* raw = nullptr;
  const char* const rows[] = {"a", "no_such_table"};
  ASSERT_EQ(gander_runner_verify(one.get(), rows, 1, &raw, &error_), GANDER_OK);
  const Owned<gander_verification> found(raw);
  EXPECT_STREQ(gander_verification_verdict(found.get(), 0), "good");
  EXPECT_STREQ(gander_verification_detail(found.get(), 1), "Down does not restore the rows");
  EXPECT_STREQ(gander_differences_description(gander_verification_differences(found.get(), 1), 0),
               "rows a");
  EXPECT_EQ(gander_runner_verify(one.get(), rows, 2, &raw, &error_), GANDER_NOT_FOUND);
  gander_error_free(error_);
}

TEST_F(CApiTest, CompareTellsWhatTwoDatabasesDifferIn) {
  const Owned<gander_runner> one = runner(two_files());
  ASSERT_EQ(gander_runner_up(one.get(), nullptr, &error_), GANDER_OK);
  gander_runner* memory = nullptr;
  ASSERT_EQ(gander_runner_open("sqlite::memory:", two_files().get(), nullptr, &memory, &error_),
            GANDER_OK);
  const Owned<gander_runner> other(memory);
  ASSERT_EQ(gander_runner_up_to(other.get(), 1, nullptr, &error_), GANDER_OK);
  gander_differences* raw = nullptr;
  ASSERT_EQ(gander_runner_compare(one.get(), other.get(), 0, &raw, &error_), GANDER_OK);
  const Owned<gander_differences> found(raw);
  ASSERT_EQ(gander_differences_count(found.get()), 1u);
  EXPECT_STREQ(gander_differences_change(found.get(), 0), "removed");
  EXPECT_STREQ(gander_differences_description(found.get(), 0), "table nests");
}

TEST_F(CApiTest, DriftIsWhatNoMigrationHasMade) {
  const Owned<gander_runner> one = runner(two_files());
  ASSERT_EQ(gander_runner_up_to(one.get(), 1, nullptr, &error_), GANDER_OK);
  gander_differences* raw = nullptr;
  ASSERT_EQ(gander_runner_drift(one.get(), 0, &raw, &error_), GANDER_OK);
  EXPECT_EQ(gander_differences_count(raw), 0u) << "what is pending is none";
  gander_differences_free(raw);
  testing_support::SqliteFile(path()).run("CREATE INDEX by_hand ON birds (name)");
  ASSERT_EQ(gander_runner_drift(one.get(), 0, &raw, &error_), GANDER_OK);
  const Owned<gander_differences> found(raw);
  ASSERT_EQ(gander_differences_count(found.get()), 1u);
  EXPECT_STREQ(gander_differences_description(found.get(), 0), "index by_hand of birds");
  EXPECT_EQ(gander_runner_drift(nullptr, 0, nullptr, nullptr), GANDER_USAGE);
}

TEST_F(CApiTest, StatusNamesWhatHasChangedBesideTheMigrations) {
  const Owned<gander_runner> one = runner(two_files());
  gander_status* raw = nullptr;
  ASSERT_EQ(gander_runner_status(one.get(), &raw, &error_), GANDER_OK);
  EXPECT_STREQ(gander_status_drift_state(raw), "unrecorded");
  gander_status_free(raw);
  ASSERT_EQ(gander_runner_up_to(one.get(), 1, nullptr, &error_), GANDER_OK);
  testing_support::SqliteFile(path()).run("CREATE INDEX by_hand ON birds (name)");
  ASSERT_EQ(gander_runner_status(one.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_status> status(raw);
  EXPECT_STREQ(gander_status_drift_state(raw), "known");
  const gander_differences* drift = gander_status_drift(raw);
  ASSERT_EQ(gander_differences_count(drift), 1u);
  EXPECT_STREQ(gander_differences_change(drift, 0), "added");
  EXPECT_STREQ(gander_differences_description(drift, 0), "index by_hand of birds");
  EXPECT_EQ(gander_status_drift_since(raw, 0), 1);
  EXPECT_EQ(gander_status_drift_since(raw, 1), 0);
}

TEST_F(CApiTest, SchemaOfNothingIsNothing) {
  EXPECT_EQ(gander_runner_dump(nullptr, 0, 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_load(nullptr, nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_compare(nullptr, nullptr, 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_verify(nullptr, nullptr, 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_STREQ(gander_dump_sql(nullptr), "");
  EXPECT_STREQ(gander_status_drift_state(nullptr), "");
  EXPECT_EQ(gander_status_drift(nullptr), nullptr);
  EXPECT_EQ(gander_status_drift_since(nullptr, 0), 0);
  EXPECT_EQ(gander_differences_count(nullptr), 0u);
  EXPECT_STREQ(gander_differences_change(nullptr, 0), "");
  EXPECT_STREQ(gander_differences_description(nullptr, 0), "");
  EXPECT_EQ(gander_differences_property_count(nullptr, 0), 0u);
  EXPECT_STREQ(gander_differences_property_name(nullptr, 0, 0), "");
  EXPECT_STREQ(gander_differences_property_before(nullptr, 0, 0), "");
  EXPECT_STREQ(gander_differences_property_after(nullptr, 0, 0), "");
  EXPECT_EQ(gander_verification_ok(nullptr), 0);
  EXPECT_EQ(gander_verification_count(nullptr), 0u);
  EXPECT_STREQ(gander_verification_verdict(nullptr, 0), "");
  EXPECT_EQ(gander_verification_differences(nullptr, 0), nullptr);
  EXPECT_EQ(gander_verification_error(nullptr, 0), nullptr);
}

}  // namespace
}  // namespace gander::c
