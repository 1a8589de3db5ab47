// SPDX-License-Identifier: MIT
// Migrations in flight: what a run sends without waiting for answers ends as with a commit each.
#include <signal.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "gander/gander.h"
#include "tests/postgres/trail.h"

namespace gander {
namespace {

using testing_support::Client;
using testing_support::PostgresServer;

MemoryFile file(int version, const std::string& up, const std::string& down = "SELECT 1;") {
  const std::string number = std::to_string(version);
  return {std::string(5 - number.size(), '0') + number + "_file.sql",
          "-- +goose Up\n" + up + "\n-- +goose Down\n" + down + "\n"};
}

class PipelineTest : public TrailTest {
 protected:
  std::string history(const std::string& event) const {
    return ask(
        "SELECT string_agg(version_id::text, ' ' ORDER BY id) FROM goose_db_version_history WHERE "
        "event = '" +
        event + "'");
  }
  void start_again() const {
    ask("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }
  const std::vector<Commit> ways_ = {Commit::automatic, Commit::each};
};

// A trigger that runs at COMMIT.
constexpr const char* kDeferredDivision = R"(CREATE TABLE t (x int);
-- +goose StatementBegin
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 / NEW.x; RETURN NULL; END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
INSERT INTO t VALUES (0);)";

TEST_F(PipelineTest, DivisionByZeroAtCommitIsAnErrorLikeAnyOther) {
  for (const Commit commit : ways_) {
    const Error error = error_of([&] {
      runner({file(1, kDeferredDivision), file(2, "CREATE TABLE t2 (x int);")}, {.commit = commit})
          .up();
    });
    EXPECT_EQ(error.details().sqlstate, "22012");
    EXPECT_EQ(error.details().version, 1);
    EXPECT_EQ(error.details().file, "00001_file.sql");
    EXPECT_EQ(versions(), "0");
    EXPECT_EQ(history("failed"), "1");
    EXPECT_EQ(ask("SELECT to_regclass('t') IS NULL AND to_regclass('t2') IS NULL"), "t");
    start_again();
  }
}

TEST_F(PipelineTest, DivisionByZeroOnTheWayDownIsAnErrorLikeAnyOther) {
  const std::vector<MemoryFile> files = {
      file(1, "CREATE TABLE t (x int);"),
      file(2, "SELECT 1;", std::string(kDeferredDivision).substr(23)), file(3, "SELECT 1;")};
  runner(files).up();
  for (const Commit commit : ways_) {
    const Error error = error_of([&] { runner(files, {.commit = commit}).reset(); });
    EXPECT_EQ(error.details().sqlstate, "22012");
    EXPECT_EQ(error.details().version, 2);
    EXPECT_EQ(versions(), "0 1 2") << "what went before stays";
  }
}

TEST_F(PipelineTest, DivisionByZeroInAFunctionIsAnErrorLikeAnyOther) {
  for (const bool through_query : {false, true}) {
    FunctionMigration divide;
    divide.version = 1;
    divide.name = "divide";
    divide.up = [&](Connection& connection) {
      if (through_query) {
        (void)connection.query("SELECT 1/0");
      } else {
        connection.execute("SELECT 1/0");
      }
    };
    Source source = functions({divide});
    MigrationRunner one{open(url()), std::move(source)};
    const Error error = error_of([&] { one.up(); });
    EXPECT_EQ(error.details().sqlstate, "22012");
    EXPECT_EQ(error.details().version, 1);
    EXPECT_EQ(versions(), "0");
  }
}

// Ids that a sequence has given out are not taken back by a rollback.
TEST_F(PipelineTest, SequencesAreDrawnFromOnceWhateverFails) {
  for (const char* bad :
       {"SELECT nothing;", "INSERT INTO roles VALUES (1, 'twice');", "SELEC 1;"}) {
    std::vector<MemoryFile> files = {
        file(1, "CREATE TABLE roles (id serial PRIMARY KEY, name text);"),
        file(2, "INSERT INTO roles (name) VALUES ('admin'), ('guest');"),
        file(3, "CREATE TABLE users (role int REFERENCES roles);"),
        file(4, "INSERT INTO roles (name) VALUES ('late');\n" + std::string(bad)),
        file(5, "INSERT INTO users VALUES (4);")};
    const Error error = error_of([&] { runner(files).up(); });
    EXPECT_EQ(error.details().version, 4) << error.what();
    EXPECT_EQ(error.details().line, 3) << error.what();
    EXPECT_EQ(versions(), "0 1 2 3");
    EXPECT_EQ(history("applied"), "1 2 3");
    EXPECT_EQ(history("failed"), "4");
    files[3] = file(4, "INSERT INTO roles (name) VALUES ('late');");
    runner(files).up();
    EXPECT_EQ(ask("SELECT string_agg(id || name, ' ' ORDER BY id) FROM roles"),
              "1admin 2guest 4late")
        << "as with a commit each";
    start_again();
  }
}

TEST_F(PipelineTest, EachMigrationHasATransactionTimeOfItsOwn) {
  std::vector<MemoryFile> files = {
      file(1, "CREATE TABLE seen (at timestamptz PRIMARY KEY DEFAULT now(), v int);")};
  for (int i = 2; i <= 20; ++i) {
    files.push_back(file(i, "INSERT INTO seen (v) VALUES (" + std::to_string(i) + ");"));
  }
  EXPECT_EQ(runner(files).up().migrations.size(), 20U);
  EXPECT_EQ(ask("SELECT count(DISTINCT at), bool_and(ordered) FROM (SELECT at, at >= lag(at, 1, "
                "at) OVER (ORDER BY v) AS ordered FROM seen) AS s"),
            "19|t");
}

TEST_F(PipelineTest, RecordThatIsKeptOutIsAnError) {
  const char* keepers[] = {
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;\n"
      "CREATE TRIGGER keep_out BEFORE INSERT OR DELETE ON goose_db_version FOR EACH ROW EXECUTE "
      "FUNCTION no();",
      "CREATE RULE keep_out AS ON INSERT TO goose_db_version DO INSTEAD NOTHING;\n"
      "CREATE RULE keep_in AS ON DELETE TO goose_db_version DO INSTEAD NOTHING;"};
  for (const char* keeper : keepers) {
    for (const Commit commit : ways_) {
      for (const bool history : {true, false}) {
        Options options{.history = history, .commit = commit};
        runner({file(1, "CREATE TABLE one (x int);")}, options).up();
        ask(keeper);
        const std::vector<MemoryFile> files = {file(1, "CREATE TABLE one (x int);"),
                                               file(2, "CREATE TABLE two (x int);"),
                                               file(3, "CREATE TABLE three (x int);")};
        const Error up = error_of([&] { runner(files, options).up(); });
        EXPECT_EQ(up.details().version, 2) << up.what();
        EXPECT_EQ(ask("SELECT to_regclass('two') IS NULL"), "t");
        const Error down = error_of([&] { runner(files, options).down(); });
        EXPECT_EQ(down.details().version, 1) << down.what();
        EXPECT_EQ(versions(), "0 1");
        start_again();
      }
    }
  }
}

TEST_F(PipelineTest, MigrationThatEmptiesOrDropsTheVersionTableIsRefused) {
  for (const char* damage : {"TRUNCATE goose_db_version;", "DELETE FROM goose_db_version;",
                             "DROP TABLE goose_db_version;"}) {
    for (const Commit commit : ways_) {
      const Error error = error_of([&] {
        runner({file(1, "SELECT 1;"), file(2, damage), file(3, "SELECT 1;")}, {.commit = commit})
            .up();
      });
      EXPECT_EQ(error.details().version, 2) << error.what();
      EXPECT_EQ(versions(), "0 1") << damage;
      start_again();
    }
  }
}

TEST_F(PipelineTest, SetTransactionMayComeFirst) {
  const std::vector<MemoryFile> files = {
      file(1,
           "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE c AS SELECT "
           "current_setting('transaction_isolation') AS level;",
           "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nDROP TABLE c;"),
      file(2, "SET TRANSACTION READ WRITE;\nINSERT INTO c VALUES ('plain');")};
  for (const Commit commit : ways_) {
    MigrationRunner one = runner(files, {.commit = commit});
    EXPECT_EQ(one.up().migrations.size(), 2U);
    EXPECT_EQ(ask("SELECT string_agg(level, ' ') FROM c"), "serializable plain");
    EXPECT_EQ(one.reset().migrations.size(), 2U);
  }
}

TEST_F(PipelineTest, SettingsReachTheNextFileUpAndDown) {
  const std::vector<MemoryFile> files = {
      file(1,
           "CREATE SCHEMA app;\nSET search_path TO app;\nCREATE TABLE birds (x int);\n"
           "CREATE TEMPORARY TABLE scratch (x int);",
           "DROP TABLE birds;\nDROP SCHEMA app;"),
      file(2, "INSERT INTO birds VALUES (1);\nINSERT INTO scratch VALUES (1);", "SELECT 1;"),
      file(3, "CREATE TABLE nests (x int);", "SET search_path TO app;\nDROP TABLE nests;")};
  for (const Commit commit : ways_) {
    MigrationRunner one = runner(files, {.commit = commit});
    EXPECT_EQ(one.up().migrations.size(), 3U);
    EXPECT_EQ(ask("SELECT count(*) FROM app.birds"), "1");
    EXPECT_EQ(ask("SELECT to_regclass('app.nests') IS NOT NULL"), "t");
    EXPECT_EQ(one.reset().migrations.size(), 3U);
    EXPECT_EQ(versions(), "0");
    const Error error = error_of([&] { runner(files, {.commit = commit, .isolate = true}).up(); });
    EXPECT_EQ(error.details().version, 2) << error.what();
    ask("DROP SCHEMA app CASCADE");
    start_again();
  }
}

TEST_F(PipelineTest, RecordsAreWrittenAsTheSessionItself) {
  ask("CREATE ROLE " + database_ + "_low");
  const std::string low = database_ + "_low";
  const std::vector<std::string> changes = {"SET LOCAL ROLE " + low + ";", "SET ROLE " + low + ";",
                                            "SET SESSION AUTHORIZATION " + low + ";",
                                            "SELECT set_config('role', '" + low + "', false);",
                                            "DO $$ BEGIN EXECUTE 'SET ROLE " + low + "'; END $$;"};
  for (const std::string& change : changes) {
    for (const Commit commit : ways_) {
      for (const bool transaction : {true, false}) {
        MemoryFile first = file(1, "CREATE SCHEMA app AUTHORIZATION " + low + ";\n" + change +
                                       "\nCREATE TABLE app.t (id int);");
        if (!transaction) {
          if (change.find("LOCAL") != change.npos) continue;
          first.text = "-- +goose NO TRANSACTION\n" + first.text;
        }
        MigrationRunner one =
            runner({first, file(2, "CREATE TABLE app.u (id int);"), file(3, "SELECT 1;")},
                   {.commit = commit});
        EXPECT_EQ(one.up().migrations.size(), 3U);
        EXPECT_EQ(ask("SELECT tableowner FROM pg_tables WHERE tablename = 'u'"),
                  change.find("LOCAL") == change.npos ? low : "postgres")
            << change;
        EXPECT_EQ(versions(), "0 1 2 3");
        ask("SET client_min_messages = warning; DROP SCHEMA app CASCADE");
        start_again();
      }
    }
  }
  ask("DROP ROLE " + low);
}

TEST_F(PipelineTest, RoleThatMayNotCreateTablesMigratesWithoutHistory) {
  runner({file(1, "CREATE TABLE birds (x int);")}, {.history = false}).up();
  const std::string low = database_ + "_low";
  ask("CREATE ROLE " + low + " LOGIN; GRANT SELECT, INSERT, DELETE ON goose_db_version TO " + low +
      "; GRANT USAGE ON goose_db_version_id_seq TO " + low + "; GRANT ALL ON birds TO " + low +
      "; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const std::string as_low =
      "postgres://" + low + url().substr(std::string("postgres://postgres").size());
  MigrationRunner one{open(as_low),
                      in_memory({file(1, "CREATE TABLE birds (x int);"),
                                 file(2, "INSERT INTO birds VALUES (1);"), file(3, "SELECT 1;")})};
  const Report report = one.up();
  EXPECT_EQ(report.migrations.size(), 2U);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_NE(report.warnings[0].find("no history is kept"), std::string::npos);
  EXPECT_EQ(versions(), "0 1 2 3");
  ask("DROP OWNED BY " + low + "; DROP ROLE " + low);
}

TEST_F(PipelineTest, PermissionErrorNamesItsFileAndKeepsThoseBefore) {
  const std::string low = database_ + "_low";
  ask("CREATE TABLE bird (id int); CREATE ROLE " + low + " LOGIN; GRANT ALL ON SCHEMA public TO " +
      low);
  const std::string as_low =
      "postgres://" + low + url().substr(std::string("postgres://postgres").size());
  MigrationRunner one{
      open(as_low), in_memory({file(1, "CREATE TABLE one (x int);"),
                               file(2, "CREATE TABLE two (x int);\n\nALTER TABLE bird ADD q int;"),
                               file(3, "SELECT 1;")})};
  const Error error = error_of([&] { one.up(); });
  EXPECT_EQ(error.code(), ErrorCode::not_writable);
  EXPECT_EQ(error.details().file, "00002_file.sql");
  EXPECT_EQ(error.details().line, 4);
  EXPECT_EQ(versions(), "0 1");
  EXPECT_EQ(history("failed"), "2");
  ask("DROP OWNED BY " + low + "; DROP ROLE " + low);
}

// What only the other protocol takes, or takes otherwise, runs by itself.
TEST_F(PipelineTest, WhatCannotBeInFlightRunsInItsTurn) {
  MigrationRunner one = runner(
      {file(1, "CREATE TABLE t (id int, v text);"), file(2, "COPY t FROM stdin;\n1\tone\n\\.\n"),
       file(3, "INSERT INTO t VALUES (2, 'two');"),
       file(4,
            "-- +goose StatementBegin\nINSERT INTO t VALUES (3, 'a'); INSERT INTO t VALUES (4, "
            "'b');\n-- +goose StatementEnd"),
       file(5, "INSERT INTO t VALUES (5, 'c');"),
       file(6,
            "-- +goose StatementBegin\nCREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT "
            "$1';\n-- +goose StatementEnd\nINSERT INTO t VALUES (g(6), 'd');")});
  EXPECT_EQ(one.up().migrations.size(), 6U);
  EXPECT_EQ(ask("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"), "1 2 3 4 5 6");
  EXPECT_EQ(versions(), "0 1 2 3 4 5 6");
  const Error error = error_of(
      [&] { runner({file(7, "SELECT 1;"), file(8, "SELECT $1;"), file(9, "SELECT 1;")}).up(); });
  EXPECT_EQ(error.code(), ErrorCode::sql) << error.what();
  EXPECT_EQ(error.details().version, 8);
}

TEST_F(PipelineTest, FileNameThatTheDatabaseCannotHoldStopsNothing) {
  ask("CREATE DATABASE " + database_ +
      "_latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  const std::string latin = server().url(database_ + "_latin");
  MigrationRunner one{open(latin),
                      in_memory({{"00001_\xe9\xb3\xa5.sql", "-- +goose Up\nSELECT 1;\n"},
                                 {"00002_b.sql", "-- +goose Up\nSELECT 1;\n"}})};
  EXPECT_EQ(one.up().migrations.size(), 2U);
  EXPECT_EQ(Client(latin).ask("SELECT max(version_id) FROM goose_db_version"), "2");
}

// Its commits did not wait for the disk, but the report did.
TEST_F(PipelineTest, WhatIsReportedSurvivesACrashOfTheServer) {
  PostgresServer fragile({"wal_writer_delay=10s", "fsync=on"});
  const std::string target = fragile.url(fragile.create_database());
  std::vector<MemoryFile> files = {file(1, "CREATE TABLE t (x int);")};
  for (int i = 2; i <= 30; ++i) files.push_back(file(i, "INSERT INTO t VALUES (1);"));
  EXPECT_EQ((MigrationRunner{open(target), in_memory(files)}.up().migrations.size()), 30U);
  fragile.stop(SIGQUIT);
  fragile.start();
  EXPECT_EQ(Client(target).ask("SELECT count(*) FROM t"), "29");
  // A failing run reports those before it: they too.
  for (int i = 31; i <= 40; ++i) files.push_back(file(i, "INSERT INTO t VALUES (1);"));
  files.push_back(file(41, "SELECT nothing;"));
  const Error error =
      error_of([&] { MigrationRunner{open(target), in_memory(files), {.history = false}}.up(); });
  fragile.stop(SIGQUIT);
  fragile.start();
  ASSERT_NE(error.report(), nullptr);
  EXPECT_EQ(error.report()->migrations.size(), 10U);
  EXPECT_EQ(Client(target).ask("SELECT count(*) FROM t"), "39");
}

// The server loses the commits that were not on its disk: the run finds out and applies them again.
TEST_F(PipelineTest, RunGoesOnFromWhatACrashedServerHasKept) {
  PostgresServer fragile({"wal_writer_delay=10s", "fsync=on"});
  const std::string target = fragile.url(fragile.create_database());
  std::vector<MemoryFile> files = {
      file(1, "CREATE TABLE t (x int);"),
  };
  for (int i = 2; i <= 40; ++i) {
    files.push_back(
        file(i, "INSERT INTO t VALUES (" + std::to_string(i) + ");\nSELECT pg_sleep(0.02);"));
  }
  Report report;
  std::atomic<bool> done{false};
  std::thread run([&] {
    try {
      report = MigrationRunner{open(target), in_memory(files)}.up();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    done = true;
  });
  // Not the other way round: a server dies with the thread that has started it.
  for (int crashes = 0; crashes < 2 && !done; ++crashes) {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    fragile.stop(SIGQUIT);
    fragile.start();
  }
  run.join();
  EXPECT_EQ(report.migrations.size(), 40U);
  EXPECT_EQ(report.version, 40);
  EXPECT_EQ(Client(target).ask("SELECT count(*), count(DISTINCT x) FROM t"), "39|39");
  EXPECT_EQ(Client(target).ask("SELECT count(*), count(DISTINCT version_id) FROM goose_db_version"),
            "41|41");
}

}  // namespace
}  // namespace gander
