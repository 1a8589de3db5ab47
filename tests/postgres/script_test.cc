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
  std::ifstream in(GANDER_LOCK_FOLDER "/bare_statements.txt");
  for (std::string sql; std::getline(in, sql);) {
    if (sql.starts_with('#')) continue;
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
