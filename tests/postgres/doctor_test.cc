// SPDX-License-Identifier: MIT
// doctor() and the lock of others on a real server: each thing that is wrong is found, and nothing
// else.
#include <algorithm>
#include <thread>

#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::Client;
using testing_support::PgBouncer;

class PostgresDoctorTest : public PostgresTest {
 protected:
  std::vector<MemoryFile> files_ = {
      {"00001_birds.sql", "-- +goose Up\nCREATE TABLE birds (id int);\n"},
      {"00002_wings.sql", "-- +goose Up\nALTER TABLE birds ADD wings int;\n"}};

  DoctorReport doctor(const std::string& where, Options options = {}) const {
    return MigrationRunner(open(where), in_memory(files_), std::move(options)).doctor();
  }
  DoctorReport doctor(Options options = {}) const { return doctor(url(), std::move(options)); }

  // "check: message" of all findings of at least this severity, a line each.
  static std::string bad(const DoctorReport& report, Severity least = Severity::warning) {
    std::string text;
    for (const Finding& finding : report.findings) {
      if (finding.severity < least) continue;
      text += finding.check + ": " + finding.message + "\n";
      EXPECT_NE(finding.severity == Severity::problem && finding.hint.empty(), true)
          << finding.message << " has no hint";
    }
    return text;
  }
};

TEST_F(PostgresDoctorTest, HealthyDatabaseHasNothingWrong) {
  const DoctorReport report = doctor();
  EXPECT_EQ(bad(report, Severity::note), "");
  EXPECT_THAT(report.server, HasSubstr("PostgreSQL 1"));
  EXPECT_EQ(ask("SELECT to_regclass('goose_db_version') IS NULL"), "t") << "it wrote";
  const bool asked = std::ranges::any_of(report.findings, [](const Finding& finding) {
    return finding.message == "up would apply 2 migrations";
  });
  EXPECT_TRUE(asked);
}

TEST_F(PostgresDoctorTest, TransactionInTheWayIsNamedWithItsLockAndTheStatement) {
  ask("CREATE TABLE birds (id int)");
  files_.erase(files_.begin());
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM birds");
  const std::string found = bad(doctor());
  EXPECT_THAT(found, AllOf(HasSubstr("transactions: pid "), HasSubstr("test client"),
                           HasSubstr("has a lock on birds (ACCESS SHARE): 00002_wings.sql:2 waits "
                                     "for it, because ALTER TABLE takes ACCESS EXCLUSIVE")));
  reader.ask("COMMIT");
  const DoctorReport after = doctor();
  EXPECT_EQ(bad(after), "");
  EXPECT_THAT(bad(after, Severity::note),
              HasSubstr("locks: 00002_wings.sql locks birds (ACCESS EXCLUSIVE)"));
}

TEST_F(PostgresDoctorTest, ReaderIsNotInTheWayOfCreateIndex) {
  ask("CREATE TABLE birds (id int)");
  files_ = {{"00001_i.sql", "-- +goose Up\nCREATE INDEX i ON birds (id);\n"}};
  Client other(url());
  other.ask("BEGIN; SELECT * FROM birds");
  EXPECT_EQ(bad(doctor()), "");
  other.ask("INSERT INTO birds VALUES (1)");
  EXPECT_THAT(bad(doctor()), HasSubstr("has a lock on birds (ROW EXCLUSIVE): 00001_i.sql:2 waits"));
}

TEST_F(PostgresDoctorTest, WhatCannotBeToldIsNotCalledFree) {
  ask("CREATE TABLE birds (id int); CREATE FUNCTION ring() RETURNS int LANGUAGE plpgsql AS "
      "'BEGIN LOCK TABLE birds; RETURN 1; END'");
  files_ = {{"00001_do.sql",
             "-- +goose Up\n-- +goose StatementBegin\nDO $$BEGIN DROP TABLE birds; END$$;\n"
             "-- +goose StatementEnd\nSELECT ring();\n"}};
  const DoctorReport report = doctor();
  EXPECT_EQ(bad(report, Severity::note),
            "locks_untold: 00001_do.sql:3: what this statement locks cannot be told: a DO block "
            "runs code, and so it is for 1 more in this file\n");
  const bool calls_it_free = std::ranges::any_of(
      report.findings, [](const Finding& finding) { return finding.check == "transactions"; });
  EXPECT_FALSE(calls_it_free);
}

