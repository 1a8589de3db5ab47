// SPDX-License-Identifier: MIT
// Directories as they should not be: cut files, files that cannot be read, names in any script, a
// hundred thousand of them, and changes while a run is under way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gander/gander.h"
#include "src/driver/sqlite/engine.h"
#include "tests/crash/fault_driver.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::crash {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

// A database in memory: thousands of them are made here.
class Memory {
 public:
  Memory() { sqlite3_open(":memory:", &handle_); }
  ~Memory() { sqlite3_close(handle_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  Report up(std::vector<MemoryFile> files, Options options = {}) {
    return MigrationRunner(borrow(handle_), in_memory(std::move(files)), std::move(options)).up();
  }
  std::string value(const std::string& sql) {
    std::string found;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) return "";
    if (sqlite3_step(statement) == SQLITE_ROW) {
      found = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return found;
  }

 private:
  sqlite3* handle_ = nullptr;
};

std::vector<MemoryFile> whole_files() {
  return {{"00001_trail.sql",
           "-- +goose Up\nCREATE TABLE trail (steps TEXT);\nINSERT INTO trail VALUES ('1a ');\n"
           "UPDATE trail SET steps = steps || '1b ';\n-- +goose Down\nDROP TABLE trail;\n"},
          {"00002_steps.sql",
           "-- +goose NO TRANSACTION\n-- +goose Up\nUPDATE trail SET steps = steps || '2a ';\n"
           "VACUUM;\nUPDATE trail SET steps = steps || '2b;' || ' ';\n"},
          {"00003_trigger.sql",
           "-- a comment before\n-- +goose Up\n-- +goose StatementBegin\n"
           "CREATE TRIGGER note AFTER DELETE ON trail BEGIN\n"
           "  UPDATE trail SET steps = 'x';\nEND;\n-- +goose StatementEnd\n"
           "UPDATE trail SET steps = steps || '3a ';\n-- +goose Down\nDROP TRIGGER note;\n"}};
}

constexpr const char* kWholeTrail = "1a 1b 2a 2b; 3a ";

// Runs the whole files after the cut ones; true if that run had something to say.
bool is_reported(Memory* memory) {
  try {
    return !memory->up(whole_files()).warnings.empty();
  } catch (const Error& error) {
    return error.report() != nullptr && !error.report()->warnings.empty();
  }
}

// A cut file is refused before anything is written, or the next run with the whole file warns of
// it, or it did what the whole one does.
void try_cut(const std::vector<MemoryFile>& files, const std::string& what) {
  Memory memory;
  try {
    memory.up(files);
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    EXPECT_TRUE(code == ErrorCode::invalid_migration || code == ErrorCode::sql)
        << what << ": " << error.what();
    if (code == ErrorCode::invalid_migration) {
      EXPECT_EQ(memory.value("SELECT count(*) FROM sqlite_master"), "0") << what;
    }
  }
  const bool reported = is_reported(&memory);
  const bool complete =
      memory.value("SELECT steps FROM trail") == kWholeTrail &&
      memory.value("SELECT count(*) FROM sqlite_master WHERE name = 'note'") == "1";
  EXPECT_TRUE(complete || reported) << what << " was applied in part, in silence";
}

TEST(HostileFilesTest, FileCutAnywhereIsRefusedOrReported) {
  const std::vector<MemoryFile> whole = whole_files();
  for (std::size_t file = 0; file < whole.size(); ++file) {
    for (std::size_t length = 0; length < whole[file].text.size(); ++length) {
      std::vector<MemoryFile> files = whole;
      files[file].text.resize(length);
      try_cut(files, files[file].name + " cut to " + std::to_string(length) + " bytes");
    }
  }
}

TEST(HostileFilesTest, FileCutAnywhereIsRefusedWithTheDigestOfTheSet) {
  const std::vector<MemoryFile> whole = whole_files();
  Options options;
  options.expect_sum = sum_of(in_memory(whole)).digest;
  for (std::size_t file = 0; file < whole.size(); ++file) {
    for (std::size_t length = 0; length < whole[file].text.size(); ++length) {
      std::vector<MemoryFile> files = whole;
      files[file].text.resize(length);
      Memory memory;
      EXPECT_THROW(memory.up(files, options), Error) << file << " cut to " << length;
      EXPECT_EQ(memory.value("SELECT count(*) FROM sqlite_master"), "0");
    }
  }
  Memory memory;
  memory.up(whole, options);
  EXPECT_EQ(memory.value("SELECT steps FROM trail"), kWholeTrail);
}

class HostileDirectoryTest : public ::testing::Test {
 protected:
  HostileDirectoryTest() { std::filesystem::create_directory(migrations()); }

  std::filesystem::path migrations() const { return directory_.path() / "migrations"; }
  std::string path() const { return directory_.file("app.db"); }
  void write(const std::string& name, const std::string& text) {
    directory_.write("migrations/" + name, text);
  }
  Report up() { return MigrationRunner(open("sqlite:" + path()), directory(migrations())).up(); }

  // A good first file, and this second one that cannot be read: nothing may happen.
  void expect_refused(const std::string& why) {
    write("00001_good.sql", "-- +goose Up\nCREATE TABLE good (id INTEGER);\n");
    try {
      up();
      ADD_FAILURE() << "the run went on";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
      EXPECT_THAT(error.what(), HasSubstr("00002_bad.sql"));
      EXPECT_THAT(error.what(), HasSubstr(why));
    }
    EXPECT_FALSE(std::filesystem::exists(path()));
  }

  TempDirectory directory_;
};

TEST_F(HostileDirectoryTest, DanglingLinkIsRefused) {
  std::filesystem::create_symlink("nowhere", migrations() / "00002_bad.sql");
  expect_refused("No such file");
}

TEST_F(HostileDirectoryTest, LoopOfLinksIsRefused) {
  std::filesystem::create_symlink("00002_bad.sql", migrations() / "00002_bad.sql");
  expect_refused("symbolic links");
}

TEST_F(HostileDirectoryTest, DirectoryNamedAsAMigrationIsRefused) {
  std::filesystem::create_directory(migrations() / "00002_bad.sql");
  expect_refused("not a regular file");
}

TEST_F(HostileDirectoryTest, PipeIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo((migrations() / "00002_bad.sql").c_str(), 0600), 0);
  expect_refused("not a regular file");
}

// Root may read everything: while this lives, root is somebody else.
class AsNobody {
 public:
  AsNobody() : changed_(::geteuid() == 0 && ::seteuid(kNobody) == 0) {}
  ~AsNobody() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool changed_;
};

TEST_F(HostileDirectoryTest, UnreadableFileIsRefused) {
  write("00002_bad.sql", "-- +goose Up\nSELECT 1;\n");
  std::filesystem::permissions(migrations() / "00002_bad.sql", std::filesystem::perms::none);
  write("00001_good.sql", "");
  for (const auto& place : {directory_.path(), migrations(), migrations() / "00001_good.sql"}) {
    std::filesystem::permissions(place, std::filesystem::perms(0777));
  }
  const AsNobody nobody;
  expect_refused("Permission denied");
}

TEST_F(HostileDirectoryTest, LinkToAFileIsFollowed) {
  directory_.write("elsewhere.sql", "-- +goose Up\nCREATE TABLE linked (id INTEGER);\n");
  std::filesystem::create_symlink("../elsewhere.sql", migrations() / "00001_link.sql");
  up();
  EXPECT_TRUE(SqliteFile(path()).has_table("linked"));
}

TEST_F(HostileDirectoryTest, NamesInAnyScript) {
  const std::vector<std::string> names = {"00001_Überflüssige_Gänse.sql",
                                          "00002_雁の移行.sql",
                                          "00003_الإوزة.sql",
                                          "00004_🪿🪿.sql",
                                          "00005_it's \"q\".sql",
                                          "00006_a\nb\tc.sql",
                                          "00007_'); DROP TABLE x; --.sql",
                                          "00008_\xff\xfe.sql",
                                          "00009_%s%n{}.sql"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    write(names[i], "-- +goose Up\nCREATE TABLE t" + std::to_string(i) + " (id INTEGER);\n");
  }
  const Report report = up();
  ASSERT_EQ(report.migrations.size(), names.size());
  SqliteFile database(path());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(report.migrations[i].name, names[i]);
    EXPECT_TRUE(database.has_table("t" + std::to_string(i)));
    EXPECT_EQ(database.value("SELECT name FROM goose_db_version_history WHERE version_id = " +
                             std::to_string(i + 1)),
              names[i]);
  }
  EXPECT_THAT(up().migrations, IsEmpty());
}

