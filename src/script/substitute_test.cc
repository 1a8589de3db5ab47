// SPDX-License-Identifier: MIT
#include "src/script/substitute.h"

#include <gtest/gtest.h>

#include "src/script/test_dump.h"

namespace gander::script {
namespace {

const Environment& environment() {
  static const Environment kEnvironment = test_options(Grammar::sqlite, {{"NAME", "bob"},
                                                                         {"EMPTY", ""},
                                                                         {"DIGITS", "0123456789"},
                                                                         {"DOLLAR", "$NAME"},
                                                                         {"A_1", "under"},
                                                                         {"\xC3\x84", "umlaut"}})
                                              .environment;
  return kEnvironment;
}

std::string run(std::string_view line) {
  std::string out;
  if (auto failure = substitute(line, environment(), &out)) {
    return "!" + std::to_string(failure->offset) + " " + failure->cause;
  }
  return out;
}

TEST(SubstituteTest, ReplacesVariables) {
  struct Case {
    const char* line;
    const char* result;
  };
  const Case cases[] = {
      {"no variable", "no variable"},
      {"$NAME", "bob"},
      {"'$NAME'", "'bob'"},
      {"$NAME.x", "bob.x"},
      {"$A_1$NAME", "underbob"},
      {"$NAMES", ""},
      {"$UNSET", ""},
      {"${NAME}s", "bobs"},
      {"${UNSET}", ""},
      {"${UNSET:-word}", "word"},
      {"${EMPTY:-word}", "word"},
      {"${NAME:-word}", "bob"},
      {"${UNSET-word}", "word"},
      {"${EMPTY-word}", ""},
      {"${UNSET:-${EMPTY:-c}}", "c"},
      {"${UNSET:-a b $NAME}", "a b bob"},
      {"${UNSET-}", ""},
      {"${NAME?must be set}", "bob"},
      {"${EMPTY?must be set}", ""},
      {"${NAME:-${UNSET?not looked at}}", "bob"},
      {"$DOLLAR", "$NAME"},
      {"\\$NAME", "$NAME"},
      {"$$NAME", "$NAME"},
      {"$$", "$"},
      {"\\\\", "\\\\"},
      {"\\\\$NAME", "\\\\bob"},
      {"\\n", "\\n"},
      {"$(date)", "$(date)"},
      {"cost 5$", "cost 5$"},
      {"${DIGITS:2}", "23456789"},
      {"${DIGITS:2:3}", "234"},
      {"${DIGITS: -3}", "789"},
      {"${DIGITS: -3:2}", "78"},
      {"${DIGITS:2:-2}", "234567"},
      {"${DIGITS:20}", ""},
      {"${DIGITS: -20:3}", "012"},
      {"${DIGITS:5:-9}", ""},
      {"${DIGITS:+1:+2}", "12"},
      {"${DIGITS:0:99}", "0123456789"},
      {"$\xC3\x84!", "umlaut!"},
      {"\xFF|\xC3\x84", "\xEF\xBF\xBD|\xC3\x84"},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line), c.result) << c.line;
}

TEST(SubstituteTest, FailuresNameTheDollar) {
  struct Case {
    const char* line;
    const char* failure;
  };
  const Case cases[] = {
      {"x $1", "!2 a name that starts with a letter"},
      {"$_X", "!0 a name that starts with a letter"},
      {"$ x", "!0 a name that starts with a letter"},
      {"${}", "!0 a name that starts with a letter"},
      {"ab${UNSET?give it}", "!2 $UNSET: give it"},
      {"${UNSET?}", "!0 $UNSET: not set"},
      {"${NAME", "!0 the '${' has no closing '}'"},
      {"${NAME:-a", "!0 the '${' has no closing '}'"},
      {"${NAME:?w}", "!0 unable to parse offset"},
      {"${NAME:+w}", "!0 unable to parse offset"},
      {"${NAME:1:x}", "!0 unable to parse length"},
      {"${NAME:}", "!0 unable to parse offset ''"},
      {"${NAME:+-1}", "!0 unable to parse offset"},
      {"${NAME+w}", "!0 expected one of"},
      {"${NAME:-${1}}", "!8 a name that starts with a letter"},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line).rfind(c.failure, 0), 0U) << run(c.line);
}

TEST(SubstituteTest, NestingIsBounded) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "${A:-";
  EXPECT_NE(run(deep).find("nested too deeply"), std::string::npos);
}

TEST(SubstituteTest, ReadsTheProcessEnvironmentByDefault) {
  std::string out;
  EXPECT_FALSE(substitute("$PATH", Environment(), &out));
  EXPECT_EQ(out, std::getenv("PATH"));
}

TEST(SubstituteTest, LinesWithoutDollarsAreLeftAlone) {
  EXPECT_FALSE(needs_substitution("SELECT '\\\\ \\x';"));
  EXPECT_TRUE(needs_substitution("SELECT $$"));
  EXPECT_TRUE(needs_substitution("SELECT '\xFF'"));
}

}  // namespace
}  // namespace gander::script
