// SPDX-License-Identifier: MIT
// A user's SQL can raise every SQLSTATE. What a run does next never follows from one alone.
#include <string>
#include <vector>

#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::HasSubstr;

// Codes by which the server says that a transaction is refused, and that a session is over.
constexpr const char* kCodes[] = {"25001", "2D000", "08006", "53300", "25P03",
                                  "57P01", "57P02", "57P03", "57P05"};

std::string raise(const std::string& code) {
  return "-- +goose StatementBegin\nDO $$ BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'raised' "
         "USING ERRCODE = '" +
         code + "'; END $$;\n-- +goose StatementEnd\n";
}

class ImitatedTest : public PostgresTest {
 protected:
  // The failing migration has been tried once, and the failure is one like any other.
  void expect_one_try(MigrationRunner& runner, Direction direction, const std::string& what) {
    const bool up = direction == Direction::up;
    const Error error = error_of([&] {
      if (up) runner.up();
      if (!up) runner.down();
    });
    EXPECT_EQ(error.code(), ErrorCode::sql) << what << ": " << error.what();
    EXPECT_THAT(error.details().message, HasSubstr("raised")) << what;
    EXPECT_FALSE(error.details().retryable) << what;
    EXPECT_EQ(ask("SELECT last_value FROM tries"), "1") << what;
    if (ask("SELECT to_regclass('goose_db_version_journal') IS NULL") == "f") {
      EXPECT_EQ(ask("SELECT count(*) FROM goose_db_version_journal WHERE state <> 'failed'"), "0")
          << what;
    }
    EXPECT_EQ(ask("SELECT max(version_id) FROM goose_db_version WHERE is_applied"), up ? "1" : "2")
        << what;
  }

  void start_over() {
    testing_support::Client(url()).ask(
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SEQUENCE tries; "
        "CREATE TABLE rows (x int)");
  }
};

