// SPDX-License-Identifier: MIT
#include "src/base/process_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using testing_support::SqliteFile;
using testing_support::TempDirectory;

TEST(SqliteProcessLife, SecondRunWaitsForAVacuumIntoOfTheFirst) {
  if (this_process().empty()) GTEST_SKIP() << "the system does not tell";
  TempDirectory directory;
  const std::string path = directory.file("app.db");
  SqliteFile file(path);
  file.run("CREATE TABLE big (b); INSERT INTO big VALUES (zeroblob(60000000))");
  const Source source =
      in_memory({{"1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM INTO '" +
                                 directory.file("copy.db") + "';\nCREATE TABLE a (x);\n"}});
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(MigrationRunner(open("sqlite:" + path), source).up().version == 1 ? 0 : 1);
    } catch (const Error&) {
      ::_exit(2);
    }
  }
  bool running = false;
  for (int i = 0; i < 5000 && !running; ++i) {
    ::usleep(1000);
    running = file.has_table("goose_db_version_journal") &&
              file.value("SELECT running FROM goose_db_version_journal") == "1";
  }
  EXPECT_TRUE(running);
  EXPECT_EQ(MigrationRunner(open("sqlite:" + path), source).up().version, 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(file.has_table("a"));
}

}  // namespace
}  // namespace gander
