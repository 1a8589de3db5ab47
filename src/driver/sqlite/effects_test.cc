// SPDX-License-Identifier: MIT
// Settings that SQLite accepts without making them, seen through the runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class EffectsTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  std::string url() const { return "sqlite:" + path(); }
  SqliteFile database() const { return SqliteFile(path()); }
  Report up(const std::string& text) const {
    return MigrationRunner(open(url()), in_memory({{"1_a.sql", text}})).up();
  }
  std::string error_of(const std::string& text) const {
    try {
      up(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.details().file, "1_a.sql");
      return error.what();
    }
    return "";
  }
  TempDirectory directory_;
};

TEST_F(EffectsTest, JournalModeWithinATransactionOfAFunctionIsRefused) {
  const Source source = functions({{.version = 1,
                                    .name = "wal",
                                    .up =
                                        [](Connection& connection) {
                                          connection.execute("CREATE TABLE a (x)");
                                          connection.execute("PRAGMA journal_mode = WAL");
                                        },
                                    .down = nullptr}});
  EXPECT_THROW(MigrationRunner(open(url()), source).up(), Error);
  SqliteFile file(path());
  EXPECT_THROW(MigrationRunner(borrow(file.handle()), source).up(), Error);
  EXPECT_FALSE(file.has_table("a"));
}

TEST_F(EffectsTest, JournalModeThatIsNotTakenIsToldOf) {
  const Source source = in_memory(
      {{"1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA journal_mode = WAL;\n"}});
  EXPECT_THAT(
      MigrationRunner(open("sqlite::memory:"), source).up().warnings,
      ElementsAre("1_a.sql:3: PRAGMA journal_mode = WAL was not taken: the mode is memory"));
}

}  // namespace
}  // namespace gander
