// SPDX-License-Identifier: MIT
// What the server can tell beforehand.
#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::MysqlClient;

class MysqlDoctorTest : public MysqlTest {
 protected:
  // "problem objects: 00001_a.sql:3: the table t exists already"
  std::vector<std::string> doctor(const std::string& url, const std::vector<std::string>& pending) {
    const auto driver = driver::mysql::make_driver(url);
    const auto connection = driver->connect(options_);
    DoctorReport report;
    const auto each = [&](const driver::DoctorRequest::Visit& visit) {
      std::int64_t line = 0;
      for (const std::string& text : pending) {
        const sql::Anchor anchor{0, {++line, 1}, 0, false};
        sql::Statement statement;
        statement.text = text;
        statement.anchors = {&anchor, 1};
        visit("00001_a.sql", statement);
      }
    };
    connection->doctor({.lock_key = database_ + ".goose_db_version",
                        .version_table = {database_, "goose_db_version"},
                        .history_table = {database_, "goose_db_version_history"},
                        .journal_table = {database_, "goose_db_version_journal"},
                        .each_pending = each},
                       &report);
    std::vector<std::string> lines;
    for (const Finding& finding : report.findings) {
      lines.push_back(std::string(severity_name(finding.severity)) + " " + finding.check + ": " +
                      finding.message);
    }
    return lines;
  }
  std::vector<std::string> doctor(const std::vector<std::string>& pending) {
    return doctor(url(), pending);
  }
  std::string as(const std::string& user) const {
    std::string other = url();
    return other.replace(other.find("root"), 4, user);
  }
};

TEST_F(MysqlDoctorTest, NothingIsWrongWithAnEmptyDatabase) {
  const std::vector<std::string> lines = doctor({"CREATE TABLE t (x INT PRIMARY KEY)"});
  EXPECT_THAT(lines, Not(Contains(StartsWith("problem"))));
  EXPECT_THAT(lines,
              Contains(StartsWith(is_oracle() ? "ok server: MySQL " : "ok server: MariaDB ")));
}

TEST_F(MysqlDoctorTest, WhatIsThereAlreadyOrMissingIsTold) {
  ask("CREATE TABLE t (x INT); CREATE VIEW v AS SELECT 1 AS x");
  const std::vector<std::string> lines = doctor(
      {"CREATE TABLE t (x INT)", "ALTER TABLE nope ADD y INT", "CREATE TABLE n (x INT)",
       "ALTER TABLE n ADD y INT", "DROP TABLE n", "DROP TABLE n", "CREATE VIEW v AS SELECT 2",
       "CREATE TABLE IF NOT EXISTS t (x INT)", "DROP TABLE IF EXISTS nope"});
  EXPECT_THAT(lines, Contains("problem objects: 00001_a.sql:1: the table t exists already"));
  EXPECT_THAT(lines, Contains("problem objects: 00001_a.sql:2: the table nope does not exist"));
  EXPECT_THAT(lines, Contains("problem objects: 00001_a.sql:6: the table n does not exist"));
  EXPECT_THAT(lines, Contains("problem objects: 00001_a.sql:7: the view v exists already"));
  EXPECT_EQ(std::ranges::count_if(
                lines, [](const std::string& line) { return line.starts_with("problem"); }),
            4);
}

TEST_F(MysqlDoctorTest, MissingPrivilegesAreNamedWithWhatNeedsThem) {
  ask("DROP USER IF EXISTS small@localhost; CREATE USER small@localhost; GRANT SELECT, INSERT ON "
      "`" +
      database_ + "`.* TO small@localhost");
  const std::vector<std::string> lines =
      doctor(as("small"), {"CREATE TABLE t (x INT)", "DROP TABLE IF EXISTS t"});
  EXPECT_THAT(lines,
              Contains(AllOf(StartsWith("problem privileges: small@localhost may not CREATE"),
                             HasSubstr("00001_a.sql:1"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("may not DROP"), HasSubstr("00001_a.sql:2"))));
  EXPECT_THAT(lines,
              Contains(HasSubstr("UPDATE, DELETE on `" + database_ + "`.`goose_db_version`")));
  ask("GRANT ALL PRIVILEGES ON `" + database_ + "`.* TO small@localhost");
  EXPECT_THAT(doctor(as("small"), {"CREATE TABLE t (x INT)"}),
              Contains("ok privileges: the user may do what is pending"));
}

TEST_F(MysqlDoctorTest, AServerThatWantsPrimaryKeysIsTold) {
  const std::string name = is_oracle() ? "sql_require_primary_key" : "innodb_force_primary_key";
  ask("SET GLOBAL " + name + " = 1");
  const std::vector<std::string> lines =
      doctor({"CREATE TABLE t (x INT PRIMARY KEY)", "CREATE TABLE u (x INT)"});
  ask("SET GLOBAL " + name + " = 0");
  EXPECT_THAT(lines, Contains(AllOf(StartsWith("problem primary_keys: " + name),
                                    HasSubstr(": 00001_a.sql:2"))));
}

TEST_F(MysqlDoctorTest, TablesWithoutTransactionsAreNamed) {
  ask("CREATE TABLE m (x INT) ENGINE=MyISAM");
  EXPECT_THAT(doctor({}), Contains("note engines: tables without transactions: m (MyISAM)"));
  ask("CREATE TABLE goose_db_version (x INT) ENGINE=MyISAM");
  EXPECT_THAT(doctor({}),
              Contains(StartsWith("problem version_table: the table goose_db_version")));
}

TEST_F(MysqlDoctorTest, ASessionThatUsesATableToBeChangedIsNamed) {
  // MariaDB's performance_schema is off unless it is asked for.
  if (!is_oracle()) {
    try {
      ask("INSTALL SONAME 'metadata_lock_info'");
    } catch (const std::exception& error) {
      GTEST_SKIP() << error.what();
    }
  }
  ask("CREATE TABLE busy (x INT)");
  MysqlClient other(server().socket(), database_);
  other.ask("START TRANSACTION; SELECT * FROM busy");
  EXPECT_THAT(doctor({"ALTER TABLE busy ADD y INT"}),
              Contains(AllOf(StartsWith("warning transactions: 00001_a.sql:1 would wait for"),
                             HasSubstr("busy"))));
  if (!is_oracle()) ask("UNINSTALL SONAME 'metadata_lock_info'");
}

}  // namespace
}  // namespace gander
