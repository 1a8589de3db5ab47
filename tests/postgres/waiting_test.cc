// SPDX-License-Identifier: MIT
// What --wait promises to bound, and `gander wait`: other runs, locks on tables, servers that are
// not up yet.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/postgres/program.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Client;
using testing_support::PgBouncer;
using testing_support::PostgresServer;
using testing_support::Process;
using testing_support::TempDirectory;

constexpr int kLocked = 5;
constexpr int kUnreachable = 6;
constexpr int kPending = 7;
constexpr int kDeadline = 8;

class WaitingTest : public PostgresProgramTest {
 protected:
  int gander(const std::string& where, const std::vector<std::string>& arguments) {
    return start(where, arguments)->wait();
  }
  int gander(const std::vector<std::string>& arguments) { return gander(url(), arguments); }
  void write_alter() {
    ask("CREATE TABLE bird (id int)");
    directory_.write("00001_alter.sql", "-- +goose Up\nALTER TABLE bird ADD name text;\n");
  }
};

// Each of these would wait for ever if nothing bounded it: the reader never leaves.
TEST_F(WaitingTest, WaitBoundsTheWaitForAReaderOfTheTable) {
  write_alter();
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM bird");
  EXPECT_EQ(gander({"up", "--wait", "1s"}), kLocked) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("00001_alter.sql"), HasSubstr("test client"),
                              HasSubstr("after 1 s of waiting"), Not(HasSubstr("another run"))));
  EXPECT_EQ(ask("SELECT count(*) FROM goose_db_version WHERE version_id > 0"), "0");
}

TEST_F(WaitingTest, WaitBoundsAllTriesOfALockTimeout) {
  write_alter();
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM bird");
  EXPECT_EQ(gander({"up", "--wait", "1s", "--lock-timeout", "200ms"}), kLocked) << output();
}

TEST_F(WaitingTest, WaitBoundsALongerLockTimeoutOfTheServer) {
  write_alter();
  ask("ALTER DATABASE " + database_ + " SET lock_timeout = '1h'");
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM bird");
  EXPECT_EQ(gander({"up", "--wait", "500ms"}), kLocked) << output();
  EXPECT_EQ(gander({"up", "--wait", "500ms", "--lock-timeout", "1h"}), kLocked) << output();
}

TEST_F(WaitingTest, WaitBoundsTheWaitForATableInAFileWithoutATransaction) {
  ask("CREATE TABLE bird (id int)");
  directory_.write("00001_alter.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE bird ADD name text;\n");
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM bird");
  EXPECT_EQ(gander({"up", "--wait", "500ms"}), kLocked) << output();
  reader.ask("COMMIT");
  EXPECT_EQ(gander({"up", "--wait", "500ms"}), 0) << output();
}

TEST_F(WaitingTest, WaitBoundsTheWaitForATableThroughAPooler) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server());
  write_alter();
  Client reader(url());
  reader.ask("BEGIN; SELECT * FROM bird");
  EXPECT_EQ(gander(bouncer.url(database_), {"up", "--wait", "1s"}), kLocked) << output();
}

// What works CONCURRENTLY keeps nobody out; --timeout is what ends it.
TEST_F(WaitingTest, ConcurrentlyWaitsForOldTransactionsUntilTheTimeLimit) {
  ask("CREATE TABLE bird (id int)");
  directory_.write("00001_index.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\n"
                   "CREATE INDEX CONCURRENTLY bird_id ON bird (id);\n");
  Client writer(url());
  writer.ask("BEGIN; INSERT INTO bird VALUES (1)");
  EXPECT_EQ(gander({"up", "--wait", "100ms", "--timeout", "2s"}), kDeadline) << output();
}

TEST_F(WaitingTest, AnotherRunIsNamedWithTheTimeThatWasWaited) {
  directory_.write("00001_sleep.sql", "-- +goose Up\nSELECT pg_sleep(600);\n");
  const auto holder = start_up();
  Client observer(url());
  while (observer.ask(kSleepers) == "0") ASSERT_TRUE(holder->running()) << output();
  EXPECT_EQ(gander({"up", "--wait", "300ms"}), kLocked) << output();
  EXPECT_THAT(output(),
              AllOf(HasSubstr("another run holds the database: pid "), HasSubstr("(waited ")));
}