TEST_F(PostgresDoctorTest, OpenSnapshotKeepsConcurrentlyWaiting) {
  ask("CREATE TABLE birds (id int); CREATE TABLE other ()");
  files_ = {
      {"00001_i.sql",
       "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON birds (id);\n"}};
  Client old(url());
  old.ask("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
  EXPECT_THAT(bad(doctor()), HasSubstr("has an open snapshot: 00001_i.sql:3 waits for it"));
  old.ask("COMMIT; BEGIN; SELECT * FROM birds");
  EXPECT_EQ(bad(doctor()), "");
}

TEST_F(PostgresDoctorTest, ReadOnlyDatabase) {
  ask("ALTER DATABASE " + database_ + " SET default_transaction_read_only = on; ALTER DATABASE " +
      database_ + " SET statement_timeout = '3s'");
  const DoctorReport report = doctor();
  EXPECT_THAT(bad(report, Severity::problem), HasSubstr("default_transaction_read_only is on"));
  EXPECT_THAT(bad(report, Severity::note), HasSubstr("statement_timeout is 3000ms"));
}

TEST_F(PostgresDoctorTest, BareStatementBehindAPooler) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer pooler(server());
  EXPECT_THAT(bad(doctor(pooler.url(database_)), Severity::note),
              HasSubstr("pooler: the connection goes through a pooler"));
  files_.push_back({"00003_index.sql",
                    "-- +goose NO TRANSACTION\n-- +goose Up\n"
                    "CREATE INDEX CONCURRENTLY i ON birds (id);\n"});
  EXPECT_THAT(bad(doctor(pooler.url(database_)), Severity::problem),
              HasSubstr("00003_index.sql refuses a transaction"));
}

// There all checks share one transaction, which a check that fails has ended.
TEST_F(PostgresDoctorTest, CheckThatFailsBehindAPoolerLeavesTheOthers) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  Options options;
  options.role = database_ + "_blind";
  ask("CREATE ROLE " + options.role + "; GRANT ALL ON SCHEMA public TO " + options.role +
      "; REVOKE SELECT ON pg_catalog.pg_stat_activity FROM PUBLIC; ALTER DATABASE " + database_ +
      " SET statement_timeout = '3s'");
  const PgBouncer pooler(server());
  const std::string found = bad(doctor(pooler.url(database_), options), Severity::note);
  EXPECT_THAT(found, HasSubstr("a check could not be made: permission denied"));
  EXPECT_THAT(found, HasSubstr("statement_timeout is 3000ms"));
  EXPECT_THAT(found, Not(HasSubstr("transaction is aborted")));
}

TEST_F(PostgresDoctorTest, UnreachableServerIsAFinding) {
  Options options;
  const DoctorReport report = doctor("postgres://127.0.0.1:1/nothing?connect_timeout=2");
  EXPECT_THAT(bad(report, Severity::problem), HasSubstr("connection: cannot connect to"));
  EXPECT_THAT(report.server, IsEmpty());
}

TEST_F(PostgresDoctorTest, LockOfASession) {
  MigrationRunner other = runner(files_);
  EXPECT_FALSE(other.lock_status().held());
  const auto holding = connect("application_name=deploy-7");
  const auto held = holding->locks()->lock("public.goose_db_version");
  const LockStatus status = other.lock_status();
  EXPECT_EQ(status.name, "public.goose_db_version");
  ASSERT_EQ(status.holders.size(), 1U);
  EXPECT_EQ(status.holders[0].kind, LockHolder::Kind::session);
  EXPECT_EQ(std::to_string(status.holders[0].pid),
            ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'deploy-7'"));
  EXPECT_THAT(status.holders[0].name, HasSubstr("deploy-7, postgres"));
  EXPECT_THAT(bad(doctor()), HasSubstr("lock: the run lock is held: pid "));

  const Error error = error_of([&] { other.release_lock(); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_THAT(error.details().hint, HasSubstr("release_lock(true)"));
  EXPECT_EQ(other.release_lock(true).holders.size(), 1U);
  EXPECT_FALSE(other.lock_status().held());
  EXPECT_EQ(error_of([&] { holding->query("SELECT 1"); }).code(), ErrorCode::connection);
}

}  // namespace
}  // namespace gander
