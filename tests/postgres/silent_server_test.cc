// SPDX-License-Identifier: MIT
// Runs whose server goes away or says nothing more: a time limit and a signal end them all the
// same. The servers here stay frozen until the test is over, so that nothing else could.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/lease.h"
#include "src/driver/postgres/lock.h"
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

constexpr int kDeadline = 8;
constexpr int kTerminated = 143;

// Where a run is when its server falls silent.
struct Moment {
  const char* name;
  std::vector<MemoryFile> files;
};

const MemoryFile kSleep = {"00001_sleep.sql",
                           "-- +goose Up\nCREATE TABLE t (i int);\nSELECT pg_sleep(600);\n"};

std::vector<Moment> moments() {
  return {
      {"AStatement", {kSleep}},
      {"ABareStatement",
       {{"00001_sleep.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT pg_sleep(600);\n"}}},
      {"Commit",
       {{"00001_slow_commit.sql",
         "-- +goose Up\nCREATE TABLE t (i int);\n"
         "-- +goose StatementBegin\nCREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$\n"
         "BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;\n-- +goose StatementEnd\n"
         "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH "
         "ROW EXECUTE FUNCTION wait();\nINSERT INTO t VALUES (1);\n"}}},
      {"ACopy",
       {{"00001_copy.sql",
         "-- +goose Up\nCREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\n\\.\n"
         "SELECT pg_sleep(600);\n"}}},
  };
}

class SilentServerTest : public PostgresProgramTest {
 protected:
  void SetUp() override {
    PostgresProgramTest::SetUp();
    if (!IsSkipped()) own_ = std::make_unique<PostgresServer>();
  }

  std::string where() const { return own_->url("postgres"); }

  void write(const std::vector<MemoryFile>& files) {
    for (const MemoryFile& file : files) directory_.write(file.name, file.text);
  }

  // Waits until a run sleeps on the server.
  void until_asleep(Process& process) {
    Client observer(where());
    while (observer.ask(kSleepers) == "0") ASSERT_TRUE(process.running()) << output();
  }

  std::unique_ptr<PostgresServer> own_;
};

class SilentServerMomentTest : public SilentServerTest,
                               public ::testing::WithParamInterface<std::size_t> {
 protected:
  void SetUp() override {
    SilentServerTest::SetUp();
    if (!IsSkipped()) write(moments()[GetParam()].files);
  }
};

TEST_P(SilentServerMomentTest, TimeLimitEndsTheRun) {
  const auto process = start_up(where(), {"--timeout", "2s"});
  until_asleep(*process);
  own_->freeze();
  EXPECT_EQ(process->wait(), kDeadline) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("time limit"), HasSubstr("not known")));
}

TEST_P(SilentServerMomentTest, SignalEndsTheRun) {
  const auto process = start_up(where());
  until_asleep(*process);
  own_->freeze();
  process->send(SIGTERM);
  EXPECT_EQ(process->wait(), kTerminated) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("interrupted"), HasSubstr("not known")));
}

INSTANTIATE_TEST_SUITE_P(During, SilentServerMomentTest, ::testing::Range<std::size_t>(0, 4),
                         [](const auto& given) { return moments()[given.param].name; });

TEST_F(SilentServerTest, TimeLimitEndsConnecting) {
  write({kSleep});
  own_->freeze();
  EXPECT_EQ(start_up(where(), {"--timeout", "1s"})->wait(), kDeadline) << output();
}

TEST_F(SilentServerTest, SignalEndsConnecting) {
  write({kSleep});
  own_->freeze();
  const auto process = start_up(where());
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // until it handles signals
  process->send(SIGTERM);
  EXPECT_EQ(process->wait(), kTerminated) << output();
}

TEST_F(SilentServerTest, TimeLimitEndsTheWaitForTheLock) {
  write({kSleep});
  const auto holder = start_up(where());
  until_asleep(*holder);
  const auto waiter = start_up(where(), {"--timeout", "2s"});
  Client observer(where());
  while (observer.ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                      "'%pg_try_advisory_lock%' AND pid <> pg_backend_pid()") == "0") {
    ASSERT_TRUE(waiter->running()) << output();
  }
  own_->freeze();
  EXPECT_EQ(waiter->wait(), kDeadline) << output();
}