class AbsentServerTest : public WaitingTest {
 protected:
  void SetUp() override {
    WaitingTest::SetUp();
    if (IsSkipped()) return;
    own_ = std::make_unique<PostgresServer>(
        std::vector<std::string>{"max_connections=5", "superuser_reserved_connections=0"});
    directory_.write("00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);\n");
  }
  std::string where(const std::string& parameters = {}) const {
    return own_->url("postgres", parameters);
  }
  // Until the program has said so once.
  void until_printed(Process& process, const std::string& text) {
    while (output().find(text) == std::string::npos) {
      ASSERT_TRUE(process.running()) << output();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  std::unique_ptr<PostgresServer> own_;
};

TEST_F(AbsentServerTest, WithoutWaitARefusedConnectionIsToldAtOnce) {
  own_->stop(SIGQUIT);
  EXPECT_EQ(gander(where(), {"up"}), kUnreachable) << output();
  EXPECT_THAT(output(), Not(HasSubstr("waited")));
}

TEST_F(AbsentServerTest, WaitBoundsTheWaitForAServer) {
  own_->stop(SIGQUIT);
  EXPECT_EQ(gander(where(), {"up", "--wait", "500ms"}), kUnreachable) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("cannot connect"), HasSubstr("(waited ")));
}

TEST_F(AbsentServerTest, ServerThatComesLaterIsWaitedFor) {
  own_->stop(SIGQUIT);
  const auto process = start_up(where(), {"--wait", "10m"});
  until_printed(*process, "waiting for the database: cannot connect");
  own_->start();
  EXPECT_EQ(process->wait(), 0) << output();
  EXPECT_EQ(Client(where()).ask("SELECT max(version_id) FROM goose_db_version"), "1");
}

TEST_F(AbsentServerTest, ServerWithoutAFreeConnectionIsWaitedFor) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(std::make_unique<Client>(where()));
  EXPECT_EQ(gander(where(), {"up"}), kUnreachable) << output();
  EXPECT_EQ(gander(where(), {"up", "--wait", "300ms"}), kUnreachable) << output();
  EXPECT_THAT(output(), HasSubstr("53300"));
  const auto process = start_up(where(), {"--wait", "10m"});
  until_printed(*process, "waiting for the database: ");
  clients.clear();
  EXPECT_EQ(process->wait(), 0) << output();
}

TEST_F(AbsentServerTest, StandbyThatIsPromotedIsWaitedFor) {
  own_->stop(SIGINT);
  const std::string signal = own_->directory() + "/data/standby.signal";
  std::ofstream(signal).close();
  struct stat owner{};
  ASSERT_EQ(::stat((own_->directory() + "/data").c_str(), &owner), 0);
  ASSERT_EQ(::chown(signal.c_str(), owner.st_uid, owner.st_gid), 0);
  own_->start();
  EXPECT_EQ(gander(where(), {"up"}), kUnreachable) << output();
  EXPECT_EQ(gander(where(), {"up", "--wait", "300ms"}), kUnreachable) << output();
  EXPECT_THAT(output(), HasSubstr("standby"));
  const auto process = start_up(where(), {"--wait", "10m"});
  until_printed(*process, "waiting for the standby to become the primary");
  Client(where()).ask("SELECT pg_promote()");
  EXPECT_EQ(process->wait(), 0) << output();
}

// Waiting does not help: it is told at once, and the hint is about passwords.
TEST_F(AbsentServerTest, PasswordThatIsMissingIsToldAtOnce) {
  Client administrator(where());
  administrator.ask("ALTER ROLE postgres PASSWORD 'secret'");
  std::ofstream(own_->directory() + "/data/pg_hba.conf") << "local all all scram-sha-256\n";
  administrator.ask("SELECT pg_reload_conf()");
  while (administrator.ask("SELECT bool_or(auth_method = 'trust') FROM pg_hba_file_rules") == "t" ||
         gander(where(), {"status"}) == 0) {
  }
  EXPECT_EQ(gander(where(), {"up", "--wait", "1h"}), kUnreachable);
  EXPECT_THAT(output(), AllOf(HasSubstr("the server asks for a password, and there is none"),
                              Not(HasSubstr("check that the server runs"))));
  EXPECT_EQ(gander(where(), {"wait", "--wait", "1h"}), kUnreachable);
  EXPECT_EQ(gander(where("password=secret"), {"up", "-q"}), 0) << output();
}

