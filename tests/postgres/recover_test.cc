// SPDX-License-Identifier: MIT
// Statements that run outside a transaction, caught between intent and outcome: what the catalogue
// says about them, and that half-made things are cleared away.
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using driver::Outcome;
using sql::StatementKind;
using ::testing::HasSubstr;
using testing_support::Client;

class PostgresRecoverTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    options_.notice = [this](std::string_view, std::string_view text) {
      notices_ += std::string(text) + "\n";
    };
    connection_ = connect();
    connection_->execute("CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2)");
  }

  std::string image(const char* sql) {
    return connection_->witness()->before_image(Unit(sql, StatementKind::bare));
  }
  Outcome judge(const char* sql, const std::string& before) {
    return connection_->witness()->judge(Unit(sql, StatementKind::bare), before);
  }
  void run(const char* sql) { connection_->run(Unit(sql, StatementKind::bare)); }
  std::string indexes() const {
    return ask(
        "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = "
        "'t'::regclass ORDER BY 1");
  }

  std::unique_ptr<driver::Connection> connection_;
  std::string notices_;
};

TEST_F(PostgresRecoverTest, CreateIndexThatHappened) {
  const char* sql = "CREATE INDEX CONCURRENTLY ta ON t (a)";
  const std::string before = image(sql);
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  run(sql);
  EXPECT_EQ(judge(sql, before), Outcome::happened);
  EXPECT_EQ(indexes(), "ta|t");
}

TEST_F(PostgresRecoverTest, NamelessIndexThatHappened) {
  const char* sql = "CREATE INDEX CONCURRENTLY ON public.t (b)";
  const std::string before = image(sql);
  run(sql);
  EXPECT_EQ(judge(sql, before), Outcome::happened);
}

TEST_F(PostgresRecoverTest, HalfBuiltIndexIsDropped) {
  run("CREATE INDEX CONCURRENTLY kept ON t (b)");
  const char* sql = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"Ta\" ON t (a)";
  const std::string before = image(sql);
  EXPECT_EQ(error_of([&] { run(sql); }).details().sqlstate, "23505");
  EXPECT_EQ(indexes(), "kept|t\n\"Ta\"|f");
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  EXPECT_EQ(indexes(), "kept|t");
  EXPECT_THAT(notices_, HasSubstr("public.\"Ta\""));
}

TEST_F(PostgresRecoverTest, InvalidIndexOfSomebodyElseIsLeftToTheStatement) {
  EXPECT_THROW(run("CREATE UNIQUE INDEX CONCURRENTLY theirs ON t (a)"), Error);
  const char* sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS theirs ON t (a)";
  const std::string before = image(sql);
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  EXPECT_EQ(indexes(), "theirs|f");
  run(sql);
  EXPECT_EQ(indexes(), "theirs|t");
  EXPECT_THAT(notices_, HasSubstr("dropped the invalid index public.theirs"));
}

TEST_F(PostgresRecoverTest, DropIndex) {
  run("CREATE INDEX CONCURRENTLY ta ON t (a)");
  const char* sql = "DROP INDEX CONCURRENTLY ta";
  const std::string before = image(sql);
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  run(sql);
  EXPECT_EQ(judge(sql, before), Outcome::happened);
}

TEST_F(PostgresRecoverTest, LeftoversOfReindexAreDropped) {
  run("CREATE INDEX CONCURRENTLY ta ON t (a)");
  const char* sql = "REINDEX TABLE CONCURRENTLY t";
  const std::string before = image(sql);
  // What REINDEX leaves when it is killed while it builds.
  ask("CREATE INDEX ta_ccnew ON t (a)");
  ask("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ta_ccnew'::regclass");
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  EXPECT_EQ(indexes(), "ta|t");
}

TEST_F(PostgresRecoverTest, Databases) {
  const std::string other = database_ + "_other";
  const std::string create = "CREATE DATABASE " + other;
  const std::string drop = "DROP DATABASE IF EXISTS " + other;
  const std::string before = image(create.c_str());
  EXPECT_EQ(judge(create.c_str(), before), Outcome::did_not_happen);
  run(create.c_str());
  EXPECT_EQ(judge(create.c_str(), before), Outcome::happened);
  const std::string before_drop = image(drop.c_str());
  EXPECT_EQ(judge(drop.c_str(), before_drop), Outcome::did_not_happen);
  run(drop.c_str());
  EXPECT_EQ(judge(drop.c_str(), before_drop), Outcome::happened);
}

TEST_F(PostgresRecoverTest, PendingDetachIsFinished) {
  if (ask("SELECT current_setting('server_version_num')::int >= 140000") != "t") {
    GTEST_SKIP() << "DETACH PARTITION CONCURRENTLY came with PostgreSQL 14";
  }
  ask("CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE TABLE c PARTITION OF p FOR VALUES IN "
      "(1)");
  const char* sql = "ALTER TABLE p DETACH PARTITION c CONCURRENTLY";
  const std::string before = image(sql);
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  // A reader makes the second half of the statement wait, and there it is cut off.
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM p");
  Client detacher(url());
  detacher.ask("SET statement_timeout = '300ms'");
  EXPECT_THROW(detacher.ask(sql), std::runtime_error);
  EXPECT_EQ(ask("SELECT inhdetachpending FROM pg_inherits"), "t");
  reader.ask("COMMIT");
  EXPECT_EQ(judge(sql, before), Outcome::did_not_happen);
  run(sql);
  EXPECT_EQ(judge(sql, before), Outcome::happened);
  EXPECT_EQ(ask("SELECT count(*) FROM pg_inherits"), "0");
}

TEST_F(PostgresRecoverTest, WhatCannotBeKnownIsNotGuessed) {
  EXPECT_EQ(judge("CALL p()", image("CALL p()")), Outcome::unknown);
  EXPECT_EQ(judge("CALL p() /* gander:idempotent */", ""), Outcome::unknown);
  EXPECT_EQ(judge("VACUUM t", image("VACUUM t")), Outcome::did_not_happen);
}

}  // namespace
}  // namespace gander
