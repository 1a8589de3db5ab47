// SPDX-License-Identifier: MIT
// Migrations written in C, and adopt(), initialize() and joined sources through gander/c.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/c_api.h"
#include "tests/support/sqlite_file.h"

namespace gander::c {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::SqliteFile;

gander_value text(std::string_view value) {
  return {.kind = GANDER_TEXT, .integer = 0, .real = 0, .data = value.data(), .size = value.size()};
}
gander_value number(int64_t value) {
  return {.kind = GANDER_INTEGER, .integer = value, .real = 0, .data = nullptr, .size = 0};
}

class CFunctionsTest : public CApiTest {
 protected:
  // Version 1 makes the table birds; version 3 is the function.
  Owned<gander_source> with(gander_function up, void* context, bool transactional = true) {
    const Owned<gander_source> sql = two_files();
    const gander_function_migration migration = {.version = 3,
                                                 .name = "names",
                                                 .up = up,
                                                 .down = nullptr,
                                                 .context = context,
                                                 .transactional = transactional ? 1 : 0};
    gander_source* raw = nullptr;
    EXPECT_EQ(gander_source_functions(&migration, 1, &raw, &error_), GANDER_OK);
    const Owned<gander_source> function(raw);
    const gander_source* both[] = {sql.get(), function.get()};
    EXPECT_EQ(gander_source_join(both, 2, &raw, &error_), GANDER_OK);
    return Owned<gander_source>(raw);
  }
};

int remember(void* context, const gander_row* row) {
  auto* seen = static_cast<std::vector<std::string>*>(context);
  EXPECT_EQ(gander_row_count(row), 2U);
  EXPECT_STREQ(gander_row_name(row, 1), "name");
  EXPECT_EQ(gander_row_value(row, 0).kind, GANDER_INTEGER);
  EXPECT_EQ(gander_row_value(row, 2).kind, GANDER_NULL);
  const gander_value name = gander_row_value(row, 1);
  EXPECT_EQ(name.kind, GANDER_TEXT);
  seen->emplace_back(name.data, name.size);
  return seen->size() == 2 ? 1 : 0;
}

TEST_F(CFunctionsTest, AFunctionReadsAndWritesWithValues) {
  std::vector<std::string> seen;
  const gander_function up = [](void* context, gander_connection* db) {
    EXPECT_STREQ(gander_connection_driver_name(db), "sqlite");
    EXPECT_NE(gander_connection_native_handle(db), nullptr);
    EXPECT_EQ(gander_connection_in_transaction(db), 1);
    const char* insert = "INSERT INTO birds VALUES ($1)";
    for (const char* name : {"it's", "brent", "snow"}) {
      const gander_value value = text(name);
      int64_t changed = 0;
      EXPECT_EQ(gander_connection_execute(db, insert, &value, 1, &changed, nullptr), GANDER_OK);
      EXPECT_EQ(changed, 1);
    }
    const gander_value least = number(2);
    return gander_connection_for_each(
        db, "SELECT rowid AS id, name FROM birds WHERE rowid >= $1 ORDER BY rowid", &least, 1,
        remember, context, nullptr);
  };
  const Owned<gander_runner> birds = runner(with(up, &seen));
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK)
      << gander_error_what(error_);
  EXPECT_THAT(seen, ElementsAre("it's", "brent"));
  EXPECT_EQ(SqliteFile(path()).value("SELECT count(*) FROM birds"), "4");
}

TEST_F(CFunctionsTest, TheFailureOfACallIsThatOfTheMigration) {
  const gander_function up = [](void*, gander_connection* db) {
    gander_connection_execute(db, "CREATE TABLE half (x)", nullptr, 0, nullptr, nullptr);
    return gander_connection_execute(db, "INSERT INTO nowhere VALUES (1)", nullptr, 0, nullptr,
                                     nullptr);
  };
  const Owned<gander_runner> birds = runner(with(up, nullptr));
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_SQL);
  const Owned<gander_error> error = take_error();
  EXPECT_THAT(gander_error_message(error.get()), HasSubstr("nowhere"));
  EXPECT_EQ(gander_error_version(error.get()), 3);
  EXPECT_FALSE(SqliteFile(path()).has_table("half"));
}

TEST_F(CFunctionsTest, AFunctionSaysWhyItFails) {
  const gander_function up = [](void*, gander_connection* db) {
    gander_connection_fail(db, "the moon is full");
    return 7;
  };
  const Owned<gander_runner> birds = runner(with(up, nullptr));
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_SQL);
  EXPECT_THAT(gander_error_message(take_error().get()), HasSubstr("the moon is full"));
}

TEST_F(CFunctionsTest, ANumberAloneFailsToo) {
  const gander_function up = [](void*, gander_connection*) { return 7; };
  const Owned<gander_runner> birds = runner(with(up, nullptr, false));
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_SQL);
  EXPECT_THAT(gander_error_message(take_error().get()), HasSubstr("returned 7"));
}

