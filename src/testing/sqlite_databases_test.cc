// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "gander/connection.h"
#include "gander/error.h"
#include "gander/testing.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::SizeIs;
using testing_support::TempDirectory;
using LookAt = testing_support::SqliteFile;

class Counter final : public Observer {
 public:
  void migration_finished(const MigrationResult&) override { ++migrations; }
  int migrations = 0;
};

class SqliteDatabasesTest : public ::testing::Test {
 protected:
  static Source birds(const std::string& second = "INSERT INTO birds VALUES (1, 'goose');") {
    return in_memory({{"00001_birds.sql",
                       "-- +goose Up\nCREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT);\n"},
                      {"00002_goose.sql", "-- +goose Up\n" + second + "\n"}});
  }

  TemplateOptions options() {
    TemplateOptions options;
    options.directory = directory_.path() / "templates";
    options.migration.observer = &counter_;
    return options;
  }

  std::vector<std::string> templates() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path() / "templates")) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  TempDirectory directory_;
  Counter counter_;
};

TEST_F(SqliteDatabasesTest, EachFileIsACopyOfItsOwn) {
  SqliteDatabases databases(birds(), options());
  const SqliteFile one = databases.make();
  const SqliteFile two = databases.make();
  LookAt(one.path()).run("DELETE FROM birds");
  EXPECT_EQ(LookAt(one.path()).value("SELECT count(*) FROM birds"), "0");
  EXPECT_EQ(LookAt(two.path()).value("SELECT name FROM birds"), "goose");
  EXPECT_THAT(LookAt(two.path()).versions(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(counter_.migrations, 2);
}

TEST_F(SqliteDatabasesTest, TemplateIsSharedByAllWhoHaveTheSameMigrations) {
  const auto first = SqliteDatabases(birds(), options()).template_path();
  EXPECT_EQ(counter_.migrations, 2);
  SqliteDatabases second(birds(), options());
  EXPECT_EQ(LookAt(second.make().path()).value("SELECT name FROM birds"), "goose");
  EXPECT_EQ(second.template_path(), first);
  EXPECT_EQ(counter_.migrations, 2) << "nothing was migrated again";
}

TEST_F(SqliteDatabasesTest, EditedMigrationsMakeAnotherTemplate) {
  SqliteDatabases(birds(), options()).make();
  SqliteDatabases edited(birds("INSERT INTO birds VALUES (1, 'swan');"), options());
  EXPECT_EQ(LookAt(edited.make().path()).value("SELECT name FROM birds"), "swan");
  EXPECT_THAT(templates(), SizeIs(2));
}

TEST_F(SqliteDatabasesTest, WhatElseDecidesMakesAnotherTemplate) {
  SqliteDatabases(birds(), options()).make();
  TemplateOptions keyed = options();
  keyed.key = "TENANT=2";
  SqliteDatabases(birds(), keyed).make();
  TemplateOptions table = options();
  table.migration.table = "versions";
  EXPECT_TRUE(LookAt(SqliteDatabases(birds(), table).make().path()).has_table("versions"));
  EXPECT_THAT(templates(), SizeIs(3));
}

TEST_F(SqliteDatabasesTest, FunctionsAreRunForEachObject) {
  int calls = 0;
  const auto with_function = [&] {
    return join({birds(), functions({{3,
                                      "swan",
                                      [&calls](Connection& connection) {
                                        ++calls;
                                        connection.execute("INSERT INTO birds VALUES (2, 'swan')");
                                      },
                                      {}}})});
  };
  std::filesystem::path path;
  {
    SqliteDatabases one(with_function(), options());
    one.make();
    EXPECT_EQ(LookAt(one.make().path()).value("SELECT count(*) FROM birds"), "2");
    EXPECT_EQ(calls, 1);
    path = one.template_path();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path)) << "its code may be another one next time";
  SqliteDatabases(with_function(), options()).make();
  EXPECT_EQ(calls, 2);
}

TEST_F(SqliteDatabasesTest, FailedMigrationLeavesNoTemplate) {
  SqliteDatabases databases(birds("INSERT INTO fish VALUES (1);"), options());
  EXPECT_THROW(databases.make(), Error);
  EXPECT_THAT(templates(), SizeIs(0));
}

TEST_F(SqliteDatabasesTest, LoadsIntoMemory) {
  SqliteDatabases databases(birds(), options());
  LookAt one(":memory:");
  LookAt two(":memory:");
  databases.load(one.handle());
  databases.load(two.handle());
  one.run("UPDATE birds SET name = 'swan'");
  EXPECT_EQ(one.value("SELECT name FROM birds"), "swan");
  EXPECT_EQ(two.value("SELECT name FROM birds"), "goose");
  databases.load(one.handle());
  EXPECT_EQ(one.value("SELECT name FROM birds"), "goose") << "loading again starts afresh";
}

TEST_F(SqliteDatabasesTest, WriteAheadLogIsNoObstacle) {
  const Source logged = in_memory(
      {{"00001_wal.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA journal_mode = WAL;\n"},
       {"00002_birds.sql", "-- +goose Up\nCREATE TABLE birds (name TEXT);\n"}});
  SqliteDatabases databases(logged, options());
  const SqliteFile file = databases.make();
  EXPECT_EQ(LookAt(file.path()).value("PRAGMA journal_mode"), "wal");
  LookAt memory(":memory:");
  databases.load(memory.handle());
  memory.run("INSERT INTO birds VALUES ('goose')");
  EXPECT_EQ(memory.value("SELECT name FROM birds"), "goose");
}

TEST_F(SqliteDatabasesTest, FileGoesWithItsObject) {
  SqliteDatabases databases(birds(), options());
  std::filesystem::path path;
  {
    SqliteFile file = databases.make();
    SqliteFile moved = std::move(file);
    path = moved.path();
    EXPECT_THAT(moved.url(), EndsWith(path.filename().string()));
    LookAt(path).run("PRAGMA journal_mode = WAL; DELETE FROM birds");
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  for (const char* suffix : {"", "-wal", "-shm"}) {
    EXPECT_FALSE(std::filesystem::exists(path.string() + suffix));
  }
}

TEST_F(SqliteDatabasesTest, DirectoryThatOthersCanWriteToIsRefused) {
  const std::filesystem::path open_to_all = directory_.path() / "templates";
  std::filesystem::create_directory(open_to_all);
  ASSERT_EQ(::chmod(open_to_all.c_str(), 0777), 0);
  SqliteDatabases databases(birds(), options());
  try {
    databases.make();
    ADD_FAILURE() << "a template could be forged";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::storage);
  }
}

TEST_F(SqliteDatabasesTest, ManyMayMakeTheTemplateAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      TemplateOptions quiet = options();
      quiet.migration.observer = nullptr;
      SqliteDatabases databases(birds(), quiet);
      if (LookAt(databases.make().path()).value("SELECT name FROM birds") == "goose") ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
  EXPECT_THAT(templates(), SizeIs(1));
}

}  // namespace
}  // namespace gander::testing
