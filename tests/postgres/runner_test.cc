// SPDX-License-Identifier: MIT
// The engine on PostgreSQL: many runners at once, directly and through PgBouncer; a lock timeout
// behind a reader; a server that restarts. The program itself is in program_test.cc.
#include <atomic>
#include <barrier>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/postgres/trail.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::Client;
using testing_support::PgBouncer;
using testing_support::PostgresServer;
using testing_support::Process;
using testing_support::TempDirectory;

class PostgresRunnerTest : public TrailTest {
 protected:
  // Runs `up` from kRunners threads that start at the same moment; returns what went wrong.
  static std::vector<std::string> up_at_once(const std::string& where,
                                             const std::vector<MemoryFile>& files) {
    std::vector<std::string> failures(kRunners);
    std::atomic<std::size_t> applied{0};
    std::barrier start(kRunners);
    std::vector<std::thread> threads;
    for (int i = 0; i < kRunners; ++i) {
      threads.emplace_back([&, i] {
        MigrationRunner runner{open(where), in_memory(files)};
        start.arrive_and_wait();
        try {
          applied += runner.up().migrations.size();
        } catch (const Error& error) {
          failures[static_cast<std::size_t>(i)] = error.what();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(applied, files.size());
    std::erase(failures, "");
    return failures;
  }
};

TEST_F(PostgresRunnerTest, UpDownAndUpAgain) {
  auto runner = this->runner(stepwise_files());
  EXPECT_EQ(runner.up().migrations.size(), 4U);
  EXPECT_EQ(runner.version(), 4);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4a 4b ");
  EXPECT_FALSE(runner.up().changed());
  EXPECT_EQ(runner.down_to(0).migrations.size(), 4U);
  EXPECT_EQ(ask("SELECT to_regclass('trail') IS NULL"), "t");
  EXPECT_EQ(runner.up().migrations.size(), 4U);
  EXPECT_EQ(ask("SELECT event, count(*) FROM goose_db_version_history GROUP BY 1 ORDER BY 1"),
            "applied|8\nreverted|4");
  EXPECT_EQ(ask("SELECT count(*) FROM goose_db_version_journal"), "0");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT "
                "oid FROM pg_database WHERE datname = current_database())"),
            "0");
}

TEST_F(PostgresRunnerTest, EachMigrationHasACommitOfItsOwn) {
  const auto birds = [](int first, int last) {
    std::vector<MemoryFile> files;
    for (int i = first; i <= last; ++i) {
      const std::string table = "birds_" + std::to_string(i);
      files.push_back({std::to_string(i) + "_birds.sql",
                       "-- +goose Up\nCREATE TABLE " + table +
                           " (id integer PRIMARY KEY);\nINSERT "
                           "INTO " +
                           table + " VALUES (1);\nCREATE INDEX ON " + table + " (id);\n"});
    }
    return files;
  };
  // Each row of the version table is written by the transaction of its migration.
  const std::string commits = "SELECT count(DISTINCT xmin::text) FROM goose_db_version";
  EXPECT_EQ(runner(birds(1, 120)).up().migrations.size(), 120u);
  EXPECT_EQ(ask(commits), "121") << "and the zero row";
  EXPECT_EQ(runner(birds(1, 123)).up().migrations.size(), 3u);
  EXPECT_EQ(ask(commits), "124");
  ask("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  EXPECT_EQ(runner(birds(1, 10), {.commit = Commit::each}).up().migrations.size(), 10u);
  EXPECT_EQ(ask(commits), "11");
}

TEST_F(PostgresRunnerTest, TwentyAtOnceThroughPgBouncer) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server());
  EXPECT_THAT(up_at_once(bouncer.url(database_), trail_files()), IsEmpty());
  EXPECT_EQ(versions(), "0 1 2 3");
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 ");
  EXPECT_EQ(ask("SELECT locked FROM goose_lock"), "f");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT "
                "oid FROM pg_database WHERE datname = current_database())"),
            "0");
}

TEST_F(PostgresRunnerTest, BareStatementIsRefusedThroughPgBouncer) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server());
  MigrationRunner pooled{open(bouncer.url(database_)), in_memory(stepwise_files())};
  const Error error = error_of([&] { pooled.up(); });
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_THAT(error.details().hint, HasSubstr("directly"));
  EXPECT_EQ(ask("SELECT to_regclass('goose_db_version') IS NULL"), "t");
  auto direct = runner(stepwise_files());
  EXPECT_EQ(direct.up().migrations.size(), 4U);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4a 4b ");
}