TEST_F(CFunctionsTest, AdoptRecordsWithoutRunning) {
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_initialize(birds.get(), &error_), GANDER_OK);
  int64_t version = -1;
  EXPECT_EQ(gander_runner_version(birds.get(), &version, &error_), GANDER_OK);
  EXPECT_EQ(version, 0);
  const int64_t first = 1;
  ASSERT_EQ(gander_runner_adopt(birds.get(), &first, 1, "by hand", &error_), GANDER_OK)
      << gander_error_what(error_);
  EXPECT_EQ(gander_runner_version(birds.get(), &version, &error_), GANDER_OK);
  EXPECT_EQ(version, 1);
  EXPECT_FALSE(SqliteFile(path()).has_table("birds"));
}

TEST_F(CFunctionsTest, MarkChangesTheRecordsAlone) {
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_initialize(birds.get(), &error_), GANDER_OK);
  size_t changed = 0;
  const int64_t first = 1;
  ASSERT_EQ(gander_runner_mark(birds.get(), GANDER_MARK_APPLIED, &first, 1, "by hand", 1, &changed,
                               &error_),
            GANDER_OK)
      << gander_error_what(error_);
  EXPECT_EQ(changed, 1U);
  ASSERT_EQ(
      gander_runner_mark_to(birds.get(), GANDER_MARK_APPLIED, 1, "again", 0, &changed, &error_),
      GANDER_OK);
  EXPECT_EQ(changed, 0U);
  EXPECT_EQ(gander_runner_mark_all(birds.get(), GANDER_MARK_PENDING, "", 0, nullptr, &error_),
            GANDER_USAGE);
  EXPECT_THAT(gander_error_message(take_error().get()), HasSubstr("a reason is needed"));
  ASSERT_EQ(
      gander_runner_mark_all(birds.get(), GANDER_MARK_PENDING, "undone", 0, &changed, &error_),
      GANDER_OK);
  EXPECT_EQ(changed, 1U);
  EXPECT_EQ(gander_runner_mark(birds.get(), 7, &first, 1, "x", 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_FALSE(SqliteFile(path()).has_table("birds"));
}

TEST_F(CFunctionsTest, APlanHasAScript) {
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_initialize(birds.get(), &error_), GANDER_OK);
  gander_plan* plan = nullptr;
  ASSERT_EQ(gander_runner_plan_script(birds.get(), GANDER_PLAN_UP, &plan, &error_), GANDER_OK)
      << gander_error_what(error_);
  EXPECT_THAT(gander_plan_script(plan), HasSubstr("BEGIN IMMEDIATE;"));
  gander_plan_free(plan);
  EXPECT_STREQ(gander_plan_script(nullptr), "");
}

TEST_F(CFunctionsTest, ASchemaBecomesAMigration) {
  const Owned<gander_runner> birds = runner(two_files());
  gander_made* made = nullptr;
  EXPECT_EQ(gander_runner_baseline(birds.get(), nullptr, 0, &made, &error_), GANDER_CONNECTION);
  take_error();
  ASSERT_EQ(gander_runner_squash(birds.get(), 2, nullptr, 0, &made, &error_), GANDER_OK)
      << gander_error_what(error_);
  EXPECT_THAT(gander_made_text(made), HasSubstr("-- +gander REPLACES 1 "));
  EXPECT_EQ(gander_made_difference_count(made), 0U);
  EXPECT_EQ(gander_made_difference(made, 0), nullptr);
  gander_made_free(made);
  const char* const rows[] = {"birds", nullptr};
  EXPECT_EQ(gander_runner_squash(birds.get(), 2, rows, 1, &made, &error_), GANDER_OK);
  gander_made_free(made);
  EXPECT_EQ(gander_runner_squash(birds.get(), 2, rows, 2, &made, &error_), GANDER_USAGE);
  take_error();
  EXPECT_STREQ(gander_made_text(nullptr), "");
}

TEST_F(CFunctionsTest, TheDatabaseIsDroppedUnderItsOwnName) {
  const Owned<gander_runner> birds = runner(two_files());
  int changed = -1;
  ASSERT_EQ(gander_runner_create_database(birds.get(), &changed, &error_), GANDER_OK);
  EXPECT_EQ(changed, 1);
  ASSERT_EQ(gander_runner_create_database(birds.get(), &changed, &error_), GANDER_OK);
  EXPECT_EQ(changed, 0);
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_EQ(gander_runner_drop_database(birds.get(), "other", 0, &changed, &error_), GANDER_USAGE);
  EXPECT_THAT(gander_error_message(take_error().get()), HasSubstr("not other"));
  EXPECT_TRUE(SqliteFile(path()).has_table("birds"));
  const std::string name = std::filesystem::path(path()).filename().string();
  ASSERT_EQ(gander_runner_drop_database(birds.get(), name.c_str(), 0, &changed, &error_),
            GANDER_OK);
  EXPECT_EQ(changed, 1);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(CFunctionsTest, NullArgumentsAreUsageErrors) {
  gander_source* source = nullptr;
  EXPECT_EQ(gander_source_functions(nullptr, 1, &source, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_source_join(nullptr, 1, &source, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_connection_execute(nullptr, "", nullptr, 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_adopt(nullptr, nullptr, 0, "", nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_initialize(nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_create_database(nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_mark(nullptr, 0, nullptr, 0, "", 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_drop_database(nullptr, "", 0, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_row_count(nullptr), 0U);
  EXPECT_STREQ(gander_row_name(nullptr, 0), "");
  EXPECT_EQ(gander_row_value(nullptr, 0).kind, GANDER_NULL);
}

}  // namespace
}  // namespace gander::c
