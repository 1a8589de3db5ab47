// SPDX-License-Identifier: MIT
// gander::testing::PostgresDatabases.
#include <atomic>
#include <thread>

#include "gander/testing.h"
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::ContainsRegex;
using testing::PostgresDatabase;
using testing::PostgresDatabases;
using ::testing::StartsWith;
using testing::TemplateOptions;
using testing_support::Client;

class Counter final : public Observer {
 public:
  void migration_finished(const MigrationResult&) override { ++migrations; }
  std::atomic<int> migrations = 0;
};

class PostgresDatabasesTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    options_of_tests_.migration.observer = &counter_;
    // A key of its own for each test: they share a server.
    options_of_tests_.key = database_;
  }

  static Source birds(const std::string& second = "INSERT INTO birds VALUES (1, 'goose');") {
    return in_memory({{"00001_birds.sql",
                       "-- +goose Up\nCREATE TABLE birds (id integer PRIMARY KEY, name text);\n"},
                      {"00002_goose.sql", "-- +goose Up\n" + second + "\n"}});
  }

  std::string count_like(const std::string& pattern) const {
    return ask("SELECT count(*) FROM pg_database WHERE datname LIKE '" + pattern + "'");
  }

  Counter counter_;
  TemplateOptions options_of_tests_;
};

TEST_F(PostgresDatabasesTest, EachDatabaseIsACopyOfItsOwn) {
  PostgresDatabases databases(url(), birds(), options_of_tests_);
  const PostgresDatabase one = databases.make();
  const PostgresDatabase two = databases.make();
  Client(one.url()).ask("DELETE FROM birds");
  EXPECT_EQ(Client(one.url()).ask("SELECT count(*) FROM birds"), "0");
  EXPECT_EQ(Client(two.url()).ask("SELECT name FROM birds"), "goose");
  EXPECT_EQ(Client(two.url()).ask("SELECT version_id FROM goose_db_version ORDER BY id"),
            "0\n1\n2");
  EXPECT_EQ(counter_.migrations, 2);
}

TEST_F(PostgresDatabasesTest, DatabaseGoesWithItsObjectThoughASessionIsLeft) {
  PostgresDatabases databases(url(), birds(), options_of_tests_);
  auto made = std::make_unique<PostgresDatabase>(databases.make());
  const std::string name = made->name();
  const Client left(made->url());
  PostgresDatabase moved = std::move(*made);
  made.reset();
  EXPECT_EQ(count_like(name), "1");
  {
    const PostgresDatabase last = std::move(moved);
  }
  EXPECT_EQ(count_like(name), "0");
}

TEST_F(PostgresDatabasesTest, TemplateIsSharedByAllWhoHaveTheSameMigrations) {
  const std::string first = PostgresDatabases(url(), birds(), options_of_tests_).template_name();
  EXPECT_EQ(PostgresDatabases(url(), birds(), options_of_tests_).template_name(), first);
  EXPECT_EQ(counter_.migrations, 2);
  const std::string other =
      PostgresDatabases(url(), birds("INSERT INTO birds VALUES (2, 'gander');"), options_of_tests_)
          .template_name();
  EXPECT_NE(other, first);
  EXPECT_THAT(first, StartsWith("gander_template_"));
}

TEST_F(PostgresDatabasesTest, TemplateThatWasDroppedIsMadeAgain) {
  PostgresDatabases databases(url(), birds(), options_of_tests_);
  ask("DROP DATABASE " + databases.template_name());
  EXPECT_EQ(Client(databases.make().url()).ask("SELECT name FROM birds"), "goose");
  EXPECT_EQ(counter_.migrations, 4);
}

TEST_F(PostgresDatabasesTest, FailedMigrationLeavesNoTemplate) {
  PostgresDatabases databases(url(), birds("INSERT INTO nowhere VALUES (1);"), options_of_tests_);
  const std::string before = count_like("gander\\_%");
  EXPECT_THAT(error_of([&] { databases.make(); }).what(),
              ContainsRegex("00002_goose.sql.*nowhere"));
  EXPECT_EQ(count_like("gander\\_%"), before);
}

TEST_F(PostgresDatabasesTest, FunctionsMakeATemplateOfTheObjectAlone) {
  const auto with_function = [] {
    FunctionMigration function;
    function.version = 3;
    function.name = "more";
    function.up = [](Connection& connection) {
      connection.execute("INSERT INTO birds VALUES (2, 'gosling')");
    };
    return join({birds(), functions({function})});
  };
  std::string name;
  {
    PostgresDatabases databases(url(), with_function(), options_of_tests_);
    name = databases.template_name();
    EXPECT_EQ(Client(databases.make().url()).ask("SELECT count(*) FROM birds"), "2");
  }
  EXPECT_EQ(count_like(name), "0");
}

TEST_F(PostgresDatabasesTest, ManyAtOnceMakeOneTemplate) {
  std::vector<std::string> names(4);
  std::vector<std::thread> threads;
  for (std::string& name : names) {
    threads.emplace_back([this, &name] {
      PostgresDatabases databases(url(), birds(), options_of_tests_);
      if (Client(databases.make().url()).ask("SELECT name FROM birds") == "goose") {
        name = databases.template_name();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& name : names) EXPECT_EQ(name, names[0]);
  EXPECT_NE(names[0], "");
  EXPECT_EQ(count_like("gander\\_template\\_partial%"), "0");
}

TEST_F(PostgresDatabasesTest, ServerMustBeAUrl) {
  EXPECT_EQ(error_of([&] { PostgresDatabases("host=/tmp dbname=a", birds()); }).code(),
            ErrorCode::usage);
}

}  // namespace
}  // namespace gander