// A privilege that is missing names its file and line, keeps what came before, and is remembered.
TEST_F(WaitingTest, MissingPrivilegeNamesItsFileAndIsInTheHistory) {
  ask("CREATE TABLE bird (id int); CREATE ROLE " + database_ +
      " LOGIN; GRANT ALL ON SCHEMA public "
      "TO " +
      database_);
  directory_.write("00001_a.sql", "-- +goose Up\nCREATE TABLE one (x int);\n");
  directory_.write("00002_b.sql",
                   "-- +goose Up\nCREATE TABLE two (x int);\n\nALTER TABLE bird ADD q int;\n");
  EXPECT_EQ(gander(url("role=" + database_), {"up"}), kUnreachable) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("00002_b.sql:4:1: must be owner of table bird"),
                              HasSubstr("the database is at version 1")));
  EXPECT_EQ(ask("SELECT count(*) FROM goose_db_version_history WHERE event = 'failed' AND "
                "version_id = 2"),
            "1");
}

TEST_F(WaitingTest, StatementThatRanTooLongIsToldWithItsLimit) {
  directory_.write("00001_sleep.sql", "-- +goose Up\nSELECT pg_sleep(600);\n");
  EXPECT_EQ(gander({"up", "--statement-timeout", "100ms"}), 1) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("00001_sleep.sql:2"), HasSubstr("--statement-timeout")));
}

TEST_F(AbsentServerTest, WaitCommandReturnsWhenTheServerIsUp) {
  own_->stop(SIGQUIT);
  EXPECT_EQ(gander(where(), {"wait", "--wait", "300ms"}), kUnreachable) << output();
  EXPECT_EQ(gander(where(), {"wait", "--timeout", "300ms"}), kDeadline) << output();
  const auto process = start(where(), {"wait"});
  until_printed(*process, "waiting for the database: ");
  own_->start();
  EXPECT_EQ(process->wait(), 0) << output();
  EXPECT_THAT(output(), HasSubstr("can be reached"));
  EXPECT_EQ(Client(where()).ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

TEST_F(AbsentServerTest, WaitCommandWaitsForADatabaseThatIsCreatedLater) {
  const auto process = start(own_->url("later"), {"wait"});
  until_printed(*process, "\"later\" does not exist");
  Client(where()).ask("CREATE DATABASE later");
  EXPECT_EQ(process->wait(), 0) << output();
}

TEST_F(AbsentServerTest, WaitCommandIsQuietWhenToldSo) {
  EXPECT_EQ(gander(where(), {"wait", "-q"}), 0);
  EXPECT_EQ(output(), "");
}

TEST_F(WaitingTest, WaitMigratedReturnsWhenSomebodyElseHasMigrated) {
  for (const MemoryFile& file : trail_files()) directory_.write(file.name, file.text);
  EXPECT_EQ(gander({"wait", "--migrated", "--wait", "300ms"}), kPending) << output();
  EXPECT_EQ(ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
  const auto process = start(url(), {"wait", "--migrated", "--json"});
  // It takes no lock: the one who migrates is not kept out.
  EXPECT_EQ(gander({"up", "--wait", "0", "-q"}), 0) << output();
  EXPECT_EQ(process->wait(), 0) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("\"migrated\": true"), HasSubstr("\"waited_ms\"")));
}

TEST_F(WaitingTest, RunnerOfTheLibraryWaitsForSomebodyElse) {
  MigrationRunner waiter = runner(trail_files());
  std::thread other([&] { runner(trail_files()).up(); });
  EXPECT_TRUE(waiter.wait_until_migrated());
  other.join();
  waiter.wait_until_reachable();
  MigrationRunner hasty = runner({{"00009_more.sql", "-- +goose Up\nSELECT 1;"}},
                                 {.wait = std::chrono::milliseconds(0)});
  EXPECT_FALSE(hasty.wait_until_migrated());
}

// Statements that need a session of their own stop the run before it writes anything, the lease
// included.
TEST_F(WaitingTest, PoolerIsNoticedBeforeTheFirstFile) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server());
  directory_.write("00001_a.sql", "-- +goose Up\nCREATE TABLE po (x int);\n");
  for (const char* bare :
       {"CREATE INDEX CONCURRENTLY po_i ON po (x);", "VACUUM po;", "SET search_path = public;"}) {
    directory_.write(
        "00002_b.sql",
        std::string("-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n") + bare + "\n");
    for (const char* command : {"plan", "up"}) {
      EXPECT_EQ(gander(bouncer.url(database_), {command}), 2) << output();
      EXPECT_THAT(output(), HasSubstr("00002_b.sql:4"));
    }
    EXPECT_EQ(ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0") << bare;
  }
  directory_.write("00002_b.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN;\nSET LOCAL search_path = "
                   "public;\nINSERT INTO po VALUES (1);\nCOMMIT;\n");
  EXPECT_EQ(gander(bouncer.url(database_), {"up"}), 0) << output();
}

