// SPDX-License-Identifier: MIT
// Databases that cannot be opened, cannot be locked or are not what the URL asks for, seen through
// the runner.
#include "src/driver/sqlite/place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

class PlaceTest : public ::testing::Test {
 protected:
  std::string error_of(const std::string& url, const Options& options = {}) const {
    try {
      MigrationRunner(open(url), source_, options).up();
    } catch (const Error& error) {
      code_ = error.code();
      return error.what();
    }
    return "";
  }
  std::string findings(const std::string& url) const {
    std::string text;
    for (const Finding& finding : MigrationRunner(open(url), source_).doctor().findings) {
      if (finding.severity != Severity::ok) text += finding.message + "\n";
    }
    return text;
  }
  TempDirectory directory_;
  Source source_ = in_memory({{"1_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n"}});
  mutable ErrorCode code_ = ErrorCode::internal;
};

TEST_F(PlaceTest, EachCauseOfADatabaseThatCannotBeOpenedHasItsOwnWords) {
  fs::create_directory(directory_.file("is-a-directory.db"));
  directory_.write("file", "x");
  fs::create_symlink("nowhere/app.db", directory_.file("link.db"));
  std::string deep = directory_.path();
  for (int i = 0; i < 3; ++i) fs::create_directory(deep += "/" + std::string(200, 'd'));
  const std::string in = "sqlite:" + std::string(directory_.path()) + "/";
  const std::pair<std::string, std::string> cases[] = {
      {in + "no/such/app.db", "there is no directory " + directory_.file("no")},
      {in + "is-a-directory.db", "it is a directory"},
      {"sqlite:" + deep + "/app.db", "and SQLite takes 504"},
      {"sqlite:~/app.db", "Gander does not take ~ for your home"},
      {in + "file/app.db", "a part of its directory is a file"},
      {in + "link.db", "it is a symbolic link to nowhere/app.db"},
      {in + "none.db?mode=ro", "there is no such file"}};
  for (const auto& [url, text] : cases) {
    EXPECT_THAT(error_of(url), HasSubstr(text)) << url;
    EXPECT_EQ(code_, ErrorCode::connection) << url;
  }
}

TEST_F(PlaceTest, ModeOfTheUrlThatIsNotTakenIsToldOf) {
  const std::string url =
      "sqlite:" + directory_.file("v.db") + "?vfs=unix-dotfile&journal_mode=wal";
  const std::string text = "journal_mode=wal of the database URL was not taken: the mode is delete";
  EXPECT_THAT(MigrationRunner(open(url), source_).up().warnings, ElementsAre(text));
  EXPECT_THAT(findings(url), HasSubstr(text));
  EXPECT_THAT(MigrationRunner(open("sqlite::memory:?journal_mode=wal"), source_).up().warnings,
              ElementsAre(HasSubstr("the mode is memory, as in every database in memory")));
}

TEST_F(PlaceTest, NetworkFileSystemsAreKnownByName) {
  EXPECT_EQ(driver::sqlite::network_file_system_of(0x6969), "NFS");
  EXPECT_EQ(driver::sqlite::network_file_system_of(0xFF534D42), "CIFS");
  EXPECT_EQ(driver::sqlite::network_file_system_of(0x01021997), "9P");
  EXPECT_EQ(driver::sqlite::network_file_system_of(0xEF53), "");
  EXPECT_EQ(driver::sqlite::network_file_system(directory_.file("app.db")), "");
}

// A process that runs `sql` on the file and holds what it locks until the end of the object.
class OtherProcess {
 public:
  OtherProcess(const std::string& path, const char* sql) {
    int ready[2];
    int end[2];
    EXPECT_EQ(::pipe(ready), 0);
    EXPECT_EQ(::pipe(end), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(end[1]);
      sqlite3* handle = nullptr;
      sqlite3_open(path.c_str(), &handle);
      const bool done = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
      char byte = done ? 'y' : 'n';
      if (::write(ready[1], &byte, 1) != 1 || ::read(end[0], &byte, 1) < 0) ::_exit(1);
      ::_exit(0);
    }
    ::close(ready[1]);
    ::close(end[0]);
    end_ = end[1];
    char byte = 'n';
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    ::close(ready[0]);
  }
  ~OtherProcess() {
    ::close(end_);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  int end_ = 0;
};

TEST_F(PlaceTest, WhoIsInTheWayIsCalledAReaderOrAWriter) {
  const std::string path = directory_.file("app.db");
  SqliteFile(path).run("CREATE TABLE other (x); INSERT INTO other VALUES (1)");
  Options options;
  options.wait = std::chrono::milliseconds(20);
  {
    const OtherProcess reader(path, "BEGIN; SELECT * FROM other");
    const std::string error = error_of("sqlite:" + path, options);
    EXPECT_EQ(code_, ErrorCode::locked);
    EXPECT_THAT(error, HasSubstr("reads and has not finished"));
    EXPECT_THAT(error, HasSubstr("pid " + std::to_string(reader.pid())));
    EXPECT_THAT(findings("sqlite:" + path), HasSubstr(" is reading"));
  }
  {
    const OtherProcess writer(path, "BEGIN IMMEDIATE");
    const std::string error = error_of("sqlite:" + path, options);
    EXPECT_EQ(code_, ErrorCode::locked);
    EXPECT_THAT(error, HasSubstr("pid " + std::to_string(writer.pid())));
    EXPECT_THAT(error, HasSubstr("is writing"));
    EXPECT_THAT(findings("sqlite:" + path), HasSubstr(" is writing"));
  }
  EXPECT_EQ(error_of("sqlite:" + path, options), "");
}

// A COMMIT waits for readers, a BEGIN for writers.
TEST_F(PlaceTest, WhatARunWaitsForIsAReaderOrAWriter) {
  struct Watcher : Observer {
    void lock_waiting(const LockWaiting& event) override { seen.push_back(event.what); }
    std::vector<WaitingFor> seen;
  };
  const std::string path = directory_.file("app.db");
  SqliteFile(path).run("CREATE TABLE other (x); INSERT INTO other VALUES (1)");
  const auto seen_beside = [&](const char* sql) {
    const OtherProcess other(path, sql);
    Watcher watcher;
    Options options;
    options.wait = std::chrono::milliseconds(1200);  // longer than until the first event
    options.observer = &watcher;
    error_of("sqlite:" + path, options);
    EXPECT_EQ(code_, ErrorCode::locked);
    return watcher.seen;
  };
  EXPECT_THAT(seen_beside("BEGIN; SELECT * FROM other"),
              AllOf(Not(IsEmpty()), Each(WaitingFor::reader)));
  EXPECT_THAT(seen_beside("BEGIN IMMEDIATE"), AllOf(Not(IsEmpty()), Each(WaitingFor::writer)));
}

TEST_F(PlaceTest, ReaderOfTheSameProcessIsCalledAReader) {
  const std::string path = directory_.file("app.db");
  SqliteFile reader(path);
  reader.run("CREATE TABLE other (x); BEGIN; SELECT * FROM other");
  Options options;
  options.wait = std::chrono::milliseconds(20);
  EXPECT_THAT(error_of("sqlite:" + path, options),
              HasSubstr("another connection reads and has not finished"));
}

TEST_F(PlaceTest, FileThatIsNoDatabaseMayBeAnEncryptedOne) {
  directory_.write("app.db", std::string(4096, 'x'));
  EXPECT_THAT(error_of("sqlite:" + directory_.file("app.db")), HasSubstr("encrypted"));
}

}  // namespace
}  // namespace gander