TEST_F(PostgresRunnerTest, PgBouncerInSessionModeIsTakenAtTheUsersWord) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server(), "session");
  MigrationRunner pooled{open(bouncer.url(database_, "pooler=session")),
                         in_memory(stepwise_files())};
  EXPECT_EQ(pooled.up().migrations.size(), 4U);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4a 4b ");
  EXPECT_EQ(ask("SELECT to_regclass('goose_lock') IS NULL"), "t") << "it took a lease";
}

TEST_F(PostgresRunnerTest, SettingsDoNotLeakIntoThePool) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server());
  ask("CREATE SCHEMA tenant");
  MigrationRunner runner{
      open(bouncer.url(database_, "schema=tenant")),
      in_memory({{"00001_set.sql",
                  "-- +goose Up\nSET work_mem = '7MB';\nCREATE TABLE here (i int);\n"
                  "CREATE TEMP TABLE there (i int);\n"}})};
  runner.up();
  EXPECT_EQ(ask("SELECT to_regclass('tenant.here') IS NOT NULL"), "t");
  // The pool has one server session so far: this client gets the same.
  Client next(bouncer.url(database_));
  EXPECT_EQ(next.ask("SELECT current_setting('work_mem') = '7MB', current_schema(), "
                     "to_regclass('pg_temp.there') IS NULL"),
            "f|public|t");
}

// A row that another session has changed is no lock on a table.
TEST_F(PostgresRunnerTest, WhatAMigrationWaitsForIsCalledATableOrATransaction) {
  struct Watcher : Observer {
    void lock_waiting(const LockWaiting& event) override { seen.push_back(event.what); }
    std::vector<WaitingFor> seen;
  };
  ask("CREATE TABLE bird (id int); INSERT INTO bird VALUES (1)");
  const auto seen_by = [&](const char* sql) {
    Client other(url());
    other.ask("BEGIN; UPDATE bird SET id = 2");
    Watcher watcher;
    Options options;
    options.wait = std::chrono::milliseconds(500);
    options.observer = &watcher;
    const std::string text = "-- +goose Up\n" + std::string(sql) + ";\n";
    MigrationRunner blocked{open(url()), in_memory({{"00001_a.sql", text}}), options};
    EXPECT_EQ(error_of([&] { blocked.up(); }).code(), ErrorCode::locked);
    return watcher.seen;
  };
  EXPECT_THAT(seen_by("UPDATE bird SET id = 3"),
              AllOf(Not(IsEmpty()), Each(WaitingFor::transaction)));
  EXPECT_THAT(seen_by("ALTER TABLE bird ADD name text"),
              AllOf(Not(IsEmpty()), Each(WaitingFor::table)));
}

TEST_F(PostgresRunnerTest, ReadersDoNotQueueBehindAMigrationWithALockTimeout) {
  runner(trail_files()).up();
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_alter.sql", "-- +goose Up\nALTER TABLE trail ADD note text;\n"});
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM trail");
  reader.send("SELECT pg_sleep(6)");

  struct Watcher : Observer {
    void lock_waiting(const LockWaiting& event) override {
      holder = event.holder;
      ++reports;
    }
    std::string holder;
    int reports = 0;
  } watcher;
  Options options;
  options.lock_timeout = std::chrono::milliseconds(100);
  options.observer = &watcher;
  std::atomic<bool> done{false};
  std::thread migration([&] {
    MigrationRunner second{open(url()), in_memory(files), options};
    EXPECT_EQ(second.up().migrations.size(), 1U);
    done = true;
  });
  // The server itself ends a point query that waits much longer than one try of the migration: a
  // plain ALTER in the queue would cost it the whole 6 s.
  Client other(url());
  other.ask("SET statement_timeout = '2s'");
  int queries = 0;
  while (ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = "
             "'SELECT pg_sleep(6)' AND state = 'active'") == "1") {
    EXPECT_EQ(other.ask("SELECT count(*) FROM trail"), "1");
    EXPECT_FALSE(done);
    ++queries;
  }
  EXPECT_GT(queries, 10);
  reader.collect();
  reader.ask("COMMIT");
  migration.join();
  EXPECT_GT(watcher.reports, 1);
  EXPECT_THAT(watcher.holder, HasSubstr("test client"));
  EXPECT_EQ(ask("SELECT note IS NULL FROM trail"), "t");
}