TEST_F(SilentServerTest, TimeLimitEndsTheSearchForAServerThatWentAway) {
  write({kSleep});
  const auto process = start_up(where(), {"--timeout", "2s"});
  until_asleep(*process);
  own_->stop(SIGQUIT);
  EXPECT_EQ(process->wait(), kDeadline) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("time limit"), HasSubstr("00001_sleep.sql"),
                              HasSubstr("the connection was lost"), HasSubstr("not known")));
}

TEST_F(SilentServerTest, SignalEndsTheSearchForAServerThatWentAway) {
  write({kSleep});
  const auto process = start_up(where());
  until_asleep(*process);
  own_->stop(SIGQUIT);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // until it has noticed
  process->send(SIGTERM);
  EXPECT_EQ(process->wait(), kTerminated) << output();
}

TEST_F(SilentServerTest, SecondSignalEndsTheProgramAtOnce) {
  write({kSleep});
  const auto process = start_up(where());
  until_asleep(*process);
  own_->freeze();
  process->send(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  process->send(SIGINT);
  EXPECT_EQ(process->wait(), 130) << output();
  EXPECT_THAT(output(), Not(HasSubstr("error")));
}

TEST_F(SilentServerTest, ReleaseOfTheLockDoesNotHoldTheEndUp) {
  CancelToken token;
  options_.cancel = &token;
  const auto driver = driver::postgres::make_driver(where());
  for (const bool lease : {false, true}) {
    auto connection = driver->connect(options_);
    auto& session = dynamic_cast<driver::postgres::Connection&>(*connection);
    auto held = lease ? driver::postgres::take_lease(session, "public.goose_db_version")
                      : driver::postgres::take_advisory_lock(session, "public.goose_db_version");
    own_->freeze();
    token.cancel();
    held.reset();
    EXPECT_TRUE(connection->lost());
    own_->thaw();
    token.finish();
  }
}

// The library: what cancel() ends can be repeated with the same runner when the server is back.
TEST_F(SilentServerTest, RunnerGoesOnWhenTheServerAnswersAgain) {
  MigrationRunner runner(open(where()),
                         in_memory({{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);"},
                                    {"00002_sleep.sql", kSleep.text}}),
                         Options{});
  std::thread other([&] {
    Client observer(where());
    while (observer.ask(kSleepers) == "0") std::this_thread::yield();
    own_->freeze();
    runner.cancel();
  });
  const Error error = error_of([&] { runner.up(); });
  other.join();
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  own_->thaw();
  Client(where()).ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = "
      "'PgSleep'");
  EXPECT_TRUE(runner.pending());
}

// A host that takes connections and says nothing.
class SilentHost {
 public:
  SilentHost() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = directory() + "/.s.PGSQL.5432";
    EXPECT_LT(path.size(), sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
  }
  ~SilentHost() { ::close(listener_); }
  SilentHost(const SilentHost&) = delete;
  SilentHost& operator=(const SilentHost&) = delete;

  std::string directory() const { return directory_.path().string(); }

