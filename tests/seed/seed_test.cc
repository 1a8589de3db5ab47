// SPDX-License-Identifier: MIT
// A script far larger than the memory that the program may use for it.
//
// GANDER_SEED_BYTES sets the size of the script (64 MiB unless said) and GANDER_SEED_PEAK_MIB what
// the program may use at its peak (32 unless said); `make test-seed` takes 1 GiB and 64.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

extern char** environ;

namespace gander {
namespace {

using testing_support::SqliteFile;
using testing_support::TempDirectory;

std::int64_t setting(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

struct Seed {
  std::int64_t rows = 0;
  std::int64_t sum = 0;
};

// Writes INSERTs of `rows_each` rows until the script is as large as it is to be.
Seed write_seed(const std::string& path, int rows_each) {
  const std::int64_t size = setting("GANDER_SEED_BYTES", 64 << 20);
  std::ofstream out(path, std::ios::binary);
  out << "-- +goose Up\nCREATE TABLE seed (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER);\n";
  Seed seed;
  std::int64_t written = 0;
  while (written < size) {
    std::string statement = "INSERT INTO seed (id, name, amount) VALUES ";
    for (int i = 0; i < rows_each; ++i) {
      const std::string id = std::to_string(++seed.rows);
      const std::int64_t amount = seed.rows * 7919 % 100003;
      statement += std::string(i == 0 ? "(" : ",\n(") + id + ", 'it''s; number -- " + id + "', " +
                   std::to_string(amount) + ")";
      seed.sum += amount;
    }
    statement += ";\n";
    written += static_cast<std::int64_t>(statement.size());
    out << statement;
  }
  out << "-- +goose Down\nDROP TABLE seed;\n";
  EXPECT_TRUE(out.flush());
  return seed;
}

// Runs `gander up` and returns its peak memory in MiB.
std::int64_t peak_of_up(const TempDirectory& directory) {
  const std::string database = "sqlite:" + directory.file("app.db");
  const std::string migrations = directory.file("migrations");
  std::string program = GANDER_PROGRAM;
  std::vector<std::string> words = {program,  "up",    "--quiet", "--db",
                                    database, "--dir", migrations};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ), 0);
  int status = 0;
  rusage usage{};
  EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return usage.ru_maxrss / 1024;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(GANDER_INSTRUMENTED)
constexpr bool kMemoryTells = false;  // the memory of the sanitizer or of the counters is larger
#else
constexpr bool kMemoryTells = true;
#endif

class SeedTest : public ::testing::TestWithParam<int> {};

TEST_P(SeedTest, IsAppliedInLittleMemory) {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.path() / "migrations");
  const Seed seed = write_seed(directory.file("migrations/00001_seed.sql"), GetParam());
  const std::int64_t peak = peak_of_up(directory);
  if (kMemoryTells) {
    EXPECT_LT(peak, setting("GANDER_SEED_PEAK_MIB", 32));
  }
  SqliteFile database(directory.file("app.db"));
  EXPECT_EQ(database.value("SELECT count(*) FROM seed"), std::to_string(seed.rows));
  EXPECT_EQ(database.value("SELECT sum(amount) FROM seed"), std::to_string(seed.sum));
  EXPECT_EQ(database.value("SELECT name FROM seed WHERE id = 2"), "it's; number -- 2");
  if (!kMemoryTells) {
    GTEST_SKIP() << "the rows are right; the memory (" << peak
                 << " MiB) is not judged, because this build is instrumented";
  }
}

INSTANTIATE_TEST_SUITE_P(RowsAStatement, SeedTest, ::testing::Values(1, 500),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace gander
