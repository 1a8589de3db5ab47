// SPDX-License-Identifier: MIT
// mysql::Connection against a server.
#include "src/driver/mysql/connection.h"

#include <chrono>
#include <thread>

#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;

class MysqlConnectionTest : public MysqlTest {
 protected:
  std::string text(driver::Connection& connection, const char* sql) {
    const driver::Rows rows = connection.query(sql);
    const Value& value = rows.rows.at(0).at(0);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::get<std::string>(value);
  }
};

TEST_F(MysqlConnectionTest, SpeaksAsGoosesDriverDoes) {
  auto connection = connect();
  EXPECT_EQ(text(*connection, "SELECT @@collation_connection"), "utf8mb4_general_ci");
  EXPECT_EQ(text(*connection, "SELECT @@character_set_client"), "utf8mb4");
  EXPECT_EQ(connection->default_schema(), database_);
  auto other = connect("charset=latin1&sql_mode='ANSI_QUOTES'&time_zone=%27%2B02:00%27");
  EXPECT_EQ(text(*other, "SELECT @@character_set_client"), "latin1");
  EXPECT_EQ(text(*other, "SELECT @@sql_mode"), "ANSI_QUOTES");
  EXPECT_EQ(text(*other, "SELECT @@time_zone"), "+02:00");
  auto third = connect("collation=utf8mb4_bin");
  EXPECT_EQ(text(*third, "SELECT @@collation_connection"), "utf8mb4_bin");
}

TEST_F(MysqlConnectionTest, AChangeCountsTheRowsItFinds) {
  auto connection = connect();
  connection->execute("CREATE TABLE t (x INT)");
  EXPECT_EQ(connection->change("INSERT INTO t VALUES (1), (2)"), 2);
  EXPECT_EQ(connection->change("UPDATE t SET x = x"), 2);
  EXPECT_EQ(connection->change("DELETE FROM t WHERE x = 9"), 0);
}

TEST_F(MysqlConnectionTest, AnErrorBehindRowsAndResultsIsSeen) {
  ask("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = "
      "'at the end'; END");
  auto connection = connect();
  const Error error = error_of([&] { run(*connection, "CALL p()"); });
  EXPECT_THAT(error.details().message, HasSubstr("at the end"));
  EXPECT_EQ(error.details().native_code, 1644);
  EXPECT_EQ(error.details().sqlstate, "45000");
  ask("CREATE TABLE u (x INT); INSERT INTO u VALUES (1), (1)");
  EXPECT_EQ(error_of([&] { run(*connection, "SELECT 1 UNION ALL SELECT (SELECT x FROM u)"); })
                .details()
                .native_code,
            1242);
  EXPECT_EQ(text(*connection, "SELECT 7"), "7");
}

TEST_F(MysqlConnectionTest, ANumberThatSqlRaisesIsNoLostConnection) {
  auto connection = connect();
  for (const char* number : {"2006", "2013", "1927", "1053", "1047"}) {
    ask("DROP PROCEDURE IF EXISTS p; CREATE PROCEDURE p() SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO "
        "= " +
        std::string(number));
    const Error error = error_of([&] { run(*connection, "CALL p()"); });
    EXPECT_NE(error.code(), ErrorCode::connection) << number;
    EXPECT_FALSE(error.details().retryable) << number;
    EXPECT_FALSE(connection->lost()) << number;
  }
  EXPECT_EQ(text(*connection, "SELECT 7"), "7");
}

TEST_F(MysqlConnectionTest, ALockOrADeadlockThatSqlRaisesIsNone) {
  auto connection = connect();
  for (const char* raised :
       {"SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205", "SQLSTATE '40001' SET MYSQL_ERRNO = 1213"}) {
    ask("DROP PROCEDURE IF EXISTS p; CREATE PROCEDURE p() SIGNAL " + std::string(raised));
    connection->begin();
    const Error error = error_of([&] { run(*connection, "CALL p()"); });
    EXPECT_EQ(error.code(), ErrorCode::sql) << raised;
    EXPECT_FALSE(error.details().retryable) << raised;
    connection->rollback();
  }
}

