// SPDX-License-Identifier: MIT
#include "cli/output/progress.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace gander::cli {
namespace {

using std::chrono::milliseconds;

LiveState third_of_twelve() {
  return {.name = "00003_big.sql",
          .index = 3,
          .total = 12,
          .statement = 1234,
          .statements = 5000,
          .line = 7};
}

TEST(LiveLine, SaysHowFarTheRunIs) {
  EXPECT_EQ(live_line(third_of_twelve(), milliseconds{12300}, {}),
            "  3/12 00003_big.sql  statement 1,234 of 5,000  12.3 s");
  LiveState state = third_of_twelve();
  state.direction = Direction::down;
  state.statements = 1;
  EXPECT_EQ(live_line(state, milliseconds{500}, {}), "  3/12 00003_big.sql down  500 ms");
}

TEST(LiveLine, NamesNoStatementThatIsNotKnownToRun) {
  LiveState state = third_of_twelve();
  state.statement = 0;
  EXPECT_EQ(live_line(state, milliseconds{500}, {}),
            "  3/12 00003_big.sql  5,000 statements  500 ms");
}

TEST(WaitLine, SaysWhatIsWaitedFor) {
  const auto line = [](WaitingFor what, const char* holder) {
    return wait_line({what, holder, milliseconds{2000}, milliseconds{300000}}, false);
  };
  EXPECT_EQ(line(WaitingFor::run, "pid 4711"),
            "waiting for another run (pid 4711), 2.0 s of 5 min 00 s");
  EXPECT_EQ(line(WaitingFor::table, "pid 4711"),
            "waiting for a lock on a table, held by pid 4711, 2.0 s of 5 min 00 s");
  EXPECT_EQ(line(WaitingFor::transaction, "pid 4711"),
            "waiting for the end of a transaction of pid 4711, 2.0 s of 5 min 00 s");
  EXPECT_EQ(line(WaitingFor::reader, "another connection, which reads"),
            "waiting for another connection, which reads, 2.0 s of 5 min 00 s");
  EXPECT_EQ(line(WaitingFor::writer, "another connection"),
            "waiting for another connection, 2.0 s of 5 min 00 s");
  EXPECT_EQ(line(WaitingFor::server, "refused"),
            "waiting for the database: refused, 2.0 s of 5 min 00 s");
}

TEST(StillLine, NamesWhatRuns) {
  LiveState state = third_of_twelve();
  EXPECT_EQ(still_line(state, milliseconds{10000}, false),
            "still running: 00003_big.sql, statement 1,234 of 5,000 (line 7), 10.0 s");
  state.statement = 0;
  state.direction = Direction::down;
  EXPECT_EQ(still_line(state, milliseconds{10000}, false),
            "still running: 00003_big.sql down, 5,000 statements in one transaction, 10.0 s");
}

TEST(LiveLine, ShortensTheNameAndNeverFillsTheLastColumn) {
  LiveState state = third_of_twelve();
  state.statements = 1;
  EXPECT_EQ(live_line(state, milliseconds{1000}, {.width = 26}), "  3/12 00003_bi...  1.0 s");
  state.name = "\x1b[2J";
  EXPECT_EQ(live_line(state, milliseconds{1000}, {.width = 26}), "  3/12 ?[2J  1.0 s");
  EXPECT_EQ(live_line(state, milliseconds{1000}, {.width = 14}), "  3/12 ?[2...");
}

TEST(MigrationLine, IsAligned) {
  MigrationResult result{.version = 1,
                         .name = "00001_init.sql",
                         .statements = 2,
                         .duration = std::chrono::microseconds{1400}};
  EXPECT_EQ(migration_line(result, 16, {.unicode = true}),
            "  \xE2\x9C\x93 00001_init.sql     2 statements     1.4 ms\n");
  EXPECT_EQ(migration_line(result, 0, {}), "  + 00001_init.sql   2 statements     1.4 ms\n");
  result.direction = Direction::down;
  result.empty = true;
  EXPECT_EQ(migration_line(result, 0, {}), "  - 00001_init.sql   nothing to run   1.4 ms\n");
  result.empty = false;
  result.resumed_after = 3;
  EXPECT_EQ(migration_line(result, 0, {}),
            "  - 00001_init.sql   2 statements, resumed after 3   1.4 ms\n");
}

// Streams in memory.
class Streams {
 public:
  Streams() : out_(open_memstream(&out_text_, &size_)), err_(open_memstream(&err_text_, &size_)) {}
  ~Streams() {
    std::fclose(out_);
    std::fclose(err_);
    std::free(out_text_);
    std::free(err_text_);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  std::FILE* out_stream() { return out_; }
  std::FILE* err_stream() { return err_; }
  std::string out() const { return text(out_, out_text_); }
  std::string err() const { return text(err_, err_text_); }

 private:
  static std::string text(std::FILE* stream, char* const& buffer) {
    std::fflush(stream);
    return buffer;
  }

  char* out_text_ = nullptr;
  char* err_text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* out_;
  std::FILE* err_;
};

TEST(Progress, PrintsALineAMigrationInAPipe) {
  Streams streams;
  Console console(streams.out_stream(), streams.err_stream(), {}, {}, {});
  {
    Progress progress(console);
    progress.migration_started({.version = 1, .name = "1_a.sql", .index = 1, .total = 1});
    progress.statement_started({.version = 1, .number = 1, .total = 1, .sql = "SELECT 1;"});
    progress.statement_finished({.version = 1, .number = 1});
    progress.migration_finished({.version = 1, .name = "1_a.sql", .statements = 1});
    progress.message({.kind = Message::Kind::notice, .text = "hello", .severity = "NOTICE"});
    progress.message({.kind = Message::Kind::notice, .text = "a\nb", .severity = "WARNING"});
    progress.message({.kind = Message::Kind::warning, .text = "careful"});
    progress.message({.kind = Message::Kind::warning, .text = "careful"});
  }
  EXPECT_EQ(streams.out(), "  + 1_a.sql                    1 statement      0 us\n");
  EXPECT_EQ(streams.err(),
            "warning: a\n  b\nwarning: careful\n1 notice of the server not shown (--notices)\n");
}

TEST(Progress, ShowsStatementsWhenVerbose) {
  Streams streams;
  Console console(streams.out_stream(), streams.err_stream(), {}, {}, {.verbose = true});
  Progress progress(console);
  progress.migration_started({.version = 1, .name = "1_a.sql", .index = 1, .total = 2});
  progress.statement_started(
      {.version = 1, .number = 1, .total = 3, .line = 4, .sql = "CREATE TABLE t (\n  a\n);"});
  progress.statement_finished({.version = 1, .number = 1, .duration = milliseconds{12}});
  progress.statement_started({.version = 1, .number = 2, .total = 3, .line = 7, .sql = "x;"});
  progress.statement_finished({.version = 1, .number = 2});
  EXPECT_EQ(streams.err(),
            "up 1_a.sql (1 of 2)\n    [1/3] line 4: CREATE TABLE t ( a );  12 ms\n"
            "    [2/3] line 7: x;\n");
}

TEST(Progress, ShowsEveryNoticeOnceWhenAsked) {
  Streams streams;
  Console console(streams.out_stream(), streams.err_stream(), {}, {}, {.notices = true});
  {
    Progress progress(console);
    for (const char* text : {"one\ntwo", "three", "three"}) {
      progress.message({.kind = Message::Kind::notice, .text = text, .severity = "NOTICE"});
    }
  }
  EXPECT_EQ(streams.err(), "notice: one\n  two\nnotice: three\n");
}

TEST(Progress, IsSilentWhenQuietOrJson) {
  for (const ConsoleMode mode : {ConsoleMode{.json = true}, ConsoleMode{.quiet = true}}) {
    Streams streams;
    Console console(streams.out_stream(), streams.err_stream(), {}, {}, mode);
    Progress progress(console);
    progress.migration_started({.version = 1, .name = "1_a.sql", .index = 1, .total = 1});
    progress.migration_finished({.version = 1, .name = "1_a.sql"});
    EXPECT_EQ(streams.out(), "");
  }
}

TEST(Progress, MentionsALongWaitNowAndThen) {
  Streams streams;
  Console console(streams.out_stream(), streams.err_stream(), {}, {}, {});
  Progress progress(console);
  for (int second : {0, 1, 2, 3, 30, 31, 32, 62}) {
    progress.lock_waiting({.holder = "pid 7", .waited = std::chrono::seconds{second}});
  }
  EXPECT_EQ(streams.err(),
            "waiting for another run (pid 7), 1.0 s\n"
            "waiting for another run (pid 7), 31.0 s\n"
            "waiting for another run (pid 7), 1 min 02 s\n");
}

TEST(Console, PrintsAboveTheLiveLine) {
  Streams streams;
  const Terminal screen{.interactive = true, .width = 80};
  {
    Console console(streams.out_stream(), streams.err_stream(), screen, screen, {});
    console.set_live("working");
    console.set_live("working");
    console.err("note\n");
    EXPECT_EQ(streams.err(), "working\r\x1b[Knote\nworking");
  }
  EXPECT_EQ(streams.err(), "working\r\x1b[Knote\nworking\r\x1b[K");
}

TEST(Console, HasNoLiveLineInAPipe) {
  Streams streams;
  Console console(streams.out_stream(), streams.err_stream(), {}, {}, {});
  console.set_live("working");
  EXPECT_TRUE(streams.err().empty());
}

TEST(Console, NoticesAFullDisk) {
  std::FILE* full = std::fopen("/dev/full", "w");
  if (full == nullptr) GTEST_SKIP() << "this system has no /dev/full";
  {
    Console console(full, stderr, {}, {}, {});
    EXPECT_TRUE(console.intact());
    console.out("text");
    EXPECT_FALSE(console.intact());
  }
  std::fclose(full);
}

}  // namespace
}  // namespace gander::cli