constexpr int kFiles = 100000;

TEST(HostileFilesTest, HundredThousandInMemory) {
  Memory memory;
  std::vector<MemoryFile> files = {
      {"1_steps.sql", "-- +goose Up\nCREATE TABLE steps (n INTEGER);\n"}};
  for (int i = 2; i <= kFiles; ++i) {
    const std::string number = std::to_string(i);
    files.push_back(
        {number + "_step.sql", "-- +goose Up\nINSERT INTO steps VALUES (" + number + ");\n"});
  }
  EXPECT_EQ(memory.up(files).migrations.size(), static_cast<std::size_t>(kFiles));
  EXPECT_EQ(memory.value("SELECT count(DISTINCT n) || '/' || count(*) FROM steps"), "99999/99999");
  EXPECT_THAT(memory.up(files).migrations, IsEmpty());
}

TEST_F(HostileDirectoryTest, HundredThousandFiles) {
  for (int i = 1; i <= kFiles; ++i) {
    std::ofstream(migrations() / (std::to_string(i) + "_step.sql"))
        << "-- +goose Up\nINSERT INTO steps VALUES (" << i << ");\n";
  }
  SqliteFile(path()).run("CREATE TABLE steps (n INTEGER)");
  EXPECT_EQ(up().migrations.size(), static_cast<std::size_t>(kFiles));
  SqliteFile database(path());
  EXPECT_EQ(database.value("SELECT count(DISTINCT n) || '/' || count(*) FROM steps"),
            "100000/100000");
  EXPECT_THAT(up().migrations, IsEmpty());
}

