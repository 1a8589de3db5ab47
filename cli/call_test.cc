// SPDX-License-Identifier: MIT
#include "cli/call.h"

#include <gtest/gtest.h>

#include "gander/error.h"
#include "tests/support/fake_system.h"

namespace gander::cli {
namespace {

// "command | options | arguments | driver dbstring", for one-line cases.
std::string dump(const std::vector<std::string>& args) {
  FakeSystem system;
  const Call call(args, system);
  std::string text = call.word() + " |";
  for (const GivenOption& given : call.options()) {
    text += " " + given.word + (given.text ? "=" + *given.text : "");
  }
  text += " |";
  for (const std::string& argument : call.arguments()) text += " " + argument;
  const std::optional<DriverPair>& pair = call.pair();
  if (pair) text += " | " + pair->driver + " " + pair->dbstring.value_or("(none)");
  return text;
}

TEST(CallWords, AreReadInEverySpelling) {
  EXPECT_EQ(dump({}), " | |");
  EXPECT_EQ(dump({"up"}), "up | |");
  EXPECT_EQ(dump({"--dir", "x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"--dir=x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"-dir", "x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"-dir=x", "up"}), "up | --dir=x |");
  EXPECT_EQ(dump({"up", "-dir", "x"}), "up | --dir=x |");
  EXPECT_EQ(dump({"-d", "sqlite:a", "up"}), "up | --db=sqlite:a |");
  EXPECT_EQ(dump({"-d=sqlite:a", "up"}), "up | --db=sqlite:a |");
  EXPECT_EQ(dump({"-v", "up"}), "up | --verbose=true |");
  EXPECT_EQ(dump({"-qv", "up"}), "up | --quiet=true --verbose=true |");
  EXPECT_EQ(dump({"-allow-missing=false", "up"}), "up | --allow-missing=false |");
  EXPECT_EQ(dump({"-allow-missing=F", "up"}), "up | --allow-missing=false |");
  EXPECT_EQ(dump({"create", "-s", "add users"}), "create | --seq=true | add users");
  EXPECT_EQ(dump({"--table=", "up"}), "up | --table= |");
}

TEST(CallWords, KeepValuesThatLookLikeOptions) {
  EXPECT_EQ(dump({"--reason", "--json", "accept", "7"}), "accept | --reason=--json | 7");
  EXPECT_EQ(dump({"down-to", "-1"}), "down-to | | -1");
  EXPECT_EQ(dump({"create", "--", "-x", "--dir"}), "create | | -x --dir");
  EXPECT_EQ(dump({"create", "-"}), "create | | -");
}

TEST(CallWords, LeaveUnknownOptionsAsTheyAre) {
  EXPECT_EQ(dump({"-certfile", "x", "up"}), "x | -certfile | up");
  EXPECT_EQ(dump({"up", "--frobnicate=1"}), "up | --frobnicate=1 |");
  EXPECT_EQ(dump({"up", "--dir"}), "up | --dir |");
}

TEST(CallWords, AcceptTheGrammarOfGoose) {
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

std::optional<std::string> value(const std::vector<std::string>& words, Named option) {
  FakeSystem system;
  const Call call(words, system);
  call.check();
  return call.value(option);
}

std::string message_of(const std::vector<std::string>& words) {
  FakeSystem system;
  try {
    Call(words, system).check();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.details().message + " / " + error.details().hint;
  }
  return "no error";
}

TEST(Call, ReadsSwitchesAndValues) {
  FakeSystem system;
  const Call call({"up", "--to", "7", "--json", "-table", ""}, system);
  EXPECT_EQ(call.value("to"), "7");
  EXPECT_TRUE(call.on("json"));
  EXPECT_FALSE(call.on("quiet"));
  EXPECT_EQ(call.value("table"), "");
  EXPECT_EQ(call.value("dir"), std::nullopt);
}

TEST(Call, TakesTheLastOfSeveral) {
  EXPECT_EQ(value({"up", "--dir", "a", "--dir", "b"}, "dir"), "b");
  EXPECT_EQ(value({"up", "--strict", "--strict=false"}, "strict"), "false");
}

TEST(Call, KeepsOddValues) {
  EXPECT_EQ(value({"up", "--db", "[a,b]"}, "db"), "[a,b]");
  EXPECT_EQ(value({"up", "--db", "--json"}, "db"), "--json");
  EXPECT_EQ(value({"up", "--db", "a=b=c"}, "db"), "a=b=c");
}

TEST(Call, TellsAFalseSwitchFromNone) {
  EXPECT_EQ(value({"up", "--strict=false"}, "strict"), "false");
  EXPECT_EQ(value({"up"}, "strict"), std::nullopt);
}

TEST(Call, KnowsASwitchWhateverItsSpelling) {
  FakeSystem system;
  EXPECT_TRUE(Call({"up", "--json=true"}, system).console().json());
  EXPECT_FALSE(Call({"up", "--json=false"}, system).console().json());
}

TEST(Call, SaysWhatIsWrong) {
  EXPECT_EQ(message_of({"up", "--jsn"}), "up has no option --jsn / --json");
  EXPECT_EQ(message_of({"up", "-x"}), "up has no option -x / gander help up");
  EXPECT_EQ(message_of({"up", "extra"}), "up does not take \"extra\" / gander help up");
  EXPECT_EQ(message_of({"up-to"}), "up-to needs VERSION / gander help up-to");
  EXPECT_EQ(message_of({"up", "--to"}), "--to needs a value: VERSION / gander help up");
  EXPECT_EQ(message_of({"up", "--commit", "some"}),
            "--commit cannot be \"some\" / one of: auto, each, all");
  EXPECT_EQ(message_of({"completion", "tcsh"}),
            "SHELL cannot be \"tcsh\" / one of: bash, zsh, fish");
  EXPECT_EQ(message_of({"up", "--strict=perhaps"}),
            "--strict cannot be \"perhaps\" / one of: true, false");
}

TEST(Call, RefusesAnOptionThatDoesNotConcernItsCommand) {
  EXPECT_EQ(
      message_of({"up", "--force"}),
      "--force does not concern up / leave it out: it is for baseline, squash, mark, restore");
  EXPECT_EQ(message_of({"restore", "x", "--table", "t"}).substr(0, 35),
            "--table does not concern restore / ");
  EXPECT_EQ(message_of({"status", "--protect"}),
            "--protect does not concern status / leave it out: it is for down, down-to, redo, "
            "reset, drop-database, lock, restore; as a setting it may stay in the environment "
            "(GANDER_PROTECT) "
            "and in gander.toml");
  EXPECT_EQ(message_of({"status", "--strict=false"}).substr(0, 33),
            "--strict does not concern status ");
}

TEST(DriverName, IsGooses) {
  EXPECT_TRUE(is_driver_name("sqlite3"));
  EXPECT_TRUE(is_driver_name("clickhouse"));
  EXPECT_FALSE(is_driver_name("up"));
  EXPECT_FALSE(is_driver_name("SQLITE3"));
}

}  // namespace
}  // namespace gander::cli
