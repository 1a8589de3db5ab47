// SPDX-License-Identifier: MIT
// What the script reader says of statements, held against what the server does with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include "src/driver/postgres/grammar.h"
#include "src/sql/traits.h"
#include "tests/postgres/program.h"

namespace gander {
namespace {

using ::testing::HasSubstr;

class PostgresScriptTest : public PostgresTest {};

constexpr const char* kUndone[] = {
    "BEGIN;\nCREATE TABLE a (x int);\nROLLBACK;",
    "CREATE TABLE a (x int);\nABORT;",
    "CREATE TABLE a (x int);\nROLLBACK AND CHAIN;",
    "BEGIN; CREATE TABLE a (x int); ABORT WORK;",
    "COMMIT;\nBEGIN;\nCREATE TABLE a (x int);\nROLLBACK;\nBEGIN;",
    "-- +goose StatementBegin\nCREATE TABLE a (x int);\nROLLBACK;\n-- +goose StatementEnd"};

TEST_F(PostgresScriptTest, AFileThatRollsBackIsRefusedBeforeAnythingOfItRuns) {
  for (const std::string head : {"", "-- +goose NO TRANSACTION\n"}) {
    for (const std::string body : kUndone) {
      for (const bool goose : {false, true}) {
        Options options;
        options.exact_annotations = options.check_all_first = !goose;
        const Error error = error_of([&] {
          runner({{"1_a.sql", head + "-- +goose Up\nCREATE TABLE first (x int);\n" + body + "\n"}},
                 options)
              .up();
        });
        EXPECT_EQ(error.code(), ErrorCode::invalid_migration) << error.what();
        EXPECT_THAT(error.what(), HasSubstr("undoes what the file has done")) << body;
        EXPECT_GT(error.details().column, 0);
        EXPECT_EQ(ask("SELECT to_regclass('first') IS NULL"), "t") << head << body;
      }
    }
  }
}

TEST_F(PostgresScriptTest, ADownSectionThatRollsBackIsRefused) {
  for (const std::string body : kUndone) {
    auto run = runner({{"1_a.sql",
                        "-- +goose Up\nCREATE TABLE IF NOT EXISTS kept (x int);\n"
                        "-- +goose Down\nDROP TABLE kept;\n" +
                            body + "\n"}});
    run.up();
    EXPECT_THAT(error_of([&] { run.down(); }).what(), HasSubstr("undoes what the file has done"));
    EXPECT_THAT(error_of([&] { run.redo(); }).what(), HasSubstr("undoes what the file has done"));
    EXPECT_EQ(ask("SELECT to_regclass('kept') IS NULL"), "f") << body;
    EXPECT_EQ(ask("SELECT count(*) FROM goose_db_version"), "2");
  }
}

TEST_F(PostgresScriptTest, GoingBackToASavepointIsNoRollback) {
  runner({{"1_a.sql",
           "-- +goose Up\nCREATE TABLE a (x int);\nSAVEPOINT s;\nINSERT INTO a VALUES (1);\n"
           "ROLLBACK TO s;\nINSERT INTO a VALUES (2);\nROLLBACK WORK TO SAVEPOINT s;\n"}})
      .up();
  EXPECT_EQ(ask("SELECT count(*) FROM a"), "0");
  EXPECT_EQ(ask("SELECT max(version_id) FROM goose_db_version"), "1");
}

// What each statement needs is made before, and its effect undone by the end of the transaction or
// of the database.
constexpr const char* kSetUp = R"(
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE INDEX t_v ON t (v);
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE PUBLICATION pub;
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION pub WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION s_slot CONNECTION 'host=/nowhere' PUBLICATION pub WITH (connect = false, slot_name = held);
CREATE TYPE mood AS ENUM ('ok');
CLUSTER t USING t_pkey;
CREATE PROCEDURE proc() LANGUAGE SQL AS 'SELECT 1';
CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a;
CREATE UNIQUE INDEX ON mv (a);
)";

// In each line one statement that the server has to say something about.
constexpr const char* kStatements[] = {
    "VACUUM",
    "VACUUM t",
    "VACUUM (ANALYZE) t",
    "ANALYZE t",
    "CHECKPOINT",
    "REFRESH MATERIALIZED VIEW mv",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY mv",
    "CREATE INDEX CONCURRENTLY i ON t (v)",
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (v)",
    "CREATE INDEX i ON t (v)",
    "DROP INDEX CONCURRENTLY t_v",
    "DROP INDEX CONCURRENTLY IF EXISTS absent",
    "DROP INDEX t_v",
    "REINDEX INDEX t_v",
    "REINDEX TABLE t",
    "REINDEX INDEX CONCURRENTLY t_v",
    "REINDEX TABLE CONCURRENTLY t",
    "REINDEX (CONCURRENTLY) TABLE t",
    "REINDEX (VERBOSE) TABLE t",
    "REINDEX (CONCURRENTLY false) TABLE t",
    "REINDEX (CONCURRENTLY OFF, VERBOSE) INDEX t_v",
    "REINDEX (VERBOSE, CONCURRENTLY 1) INDEX t_v",
    "REINDEX SCHEMA public",
    "REINDEX DATABASE @database",
    "REINDEX (VERBOSE) SYSTEM @database",
    "REINDEX SCHEMA CONCURRENTLY public",
    "CLUSTER",
    "CLUSTER VERBOSE",
    "CLUSTER t",
    "CLUSTER t USING t_pkey",
    "CREATE DATABASE made_in_block",
    "DROP DATABASE absent",
    "DROP DATABASE IF EXISTS absent",
    "ALTER DATABASE @database SET work_mem = '4MB'",
    "ALTER DATABASE @database SET TABLESPACE pg_default",
    "ALTER DATABASE @database CONNECTION LIMIT 50",
    "CREATE TABLESPACE made LOCATION '/nowhere'",
    "DROP TABLESPACE absent",
    "ALTER TABLESPACE pg_default RESET (seq_page_cost)",
    "ALTER SYSTEM SET work_mem = '5MB'",
    "ALTER SYSTEM RESET work_mem",
    "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
    "ALTER TABLE p DETACH PARTITION p1",
    "ALTER TABLE ONLY public.p DETACH PARTITION public.p1 CONCURRENTLY",
    "ALTER TABLE t ADD COLUMN concurrently_ int",
    "ALTER TYPE mood ADD VALUE 'great'",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub WITH (enabled = false)",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub WITH (connect = false)",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub WITH (enabled = false, "
    "connect = 'off')",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub WITH (connect = false, "
    "slot_name = NONE, enabled = false)",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub WITH (create_slot = true)",
    "CREATE SUBSCRIPTION n CONNECTION 'host=/nowhere' PUBLICATION pub WITH (create_slot)",
    "DROP SUBSCRIPTION s",
    "DROP SUBSCRIPTION IF EXISTS absent",
    "ALTER SUBSCRIPTION s DISABLE",
    "ALTER SUBSCRIPTION s SET (slot_name = NONE)",
    "ALTER SUBSCRIPTION s SET (synchronous_commit = off)",
    "ALTER SUBSCRIPTION s CONNECTION 'host=/elsewhere'",
    "ALTER SUBSCRIPTION s OWNER TO CURRENT_USER",
    "ALTER SUBSCRIPTION s RENAME TO r",
    "ALTER SUBSCRIPTION s SET PUBLICATION pub WITH (refresh = false)",
    "ALTER SUBSCRIPTION s ADD PUBLICATION more WITH (refresh = off)",
    "ALTER SUBSCRIPTION s DROP PUBLICATION pub, more WITH (refresh = false)",
    "COMMENT ON SUBSCRIPTION s IS 'x'",
    "COMMIT PREPARED 'absent'",
    "ROLLBACK PREPARED 'absent'",
    "DISCARD ALL",
    "DISCARD PLANS",
    "DISCARD TEMP",
    "DISCARD SEQUENCES",
    "CALL proc()",
    "LOCK TABLE t",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SET LOCAL work_mem = '4MB'",
    "SET search_path = public",
    "RESET ALL",
    "LISTEN x",
    "NOTIFY x",
    "SAVEPOINT s",
    "DO 'BEGIN END'",
    "DECLARE c CURSOR FOR SELECT 1",
    "PREPARE q AS SELECT 1",
    "TRUNCATE t",
    "CREATE ROLE made_role",
    "DROP OWNED BY CURRENT_USER",
    "REASSIGN OWNED BY CURRENT_USER TO CURRENT_USER",
    "LOAD 'plpgsql'",
    "SECURITY LABEL ON TABLE t IS NULL",
    "EXPLAIN ANALYZE SELECT 1"};

bool server_refuses(testing_support::Client& client, const std::string& sql) {
  client.ask("BEGIN");
  bool refused = false;
  try {
    client.ask(sql);
  } catch (const std::exception& error) {
    refused = std::string(error.what()).find("cannot run inside a transaction block") !=
              std::string::npos;
  }
  client.ask("ROLLBACK");
  return refused;
}

TEST_F(PostgresScriptTest, WhatIsTakenForBareIsWhatTheServerRefusesInATransaction) {
  testing_support::Client client(url());
  client.ask(kSetUp);
  int bare = 0;
  for (std::string sql : kStatements) {
    if (const auto at = sql.find("@database"); at != std::string::npos) {
      sql.replace(at, 9, database_);
    }
    const bool ours =
        sql::classify(driver::postgres::kGrammar, sql + ";").kind == sql::StatementKind::bare;
    EXPECT_EQ(ours, server_refuses(client, sql)) << sql;
    bare += ours ? 1 : 0;
  }
  EXPECT_GT(bare, 25);
  client.ask(
      "ALTER SUBSCRIPTION s_slot SET (slot_name = NONE); DROP SUBSCRIPTION s_slot; "
      "DROP SUBSCRIPTION s");
}

TEST_F(PostgresScriptTest, ASubscriptionThatAsksNobodyFitsATransaction) {
  auto run =
      runner({{"1_a.sql",
               "-- +goose Up\nCREATE SUBSCRIPTION sub CONNECTION 'host=/nowhere' PUBLICATION p "
               "WITH (connect = false, slot_name = NONE, enabled = false);\n"
               "COMMENT ON SUBSCRIPTION sub IS 'made with its comment or not at all';\n"
               "-- +goose Down\nALTER SUBSCRIPTION sub DISABLE;\n"
               "ALTER SUBSCRIPTION sub SET (slot_name = NONE);\nDROP SUBSCRIPTION sub;\n"}});
  run.up();
  EXPECT_EQ(ask("SELECT count(*) FROM pg_subscription WHERE subname = 'sub'"), "1");
  run.down();
  EXPECT_EQ(ask("SELECT count(*) FROM pg_subscription WHERE subname = 'sub'"), "0");
}

// The journal follows a DROP SUBSCRIPTION that turns out to refuse its transaction.
TEST_F(PostgresScriptTest, DropSubscriptionIsJudgedByTheServer) {
  const std::string make =
      "CREATE SUBSCRIPTION sub CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false);\n";
  const Error error = error_of(
      [&] { runner({{"1_a.sql", "-- +goose Up\n" + make + "DROP SUBSCRIPTION sub;\n"}}).up(); });
  EXPECT_EQ(error.details().sqlstate, "25001");
  EXPECT_EQ(error.details().line, 3);
  runner(
      {{"1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n" + make +
                       "ALTER SUBSCRIPTION sub SET (slot_name = NONE);\nDROP SUBSCRIPTION sub;\n"}})
      .up();
  EXPECT_EQ(ask("SELECT count(*) FROM pg_subscription WHERE subname = 'sub'"), "0");
}

TEST_F(PostgresScriptTest, TwoConcurrentStatementsOnOneLineAreToldApartFirst) {
  const Error error = error_of([&] {
    runner({{"1_a.sql",
             "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE t (a int, b int);\n"
             "CREATE INDEX CONCURRENTLY ta ON t (a); CREATE INDEX CONCURRENTLY tb ON t (b);\n"}})
        .up();
  });
  EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
  EXPECT_EQ(error.details().line, 4);
  EXPECT_THAT(error.what(), HasSubstr("cannot share its line"));
  EXPECT_EQ(ask("SELECT to_regclass('t') IS NULL"), "t");
}

TEST_F(PostgresScriptTest, BackslashesAreReadAsTheFileHasSetThem) {
  runner({{"1_a.sql",
           "-- +goose Up\nCREATE TABLE t (v text);\nSET standard_conforming_strings = off;\n"
           "INSERT INTO t VALUES ('it\\'s;\n fine');\nSET standard_conforming_strings = on;\n"
           "INSERT INTO t VALUES ('\\');\n"}})
      .up();
  EXPECT_EQ(ask("SELECT string_agg(v, '|') FROM t"), "it's;\n fine|\\");
}

TEST_F(PostgresScriptTest, ABlockThatEndsTooEarlyIsShownWithItsEndAndNoSemicolonOfOurs) {
  for (const char* body : {"CREATE TABLE a (x int", "CREATE TABLE a (x int -- no more"}) {
    const Error error = error_of([&] {
      runner({{"1_a.sql", std::string("-- +goose Up\n-- +goose StatementBegin\n") + body +
                              "\n-- +goose StatementEnd\nSELECT 1;\n"}})
          .up();
    });
    EXPECT_EQ(error.details().message, "syntax error at end of input");
    EXPECT_EQ(error.details().line, 3);
  }
}

class PostgresPlanTest : public PostgresProgramTest {};

TEST_F(PostgresPlanTest, WhatPlanPrintsRunsInPsqlAndDoesWhatUpDoes) {
  directory_.write("1_a.sql",
                   "-- +goose Up\nCREATE TABLE t (id int, v text);\nCOPY t (id, v) FROM stdin;\n"
                   "1\tone;\n2\tit's -- two\n\\.\nLOCK TABLE t;\n-- +goose StatementBegin\n"
                   "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 7; $$\n"
                   "-- +goose StatementEnd\nCOPY t FROM stdin;\n\\.\n");
  directory_.write(
      "2_b.sql",
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON t (id);\n");
  directory_.write(
      "3_c.sql",
      "-- +goose ENVSUB ON\n-- +goose Up\nINSERT INTO t VALUES (3, '${GANDER_CANARY:-x}');\n");
  if (std::system("psql --version > /dev/null") != 0) GTEST_SKIP() << "no psql";
  const std::string script = directory_.file("plan.out");
  const std::string call = "GANDER_CANARY=s3cret '" + program_ + "' --db '" + url() + "' --dir '" +
                           directory_.path().string() + "' plan --sql > '" + script +
                           "' && psql -X -q -v ON_ERROR_STOP=1 -f '" + script + "' '" + url() + "'";
  ASSERT_EQ(std::system(call.c_str()), 0);
  std::ifstream in(script);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
  EXPECT_EQ(ask("SELECT string_agg(id || v, '|' ORDER BY id) FROM t"),
            "1one;|2it's -- two|3${GANDER_CANARY:-x}");
  EXPECT_EQ(ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
  EXPECT_EQ(ask("SELECT f()"), "7");
}

}  // namespace
}  // namespace gander