TEST_F(ImitatedTest, CodeRaisedOnTheWayUpIsAFailureLikeAnyOther) {
  for (const char* head : {"", "-- +goose NO TRANSACTION\n"}) {
    for (const char* code : kCodes) {
      start_over();
      MigrationRunner runner =
          this->runner({{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (x int);\n"},
                        {"00002_raise.sql", std::string(head) + "-- +goose Up\n" + raise(code)},
                        {"00003_b.sql", "-- +goose Up\nCREATE TABLE b (x int);\n"}});
      expect_one_try(runner, Direction::up, std::string(head) + code);
      EXPECT_EQ(ask("SELECT to_regclass('b') IS NULL"), "t");
    }
  }
}

TEST_F(ImitatedTest, CodeRaisedOnTheWayDownIsAFailureLikeAnyOther) {
  for (const char* head : {"", "-- +goose NO TRANSACTION\n"}) {
    for (const char* code : kCodes) {
      start_over();
      MigrationRunner runner = this->runner(
          {{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (x int);\n"},
           {"00002_raise.sql",
            std::string(head) + "-- +goose Up\nSELECT 1;\n-- +goose Down\n" + raise(code)}});
      runner.up();
      expect_one_try(runner, Direction::down, std::string(head) + code);
    }
  }
}

TEST_F(ImitatedTest, CodeRaisedAtCommitIsNoRefusalOfTheStatement) {
  for (const char* code : {"25001", "2D000"}) {
    start_over();
    testing_support::Client(url()).ask(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM nextval('tries'); RAISE EXCEPTION 'raised' USING ERRCODE = '" +
        std::string(code) +
        "'; END $$; CREATE CONSTRAINT TRIGGER t AFTER INSERT ON rows DEFERRABLE INITIALLY "
        "DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
    MigrationRunner runner =
        this->runner({{"00001_a.sql", "-- +goose Up\nSELECT 1;\n"},
                      {"00002_b.sql",
                       "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO rows VALUES (1);\n"}});
    expect_one_try(runner, Direction::up, code);
  }
}

TEST_F(ImitatedTest, OnlyTheServersOwnRefusalIsOne) {
  start_over();
  testing_support::Client(url()).ask(
      "CREATE FUNCTION vacuums() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'VACUUM'; RETURN "
      "1; END $$; CREATE FUNCTION commits() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; "
      "RETURN "
      "1; END $$; CREATE PROCEDURE ends() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; CREATE "
      "FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'x' "
      "USING ERRCODE = '25001'; END $$; CREATE TABLE p (i int) PARTITION BY RANGE (i); CREATE "
      "TABLE "
      "p1 PARTITION OF p FOR VALUES FROM (0) TO (9)");
  struct {
    const char* sql;
    bool refused;
  } const cases[] = {
      {"REINDEX TABLE p", true},
      {"/* all */ CALL ends()", true},
      {"DO $$ BEGIN COMMIT; END $$", true},
      {"DO $$ BEGIN ROLLBACK; END $$", true},
      {"CLUSTER", true},
      {"SELECT vacuums()", false},
      {"SELECT commits()", false},
      {"DO $$ BEGIN EXECUTE 'VACUUM'; END $$", false},
      {"DO $$ BEGIN EXECUTE 'VACUUM'; EXCEPTION WHEN OTHERS THEN RAISE; END $$", false},
      {"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '25001'; END $$", false},
      {"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '2D000'; END $$", false},
      {"SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", false},
      {"SELECT 1; CALL ends()", false},
  };
  const auto connection = connect();
  for (const auto& test : cases) {
    connection->begin();
    const Error error = error_of([&] {
      connection->run(Unit(test.sql));
      connection->flush();
    });
    EXPECT_EQ(connection->refused_transaction(error), test.refused) << test.sql << error.what();
    connection->rollback();
  }
  connection->execute("CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION refuse()");
  connection->begin();
  const Error error = error_of([&] {
    connection->run(Unit("ALTER SUBSCRIPTION absent DISABLE"));
    connection->flush();
  });
  EXPECT_EQ(error.details().sqlstate, "25001");
  EXPECT_FALSE(connection->refused_transaction(error));
  EXPECT_EQ(error.details().hint, "");
}

TEST_F(ImitatedTest, WhatTheServerRefusesRunsOutsideOfATransaction) {
  start_over();
  testing_support::Client(url()).ask(
      "CREATE TABLE p (i int) PARTITION BY RANGE (i); CREATE TABLE p1 PARTITION OF p FOR VALUES "
      "FROM (0) TO (9)");
  const std::string statements =
      "REINDEX TABLE p;\n-- +goose StatementBegin\nDO $$ BEGIN INSERT INTO rows VALUES (1); "
      "COMMIT; "
      "END $$;\n-- +goose StatementEnd\n";
  MigrationRunner runner =
      this->runner({{"00001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n" + statements +
                                        "-- +goose Down\n" + statements}});
  runner.up();
  EXPECT_EQ(ask("SELECT count(*) FROM rows"), "1");
  runner.down();
  EXPECT_EQ(ask("SELECT count(*) FROM rows"), "2");
}

// Without versions nothing tells how far it came.
TEST_F(ImitatedTest, FileWithoutTransactionAndVersionsIsNotRunAgainByItself) {
  for (const std::string& failing :
       {raise("40001"), raise("55P03"),
        std::string("SELECT pg_terminate_backend(pg_backend_pid());\n")}) {
    start_over();
    Options options;
    options.versioning = false;
    MigrationRunner runner = this->runner(
        {{"00001_a.sql",
          "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO rows VALUES (1);\n" + failing}},
        options);
    error_of([&] { runner.up(); });
    EXPECT_EQ(ask("SELECT count(*) FROM rows"), "1") << failing;
  }
}

// It may do what cannot be taken back, and the connection that it has lost may be another one.
TEST_F(ImitatedTest, FunctionThatThrowsALostConnectionIsNotCalledAgain) {
  for (const bool transactional : {true, false}) {
    for (const bool own : {true, false}) {
      start_over();
      int calls = 0;
      FunctionMigration function;
      function.version = 1;
      function.transactional = transactional;
      function.up = [&](Connection& connection) {
        ++calls;
        if (!own) throw Error(ErrorCode::connection, "another server is away");
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())");
      };
      MigrationRunner runner(open(url()), functions({function}), {});
      EXPECT_EQ(error_of([&] { runner.up(); }).code(), ErrorCode::connection);
      EXPECT_EQ(calls, 1) << transactional << own;
      EXPECT_EQ(runner.version(), 0);
    }
  }
}

}  // namespace
}  // namespace gander
