// SPDX-License-Identifier: MIT
// What a run says when its session ends for good: the version that is there, or that it is not
// known.
#include <csignal>

#include "tests/postgres/program.h"

namespace gander {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Client;
using testing_support::PostgresServer;

constexpr int kUnreachable = 6;

std::vector<MemoryFile> suicide() {
  return {{"00001_pre.sql", "-- +goose Up\nCREATE TABLE pre (x text);\n"},
          {"00002_kill.sql",
           "-- +goose Up\nCREATE TABLE a (x int);\n"
           "SELECT pg_terminate_backend(pg_backend_pid());\n"},
          {"00003_post.sql", "-- +goose Up\nCREATE TABLE post (x text);\n"}};
}

class LostSessionTest : public PostgresProgramTest {};

TEST_F(LostSessionTest, ReportHoldsTheVersionThatIsThere) {
  for (const Commit commit : {Commit::automatic, Commit::each, Commit::all}) {
    MigrationRunner runner = this->runner(suicide(), {.commit = commit});
    const Error error = error_of([&] { runner.up(); });
    EXPECT_EQ(error.code(), ErrorCode::connection);
    ASSERT_NE(error.report(), nullptr);
    EXPECT_TRUE(error.report()->version_known);
    EXPECT_EQ(std::to_string(error.report()->version),
              ask("SELECT max(version_id) FROM goose_db_version"));
    EXPECT_EQ(error.report()->pending, 2);
    EXPECT_EQ(ask("SELECT to_regclass('a') IS NULL"), "t");
    EXPECT_EQ(runner.version(), 1);
  }
}

TEST_F(LostSessionTest, ProgramNamesTheFileAndTheVersionThatIsThere) {
  for (const MemoryFile& file : suicide()) directory_.write(file.name, file.text);
  EXPECT_EQ(start_up()->wait(), kUnreachable);
  EXPECT_THAT(output(),
              AllOf(HasSubstr("00002_kill.sql"), HasSubstr("the database is at version 1"),
                    Not(HasSubstr("version 2")), Not(HasSubstr("version 3"))));
  EXPECT_EQ(start(url(), {"up", "--json"})->wait(), kUnreachable);
  EXPECT_THAT(output(), AllOf(HasSubstr("\"version\": 1,\n    \"pending\": 2")));
  EXPECT_EQ(versions(), "0 1");
}

TEST_F(LostSessionTest, VersionIsUnknownWhenTheServerIsGoneForGood) {
  PostgresServer own;
  directory_.write("00001_a.sql", "-- +goose Up\nCREATE TABLE a (i int);\n");
  directory_.write("00002_sleep.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT pg_sleep(600);\n");
  const auto process = start(own.url("postgres"), {"up", "--json"});
  {
    Client observer(own.url("postgres"));
    while (observer.ask(kSleepers) == "0") ASSERT_TRUE(process->running()) << output();
  }
  own.stop(SIGQUIT);
  process->send(SIGTERM);
  process->wait();
  EXPECT_THAT(output(), AllOf(HasSubstr("the connection was lost"), HasSubstr("\"version\": null"),
                              HasSubstr("\"name\": \"00001_a.sql\"")));
}

// What the run knew before its session ended is not taken for the work of another run.
TEST_F(LostSessionTest, RunInStepsThatLosesItsSessionAtTheRecordGoesOn) {
  const auto file = [](const std::string& number) {
    return MemoryFile{"0000" + number + "_steps.sql",
                      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE t" + number +
                          " (x int);\n-- +goose Down\nDROP TABLE t" + number + ";\n"};
  };
  MigrationRunner runner = this->runner({file("1"), file("2"), file("3")});
  runner.up();
  ask("CREATE SEQUENCE changes; CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
      "IF nextval('changes') % 2 = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
      "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END$$; CREATE TRIGGER lose BEFORE "
      "INSERT OR DELETE ON goose_db_version FOR EACH ROW EXECUTE FUNCTION lose()");
  runner.down();
  EXPECT_EQ(versions(), "0 1 2");
  runner.down();
  EXPECT_EQ(versions(), "0 1");
  runner.up();
  EXPECT_EQ(versions(), "0 1 2 3");
  EXPECT_EQ(ask("SELECT last_value FROM changes"), "8");
}

}  // namespace
}  // namespace gander
