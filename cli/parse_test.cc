// SPDX-License-Identifier: MIT
#include "cli/parse.h"

#include <gtest/gtest.h>

#include "cli/options.h"
#include "gander/error.h"

namespace gander::cli {
namespace {

Invocation parse_words(const std::vector<std::string>& words) {
  const CommandLine line = read_command_line(words);
  return parse(*find_command(line.command), line);
}

std::string message_of(const std::vector<std::string>& words) {
  try {
    parse_words(words);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.details().message + " / " + error.details().hint;
  }
  return "no error";
}

TEST(Parse, ReadsSwitchesAndValues) {
  const Invocation invocation = parse_words({"up", "--to", "7", "--json", "-table", ""});
  EXPECT_EQ(invocation.value(kTo), "7");
  EXPECT_TRUE(invocation.on(kJson));
  EXPECT_FALSE(invocation.on(kQuiet));
  EXPECT_EQ(invocation.value(kTable), "");
  EXPECT_EQ(invocation.value(kDir), std::nullopt);
}

TEST(Parse, TakesTheLastOfSeveral) {
  EXPECT_EQ(parse_words({"up", "--dir", "a", "--dir", "b"}).value(kDir), "b");
  EXPECT_FALSE(parse_words({"up", "--strict", "--strict=false"}).on(kStrict));
}

TEST(Parse, KeepsOddValues) {
  EXPECT_EQ(parse_words({"up", "--db", "[a,b]"}).value(kDb), "[a,b]");
  EXPECT_EQ(parse_words({"up", "--db", "--json"}).value(kDb), "--json");
  EXPECT_EQ(parse_words({"up", "--db", "a=b=c"}).value(kDb), "a=b=c");
}

TEST(Parse, TellsAFalseSwitchFromNone) {
  EXPECT_EQ(parse_words({"up", "--strict=false"}).value(kStrict), "false");
  EXPECT_EQ(parse_words({"up"}).value(kStrict), std::nullopt);
}

TEST(Parse, SaysWhatIsWrong) {
  EXPECT_EQ(message_of({"up", "--jsn"}), "up has no option --jsn / --json");
  EXPECT_EQ(message_of({"up", "--force"}), "up has no option --force / gander help up");
  EXPECT_EQ(message_of({"up", "-x"}), "up has no option -x / gander help up");
  EXPECT_EQ(message_of({"up", "extra"}), "up does not take \"extra\" / gander help up");
  EXPECT_EQ(message_of({"up-to"}), "up-to needs VERSION / gander help up-to");
  EXPECT_EQ(message_of({"up", "--to"}), "--to needs a value: VERSION / gander help up");
  EXPECT_EQ(message_of({"up", "--commit", "some"}),
            "--commit cannot be \"some\" / one of: auto, each, all");
  EXPECT_EQ(message_of({"completion", "tcsh"}),
            "SHELL cannot be \"tcsh\" / one of: bash, zsh, fish");
  EXPECT_NE(message_of({"up", "--strict=perhaps"}), "no error");
}

}  // namespace
}  // namespace gander::cli
