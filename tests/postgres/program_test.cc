// SPDX-License-Identifier: MIT
// The program on PostgreSQL: killed in the middle of CREATE INDEX CONCURRENTLY, started twenty
// times at once, interrupted.
#include "tests/postgres/program.h"

#include <csignal>
#include <cstdlib>
#include <map>

namespace gander {
namespace {

using testing_support::Client;
using testing_support::PgBouncer;
using testing_support::Process;

class PostgresTwentyTest : public PostgresProgramTest {
 protected:
  // Starts them all and returns how often each exit code came.
  std::map<int, int> twenty(const std::string& where,
                            const std::vector<std::string>& options = {}) {
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < kRunners; ++i) processes.push_back(start_up(where, options));
    std::map<int, int> codes;
    for (const auto& process : processes) ++codes[process->wait()];
    return codes;
  }
};

// How many rows are indexed: enough to be caught at it. `make test-postgres` takes two million.
std::string rows() {
  const char* given = std::getenv("GANDER_POSTGRES_ROWS");
  return given == nullptr ? "300000" : given;
}

class PostgresKillTest : public PostgresProgramTest, public ::testing::WithParamInterface<bool> {};

TEST_P(PostgresKillTest, IndexIsCompletedAndNothingRunsTwice) {
  for (const MemoryFile& file : trail_files()) directory_.write(file.name, file.text);
  directory_.write("00004_index.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\n"
                   "INSERT INTO more SELECT generate_series(1, " +
                       rows() +
                       ");\n"
                       "UPDATE trail SET steps = steps || '4a ';\n"
                       "CREATE INDEX CONCURRENTLY more_id ON more (id);\n"
                       "UPDATE trail SET steps = steps || '4b ';\n");
  runner(trail_files()).up();
  // A reader would keep the statement waiting in its middle, with the index made but not valid.
  Client reader(url());
  const bool wait = GetParam();
  if (wait) reader.ask("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM trail");
  std::unique_ptr<Process> killed = start_up();
  Client observer(url());
  while (observer.ask("SELECT count(*) FROM pg_index WHERE indrelid = 'more'::regclass AND NOT "
                      "indisvalid") == "0") {
    ASSERT_TRUE(killed->running()) << output();
  }
  killed->send(SIGKILL);
  killed->wait();
  if (wait) reader.ask("COMMIT");
  const int code = start_up()->wait();
  EXPECT_EQ(code, 0) << output();
  EXPECT_EQ(ask("SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = "
                "'more'::regclass"),
            "more_id|t");
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4a 4b ");
  EXPECT_EQ(ask("SELECT count(*) FROM more"), rows());
  EXPECT_EQ(versions(), "0 1 2 3 4");
}

INSTANTIATE_TEST_SUITE_P(In, PostgresKillTest, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "TheWait" : "TheBuild"; });

TEST_F(PostgresTwentyTest, TwentyProcessesThroughPgBouncer) {
  std::string why;
  if (!PgBouncer::available(&why)) GTEST_SKIP() << why;
  const PgBouncer bouncer(server());
  for (const MemoryFile& file : trail_files()) directory_.write(file.name, file.text);
  EXPECT_EQ(twenty(bouncer.url(database_)), (std::map<int, int>{{0, kRunners}})) << output();
  EXPECT_EQ(versions(), "0 1 2 3");
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 ");
}

TEST_F(PostgresProgramTest, InterruptCancelsOnTheServer) {
  directory_.write("00001_sleep.sql",
                   "-- +goose Up\nCREATE TABLE t (i int);\nSELECT pg_sleep(600);");
  const auto process = start_up();
  Client observer(url());
  while (observer.ask(kSleepers) == "0") ASSERT_TRUE(process->running()) << output();
  process->send(SIGINT);
  EXPECT_EQ(process->wait(), 130) << output();
  EXPECT_EQ(observer.ask(kSleepers), "0");
  EXPECT_EQ(ask("SELECT to_regclass('t') IS NULL"), "t");
}

}  // namespace
}  // namespace gander
