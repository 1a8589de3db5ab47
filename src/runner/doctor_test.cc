// SPDX-License-Identifier: MIT
// doctor() and lock_status() on SQLite files.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "gander/gander.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using testing_support::TempDirectory;

// Another process that has begun to write to the database (or to read it) and waits.
class Writer {
 public:
  explicit Writer(const std::string& path, const char* sql = "BEGIN IMMEDIATE") {
    int ready[2];
    int stop[2];
    EXPECT_EQ(::pipe(ready), 0);
    EXPECT_EQ(::pipe(stop), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      sqlite3* handle = nullptr;
      sqlite3_open(path.c_str(), &handle);
      sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
      ::close(stop[1]);
      char byte = 'r';
      const ssize_t told = ::write(ready[1], &byte, 1);
      const ssize_t heard = ::read(stop[0], &byte, 1);
      ::_exit(told + heard > 0 ? 0 : 1);
    }
    ::close(stop[0]);
    stop_ = stop[1];
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Writer() {
    ::close(stop_);
    ::waitpid(pid_, nullptr, 0);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int stop_ = -1;
};

class DoctorTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("app.db"); }
  MigrationRunner runner(const std::string& parameters = {}, Options options = {}) const {
    return MigrationRunner(open("sqlite:" + path() + parameters), in_memory(files_),
                           std::move(options));
  }
  static std::string bad(const DoctorReport& report, Severity least = Severity::warning) {
    std::string text;
    for (const Finding& finding : report.findings) {
      if (finding.severity >= least) text += finding.check + ": " + finding.message + "\n";
    }
    return text;
  }

  TempDirectory directory_;
  std::vector<MemoryFile> files_ = {
      {"00001_a.sql", "-- +goose Up\nCREATE TABLE a (i INTEGER PRIMARY KEY);\n"},
      {"00002_b.sql", "-- +goose Up\nCREATE TABLE b (i REFERENCES a);\n"}};
};

TEST_F(DoctorTest, DamagedFile) {
  runner().up();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 + 8);
    file << std::string(200, '\x7f');
  }
  EXPECT_THAT(bad(runner().doctor(), Severity::problem), ::testing::Not(""));
}

TEST_F(DoctorTest, BrokenForeignKeysEditedAndMissingFiles) {
  files_.push_back({"00003_c.sql", "-- +goose Up\nINSERT INTO b VALUES (7);\n"});
  files_.push_back({"00004_d.sql", "-- +goose Up\nSELECT 1;\n"});
  runner().up();
  files_.pop_back();
  files_[1].text += "-- changed\n";
  const std::string found = bad(runner().doctor());
  EXPECT_THAT(found, HasSubstr("foreign_keys: 1 row refers to a row that is not there"));
  EXPECT_THAT(found, HasSubstr("newer: version 4"));
  EXPECT_THAT(found, HasSubstr("edited: 00002_b.sql"));
}

TEST_F(DoctorTest, JournalLeftBehind) {
  runner().up();
  std::ofstream(path() + "-journal") << "what a killed writer left";
  EXPECT_THAT(bad(runner().doctor()), HasSubstr("journal: a writer has died"));
}

TEST_F(DoctorTest, WriterIsNamedAndNotWaitedFor) {
  runner().up();
  for (const char* mode : {"delete", "wal"}) {
    (void)runner(std::string("?journal_mode=") + mode).status();
    const Writer writer(path());
    MigrationRunner blocked = runner();
    const LockStatus status = blocked.lock_status();
    ASSERT_EQ(status.holders.size(), 1U) << mode;
    EXPECT_EQ(status.holders[0].pid, writer.pid());
    EXPECT_EQ(status.holders[0].kind, LockHolder::Kind::file);
    EXPECT_THAT(bad(blocked.doctor()), HasSubstr("lock: pid " + std::to_string(writer.pid())));
    try {
      blocked.release_lock(true);
      ADD_FAILURE() << "the lock of another process cannot be released";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::unsupported);
      EXPECT_THAT(error.details().message, HasSubstr(std::to_string(writer.pid())));
    }
  }
}

TEST_F(DoctorTest, WhoeverKeepsARunWaitingIsCalledWhatHeIs) {
  class Listener : public Observer {
   public:
    void lock_waiting(const LockWaiting& event) override { holder = event.holder; }
    std::string holder;
  };
  const auto told = [&](const char* sql, const std::string& parameters) {
    const Writer other(path(), sql);
    Listener listener;
    Options options;
    options.wait = std::chrono::milliseconds(800);
    options.observer = &listener;
    try {
      MigrationRunner(open("sqlite:" + path() + parameters), in_memory(files_), options).up();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::locked);
    }
    EXPECT_THAT(listener.holder, HasSubstr("pid " + std::to_string(other.pid()))) << sql;
    return listener.holder;
  };
  runner().up();
  files_.push_back({"00003_c.sql", "-- +goose Up\nCREATE TABLE c (x);\n"});
  EXPECT_THAT(told("BEGIN; SELECT count(*) FROM a", "?journal_mode=delete"),
              HasSubstr(", which reads"));
  EXPECT_THAT(told("BEGIN IMMEDIATE", "?journal_mode=delete"), HasSubstr(", which writes"));
}

}  // namespace
}  // namespace gander
