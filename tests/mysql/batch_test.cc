// SPDX-License-Identifier: MIT
// Migrations that make one object each: their intents and their records share commits.
#include <atomic>

#include "tests/mysql/mysql_test.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

MemoryFile table(int number, const std::string& body = "(x INT)") {
  const std::string name = "t" + std::to_string(number);
  return {std::to_string(number) + "_" + name + ".sql",
          "-- +goose Up\nCREATE TABLE " + name + " " + body + ";\n"};
}

std::vector<MemoryFile> tables(int count) {
  std::vector<MemoryFile> files;
  for (int i = 1; i <= count; ++i) files.push_back(table(i));
  return files;
}

std::vector<std::int64_t> versions(const Report& report) {
  std::vector<std::int64_t> all;
  for (const MigrationResult& result : report.migrations) all.push_back(result.version);
  return all;
}

class MysqlBatchTest : public MysqlTest {
 protected:
  struct Cost {
    int commits = 0;
    int statements = 0;
  };

  // What up() costs the server.
  Cost cost_of_up(const std::vector<MemoryFile>& files, Options options) const {
    const Cost before = counters();
    const Report report = runner(files, std::move(options)).up();
    EXPECT_EQ(report.migrations.size(), files.size());
    const Cost after = counters();
    return {after.commits - before.commits, after.statements - before.statements};
  }

  std::string journal() const {
    return ask(
        "SELECT GROUP_CONCAT(CONCAT_WS(' ', version_id, done, running, state) ORDER BY "
        "version_id) FROM goose_db_version_journal");
  }
  std::string applied() const {
    return ask("SELECT GROUP_CONCAT(version_id ORDER BY id) FROM goose_db_version");
  }

 private:
  Cost counters() const {
    const auto value = [&](const std::string& name) {
      const std::string line = ask("SHOW GLOBAL STATUS LIKE '" + name + "'");
      return std::stoi(line.substr(line.find('|') + 1));
    };
    return {value("Com_commit"), value("Questions")};
  }
};

TEST_F(MysqlBatchTest, ManyTablesTakeFewCommitsAndOneMessageEach) {
  constexpr int kFiles = 150;
  const Cost together = cost_of_up(tables(kFiles), {});
  EXPECT_LT(together.commits, 12);
  EXPECT_LT(together.statements, kFiles + 80);
  EXPECT_EQ(ask("SELECT COUNT(*) FROM goose_db_version_history WHERE event = 'applied' AND "
                "statements = 1 AND duration_ns > 0 AND checksum <> ''"),
            std::to_string(kFiles));
  EXPECT_EQ(journal(), "");
  EXPECT_EQ(ask("SELECT MAX(version_id) - COUNT(*) FROM goose_db_version"), "-1");

  database_ = server().create_database();
  Options each;
  each.commit = Commit::each;
  EXPECT_GE(cost_of_up(tables(kFiles), each).commits, 2 * kFiles);
}

TEST_F(MysqlBatchTest, WhatFailsInTheMiddleKeepsWhatStandsBeforeIt) {
  std::vector<MemoryFile> files = tables(5);
  files[2] = table(3, "(x INT, x INT)");
  const Error error = error_of([&] { runner(files).up(); });
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_EQ(error.details().version, 3);
  EXPECT_THAT(error.details().hint, HasSubstr("nothing of this migration has been kept"));
  EXPECT_THAT(versions(*error.report()), ElementsAre(1, 2));
  EXPECT_EQ(applied(), "0,1,2");
  EXPECT_EQ(journal(), "3 0 0 failed");
  EXPECT_EQ(ask("SHOW TABLES LIKE 't4'"), "");
  files[2] = table(3);
  EXPECT_THAT(versions(runner(files).up()), ElementsAre(3, 4, 5));
  EXPECT_EQ(applied(), "0,1,2,3,4,5");
}

// Also where the server takes names in other letters for the same.
TEST_F(MysqlBatchTest, ATableThatIsThereOrComesTwiceIsNotForeseen) {
  ask("CREATE TABLE t2 (x INT)");
  std::vector<MemoryFile> files = tables(4);
  files[1].text = "-- +goose Up\nCREATE TABLE IF NOT EXISTS t2 (x INT);\n";
  files.push_back({"5_again.sql", "-- +goose Up\nCREATE TABLE IF NOT EXISTS T4 (x INT);\n"});
  files.push_back(table(6));
  EXPECT_THAT(versions(runner(files).up()), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(applied(), "0,1,2,3,4,5,6");
  const Error error = error_of([&] {
    auto more = files;
    more.push_back(table(7));
    more.push_back({"8_seven.sql", "-- +goose Up\nCREATE TABLE t7 (x INT);\n"});
    runner(more).up();
  });
  EXPECT_EQ(error.details().version, 8);
  EXPECT_EQ(error.details().native_code, 1050);
  EXPECT_EQ(journal(), "8 0 0 failed");
}

TEST_F(MysqlBatchTest, WhatGooseRecordsMeanwhileIsLeftToIt) {
  struct Visitor : Observer {
    std::function<void()> visit;
    void statement_started(const StatementStarted& event) override {
      if (event.version == 2) visit();
    }
  } visitor;
  visitor.visit = [&] {
    ask("INSERT INTO goose_db_version (version_id, is_applied) VALUES (4, 1)");
    visitor.visit = [] {};
  };
  Options options;
  options.observer = &visitor;
  // It has recorded what it has not made: the version table is what counts.
  EXPECT_THAT(versions(runner(tables(5), options).up()), ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM goose_db_version WHERE version_id = 4"), "1");
  EXPECT_EQ(journal(), "");
}

TEST_F(MysqlBatchTest, AnInterruptedRunRecordsWhatIsDoneAndIntendsNoMore) {
  struct Stopper : Observer {
    std::stop_source source;
    void statement_finished(const StatementFinished& event) override {
      if (event.version == 3) source.request_stop();
    }
  } stopper;
  Options options;
  options.observer = &stopper;
  options.stop = stopper.source.get_token();
  const Error error = error_of([&] { runner(tables(6), options).up(); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_THAT(versions(*error.report()), ElementsAre(1, 2, 3));
  EXPECT_EQ(applied(), "0,1,2,3");
  EXPECT_EQ(journal(), "");
  EXPECT_EQ(ask("SHOW TABLES LIKE 't4'"), "");
}

TEST_F(MysqlBatchTest, ALostConnectionIsFoundOutAbout) {
  struct Killer : Observer {
    std::function<void()> kill;
    void statement_started(const StatementStarted& event) override {
      if (event.version == 3 && !std::exchange(done, true)) kill();
    }
    bool done = false;
  } killer;
  killer.kill = [&] {
    const std::string session =
        ask("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> "
            "CONNECTION_ID()");
    ask("KILL CONNECTION " + session);
  };
  Options options;
  options.observer = &killer;
  EXPECT_THAT(versions(runner(tables(6), options).up()), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_TRUE(killer.done);
  EXPECT_EQ(applied(), "0,1,2,3,4,5,6");
  EXPECT_EQ(journal(), "");
}

}  // namespace
}  // namespace gander
