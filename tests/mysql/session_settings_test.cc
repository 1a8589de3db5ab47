// SPDX-License-Identifier: MIT
// What migrations SET, beside what Gander's own records need.
#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

constexpr const char* kState =
    "SELECT CONCAT_WS('|', @@time_zone, @@sql_mode, @@sql_safe_updates, @@character_set_client, "
    "@@character_set_results, @@collation_connection, @@sql_select_limit, @@foreign_key_checks, "
    "@@unique_checks, @@autocommit, @@default_storage_engine, @@sql_notes, DATABASE(), "
    "@@completion_type, @@group_concat_max_len)";

class MysqlSettingsTest : public MysqlTest {
 protected:
  void SetUp() override {
    MysqlTest::SetUp();
    if (IsSkipped()) return;
    ask("CREATE TABLE records (v INT, t DATETIME); CREATE DATABASE IF NOT EXISTS elsewhere");
    connection_ = connect();
    settings().enter();
    before_ = state();
  }

  driver::SessionSettings& settings() { return *connection_->session_settings(); }
  std::string value(const std::string& sql) {
    std::string text;
    connection_->visit(sql, [&](const driver::Row& row) { text = row.text(0); });
    return text;
  }
  std::string state() { return value(kState); }

  void set_much() {
    for (const char* statement :
         {"SET time_zone = '+05:00', sql_safe_updates = 1, sql_select_limit = 1",
          "SET NAMES latin1", "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
          "SET foreign_key_checks = 0, unique_checks = 0",
          "/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */", "USE elsewhere",
          "SET default_storage_engine = MyISAM", "SET completion_type = 1",
          "SET group_concat_max_len = 99"}) {
      run(*connection_, statement);
    }
  }

  std::unique_ptr<driver::Connection> connection_;
  std::string before_;
};

TEST_F(MysqlSettingsTest, RecordsAreWrittenAsIfNothingHadBeenSet) {
  set_much();
  const std::string theirs = state();
  EXPECT_NE(theirs, before_);
  connection_->begin();
  settings().act_as_itself();
  const std::string table = "`" + database_ + "`.records";
  connection_->execute("INSERT INTO " + table + " VALUES (1, SYSDATE()), (2, SYSDATE())");
  connection_->execute("DELETE FROM " + table + " WHERE v = 2");
  EXPECT_EQ(value("SELECT COUNT(*) FROM " + table), "1");
  connection_->commit();
  EXPECT_EQ(ask("SELECT ABS(TIMESTAMPDIFF(SECOND, t, NOW())) < 600 FROM records"), "1");
  // And the next statement of the file finds what it has set.
  run(*connection_, "DO 0");
  EXPECT_EQ(state(), theirs);
}

TEST_F(MysqlSettingsTest, NothingIsSetWhereNothingHasToBe) {
  const std::string count = "SHOW SESSION STATUS LIKE 'Com_set_option'";
  const auto sets = [&] {
    std::string text;
    connection_->visit(count, [&](const driver::Row& row) { text = row.text(1); });
    return text;
  };
  const std::string before = sets();
  for (int i = 0; i < 3; ++i) {
    connection_->begin();
    settings().act_as_itself();
    connection_->execute("INSERT INTO records VALUES (1, SYSDATE())");
    run(*connection_, "INSERT INTO records VALUES (2, NULL)");
    connection_->commit();
  }
  EXPECT_EQ(sets(), before);
}

TEST_F(MysqlSettingsTest, AResetUndoesWhatAMigrationHasSet) {
  set_much();
  run(*connection_, "CREATE TEMPORARY TABLE tt (x INT)");
  run(*connection_, "PREPARE p FROM 'SELECT 1'");
  run(*connection_, "SET timestamp = 1000");
  settings().reset_session();
  EXPECT_EQ(state(), before_);
  EXPECT_EQ(value("SELECT NOW() > '2020-01-01'"), "1");
  EXPECT_EQ(value("SELECT COALESCE(@OLD_SQL_NOTES, 'none')"), "none");
  EXPECT_EQ(
      error_of([&] { connection_->query("SELECT * FROM elsewhere.tt"); }).details().native_code,
      1146);
  EXPECT_EQ(error_of([&] { connection_->query("EXECUTE p"); }).details().native_code, 1243);
}

TEST_F(MysqlSettingsTest, LeavingGivesTablesAndTransactionsBack) {
  run(*connection_, "SET autocommit = 0");
  run(*connection_, "LOCK TABLES records WRITE");
  settings().leave();
  EXPECT_EQ(state(), before_);
  ask("SET lock_wait_timeout = 2; INSERT INTO records VALUES (1, NULL)");
}

TEST_F(MysqlSettingsTest, TheDatabaseAndTheRoleOfTheOptionsAreTaken) {
  ask("CREATE ROLE IF NOT EXISTS migrator; GRANT migrator TO root@localhost");
  options_.schema = "elsewhere";
  options_.role = "migrator";
  connection_ = connect();
  EXPECT_EQ(connection_->default_schema(), "elsewhere");
  const std::string identity =
      "SELECT CONCAT(DATABASE(), ' ', REGEXP_REPLACE(CURRENT_ROLE(), '[`@%]', ''))";
  EXPECT_EQ(value(identity), "elsewhere migrator");
  settings().enter();
  run(*connection_, "SET ROLE NONE");
  run(*connection_, "USE `" + database_ + "`");
  settings().reset_session();
  EXPECT_EQ(value(identity), "elsewhere migrator");
  options_.role = "nobody";
  EXPECT_EQ(error_of([&] { connect(); }).code(), ErrorCode::usage);
}

TEST_F(MysqlSettingsTest, TheRunLockIsKeptThroughAReset) {
  const std::string key = database_ + ".goose_db_version";
  const auto lock = connection_->locks()->lock(key);
  set_much();
  settings().reset_session();
  EXPECT_TRUE(lock->fence());
}

TEST_F(MysqlSettingsTest, WhatAFileSetsCutsNoRecordThatIsRead) {
  MigrationRunner four = runner(
      {{"00001_a.sql", "-- +goose Up\nSET sql_select_limit = 1, time_zone = '+09:00';\n"},
       {"00002_b.sql", "-- +goose Up\nCREATE TABLE b (x INT);\n"},
       {"00003_c.sql", "-- +goose Up\nINSERT INTO b VALUES (1);\nINSERT INTO b VALUES (2);\n"},
       {"00004_d.sql", "-- +goose Up\nINSERT INTO nope VALUES (1);\n"}});
  EXPECT_EQ(error_of([&] { four.up(); }).details().native_code, 1146);
  EXPECT_EQ(error_of([&] { four.up(); }).details().native_code, 1146);
  EXPECT_EQ(ask("SELECT COUNT(*) FROM b"), "2");
  EXPECT_EQ(ask("SELECT version_id, COUNT(*) FROM goose_db_version GROUP BY 1 ORDER BY 1"),
            "0|1\n1|1\n2|1\n3|1");
}

}  // namespace
}  // namespace gander