TEST_F(PostgresRunnerTest, OptionsWinOverTheUrl) {
  ask("CREATE SCHEMA mine; CREATE SCHEMA other; CREATE ROLE " + database_ +
      "_owner; GRANT ALL ON "
      "SCHEMA mine TO " +
      database_ + "_owner");
  Options options;
  options.schema = "mine";
  options.role = database_ + "_owner";
  options.lock_timeout = std::chrono::milliseconds(1500);
  options.statement_timeout = std::chrono::seconds(90);
  const std::vector<MemoryFile> files = {
      {"00001_a.sql",
       "-- +goose Up\nCREATE TABLE seen AS SELECT current_setting('lock_timeout'), "
       "current_setting('statement_timeout') AS s, current_setting('search_path') AS p;\n"},
      {"00002_b.sql", "-- +goose Up\nRESET ALL;\nRESET ROLE;\n"},
      {"00003_c.sql", "-- +goose Up\nINSERT INTO seen SELECT current_user;\n"}};
  MigrationRunner owned{open(url("schema=other&lock_timeout=7s")), in_memory(files), options};
  owned.up();
  const std::string expected = "1500ms|90s|\"mine\"\n" + database_ + "_owner||";
  EXPECT_EQ(ask("SELECT * FROM mine.seen"), expected);
  EXPECT_EQ(ask("SELECT tableowner FROM pg_tables WHERE schemaname = 'mine' AND tablename = "
                "'goose_db_version'"),
            database_ + "_owner");

  ask("DROP OWNED BY " + database_ + "_owner; GRANT ALL ON SCHEMA mine TO " + database_ + "_owner");
  Client application(url());
  MigrationRunner borrowed{borrow(application.handle()), in_memory(files), options};
  borrowed.up();
  EXPECT_EQ(borrowed.version(), 3);
  EXPECT_EQ(ask("SELECT * FROM mine.seen"), expected);
  EXPECT_EQ(application.ask("SELECT current_user <> '" + database_ +
                            "_owner', current_setting('search_path'), "
                            "current_setting('lock_timeout')"),
            "t|\"$user\", public|0");
  ask("DROP OWNED BY " + database_ + "_owner; DROP ROLE " + database_ + "_owner");
}

// Each notes in `seen` whether statements of Gander's were prepared when it ran.
std::vector<MemoryFile> prepared_watchers(int count) {
  std::vector<MemoryFile> files = {
      {"00001_seen.sql", "-- +goose Up\nCREATE TABLE seen (version int, prepared bool);\n"}};
  for (int i = 2; i <= count; ++i) {
    const std::string number = std::to_string(i);
    files.push_back({number + "_look.sql", "-- +goose Up\nINSERT INTO seen SELECT " + number +
                                               ", count(*) > 0 FROM pg_prepared_statements;\n"});
  }
  return files;
}

