// SPDX-License-Identifier: MIT
// Damaged rows in the version table, the history and the journal: each column of each is
// overwritten with what does not belong there, in a database that is half way through a migration.
// Whatever runs then ends in a clear error or does the right thing; no statement runs twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <random>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::AnyOf;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

// Each statement appends its digit, so that a repetition or an omission shows.
constexpr const char* kSteps =
    "-- +goose NO TRANSACTION\n-- +goose Up\nUPDATE trail SET x = x * 10 + 1;\nUPDATE trail SET x "
    "= x * 10 + 2;\n";
constexpr const char* kRest = "UPDATE trail SET x = x * 10 + 3;\n";

class SideTablesTest : public ::testing::Test {
 protected:
  SideTablesTest() {
    directory_.write("m/1_trail.sql",
                     "-- +goose Up\nCREATE TABLE trail (x INTEGER);\nINSERT INTO trail VALUES (0);"
                     "\n-- +goose Down\nDROP TABLE trail;\n");
    directory_.write("m/2_steps.sql", std::string(kSteps) + "INSERT INTO absent VALUES (1);\n");
    runner().up_to(1);
    EXPECT_THROW(runner().up(), Error);
    directory_.write("m/2_steps.sql", std::string(kSteps) + kRest);
    std::filesystem::rename(path(), directory_.file("half.db"));
  }

  std::string path() const { return directory_.file("app.db"); }
  MigrationRunner runner() const {
    // Hundreds of databases are made here; none has to outlive a power cut.
    return MigrationRunner(open("sqlite:" + path() + "?synchronous=off"),
                           directory(directory_.path() / "m"));
  }

  // Everything that reads the tables; what is wrong is said, and nothing worse happens.
  void try_everything() {
    const std::function<void()> operations[] = {
        [&] { (void)runner().status(); }, [&] { (void)runner().history(); },
        [&] { (void)runner().plan(); }, [&] { runner().up(); }, [&] { runner().up(); }};
    for (const auto& operation : operations) {
      try {
        operation();
      } catch (const Error& error) {
        EXPECT_FALSE(error.details().message.empty());
        EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
      }
    }
    EXPECT_THAT(SqliteFile(path()).value("SELECT x FROM trail"), AnyOf("12", "123"));
    EXPECT_EQ(SqliteFile(path()).value("PRAGMA integrity_check"), "ok");
  }

  void damage(const std::string& table, const std::string& column, const std::string& value) {
    SCOPED_TRACE(table + "." + column + " = " + value);
    std::filesystem::copy_file(directory_.file("half.db"), path(),
                               std::filesystem::copy_options::overwrite_existing);
    try {
      SqliteFile(path()).run("PRAGMA synchronous = off; UPDATE " + table + " SET " + column +
                             " = " + value + " WHERE version_id > 0");
    } catch (const std::runtime_error&) {
      return;  // a constraint of the table refuses it
    }
    try_everything();
  }

  std::vector<std::string> columns(const std::string& table) {
    return SqliteFile(directory_.file("half.db"))
        .rows("SELECT name FROM pragma_table_info('" + table + "')");
  }

  TempDirectory directory_;
};

constexpr const char* kTables[] = {"goose_db_version", "goose_db_version_history",
                                   "goose_db_version_journal", "goose_db_version_schema"};

TEST_F(SideTablesTest, ValuesThatDoNotBelongThere) {
  const char* values[] = {"NULL",
                          "-1",
                          "9223372036854775807",
                          "-9223372036854775808",
                          "1.5",
                          "1e300",
                          "9e999",
                          "''",
                          "'x'",
                          "x'00ff'",
                          "'a' || char(0)",
                          "zeroblob(100000)",
                          "char(27)",
                          "x'fffeC3'",
                          "'ask'",
                          "'applied'",
                          "'0'",
                          "'2026-13-45'",
                          "CAST('1' AS BLOB)"};
  for (const char* table : kTables) {
    for (const std::string& column : columns(table)) {
      // Another valid version is another migration's row.
      const bool key = column == "version_id" || column == "id";
      for (const char* value : values) {
        if (key && std::string_view(value) == "9223372036854775807") continue;
        damage(table, column, value);
        if (HasFailure()) return;
      }
    }
  }
}

TEST_F(SideTablesTest, RandomBytes) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    const std::string table = kTables[random() % std::size(kTables)];
    const std::vector<std::string> names = columns(table);
    std::string bytes;
    for (auto left = 1 + random() % 40; left > 0; --left) {
      static constexpr char kHex[] = "0123456789abcdef";
      bytes += {kHex[random() % 16], kHex[random() % 16]};
    }
    const std::string blob = "x'" + bytes + "'";
    damage(table, names[random() % names.size()],
           random() % 2 == 0 ? blob : "CAST(" + blob + " AS TEXT)");
    if (HasFailure()) return;
  }
}

TEST_F(SideTablesTest, VersionThatIsATextIsNotAnotherVersion) {
  std::filesystem::copy_file(directory_.file("half.db"), path());
  SqliteFile(path()).run("UPDATE goose_db_version SET version_id = 'one' WHERE version_id = 1");
  try {
    runner().up();
    ADD_FAILURE() << "applied version 1 again";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("version_id does not hold a whole number"));
  }
}

TEST_F(SideTablesTest, TablesOfAnotherShape) {
  for (const std::string table : kTables) {
    for (const char* shape :
         {"TABLE %s (a, b)", "VIEW %s AS SELECT 1 AS a", "TABLE %s (version_id)"}) {
      SCOPED_TRACE(table + ": " + shape);
      std::filesystem::copy_file(directory_.file("half.db"), path(),
                                 std::filesystem::copy_options::overwrite_existing);
      std::string create = shape;
      create.replace(create.find("%s"), 2, table);
      SqliteFile(path()).run("DROP TABLE " + table + "; CREATE " + create);
      try_everything();
    }
  }
}

}  // namespace
}  // namespace gander
