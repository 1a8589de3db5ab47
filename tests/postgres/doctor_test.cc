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

constexpr const char* kLease =
    "CREATE TABLE goose_lock (lock_id bigint PRIMARY KEY, locked boolean NOT NULL DEFAULT false, "
    "locked_at timestamptz, locked_by text, lease_expires_at timestamptz, updated_at timestamptz);"
    "INSERT INTO goose_lock VALUES (4097083626, true, now(), 'ci@build-7', now() + interval ";

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

TEST_F(PostgresDoctorTest, MissingPrivilegesAreNamed) {
  const std::string role = database_ + "_deploy";
  ask("CREATE TABLE birds (id int); CREATE SCHEMA zoo; CREATE ROLE " + role +
      "; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO " + role);
  files_.push_back({"00003_more.sql",
                    "-- +goose Up\nCREATE TABLE zoo.cages (id int);\nCREATE SCHEMA park;\n"
                    "CREATE EXTENSION no_such_thing;\n"});
  Options options;
  options.role = role;
  const std::string found = bad(doctor(options), Severity::problem);
  EXPECT_THAT(found, HasSubstr(role + " may not create anything in schema \"public\""));
  EXPECT_THAT(found, HasSubstr(role + " may not create anything in schema zoo, which 00003_more"));
  EXPECT_THAT(found, HasSubstr("00002_wings.sql changes birds, which belongs to postgres"));
  EXPECT_THAT(found, HasSubstr("may not CREATE SCHEMA in this database"));
  EXPECT_THAT(found, HasSubstr("needs the extension no_such_thing"));
  ask("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(PostgresDoctorTest, VersionTableOfSomebodyElseIsFound) {
  const std::string role = database_ + "_reader";
  runner(files_).up();
  ask("CREATE ROLE " + role + "; GRANT ALL ON SCHEMA public TO " + role +
      "; GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
  Options options;
  options.role = role;
  const std::string found = bad(doctor(options), Severity::problem);
  EXPECT_THAT(found, HasSubstr("may not read and write \"public\".\"goose_db_version\""));
  EXPECT_THAT(found, HasSubstr("goose_db_version_history"));
  ask("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(PostgresDoctorTest, EachMissingPrivilegeOnTheRecordsIsNamed) {
  const std::string role = database_ + "_writer";
  runner(files_).up();
  ask("CREATE ROLE " + role +
      "; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA "
      "public TO " +
      role + "; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role +
      "; REVOKE INSERT ON goose_db_version FROM " + role +
      "; REVOKE UPDATE, DELETE ON "
      "goose_db_version_history FROM " +
      role);
  Options options;
  options.role = role;
  const std::string found = bad(doctor(options));
  EXPECT_THAT(found, HasSubstr("\"goose_db_version\": it lacks INSERT\n"));
  EXPECT_THAT(found, HasSubstr("\"goose_db_version_history\": it lacks UPDATE, DELETE\n"));
  EXPECT_THAT(found, HasSubstr("may not create the tables for history and progress"));
  EXPECT_THAT(found, ::testing::Not(HasSubstr("which the version table needs")));
  ask("DROP TABLE goose_db_version");
  EXPECT_THAT(bad(doctor(options), Severity::problem),
              HasSubstr("may not create anything in schema \"public\", which"));
  ask("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(PostgresDoctorTest, SequenceThatIsBehindIsFoundAndItsHintHelps) {
  runner({files_[0]}).up();
  EXPECT_EQ(bad(doctor()), "");
  ask("SELECT setval(pg_get_serial_sequence('goose_db_version', 'id'), 1, false)");
  const DoctorReport report = doctor();
  EXPECT_THAT(bad(report), HasSubstr("version_table: the sequence of \"public\"."
                                     "\"goose_db_version\" is behind: it would give the number "
                                     "1, and "));
  for (const Finding& finding : report.findings) {
    if (finding.check == "version_table") ask(finding.hint);
  }
  EXPECT_EQ(bad(doctor()), "");
  EXPECT_EQ(runner(files_).up().migrations.size(), 1U);
}

TEST_F(PostgresDoctorTest, SchemaThatDoesNotExist) {
  Options options;
  options.schema = "nowhere";
  EXPECT_THAT(bad(doctor(options), Severity::problem), HasSubstr("no schema of search_path"));
}

TEST_F(PostgresDoctorTest, InvalidIndex) {
  ask("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
  EXPECT_THROW(ask("CREATE UNIQUE INDEX CONCURRENTLY twice ON t (a)"), std::runtime_error);
  EXPECT_EQ(bad(doctor()), "indexes: the index twice of t is invalid: no query uses it\n");
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

TEST_F(PostgresDoctorTest, ObjectsThatExistAlreadyOrDoNotExistAreNamed) {
  ask("CREATE TABLE birds (id int, wings int); CREATE VIEW flock AS SELECT 1 AS one; CREATE INDEX "
      "birds_id ON birds (id); CREATE TYPE hue AS ENUM ('red'); CREATE SCHEMA zoo");
  files_ = {
      {"00001_a.sql",
       "-- +goose Up\nCREATE TABLE birds (id int);\nCREATE VIEW flock AS SELECT 1 AS one;\n"
       "CREATE UNIQUE INDEX birds_id ON public.birds (id);\nCREATE TYPE public.hue AS ENUM "
       "('a');\nCREATE SCHEMA zoo;\nALTER TABLE birds ADD wings int, DROP tail;\n"},
      {"00002_b.sql",
       "-- +goose Up\nALTER TABLE \"Eggs\" ADD a int;\nDROP TABLE zoo.cages;\nCREATE INDEX ON "
       "nests (id);\nDROP VIEW other_view;\n"}};
  const DoctorReport report = doctor();
  std::string found;
  for (const Finding& finding : report.findings) {
    if (finding.check == "objects") found += finding.message + "\n";
  }
  EXPECT_EQ(found,
            "00001_a.sql:2: the table birds exists already\n"
            "00001_a.sql:3: the view flock exists already\n"
            "00001_a.sql:4: the index birds_id exists already\n"
            "00001_a.sql:5: the type hue exists already\n"
            "00001_a.sql:6: the schema zoo exists already\n"
            "00001_a.sql:7: the column wings of birds exists already\n"
            "00001_a.sql:7: the column tail of birds does not exist\n"
            "00002_b.sql:2: the table Eggs does not exist\n"
            "00002_b.sql:3: the table zoo.cages does not exist\n"
            "00002_b.sql:5: the view other_view does not exist\n");
  EXPECT_GT(report.count(Severity::problem), 0);
}

// All of these run.
TEST_F(PostgresDoctorTest, ObjectsAreFollowedThroughThePendingSetWithoutFalseAlarm) {
  ask("CREATE TABLE old (id serial PRIMARY KEY, a int); CREATE INDEX old_a ON old (a); CREATE "
      "VIEW over_old AS SELECT a FROM old; CREATE TABLE parted (i int) PARTITION BY LIST (i); "
      "CREATE TABLE part_1 PARTITION OF parted FOR VALUES IN (1); CREATE SCHEMA app; CREATE TABLE "
      "app.far (i int)");
  files_ = {
      {"00001_a.sql",
       "-- +goose Up\nCREATE TABLE IF NOT EXISTS old (x int);\nCREATE TABLE app.old (i int);\n"
       "DROP TABLE IF EXISTS absent;\nCREATE TABLE fresh (id serial PRIMARY KEY, b int);\n"
       "ALTER TABLE public.fresh ADD c int;\nALTER TABLE fresh DROP COLUMN b;\n"
       "ALTER SEQUENCE fresh_id_seq RESTART;\nALTER INDEX fresh_pkey RENAME TO "
       "fresh_key;\nALTER TABLE old DROP COLUMN a CASCADE;\nALTER TABLE old ADD a "
       "text;\n"
       "CREATE INDEX old_a ON old (a);\nCREATE VIEW over_old AS SELECT a FROM old;\n"
       "DROP TABLE parted;\nCREATE TABLE part_1 (i int);\nALTER TABLE old RENAME TO older;\n"
       "ALTER TABLE older RENAME COLUMN a TO aa;\nCREATE TABLE old (i int);\nDROP TABLE older "
       "CASCADE;\nCREATE TEMP TABLE brief (i int);\nALTER TABLE brief ADD j int;\n"
       "CREATE OR REPLACE VIEW seen AS SELECT 1 AS i;\n"},
      {"00002_b.sql",
       "-- +goose Up\n-- +goose StatementBegin\nDO $$BEGIN CREATE TABLE made (i int); DROP TABLE "
       "fresh; END$$;\n-- +goose StatementEnd\nALTER TABLE made ADD j int;\nCREATE TABLE fresh (i "
       "int);\n"},
      {"00003_c.sql", "-- +goose Up\nSET search_path TO app;\nALTER TABLE far ADD j int;\n"}};
  EXPECT_EQ(bad(doctor()), "");
  EXPECT_EQ(runner(files_).up().migrations.size(), 3U);
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

TEST_F(PostgresDoctorTest, HalfRunMigrationAndBrokenFile) {
  files_.push_back({"00003_half.sql",
                    "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a ();\nSELECT 1/0;\n"});
  EXPECT_THROW(runner(files_).up(), Error);
  files_.push_back({"00004_open.sql", "-- +goose Up\nSELECT 'never ends;\n"});
  const DoctorReport report = doctor();
  EXPECT_THAT(bad(report),
              HasSubstr("unfinished: version 3 is half way up: 1 of 2 statements are done"));
  EXPECT_THAT(bad(report, Severity::problem), HasSubstr("plan: 00004_open.sql:2: "));
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

TEST_F(PostgresDoctorTest, LeaseThatRanOut) {
  ask(kLease + std::string("'-1 minute', now() - interval '90 seconds')"));
  MigrationRunner other = runner(files_);
  const LockStatus status = other.lock_status();
  EXPECT_FALSE(status.held());
  ASSERT_EQ(status.holders.size(), 1U);
  EXPECT_TRUE(status.holders[0].expired);
  EXPECT_EQ(status.holders[0].name, "ci@build-7");
  EXPECT_THAT(bad(doctor(), Severity::note), HasSubstr("lock: a run left its lease behind"));
  EXPECT_EQ(other.release_lock().holders.size(), 1U);
  EXPECT_EQ(ask("SELECT locked, locked_by FROM goose_lock"), "f|");
  EXPECT_THAT(other.lock_status().holders, IsEmpty());
}

TEST_F(PostgresDoctorTest, LeaseInUse) {
  ask(kLease + std::string("'1 minute', now())"));
  MigrationRunner other = runner(files_);
  EXPECT_TRUE(other.lock_status().held());
  const Error error = error_of([&] { other.release_lock(); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_THAT(error.details().message, HasSubstr("ci@build-7 (lease, since 20"));
  other.release_lock(true);
  EXPECT_EQ(ask("SELECT locked FROM goose_lock"), "f");
}

}  // namespace
}  // namespace gander
