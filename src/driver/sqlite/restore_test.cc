// SPDX-License-Identifier: MIT
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

TEST_F(RestoreTest, PutsTheBackupInPlaceAndKeepsIt) {
  const fs::path database = make("app.db", 1);
  const fs::path backup = make("old.db", 2);
  ASSERT_EQ(::chmod(database.c_str(), 0640), 0);
  restore(backup, database, false);
  EXPECT_EQ(value(database), 2);
  EXPECT_EQ(value(backup), 2);
  EXPECT_EQ(file_count(), 2u);
  EXPECT_EQ(fs::status(database).permissions(), fs::perms(0640));
}

TEST_F(RestoreTest, WorksWhereTheDatabaseIsGone) {
  const fs::path backup = make("old.db", 2);
  restore(backup, root / "app.db", false);
  EXPECT_EQ(value(root / "app.db"), 2);
}

TEST_F(RestoreTest, ReplacesADamagedDatabase) {
  write(root / "app.db", std::string(8192, 'x'));
  restore(make("old.db", 2), root / "app.db", false);
  EXPECT_EQ(value(root / "app.db"), 2);
}

TEST_F(RestoreTest, RefusesWhatIsNoBackup) {
  const fs::path database = make("app.db", 1);
  EXPECT_EQ(code_of(root / "none.db", database), ErrorCode::not_found);
  EXPECT_EQ(code_of(root, database), ErrorCode::not_found);
  write(root / "text.db", std::string(8192, 'x'));
  EXPECT_EQ(code_of(root / "text.db", database), ErrorCode::usage);
  EXPECT_EQ(code_of(database, database), ErrorCode::usage);
  EXPECT_EQ(value(database), 1);
}

TEST_F(RestoreTest, RefusesATruncatedBackup) {
  const fs::path database = make("app.db", 1);
  const fs::path backup = make("old.db", 2);
  fs::resize_file(backup, fs::file_size(backup) - 4096);
  EXPECT_EQ(code_of(backup, database), ErrorCode::usage);
  EXPECT_EQ(value(database), 1);
}

TEST_F(RestoreTest, RefusesADatabaseInUse) {
  const fs::path database = make("app.db", 1);
  const fs::path backup = make("old.db", 2);
  const Handle other = open(database);
  execute(other.get(), "BEGIN IMMEDIATE");
  EXPECT_EQ(code_of(backup, database), ErrorCode::locked);
  execute(other.get(), "COMMIT");
  EXPECT_EQ(value(database), 1);
  EXPECT_EQ(file_count(), 2u);
}

TEST_F(RestoreTest, RefusesAHotJournalUnlessForced) {
  for (const char* suffix : {"-wal", "-journal"}) {
    const fs::path database = root / (std::string("app") + suffix + ".db");
    make(database.filename().string(), 1);
    const fs::path backup = make(std::string("old") + suffix + ".db", 2);
    write(database.string() + suffix, "not empty");
    EXPECT_EQ(code_of(backup, database), ErrorCode::locked) << suffix;
    restore(backup, database, true);
    EXPECT_FALSE(fs::exists(database.string() + suffix)) << suffix;
    EXPECT_EQ(value(database), 2) << suffix;
  }
}

TEST_F(RestoreTest, WritesThroughASymbolicLinkToTheDatabase) {
  fs::create_directory(root / "volume");
  const fs::path file = make("volume/app.db", 1);
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  fs::create_symlink("volume/app.db", root / "app.db");
  fs::create_symlink(root / "app.db", root / "second.db");
  restore(make("old.db", 2), root / "second.db", false);
  EXPECT_TRUE(fs::is_symlink(root / "app.db"));
  EXPECT_TRUE(fs::is_symlink(root / "second.db"));
  EXPECT_EQ(value(file), 2);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600));
}

TEST_F(RestoreTest, WritesToWhereALinkWithoutAFilePoints) {
  fs::create_directory(root / "volume");
  fs::create_symlink("volume/app.db", root / "app.db");
  restore(make("old.db", 2), root / "app.db", false);
  EXPECT_TRUE(fs::is_symlink(root / "app.db"));
  EXPECT_EQ(value(root / "volume/app.db"), 2);
}

TEST_F(RestoreTest, SeesTheJournalBesideTheFileAndNotBesideTheLink) {
  fs::create_directory(root / "volume");
  const fs::path file = make("volume/app.db", 1);
  fs::create_symlink("volume/app.db", root / "app.db");
  write(file.string() + "-journal", "not empty");
  EXPECT_EQ(code_of(make("old.db", 2), root / "app.db"), ErrorCode::locked);
}

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

TEST_F(RestoreTest, RefusesWhatIsNoFileAsDatabaseOrLeavesALoop) {
  const fs::path backup = make("old.db", 2);
  fs::create_directory(root / "directory");
  EXPECT_EQ(code_of(backup, root / "directory"), ErrorCode::usage);
  ASSERT_EQ(::mkfifo((root / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(code_of(backup, root / "fifo"), ErrorCode::usage);
  fs::create_symlink("b", root / "a");
  fs::create_symlink("a", root / "b");
  EXPECT_EQ(code_of(backup, root / "a"), ErrorCode::storage);
  fs::create_symlink("old.db", root / "same");
  EXPECT_EQ(code_of(backup, root / "same"), ErrorCode::usage);
}

TEST_F(RestoreTest, RefusesABackupThatIsEmptyOrNotWholeByItself) {
  const fs::path database = make("app.db", 1);
  write(root / "empty.db", "");
  EXPECT_EQ(code_of(root / "empty.db", database), ErrorCode::usage);
  const fs::path backup = make("old.db", 2);
  write(backup.string() + "-wal", "not empty");
  EXPECT_EQ(code_of(backup, database), ErrorCode::usage);
  EXPECT_EQ(value(database), 1);
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