TEST_F(MysqlConnectionTest, ADeadlockIsWorthAnotherTry) {
  ask("CREATE TABLE t (id INT PRIMARY KEY, x INT) ENGINE=InnoDB; INSERT INTO t VALUES (1, 1), (2, "
      "2); CREATE TABLE heavy (id INT PRIMARY KEY AUTO_INCREMENT, x INT) ENGINE=InnoDB; INSERT "
      "INTO "
      "heavy (x) VALUES (1), (2), (3), (4), (5), (6), (7), (8)");
  auto connection = connect();
  testing_support::MysqlClient other(server().socket(), database_);
  other.ask("START TRANSACTION; UPDATE heavy SET x = 0; UPDATE t SET x = 0 WHERE id = 2");
  connection->begin();
  run(*connection, "UPDATE t SET x = 3 WHERE id = 1");
  std::thread crossing([&] {
    while (
        ask("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'UPDATE t SET x "
            "= 4%'") == "0") {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    other.ask("UPDATE t SET x = 0 WHERE id = 1");
  });
  const Error error = error_of([&] { run(*connection, "UPDATE t SET x = 4 WHERE id = 2"); });
  crossing.join();
  EXPECT_EQ(error.details().native_code, 1213) << error.what();
  EXPECT_TRUE(error.details().retryable);
  EXPECT_FALSE(connection->in_transaction());
}

TEST_F(MysqlConnectionTest, AKilledSessionIsLost) {
  auto connection = connect();
  ask("KILL CONNECTION " + text(*connection, "SELECT CONNECTION_ID()"));
  const Error error = error_of([&] { connection->query("SELECT 1"); });
  EXPECT_EQ(error.code(), ErrorCode::connection);
  EXPECT_TRUE(error.details().retryable);
  EXPECT_TRUE(connection->lost());
}

TEST_F(MysqlConnectionTest, ASyntaxErrorIsPlacedWhereTheServerSeesIt) {
  auto connection = connect();
  const Error error =
      error_of([&] { run(*connection, "-- first\nSELECT 1,\n  2,\n  FROM FROM t"); });
  EXPECT_EQ(error.details().native_code, 1064);
  EXPECT_EQ(error.details().line, 4);
  const Error other = error_of([&] { run(*connection, "-- first\n\nSELECT nowhere\nFROM DUAL"); });
  EXPECT_EQ(other.details().line, 3);
}

TEST_F(MysqlConnectionTest, AStoppedRunCancelsItsStatement) {
  CancelToken token;
  token.start(std::chrono::milliseconds(0));
  options_.cancel = &token;
  auto connection = connect();
  ask("CREATE TABLE t (x INT) ENGINE=InnoDB; INSERT INTO t VALUES (1)");
  testing_support::MysqlClient blocker(server().socket(), database_);
  blocker.ask("START TRANSACTION; SELECT * FROM t FOR UPDATE");
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    token.cancel();
  });
  const Clock::time_point start = Clock::now();
  const Error error = error_of([&] { run(*connection, "UPDATE t SET x = 2"); });
  stopper.join();
  EXPECT_EQ(error.code(), ErrorCode::interrupted) << error.what();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
}

TEST_F(MysqlConnectionTest, AFrozenServerDoesNotHoldTheEndUp) {
  CancelToken token;
  token.start(std::chrono::milliseconds(0));
  options_.cancel = &token;
  auto connection = connect();
  server().freeze();
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    token.cancel();
  });
  const Clock::time_point start = Clock::now();
  const Error error = error_of([&] {
    // The signal takes a moment to reach all threads of the server.
    while (Clock::now() - start < std::chrono::seconds(20)) connection->query("SELECT 1");
  });
  stopper.join();
  server().thaw();
  EXPECT_EQ(error.code(), ErrorCode::interrupted) << error.what();
  EXPECT_TRUE(connection->lost());
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
}

TEST_F(MysqlConnectionTest, AStatementHasItsLimit) {
  options_.statement_timeout = std::chrono::milliseconds(300);
  auto connection = connect();
  ask("CREATE TABLE t (x INT) ENGINE=InnoDB; INSERT INTO t VALUES (1), (2)");
  const Clock::time_point start = Clock::now();
  const Error error = error_of([&] { run(*connection, "UPDATE t SET x = x + SLEEP(30)"); });
  EXPECT_THAT(error.details().message, HasSubstr("statement_timeout")) << error.what();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
}

TEST_F(MysqlConnectionTest, ALockIsWaitedForNoLongerThanTheRunWaits) {
  options_.lock_timeout = std::chrono::milliseconds(200);
  auto connection = connect();
  EXPECT_EQ(connection->lock_limit(), std::chrono::seconds(1));
  ask("CREATE TABLE t (x INT) ENGINE=InnoDB; INSERT INTO t VALUES (1)");
  testing_support::MysqlClient blocker(server().socket(), database_);
  blocker.ask("START TRANSACTION; SELECT * FROM t FOR UPDATE");
  for (const char* sql : {"UPDATE t SET x = 2", "ALTER TABLE t ADD COLUMN y INT"}) {
    const Error error = error_of([&] { run(*connection, sql); });
    EXPECT_EQ(error.code(), ErrorCode::locked) << sql;
    EXPECT_TRUE(error.details().retryable) << sql;
    EXPECT_EQ(error.details().native_code, 1205) << sql;
  }
}