// A closed standard stream is the lowest free descriptor: the socket, or the database's file.
TEST_F(WaitingTest, ClosedStandardStreamsDoNotBecomeTheConnection) {
  directory_.write("00001_a.sql",
                   "-- +goose Up\nCREATE TABLE a (i int);\nDO $$ BEGIN RAISE WARNING 'hello'; END "
                   "$$;\n");
  directory_.write("00002_b.sql",
                   "-- +goose Up\nCREATE TABLE b (i int);\nDO $$ BEGIN RAISE WARNING 'hello'; END "
                   "$$;\n");
  for (const char* closed : {">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    for (const char* options : {"up", "-v up", "--json up", "--notices up"}) {
      ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      const std::string command = "exec " + program_ + " --db '" + url() + "' --dir " +
                                  directory_.path().string() + " " + options + " " + closed;
      Process process({"/bin/sh", "-c", command}, directory_.file("log"), "");
      const int code = process.wait();
      const bool out_closed = std::string(closed).find(">&-") != std::string::npos &&
                              std::string(closed) != "2>&-" && std::string(closed) != "<&-";
      EXPECT_EQ(code, out_closed ? kUnreachable : 0) << command;
      EXPECT_EQ(versions(), "0 1 2") << command;
    }
  }
}

// --- what a run shows of itself ----------------------------------------------------------------

TEST_F(WaitingTest, NoticesAreCountedAndShownOnDemand) {
  const char* text =
      "-- +goose Up\nCREATE TABLE IF NOT EXISTS a (i int);\nCREATE TABLE IF NOT EXISTS a (i int);\n"
      "DO $$ BEGIN RAISE NOTICE E'one\\ntwo'; RAISE WARNING E'three\\nfour'; END $$;\n";
  directory_.write("00001_a.sql", text);
  EXPECT_EQ(gander({"up"}), 0);
  EXPECT_THAT(output(), AllOf(HasSubstr("warning: three\n  four\n"),
                              HasSubstr("2 notices of the server not shown (--notices)"),
                              Not(HasSubstr("already exists"))));
  directory_.write("00002_b.sql", text);
  EXPECT_EQ(gander({"up", "--notices"}), 0);
  EXPECT_THAT(output(), AllOf(HasSubstr("notice: one\n  two\n"),
                              HasSubstr("notice: relation \"a\" already exists, skipping\n")));
  directory_.write("00003_c.sql", text);
  EXPECT_EQ(gander({"up", "--json"}), 0);
  EXPECT_THAT(output(), AllOf(HasSubstr("\"notices\": ["), HasSubstr("\"severity\": \"WARNING\""),
                              HasSubstr("\"text\": \"one\\ntwo\""), HasSubstr("\"count\": 2")));
}

TEST_F(WaitingTest, GooseFacePrintsNoNotices) {
  directory_.write("00001_a.sql",
                   "-- +goose Up\nDO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$;\n");
  Process process({program_, "goose", "-dir", directory_.path().string(), "postgres", url(), "up"},
                  directory_.file("log"), "");
  EXPECT_EQ(process.wait(), 0);
  EXPECT_THAT(output(), AllOf(HasSubstr("OK "), Not(HasSubstr("one")), Not(HasSubstr("two"))));
}

// Without a terminal: after ten seconds a line says what runs.
TEST_F(WaitingTest, LongStatementIsNamedWithoutATerminal) {
  directory_.write("00001_quick.sql", "-- +goose Up\nCREATE TABLE a (i int);\n");
  directory_.write("00002_slow.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\nSELECT pg_sleep(600);\n");
  const auto process = start_up();
  Client observer(url());
  while (output().find("still running: ") == std::string::npos) {
    ASSERT_TRUE(process->running()) << output();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_THAT(output(), HasSubstr("still running: 00002_slow.sql, statement 2 of 2 (line 4), 10"));
  process->send(SIGTERM);
  process->wait();
}

}  // namespace
}  // namespace gander