 private:
  testing_support::TempDirectory directory_;
  int listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

std::string url_of(const std::string& hosts, const std::string& parameters = "") {
  return "postgres://postgres@/postgres?port=5432&host=" + hosts + parameters;
}

TEST_F(SilentServerTest, SecondHostIsTriedWhenTheFirstIsSilent) {
  const SilentHost silent;
  const std::string both = silent.directory() + "," + own_->directory();
  write({{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);\n"}});
  EXPECT_EQ(start_up(url_of(silent.directory(), "&connect_timeout=2"))->wait(), 6) << output();
  EXPECT_THAT(output(), HasSubstr("no answer in time"));
  EXPECT_EQ(start_up(url_of(both, "&connect_timeout=2"))->wait(), 0) << output();
  // One that is to be written is looked for among several.
  EXPECT_EQ(start_up(url_of(both, "&connect_timeout=2&target_session_attrs=read-write"))->wait(), 0)
      << output();
}

// connect_timeout is for one host, and 30 s where nobody says: --timeout would end these.
TEST_F(SilentServerTest, WaitBoundsHostsThatSayNothing) {
  const SilentHost one;
  const SilentHost two;
  const std::string silent = one.directory() + "," + two.directory();
  write({{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);\n"}});
  for (const std::string& hosts : {one.directory(), silent}) {
    for (const char* command : {"up", "wait"}) {
      const auto process = start(url_of(hosts), {command, "--wait", "1s", "--timeout", "25s"});
      EXPECT_EQ(process->wait(), 6) << command << output();
      EXPECT_THAT(output(), AllOf(HasSubstr("no answer in time"), HasSubstr("waited")));
    }
  }
}

// However short the wait: libpq's own limit is two seconds for a host, and ends no wait of one.
TEST_F(SilentServerTest, ShortWaitLeavesEachOfSeveralHostsItsShare) {
  const SilentHost silent;
  const testing_support::TempDirectory nobody;
  const std::string good = own_->directory();
  const std::string absent = nobody.path().string();
  write({{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);\n"}});
  for (const std::string& hosts :
       {silent.directory() + "," + good, absent + "," + silent.directory() + "," + good,
        silent.directory() + "," + absent + "," + good, good + "," + silent.directory()}) {
    for (const char* session : {"any", "read-write", "prefer-standby"}) {
      for (const char* command : {"up", "wait"}) {
        const std::string url = url_of(hosts, std::string("&target_session_attrs=") + session);
        const auto process = start(url, {command, "--wait", "1s", "--timeout", "25s"});
        EXPECT_EQ(process->wait(), 0) << command << " " << session << output();
      }
    }
  }
  MigrationRunner runner(open(url_of(silent.directory() + "," + good)),
                         in_memory({{"00001_a.sql", "-- +goose Up\nSELECT 1;\n"}}),
                         {.wait = std::chrono::seconds(1)});
  runner.wait_until_reachable();  // or throws
  // Not the user of another host, but the one that the server does not know.
  const std::string stranger = "postgres://nobody@/postgres?port=5432&host=" + silent.directory() +
                               "," + good + "," + absent;
  EXPECT_EQ(start(stranger, {"wait", "--wait", "1s", "--timeout", "25s"})->wait(), 6);
  EXPECT_THAT(output(), HasSubstr("nobody"));
}

// The servers of a cluster that starts: the first never comes, the second late.
TEST_F(SilentServerTest, WaitFindsTheHostThatComesUpLate) {
  const testing_support::TempDirectory nobody;
  const std::string hosts = nobody.path().string() + "," + own_->directory();
  write({{"00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);\n"}});
  own_->stop(SIGINT);
  EXPECT_EQ(start_up(url_of(hosts), {"--wait", "500ms", "--timeout", "25s"})->wait(), 6)
      << output();
  EXPECT_THAT(output(), AllOf(HasSubstr(nobody.path().string()), HasSubstr(own_->directory())));
  const auto process =
      start_up(url_of(hosts, "&target_session_attrs=read-write"), {"--wait", "60s"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(process->running()) << output();
  own_->start();
  EXPECT_EQ(process->wait(), 0) << output();
}

// A name server that says nothing: getaddrinfo() does not come back.
TEST_F(SilentServerTest, TimeLimitEndsTheSearchForAnAddress) {
  const char* shim = std::getenv("GANDER_SILENT_NAMES");
  if (shim == nullptr) GTEST_SKIP() << "GANDER_SILENT_NAMES does not name the library";
  write({kSleep});
  const auto run = [&](const char* timeout, int signal) {
    Process process({"/usr/bin/env", std::string("LD_PRELOAD=") + shim, program_, "--db",
                     "postgres://postgres@gander.invalid/app", "--dir", directory_.path().string(),
                     "up", "--timeout", timeout},
                    directory_.file("log"), "");
    if (signal != 0) {
      while (output().find("looking up") == std::string::npos) {
        if (!process.running()) return process.wait();
      }
      process.send(signal);
    }
    return process.wait();
  };
  EXPECT_EQ(run("1s", 0), kDeadline) << output();
  EXPECT_EQ(run("1h", SIGTERM), kTerminated) << output();
}

}  // namespace
}  // namespace gander
