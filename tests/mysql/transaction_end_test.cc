// SPDX-License-Identifier: MIT
// What statements do to the transaction they stand in, each tried on the server: statements.tsv.
#include "src/driver/mysql/transaction_end.h"

#include <fstream>

#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using driver::ImplicitCommits;
using driver::mysql::may_end_transaction;

struct Case {
  std::string before;  // statements to run first
  std::string sql;
  std::string fate;  // of the row that was inserted before it
};

std::vector<Case> cases(bool oracle) {
  std::ifstream file(GANDER_MYSQL_FOLDER "/statements.tsv");
  std::vector<Case> all;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    Case one;
    one.sql = line.substr(0, first);
    one.fate = oracle ? line.substr(second + 1) : line.substr(first + 1, second - first - 1);
    if (const std::size_t arrow = one.sql.find("; => "); arrow != std::string::npos) {
      one.before = one.sql.substr(0, arrow);
      one.sql = one.sql.substr(arrow + 5);
    }
    if (one.fate != "?") all.push_back(one);
  }
  return all;
}

class TransactionEndTest : public MysqlTest {
 protected:
  // Begins, inserts a row, runs it and asks; what has become of the row is seen from another
  // session.
  void expect_fate(const Case& one) {
    ask("CREATE TABLE probe (x INT) ENGINE=InnoDB; CREATE TABLE t (id INT PRIMARY KEY, v "
        "VARCHAR(20)) "
        "ENGINE=InnoDB; INSERT INTO t VALUES (1, 'a'); CREATE TABLE t2 (id INT PRIMARY KEY, fk "
        "INT); "
        "CREATE VIEW vw AS SELECT 1 AS a; CREATE TABLE myi (x INT) ENGINE=MyISAM; "
        "CREATE DATABASE IF NOT EXISTS x");
    auto connection = connect();
    ImplicitCommits& commits = *connection->implicit_commits();
    if (!one.before.empty()) connection->execute(one.before);
    connection->begin();
    connection->execute("INSERT INTO probe VALUES (1)");
    ASSERT_TRUE(commits.mark());
    try {
      run(*connection, one.sql);
    } catch (const Error& error) {
      ASSERT_NE(error.code(), ErrorCode::connection) << one.sql;
    }
    const bool ended = commits.ended();
    EXPECT_EQ(ended, one.fate != "open") << one.sql;
    EXPECT_TRUE(!ended || may_end_transaction(one.sql)) << one.sql;
    connection->rollback();
    connection.reset();
    EXPECT_EQ(ask("SELECT COUNT(*) FROM probe"), one.fate == "committed" ? "1" : "0") << one.sql;
  }
};

TEST_F(TransactionEndTest, EveryKindOfStatementIsJudgedAsTheServerTreatsIt) {
  int tried = 0;
  for (const Case& one : cases(is_oracle())) {
    database_ = server().create_database();
    expect_fate(one);
    ++tried;
  }
  EXPECT_GT(tried, 130);
}

TEST_F(TransactionEndTest, ATransactionThatFollowsAtOnceIsAnother) {
  for (const char* sql : {"BEGIN", "COMMIT AND CHAIN", "START TRANSACTION READ ONLY"}) {
    database_ = server().create_database();
    expect_fate({"", sql, "committed"});
  }
  database_ = server().create_database();
  ask("CREATE PROCEDURE commits() BEGIN COMMIT; START TRANSACTION; END");
  expect_fate({"", "CALL commits()", "committed"});
  database_ = server().create_database();
  expect_fate({"SET completion_type = 1", "COMMIT", "committed"});
}

TEST_F(TransactionEndTest, WordsTellWhatCannotEndOne) {
  for (const char* sql :
       {"/* c */ INSERT INTO t VALUES (1)", "(SELECT 1) UNION (SELECT 2)",
        "-- x\nSELECT 'autocommit'", "SET @a = 'autocommit', sql_mode = ''", "ROLLBACK TO s",
        "rollback work to savepoint s", "LOAD DATA INFILE '/x' INTO TABLE t",
        "CREATE TEMPORARY TABLE t (a INT)", "# only\n"}) {
    EXPECT_FALSE(may_end_transaction(sql)) << sql;
  }
  for (const char* sql :
       {"SET @a = 1, @@session.autocommit = 1", "SET `autocommit` = 1", "SET PASSWORD = 'x'",
        "/*!40000 ALTER TABLE t DISABLE KEYS */",
        "/*!50003 CREATE TRIGGER x BEFORE INSERT ON t FOR "
        "EACH ROW SET @a = 1 */",
        "ROLLBACK", "LOAD INDEX INTO CACHE t", "CALL p()", "EXECUTE s",
        "SET STATEMENT max_statement_time = 1 FOR CREATE TABLE t (a INT)", "FROBNICATE"}) {
    EXPECT_TRUE(may_end_transaction(sql)) << sql;
  }
}

TEST_F(TransactionEndTest, AFailedStatementOfRowsLeavesItOpen) {
  ask("CREATE TABLE r (x INT PRIMARY KEY) ENGINE=InnoDB");
  auto connection = connect();
  connection->begin();
  run(*connection, "INSERT INTO r VALUES (1)");
  EXPECT_EQ(error_of([&] { run(*connection, "INSERT INTO r VALUES (1)"); }).code(), ErrorCode::sql);
  EXPECT_TRUE(connection->in_transaction());
  connection->commit();
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(ask("SELECT COUNT(*) FROM r"), "1");
}

TEST_F(TransactionEndTest, LockedTablesAreKnownUntilTheyAreGivenUp) {
  ask("CREATE TABLE r (x INT) ENGINE=InnoDB");
  auto connection = connect();
  ImplicitCommits& commits = *connection->implicit_commits();
  EXPECT_FALSE(commits.holds_tables());
  run(*connection, "LOCK TABLES r WRITE");
  EXPECT_TRUE(commits.holds_tables());
  run(*connection, "/*!40000 ALTER TABLE r DISABLE KEYS */");
  run(*connection, "COMMIT");
  EXPECT_TRUE(commits.holds_tables());
  run(*connection, "UNLOCK TABLES");
  EXPECT_FALSE(commits.holds_tables());
  run(*connection, "FLUSH TABLES r WITH READ LOCK");
  EXPECT_TRUE(commits.holds_tables());
  run(*connection, "START TRANSACTION");
  EXPECT_FALSE(commits.holds_tables());
}

}  // namespace
}  // namespace gander
