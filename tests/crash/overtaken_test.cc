// SPDX-License-Identifier: MIT
// Runs that overtake each other between two database calls: one test for each defect that the
// simulation or a campaign found, named after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "src/driver/sqlite/engine.h"
#include "tests/crash/fault_driver.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::crash {
namespace {

using ::testing::ElementsAre;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class OvertakenTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }

  // Its way down stops at the second statement.
  MigrationRunner runner(FaultLine* line) const {
    Options options;
    options.wait = std::chrono::milliseconds(0);
    return MigrationRunner(
        Target(with_faults(driver::sqlite::make_driver(driver::sqlite::parse_url(path())), line)),
        in_memory({{"00001_steps.sql",
                    "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE trail (steps TEXT);\n"
                    "INSERT INTO trail VALUES ('up ');\n-- +goose Down\n"
                    "UPDATE trail SET steps = steps || 'down ';\nDROP TABLE nowhere;\n"}}),
        std::move(options));
  }

  // `up`, then a `down` that stops half way. False when the database was locked.
  bool go_up_and_half_way_down() const {
    FaultLine none;
    try {
      runner(&none).up();
      runner(&none).down();
    } catch (const Error& error) {
      return error.code() == ErrorCode::sql;
    }
    return false;
  }

  TempDirectory directory_;
};

TEST_F(OvertakenTest, RunOnTheWayUpLeavesTheJournalOfOneOnTheWayDown) {
  FaultLine count;
  runner(&count).up();
  const std::int64_t calls = count.calls();
  int visits = 0;
  for (std::int64_t point = 1; point <= calls; ++point) {
    std::filesystem::remove(path());
    FaultLine line({Fault{point, Action::visit}});
    bool half_way_down = false;
    line.visitor = [&] { half_way_down = go_up_and_half_way_down(); };
    try {
      runner(&line).up();
    } catch (const Error& error) {
      // It looked after the other one had come to a stop.
      ASSERT_EQ(error.code(), ErrorCode::in_doubt) << error.what();
      EXPECT_TRUE(half_way_down) << error.what();
    }
    if (!half_way_down) continue;
    ++visits;
    SqliteFile database(path());
    EXPECT_THAT(database.rows("SELECT version_id, direction, done FROM goose_db_version_journal"),
                ElementsAre("1|0|1"))
        << "at call " << point;
    EXPECT_EQ(database.value("SELECT steps FROM trail"), "up down ") << "at call " << point;
  }
  EXPECT_GT(visits, 3);
}

}  // namespace
}  // namespace gander::crash