TEST_F(PostgresRunnerTest, RecordsOfARunOfManyAreWrittenByPreparedStatements) {
  for (const Commit commit : {Commit::each, Commit::all}) {
    MigrationRunner runner = this->runner(prepared_watchers(10), {.commit = commit});
    EXPECT_EQ(runner.up().migrations.size(), 10u);
    EXPECT_EQ(
        ask("SELECT string_agg(version::text, ' ' ORDER BY version) FROM seen WHERE prepared"),
        commit == Commit::each ? "4 5 6 7 8 9 10" : "3 4 5 6 7 8 9 10");
    EXPECT_EQ(ask("SELECT count(*), count(DISTINCT version_id), min(statements), count(DISTINCT "
                  "checksum) FROM goose_db_version_history"),
              "10|10|1|10");
    ask("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }
}

// Hidden in a function, which nothing but running it can tell.
TEST_F(PostgresRunnerTest, MigrationThatDeallocatesEverythingIsAppliedOnce) {
  for (const Commit commit : {Commit::each, Commit::all}) {
    std::vector<MemoryFile> files = prepared_watchers(12);
    files[1].text =
        "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION forget() RETURNS bool AS $$ BEGIN "
        "EXECUTE 'DEALLOCATE ALL'; RETURN true; END $$ LANGUAGE plpgsql;\n-- +goose StatementEnd\n";
    files[7].text = "-- +goose Up\nINSERT INTO seen VALUES (8, forget());\n";
    MigrationRunner runner = this->runner(files, {.commit = commit});
    EXPECT_EQ(runner.up().migrations.size(), 12u);
    EXPECT_EQ(ask("SELECT count(*) FROM seen"), "10");
    EXPECT_EQ(ask("SELECT event, count(*) FROM goose_db_version_history GROUP BY event"),
              "applied|12");
    ask("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }
}

TEST_F(PostgresRunnerTest, MigrationIsOneMessage) {
  PostgresServer logging({"log_statement=all"});
  MigrationRunner runner{open(logging.url(logging.create_database())),
                         in_memory(prepared_watchers(10)),
                         {.drift = false, .commit = Commit::each}};
  const std::string before = logging.log();
  EXPECT_EQ(runner.up().migrations.size(), 10u);
  const std::string log = logging.log().substr(before.size());
  int messages = 0;
  int migrations = 0;
  for (std::size_t at = log.find("statement: "); at != log.npos; at = log.find("statement: ", at)) {
    at += std::string_view("statement: ").size();
    ++messages;
    if (log.substr(at, 5) == "BEGIN") ++migrations;
  }
  EXPECT_EQ(migrations, 11) << "and the tables";
  // Besides those: looking, locking, looking again, and giving the lock back.
  EXPECT_EQ(messages, migrations + 4) << log;
}

TEST_F(PostgresRunnerTest, DurationsAreTheServers) {
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_slow.sql", "-- +goose Up\nSELECT pg_sleep(0.3);\nRESET ALL;\n"});
  files.push_back({"00005_quick.sql", "-- +goose Up\nSELECT 1;\n"});
  for (const Commit commit : {Commit::all, Commit::each}) {
    Options options;
    options.commit = commit;
    MigrationRunner measured = runner(files, options);
    const Report report = measured.up();
    ASSERT_EQ(report.migrations.size(), 5U);
    EXPECT_GE(report.migrations[3].duration, std::chrono::milliseconds(300));
    // What the history says is what the report says.
    const std::vector<HistoryEntry> history = measured.history();
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(history[history.size() - 5 + i].duration, report.migrations[i].duration);
    }
    EXPECT_LT(report.migrations[4].duration, report.migrations[3].duration);
    measured.reset();
  }
}

TEST_F(PostgresRunnerTest, IndexIsNotBuiltAgainForALockTimeout) {
  runner(trail_files()).up();
  Client old(url());
  old.ask("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM trail");
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_index.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\n"
                   "CREATE INDEX CONCURRENTLY more_id ON more (id);\n"
                   "INSERT INTO trail SELECT current_setting('lock_timeout');\n"});
  struct Watcher : Observer {
    explicit Watcher(Client& client) : reader(client) {}
    void lock_waiting(const LockWaiting&) override {
      if (++reports == 3) reader.ask("COMMIT");
    }
    void message(const Message& event) override { messages += std::string(event.text) + "\n"; }
    Client& reader;
    int reports = 0;
    std::string messages;
  } watcher(old);
  Options options;
  options.lock_timeout = std::chrono::milliseconds(50);
  options.observer = &watcher;
  runner(files, options).up();
  EXPECT_EQ(watcher.messages, "");
  EXPECT_EQ(ask("SELECT steps FROM trail WHERE steps LIKE '%ms'"), "50ms");
}

TEST_F(PostgresRunnerTest, LockTimeoutWithoutRetriesIsALockedError) {
  auto first = runner(trail_files());
  first.up();
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM trail");
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_alter.sql", "-- +goose Up\nALTER TABLE trail ADD note text;\n"});
  Options options;
  options.wait = std::chrono::milliseconds(0);
  options.lock_timeout = std::chrono::seconds(2);
  MigrationRunner second{open(url()), in_memory(files), options};
  const Error error = error_of([&] { second.up(); });
  EXPECT_EQ(error.code(), ErrorCode::locked);
  EXPECT_THAT(error.details().hint, HasSubstr("test client"));
}

TEST_F(PostgresRunnerTest, CommitWhoseAnswerWasLostIsNotRepeated) {
  // The trigger ends the session of whoever commits, once: the server cannot answer any more.
  ask("CREATE TABLE once (done bool); INSERT INTO once VALUES (true);");
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_kill.sql",
                   "-- +goose Up\nUPDATE trail SET steps = steps || '4 ';\n"
                   "SELECT pg_terminate_backend(pg_backend_pid()) FROM once WHERE done;\n"});
  std::thread cleaner;
  auto runner = this->runner(files);
  struct Cleaner : Observer {
    explicit Cleaner(std::string conninfo) : url(std::move(conninfo)) {}
    void migration_started(const MigrationStarted& event) override {
      if (event.version == 4 && ++starts == 2) Client(url).ask("UPDATE once SET done = false");
    }
    std::string url;
    int starts = 0;
  } observer(url());
  Options options;
  options.observer = &observer;
  MigrationRunner persistent{open(url()), in_memory(files), options};
  EXPECT_EQ(persistent.up().migrations.size(), 4U);
  EXPECT_EQ(observer.starts, 2);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4 ");
  EXPECT_EQ(versions(), "0 1 2 3 4");
}

