// SPDX-License-Identifier: MIT
#include "cli/restore.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "gander/error.h"

namespace gander::cli {
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
      restore_sqlite(backup, database, force);
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
  restore_sqlite(backup, database, false);
  EXPECT_EQ(value(database), 2);
  EXPECT_EQ(value(backup), 2);
  EXPECT_EQ(file_count(), 2u);
  EXPECT_EQ(fs::status(database).permissions(), fs::perms(0640));
}

TEST_F(RestoreTest, WorksWhereTheDatabaseIsGone) {
  const fs::path backup = make("old.db", 2);
  restore_sqlite(backup, root / "app.db", false);
  EXPECT_EQ(value(root / "app.db"), 2);
}

TEST_F(RestoreTest, ReplacesADamagedDatabase) {
  write(root / "app.db", std::string(8192, 'x'));
  restore_sqlite(make("old.db", 2), root / "app.db", false);
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
    restore_sqlite(backup, database, true);
    EXPECT_FALSE(fs::exists(database.string() + suffix)) << suffix;
    EXPECT_EQ(value(database), 2) << suffix;
  }
}

}  // namespace
}  // namespace gander::cli
