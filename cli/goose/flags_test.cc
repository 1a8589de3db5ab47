// SPDX-License-Identifier: MIT
#include "cli/goose/flags.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gander::cli::goose {
namespace {

using std::chrono::nanoseconds;

std::string words_of(std::vector<std::string> args) {
  std::string text;
  for (const std::string& word : parse_arguments(args).words) text += "[" + word + "]";
  return text;
}

std::string error_of(std::vector<std::string> args) { return parse_arguments(args).error; }

TEST(GooseFlags, MayStandAnywhere) {
  const std::vector<std::string> args = {"sqlite3", "-dir", "m", "x.db", "--v", "up", "-s=1"};
  const Arguments parsed = parse_arguments(args);
  EXPECT_EQ(parsed.error, "");
  EXPECT_EQ(parsed.flags.dir, "m");
  EXPECT_TRUE(parsed.flags.verbose);
  EXPECT_TRUE(parsed.flags.sequential);
  EXPECT_EQ(parsed.words, (std::vector<std::string>{"sqlite3", "x.db", "up"}));
}

TEST(GooseFlags, DoubleDashIsAWordOnlyAfterAWord) {
  EXPECT_EQ(words_of({"--", "-dir", "m", "a"}), "[a]");
  EXPECT_EQ(words_of({"a", "--", "-dir", "m"}), "[a][--][-dir][m]");
  EXPECT_EQ(words_of({"a", "-v", "--", "-dir", "m", "b"}), "[a][b]");
  EXPECT_EQ(words_of({"a", "-", "b"}), "[a][-][b]");
}

TEST(GooseFlags, ErrorsAreWordedByGo) {
  EXPECT_EQ(error_of({"-x"}), "flag provided but not defined: -x");
  EXPECT_EQ(error_of({"down-to", "-1"}), "flag provided but not defined: -1");
  EXPECT_EQ(error_of({"---x"}), "bad flag syntax: ---x");
  EXPECT_EQ(error_of({"-=x"}), "bad flag syntax: -=x");
  EXPECT_EQ(error_of({"-dir"}), "flag needs an argument: -dir");
  EXPECT_EQ(error_of({"-v=maybe"}), "invalid boolean value \"maybe\" for -v: parse error");
  EXPECT_EQ(error_of({"-timeout", "5"}), "invalid value \"5\" for flag -timeout: parse error");
}

TEST(GooseFlags, HelpStopsWhatFollows) {
  const std::vector<std::string> args = {"-help", "-nope"};
  const Arguments parsed = parse_arguments(args);
  EXPECT_TRUE(parsed.help_requested);
  EXPECT_EQ(parsed.error, "");
}

TEST(GooseFlags, DurationsAreGos) {
  EXPECT_EQ(parse_go_duration("1h30m"), nanoseconds{5'400'000'000'000});
  EXPECT_EQ(parse_go_duration("1.5s"), nanoseconds{1'500'000'000});
  EXPECT_EQ(parse_go_duration(".5ms"), nanoseconds{500'000});
  EXPECT_EQ(parse_go_duration("-2us"), nanoseconds{-2'000});
  EXPECT_EQ(parse_go_duration("0"), nanoseconds{0});
  for (const char* bad : {"", "5", "s", "1x", "1h 2m", "+", "1..5s", "9223372036855s"}) {
    EXPECT_FALSE(parse_go_duration(bad)) << bad;
  }
}

TEST(GooseFlags, UsageNamesEveryFlagAndCommand) {
  const std::string usage = usage_text();
  EXPECT_TRUE(usage.starts_with("Usage: goose DRIVER DBSTRING [OPTIONS] COMMAND\n"));
  for (const char* line :
       {"  -allow-missing\n    \tapplies missing (out-of-order) migrations\n", "  -h\tprint help\n",
        "  -timeout duration\n", "    up-to VERSION        Migrate", "    validate  "}) {
    EXPECT_NE(usage.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace gander::cli::goose