TEST_F(PostgresRunnerTest, RestartOfTheServerIsSurvived) {
  PostgresServer restarted;
  const std::string where = restarted.url("postgres");
  const std::string first_start = Client(where).ask("SELECT pg_postmaster_start_time()");
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_wait.sql",
                   "-- +goose Up\nUPDATE trail SET steps = steps || '4 ';\n"
                   "SELECT pg_sleep(600) WHERE pg_postmaster_start_time() = '" +
                       first_start + "';\n"});
  std::thread migration([&] {
    MigrationRunner runner{open(where), in_memory(files)};
    EXPECT_EQ(runner.up().migrations.size(), 4U);
  });
  while (Client(where).ask(kSleepers) == "0") {
  }
  restarted.stop(SIGQUIT);
  restarted.start();
  migration.join();
  EXPECT_EQ(Client(where).ask("SELECT steps FROM trail"), "1 2 3 4 ");
}

TEST_F(PostgresRunnerTest, StandbyIsReadButNotWritten) {
  PostgresServer standby;
  const std::string where = standby.url("postgres");
  MigrationRunner{open(where), in_memory(trail_files())}.up();
  standby.stop(SIGINT);
  std::ofstream(standby.directory() + "/data/standby.signal").close();
  standby.start();
  MigrationRunner runner{open(where), in_memory(stepwise_files())};
  EXPECT_EQ(runner.status().pending, 1);
  const Error error = error_of([&] { runner.up(); });
  EXPECT_EQ(error.code(), ErrorCode::not_writable);
  EXPECT_THAT(error.details().hint, HasSubstr("primary"));
}

TEST_F(PostgresRunnerTest, FunctionMigrationUsesTheConnection) {
  MigrationRunner runner{
      open(url()),
      join({in_memory(trail_files()),
            functions({{.version = 4, .name = "fill", .up = [](Connection& connection) {
                          connection.execute("UPDATE trail SET steps = steps || $1", "4 ");
                          EXPECT_EQ(connection.driver_name(), "postgres");
                          EXPECT_NE(connection.native_handle(), nullptr);
                        }}})})};
  EXPECT_EQ(runner.up().migrations.size(), 4U);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4 ");
}

TEST_F(PostgresRunnerTest, BorrowedConnectionMigratesAndStaysUsable) {
  Client client(url());
  client.ask("SET work_mem = '9MB'");
  {
    MigrationRunner runner{borrow(client.handle()), in_memory(stepwise_files())};
    EXPECT_EQ(runner.up().migrations.size(), 4U);
    EXPECT_EQ(runner.version(), 4);
  }
  EXPECT_EQ(client.ask("SELECT current_setting('work_mem')"), "9MB");
  EXPECT_EQ(client.ask("SELECT steps FROM trail"), "1 2 3 4a 4b ");
}

TEST_F(PostgresRunnerTest, PasswordIsNeverShown) {
  const std::string where = server().url(database_, "password=canary-4711");
  const Target target = open(where);
  EXPECT_THAT(target.display_name(), Not(HasSubstr("canary")));
  MigrationRunner runner{open(server().url("nowhere", "password=canary-4711")),
                         in_memory(trail_files())};
  EXPECT_THAT(error_of([&] { runner.up(); }).what(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace gander
