// SPDX-License-Identifier: MIT
// What the program's own code throws within a run, seen from outside of the run.
#include "src/base/user_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <stop_token>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using testing_support::TempDirectory;

struct Mine {
  int number;
};

// True: the function migration is transactional.
class UserCodeTest : public ::testing::TestWithParam<bool> {
 protected:
  Source throwing(std::function<void(Connection&)> up) const {
    return join(
        {in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}}),
         functions(
             {{.version = 2, .name = "two", .up = std::move(up), .transactional = GetParam()}})});
  }
  std::string url() const { return "sqlite:" + directory_.file("app.db"); }
  // The error of up(), after which nothing of version 2 is left and the database can be used.
  Error failed(const Source& source, Options options = {}) const {
    MigrationRunner runner(open(url()), source, std::move(options));
    try {
      runner.up();
    } catch (const Error& error) {
      EXPECT_EQ(runner.version(), 1);
      EXPECT_NE(error.report(), nullptr);
      try {
        std::rethrow_if_nested(error);
      } catch (...) {
        EXPECT_NE(error.cause(), nullptr);
        return error;
      }
      EXPECT_EQ(error.cause(), nullptr);
      return error;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::internal, "");
  }
  TempDirectory directory_;
};

TEST_P(UserCodeTest, AnExceptionOfAFunctionKeepsItsType) {
  const Error error = failed(throwing([](Connection& db) {
    db.execute("INSERT INTO a VALUES (1)");
    throw Mine{42};
  }));
  EXPECT_EQ(error.code(), ErrorCode::sql);
  EXPECT_EQ(error.details().version, 2);
  EXPECT_THAT(error.what(), HasSubstr("the function migration failed"));
  try {
    std::rethrow_exception(error.cause());
  } catch (const Mine& mine) {
    EXPECT_EQ(mine.number, 42);
    return;
  }
  FAIL() << "another type";
}

TEST_P(UserCodeTest, TheStandardLibrarysExceptionsAreNested) {
  const Error memory = failed(throwing([](Connection&) { throw std::bad_alloc(); }));
  EXPECT_THROW(std::rethrow_exception(memory.cause()), std::bad_alloc);
  const Error file =
      failed(throwing([](Connection&) { std::filesystem::rename("/no/such", "/no/such2"); }));
  EXPECT_THROW(std::rethrow_exception(file.cause()), std::filesystem::filesystem_error);
}

TEST_P(UserCodeTest, AnErrorOfAFunctionLeavesAsItself) {
  const Error error =
      failed(throwing([](Connection&) { throw Error(ErrorCode::storage, "mine", "buy a disk"); }));
  EXPECT_EQ(error.cause(), nullptr);
  EXPECT_EQ(error.code(), ErrorCode::storage);
  EXPECT_EQ(error.details().hint, "buy a disk");
  EXPECT_EQ(error.details().version, 2);
}

class Thrower final : public Observer {
 public:
  void migration_started(const MigrationStarted& event) override {
    if (event.version == 2) throw Mine{7};
  }
};

TEST_P(UserCodeTest, AnExceptionOfAnObserverKeepsItsType) {
  Thrower observer;
  const Error error = failed(throwing([](Connection&) {}), {.observer = &observer});
  EXPECT_THAT(error.what(), HasSubstr("the observer failed"));
  EXPECT_THROW(std::rethrow_exception(error.cause()), Mine);
}

TEST_P(UserCodeTest, AnExceptionOfTheEnvironmentKeepsItsType) {
  const Source source =
      join({in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"},
                       {"2_b.sql", "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${NAME}';\n"}})});
  MigrationRunner runner(
      open(url()), source,
      {.environment = [](std::string_view) -> std::optional<std::string> { throw Mine{1}; }});
  try {
    runner.up();
    FAIL() << "no error";
  } catch (const Error& error) {
    ASSERT_NE(error.cause(), nullptr);
    EXPECT_THROW(std::rethrow_exception(error.cause()), Mine);
  }
}

INSTANTIATE_TEST_SUITE_P(Transactional, UserCodeTest, ::testing::Bool());

TEST(StopTokenTest, AStopEndsTheOperationInProgressAndEachLaterOne) {
  const TempDirectory directory;
  std::stop_source stop;
  MigrationRunner runner(sqlite(directory.file("app.db")),
                         functions({{.version = 1,
                                     .name = "one",
                                     .up =
                                         [&](Connection& db) {
                                           stop.request_stop();
                                           db.execute("CREATE TABLE a (x)");
                                         }}}),
                         {.stop = stop.get_token()});
  for (int i = 0; i < 2; ++i) {
    try {
      runner.up();
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::interrupted) << error.what();
    }
  }
}

TEST(SqliteTargetTest, APathIsTakenAsItIs) {
  const TempDirectory directory;
  const Source source = in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}});
  for (const char* name : {"with space.db", "what?.db", "a#b.db", "100%.db", "%20.db", "a&b=c.db",
                           ":memory:", "sqlite:x.db"}) {
    const std::string path = directory.file(name);
    MigrationRunner(sqlite(path), source).up();
    EXPECT_TRUE(std::filesystem::exists(path)) << name;
    EXPECT_EQ(MigrationRunner(sqlite(path, {.read_only = true}), source).version(), 1) << name;
  }
}

TEST(SqliteTargetTest, OptionsAreThoseOfTheUrl) {
  const TempDirectory directory;
  const std::string path = directory.file("app.db");
  const auto code_of = [](const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  const Source source =
      functions({{.version = 1, .name = "one", .up = [](Connection& db) {
                    EXPECT_EQ(db.query("PRAGMA foreign_keys").one().get<int>(0), 1);
                    EXPECT_EQ(db.query("PRAGMA journal_mode").one().get<std::string>(0), "wal");
                  }}});
  EXPECT_EQ(code_of([&] { MigrationRunner(sqlite(path, {.create = false}), source).up(); }),
            ErrorCode::connection);
  MigrationRunner(sqlite(path, {.foreign_keys = true, .pragmas = {{"journal_mode", "wal"}}}),
                  source)
      .up();
  EXPECT_EQ(code_of([&] { (void)sqlite(path, {.pragmas = {{"cache_size; DROP", "1"}}}); }),
            ErrorCode::usage);
  EXPECT_EQ(code_of([&] { (void)sqlite(""); }), ErrorCode::usage);
}

}  // namespace
}  // namespace gander