TEST_F(MysqlConnectionTest, AFileOfThisMachineIsNeverRead) {
  ask("CREATE TABLE t (x TEXT)");
  auto connection = connect("allowAllFiles=true");
  error_of([&] { run(*connection, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t"); });
  EXPECT_EQ(ask("SELECT COUNT(*) FROM t"), "0");
  EXPECT_EQ(text(*connect(), "SELECT 7"), "7");
}

TEST_F(MysqlConnectionTest, CompletionTypeDoesNotReachItsCommits) {
  ask("CREATE TABLE t (x INT) ENGINE=InnoDB");
  auto connection = connect();
  for (const char* type : {"1", "2"}) {
    connection->execute("SET completion_type = " + std::string(type));
    connection->begin();
    connection->execute("INSERT INTO t VALUES (1)");
    connection->commit();
    EXPECT_FALSE(connection->in_transaction()) << type;
    EXPECT_FALSE(connection->lost()) << type;
  }
  EXPECT_EQ(ask("SELECT COUNT(*) FROM t"), "2");
}

TEST_F(MysqlConnectionTest, TablesAreFoundInTheirSchemas) {
  ask("CREATE TABLE here (x INT); CREATE TABLE `it's` (x INT)");
  auto connection = connect();
  EXPECT_EQ(
      connection->tables_exist(
          {{"", "here"}, {database_, "here"}, {"", "it's"}, {"", "gone"}, {"nowhere", "here"}}),
      (std::vector<bool>{true, true, true, false, false}));
}

TEST_F(MysqlConnectionTest, AMissingPasswordIsSaidToBeOne) {
  ask("CREATE USER IF NOT EXISTS locked_out@localhost IDENTIFIED BY 'hunter2'");
  const std::string base = server().url(database_);
  const std::size_t at = base.find("root@");
  const std::string nobody = base.substr(0, at) + "locked_out@" + base.substr(at + 5);
  const auto refused = [&](const std::string& url) {
    return error_of([&] { driver::mysql::make_driver(url)->connect(options_); });
  };
  EXPECT_THAT(refused(nobody).details().hint, HasSubstr("password"));
  std::string wrong = nobody;
  wrong.replace(wrong.find("locked_out@"), 11, "locked_out:s3cr3t@");
  const Error error = refused(wrong);
  EXPECT_EQ(error.code(), ErrorCode::connection);
  EXPECT_EQ(error.details().native_code, 1045);
  EXPECT_THAT(error.what(), Not(HasSubstr("s3cr3t")));
  EXPECT_EQ(refused(server().url("no_such_database")).details().native_code, 1049);
}

TEST_F(MysqlConnectionTest, AnotherHasTheSameSettings) {
  auto made = connect("charset=latin1");
  auto& connection = dynamic_cast<driver::mysql::Connection&>(*made);
  auto another = connection.another();
  EXPECT_EQ(text(*another, "SELECT @@character_set_client"), "latin1");
  EXPECT_NE(another->connection_id(), connection.connection_id());
}

TEST_F(MysqlConnectionTest, AServerThatIsNotUpYetIsWaitedForAsLongAsAsked) {
  testing_support::MysqlServer server;
  const std::string url = server.url(server.create_database());
  server.stop(SIGTERM);
  const auto driver = driver::mysql::make_driver(url);
  const Error refused = error_of([&] { driver->connect({}); });
  EXPECT_EQ(refused.code(), ErrorCode::connection);
  EXPECT_TRUE(refused.details().retryable);
  driver::SessionOptions options;
  options.server_wait = std::chrono::milliseconds(300);
  EXPECT_THAT(error_of([&] { driver->connect(options); }).details().message, HasSubstr("waited"));
  int reports = 0;
  options.server_wait = std::chrono::seconds(60);
  options.waiting = [&](const LockWaiting& waiting) {
    EXPECT_EQ(waiting.what, WaitingFor::server);
    ++reports;
  };
  // The server belongs to the thread that starts it.
  std::string answer;
  std::thread waiter([&] {
    try {
      answer = text(*driver->connect(options), "SELECT 7");
    } catch (const Error& error) {
      answer = error.what();
    }
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  server.start();
  waiter.join();
  EXPECT_EQ(answer, "7");
  EXPECT_GT(reports, 0);
}

TEST(MysqlServerTextTest, VersionsAreRead) {
  using driver::mysql::Server;
  EXPECT_EQ(Server::of("5.5.5-10.11.19-MariaDB-1").version, 101119);
  EXPECT_EQ(Server::of("11.4.2-MariaDB").version, 110402);
  EXPECT_TRUE(Server::of("11.4.2-MariaDB").mariadb);
  EXPECT_EQ(Server::of("9.7.4").version, 90704);
  EXPECT_TRUE(Server::of("8.0.11-TiDB-v8.4.0").tidb);
}

}  // namespace
}  // namespace gander