// Every kind of change, before every database call of a run. Small files are read once; large ones
// are read again while they run.
class ChangedWhileRunningTest : public HostileDirectoryTest,
                                public ::testing::WithParamInterface<bool> {
 protected:
  void write_files() {
    const std::string filler = GetParam() ? "-- " + std::string(300000, 'x') + "\n" : "";
    write("00001_trail.sql",
          "-- +goose Up\nCREATE TABLE trail (steps TEXT);\nINSERT INTO trail VALUES ('1 ');\n");
    write("00002_tx.sql", "-- +goose Up\nUPDATE trail SET steps = steps || '2a ';\n" + filler +
                              "UPDATE trail SET steps = steps || '2b ';\n");
    write("00003_steps.sql",
          "-- +goose NO TRANSACTION\n-- +goose Up\nUPDATE trail SET steps = steps || '3a ';\n" +
              filler + "UPDATE trail SET steps = steps || '3b ';\n");
  }

  void change(int kind) {
    const std::filesystem::path second = migrations() / "00002_tx.sql";
    const std::filesystem::path third = migrations() / "00003_steps.sql";
    switch (kind) {
      case 0:
        std::filesystem::remove(second);
        return std::filesystem::remove(third), void();
      case 1:  // cut after a whole statement
        std::filesystem::resize_file(second, 54);
        return std::filesystem::resize_file(third, 78);
      case 2:
        write("00002_tx.sql", "-- +goose Up\nUPDATE trail SET steps = 'other';\n");
        return write("00003_steps.sql", "-- +goose Up\nUPDATE trail SET steps = 'other';\n");
      case 3:
        return write("00004_late.sql", "-- +goose Up\nUPDATE trail SET steps = steps || '4 ';\n");
      default:
        return std::filesystem::rename(second, migrations() / "00005_renamed.sql");
    }
  }

  MigrationRunner runner(FaultLine* line) {
    return MigrationRunner(
        Target(with_faults(driver::sqlite::make_driver(driver::sqlite::parse_url(path())), line)),
        directory(migrations()));
  }

  void restore() {
    std::filesystem::remove_all(migrations());
    std::filesystem::create_directory(migrations());
    write_files();
  }
};

TEST_P(ChangedWhileRunningTest, FileIsAppliedAsItWasOrTheRunStops) {
  write_files();
  FaultLine count;
  runner(&count).up();
  const std::int64_t calls = count.calls();
  for (int kind = 0; kind < 5; ++kind) {
    for (std::int64_t point = 1; point <= calls; ++point) {
      restore();
      std::filesystem::remove(path());
      FaultLine line({Fault{point, Action::visit}});
      line.visitor = [&] { change(kind); };
      try {
        runner(&line).up();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_migration) << error.what();
      }
      restore();
      FaultLine none;
      try {
        runner(&none).up();
      } catch (const Error& error) {
        // A large file that is rewritten while its statements run one by one: some of the new text
        // has run, and the run with the old text stops and says so.
        EXPECT_TRUE(GetParam() && kind == 2 && error.code() == ErrorCode::edited) << error.what();
        continue;
      }
      EXPECT_EQ(SqliteFile(path()).value("SELECT steps FROM trail"), "1 2a 2b 3a 3b ")
          << "change " << kind << " before call " << point;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ChangedWhileRunningTest, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& test) {
                           return std::string(test.param ? "LargeFiles" : "SmallFiles");
                         });

}  // namespace
}  // namespace gander::crash
