// SPDX-License-Identifier: MIT
// Times that the server keeps, read through whatever DateStyle and TimeZone a session, its role and
// its database are set to.
#include <regex>

#include "src/types/time.h"
#include "tests/postgres/program.h"

namespace gander {
namespace {

class PostgresTimesTest : public PostgresProgramTest {
 protected:
  // What sessions of this database begin with, from now on.
  void set(const std::string& name, const std::string& value) {
    ask("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET " + name + " = ''" + value +
        "''', current_database()); END $$");
  }

  // Within ten minutes of now.
  static bool is_recent(const std::optional<Time>& time) {
    return time &&
           std::chrono::abs(std::chrono::system_clock::now() - *time) < std::chrono::minutes(10);
  }

  void expect_times_in_utc() {
    for (const MigrationStatus& entry : runner(files_).status().migrations) {
      EXPECT_TRUE(is_recent(entry.applied_at)) << entry.tstamp;
    }
    const std::vector<HistoryEntry> history = runner(files_).history();
    EXPECT_EQ(history.size(), 2U);
    for (const HistoryEntry& entry : history) {
      EXPECT_TRUE(is_recent(entry.at)) << entry.version;
    }
  }

  std::vector<MemoryFile> files_ = {
      {"1_birds.sql", "-- +goose Up\nCREATE TABLE birds (id int);\n"},
      {"2_wings.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE wings (id int);\n"}};
};

TEST_F(PostgresTimesTest, AreInUtcWhateverTheDatabaseIsSetTo) {
  set("datestyle", "German");
  set("timezone", "Asia/Kathmandu");
  runner(files_).up();
  expect_times_in_utc();
  set("timezone", "America/St_Johns");
  expect_times_in_utc();
  set("timezone", "UTC");
  set("datestyle", "SQL, DMY");
  expect_times_in_utc();
}

TEST_F(PostgresTimesTest, AreInUtcWhateverTheRoleIsSetTo) {
  ask("DO $$ BEGIN EXECUTE format('CREATE ROLE times_%s LOGIN SUPERUSER', current_database()); "
      "EXECUTE format('ALTER ROLE times_%s SET datestyle = ''German''', current_database()); "
      "EXECUTE format('ALTER ROLE times_%s SET timezone = ''Asia/Tokyo''', current_database()); "
      "END $$");
  MigrationRunner runner(open(url("user=times_" + database_)), in_memory(files_));
  runner.up();
  EXPECT_TRUE(is_recent(runner.status().migrations.at(0).applied_at));
  expect_times_in_utc();  // in another role's eyes
}

TEST_F(PostgresTimesTest, AreInUtcWhateverTheSessionIsSetTo) {
  MigrationRunner shifted(
      open(url("options=-c%20timezone%3DAsia%2FTokyo%20-c%20datestyle%3DGerman")),
      in_memory(files_));
  shifted.up();
  EXPECT_TRUE(is_recent(shifted.status().migrations.at(0).applied_at));
  expect_times_in_utc();
}

TEST_F(PostgresTimesTest, AreInUtcAfterAMigrationThatSetsTheZone) {
  files_[0].text =
      "-- +goose Up\nSET TimeZone = 'Asia/Tokyo';\nSET DateStyle = 'German';\nSELECT 1;\n";
  runner(files_).up();
  EXPECT_EQ(ask("SELECT bool_and(abs(extract(epoch FROM now()::timestamp - tstamp)) < 600) FROM "
                "goose_db_version"),
            "t")
      << "goose's rows are of the zone that sessions have";
  expect_times_in_utc();
}

TEST_F(PostgresTimesTest, OfATableWithAZoneAreTheSame) {
  runner(files_).up();
  ask("ALTER TABLE goose_db_version ALTER tstamp TYPE timestamptz");
  set("timezone", "Asia/Tokyo");
  expect_times_in_utc();
}

TEST_F(PostgresTimesTest, OfARowWithoutAHistoryAreOfTheZoneOfSessions) {
  set("timezone", "Asia/Tokyo");
  set("datestyle", "German");
  runner(files_).up();
  ask("TRUNCATE goose_db_version_history");
  EXPECT_TRUE(is_recent(runner(files_).status().migrations.at(0).applied_at));
}

TEST_F(PostgresTimesTest, OfALeaseSayUtc) {
  set("datestyle", "German");
  set("timezone", "Asia/Tokyo");
  ask("CREATE TABLE goose_lock (lock_id bigint PRIMARY KEY, locked boolean NOT NULL DEFAULT false, "
      "locked_at timestamptz, locked_by text, lease_expires_at timestamptz, updated_at "
      "timestamptz);INSERT INTO goose_lock VALUES (4097083626, true, now(), 'ci@build-7', now() + "
      "interval '1 hour', now())");
  const LockStatus status = runner(files_).lock_status();
  ASSERT_EQ(status.holders.size(), 1U);
  ASSERT_TRUE(is_recent(status.holders[0].since));
  EXPECT_TRUE(is_recent(status.holders[0].renewed_at));
  EXPECT_EQ(status.holders[0].description(),
            "ci@build-7 (lease, since " + time_text(*status.holders[0].since) + " UTC)");
}

TEST_F(PostgresTimesTest, AreIso8601InJson) {
  for (const MemoryFile& file : files_) directory_.write(file.name, file.text);
  set("datestyle", "German");
  set("timezone", "Asia/Tokyo");
  ASSERT_EQ(start_up()->wait(), 0) << output();
  for (const char* command : {"status", "history"}) {
    ASSERT_EQ(start(url(), {command, "--json"})->wait(), 0) << output();
  }
  const std::string text = output();
  const std::regex iso(
      "\"(applied_at|at)\": ?\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\"");
  const auto times =
      std::distance(std::sregex_iterator(text.begin(), text.end(), iso), std::sregex_iterator());
  EXPECT_EQ(times, 4) << text;
}

}  // namespace
}  // namespace gander
