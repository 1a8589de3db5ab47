// SPDX-License-Identifier: MIT
#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

// "command | options | arguments | driver dbstring", for one-line cases.
std::string dump(const std::vector<std::string>& args) {
  const CommandLine line = read_command_line(args);
  std::string text = line.command + " |";
  for (const std::string& option : line.options) text += " " + option;
  text += " |";
  for (const std::string& argument : line.arguments) text += " " + argument;
  if (line.pair) text += " | " + line.pair->driver + " " + line.pair->dbstring.value_or("(none)");
  return text;
}

TEST(Arguments, AreReadInEverySpelling) {
  EXPECT_EQ(dump({}), " | |");
  EXPECT_EQ(dump({"up"}), "up | |");
  EXPECT_EQ(dump({"--dir", "x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"--dir=x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"-dir", "x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"-dir=x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"up", "-dir", "x"}), "up | --dir=x |");
  EXPECT_EQ(dump({"-d", "sqlite:a", "up"}), "up | --db=sqlite:a |");
  EXPECT_EQ(dump({"-d=sqlite:a", "up"}), "up | --db=sqlite:a |");
  EXPECT_EQ(dump({"-v", "up"}), "up | --verbose |");
  EXPECT_EQ(dump({"-qv", "up"}), "up | --quiet --verbose |");
  EXPECT_EQ(dump({"-allow-missing=false", "up"}), "up | --allow-missing=false |");
  EXPECT_EQ(dump({"create", "-s", "add users"}), "create | --seq | add users");
  EXPECT_EQ(dump({"--table=", "up"}), "up | --table= |");
}

TEST(Arguments, KeepValuesThatLookLikeOptions) {
  EXPECT_EQ(dump({"--reason", "--json", "accept", "7"}), "accept | --reason=--json | 7");
  EXPECT_EQ(dump({"down-to", "-1"}), "down-to | | -1");
  EXPECT_EQ(dump({"create", "--", "-x", "--dir"}), "create | | -x --dir");
  EXPECT_EQ(dump({"create", "-"}), "create | | -");
}

TEST(Arguments, LeaveUnknownOptionsAsTheyAre) {
  EXPECT_EQ(dump({"-certfile", "x", "up"}), "x | -certfile | up");
  EXPECT_EQ(dump({"up", "--frobnicate=1"}), "up | --frobnicate=1 |");
  EXPECT_EQ(dump({"up", "--dir"}), "up | --dir |");
}

TEST(Arguments, AcceptTheGrammarOfGoose) {
  EXPECT_EQ(dump({"sqlite3", "./app.db", "up"}), "up | | | sqlite3 ./app.db");
  EXPECT_EQ(dump({"-dir", "m", "sqlite3", "a.db", "down-to", "0"}),
            "down-to | --dir=m | 0 | sqlite3 a.db");
  EXPECT_EQ(dump({"postgres", "host=x user=y", "-dir=m", "status"}),
            "status | --dir=m | | postgres host=x user=y");
  EXPECT_EQ(dump({"sqlite3", "up"}), "up | | | sqlite3 (none)");
  EXPECT_EQ(dump({"sqlite3", "up", "up"}), "up | | | sqlite3 up");
  EXPECT_EQ(dump({"sqlite3", "up-to", "7"}), "up-to | | 7 | sqlite3 (none)");
  EXPECT_EQ(dump({"sqlite3", "a.db", "create", "x", "sql"}), "create | | x sql | sqlite3 a.db");
}

TEST(Arguments, FindSwitches) {
  const CommandLine line = read_command_line({"up", "-json", "--timeout=1s"});
  EXPECT_TRUE(line.has("json"));
  EXPECT_FALSE(line.has("quiet"));
  EXPECT_FALSE(line.has("timeout"));
}

TEST(DriverName, IsGooses) {
  EXPECT_TRUE(is_driver_name("sqlite3"));
  EXPECT_TRUE(is_driver_name("clickhouse"));
  EXPECT_FALSE(is_driver_name("up"));
  EXPECT_FALSE(is_driver_name("SQLITE3"));
}

}  // namespace
}  // namespace gander::cli
