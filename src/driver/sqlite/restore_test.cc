// SPDX-License-Identifier: MIT
// Owners, idle sessions and death. What the program says is in tests/engine/cases/repair.
#include "src/driver/sqlite/restore.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "gander/error.h"

namespace gander::driver::sqlite {
namespace {

namespace fs = std::filesystem;
using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest() {
    std::string pattern = (fs::temp_directory_path() / "gander-restore-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
  }
  ~RestoreTest() override {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  static Handle open(const fs::path& file) {
    sqlite3* raw = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &raw), SQLITE_OK);
    return {raw, &sqlite3_close};
  }
  static void execute(sqlite3* handle, const std::string& sql) {
    ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
  }
  fs::path make(const std::string& name, int value) {
    const fs::path file = root / name;
    execute(open(file).get(),
            "CREATE TABLE t (v); INSERT INTO t VALUES (" + std::to_string(value) + ")");
    return file;
  }
  static int value(const fs::path& file) {
    int result = -1;
    const auto row = [](void* target, int, char** values, char**) {
      *static_cast<int*>(target) = std::atoi(values[0]);
      return 0;
    };
    sqlite3_exec(open(file).get(), "SELECT v FROM t", row, &result, nullptr);
    return result;
  }
  static void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
  }
  static ErrorCode code_of(const fs::path& backup, const fs::path& database, bool force = false) {
    try {
      restore(backup, database, force);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }
  std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(root), fs::directory_iterator()));
  }

  fs::path root;
};

TEST_F(RestoreTest, KeepsTheOwnerOfTheDatabase) {
  if (::geteuid() != 0) GTEST_SKIP() << "takes root";
  const fs::path database = make("app.db", 1);
  ASSERT_EQ(::chown(database.c_str(), 4711, 4712), 0);
  restore(make("old.db", 2), database, false);
  struct stat status{};
  ASSERT_EQ(::stat(database.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 4711u);
  EXPECT_EQ(status.st_gid, 4712u);
}

TEST_F(RestoreTest, RefusesADatabaseInWalModeThatIsOpenAndIdle) {
  const fs::path database = make("app.db", 1);
  const fs::path backup = make("old.db", 2);
  const Handle other = open(database);
  execute(other.get(), "PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(code_of(backup, database), ErrorCode::locked);
  EXPECT_EQ(value(database), 1);
}

TEST_F(RestoreTest, ProcessThatDiesLeavesTheOldDatabaseOrTheNewOne) {
  const fs::path backup = make("old.db", 2);
  int seen[3] = {0, 0, 0};
  for (int microseconds = 0; microseconds < 6000; microseconds += 150) {
    const fs::path database = make("app.db", 1);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        restore(backup, database, false);
      } catch (const Error&) {
      }
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(microseconds));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const int now = value(database);
    ASSERT_TRUE(now == 1 || now == 2) << now;
    ++seen[now];
    restore(backup, database, false);
    EXPECT_EQ(value(database), 2);
    fs::remove(database);
  }
  EXPECT_GT(seen[1], 0);
}

}  // namespace
}  // namespace gander::driver::sqlite
