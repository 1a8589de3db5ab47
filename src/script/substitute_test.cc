// SPDX-License-Identifier: MIT
#include "src/script/substitute.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/script_dump.h"

namespace gander::script {
namespace {

const Variables& variables() {
  static const Variables kVariables =
      test_options(driver::sqlite::kGrammar, {{"NAME", "bob"},
                                              {"EMPTY", ""},
                                              {"DIGITS", "0123456789"},
                                              {"DOLLAR", "$NAME"},
                                              {"A_1", "under"},
                                              {"_U", "first"},
                                              {"BRACE", "}"},
                                              {"UMLAUTS", "\xC3\xA4\xC3\xB6\xC3\xBC!"},
                                              {"BROKEN", "\xFF\xC3-\xE2\x82"},
                                              {"\xC3\x84", "umlaut"}})
          .variables;
  return kVariables;
}

std::string run(std::string_view line, const Variables& variables) {
  SubstitutedLine out;
  if (auto failure = substitute(line, variables, &out)) {
    return "!" + std::to_string(failure->offset) + " " + failure->cause;
  }
  return out.text;
}

std::string run(std::string_view line) { return run(line, variables()); }

struct Case {
  std::string_view line;
  std::string_view result;
};

TEST(SubstituteTest, ReplacesVariables) {
  const Case cases[] = {
      {"no variable", "no variable"},
      {"$NAME", "bob"},
      {"'$NAME'", "'bob'"},
      {"$NAME.x", "bob.x"},
      {"$A_1$NAME", "underbob"},
      {"$_U ${_U}", "first first"},
      {"$NAMES", ""},
      {"$UNSET", ""},
      {"${NAME}s", "bobs"},
      {"${UNSET}", ""},
      {"$DOLLAR", "$NAME"},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line), c.result) << c.line;
}

TEST(SubstituteTest, OtherDollarsAreText) {
  const Case cases[] = {
      {"$1, $2", "$1, $2"},
      {"$ x", "$ x"},
      {"'^abc$'", "'^abc$'"},
      {"$@ $* $# $- $! $?", "$@ $* $# $- $! $?"},
      {"$(date)", "$(date)"},
      {"cost 5$", "cost 5$"},
      {"$", "$"},
      {"$.$NAME", "$.bob"},
      // A name is ASCII.
      {"$\xC3\x84!", "$\xC3\x84!"},
      {"$NAME\xC3\x84", "bob\xC3\x84"},
      {"\xFF$NAME\xC3|\xC3\x84",
       "\xFF"
       "bob\xC3|\xC3\x84"},
      {"\\$NAME", "$NAME"},
      {"$$NAME", "$NAME"},
      {"$${NAME}", "${NAME}"},
      {"$$", "$"},
      {"$$$NAME", "$bob"},
      {"$$$$ BEGIN $$$$", "$$ BEGIN $$"},
      {"$$tag$$", "$tag$"},
      {"\\\\", "\\\\"},
      {"\\\\$NAME", "\\\\bob"},
      {"\\n \\} }", "\\n \\} }"},
      {"\\", "\\"},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line), c.result) << c.line;
}

TEST(SubstituteTest, WordsStandInForValues) {
  const Case cases[] = {
      {"${UNSET:-word}", "word"},
      {"${EMPTY:-word}", "word"},
      {"${NAME:-word}", "bob"},
      {"${UNSET-word}", "word"},
      {"${EMPTY-word}", ""},
      {"${UNSET-}", ""},
      {"${UNSET:+word}", ""},
      {"${EMPTY:+word}", ""},
      {"${NAME:+word}", "word"},
      {"${NAME:+1}", "1"},
      {"${UNSET+word}", ""},
      {"${EMPTY+word}", "word"},
      {"${NAME+word}", "word"},
      {"${NAME+}", ""},
      {"${UNSET:-${EMPTY:-c}}", "c"},
      {"${UNSET:-a b $NAME}", "a b bob"},
      {"${UNSET:-a\\}b}c", "a}bc"},
      {"${UNSET:-a\\\\}b}", "a\\\\b}"},
      {"${UNSET:-$$}", "$"},
      {"${UNSET:-{a}}", "{a}"},
      {"${UNSET:-$BRACE}", "}"},
      {"${NAME:-${UNSET?not looked at}}", "bob"},
      {"${UNSET:+${UNSET?not looked at}}", ""},
      {"${NAME?must be set}", "bob"},
      {"${EMPTY?must be set}", ""},
      {"${NAME:?must be set}", "bob"},
      {"${NAME?${UNSET?}}", "bob"},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line), c.result) << c.line;
}

TEST(SubstituteTest, LengthsAndSubstringsCountCharacters) {
  const Case cases[] = {
      {"${#NAME}", "3"},
      {"${#UMLAUTS}", "4"},
      {"${#BROKEN}", "5"},
      {"${#EMPTY}${#UNSET}", "00"},
      {"${DIGITS:2}", "23456789"},
      {"${DIGITS:2:3}", "234"},
      {"${DIGITS: -3}", "789"},
      {"${DIGITS: -3:2}", "78"},
      {"${DIGITS:2:-2}", "234567"},
      {"${DIGITS:20}", ""},
      {"${DIGITS: -10}", "0123456789"},
      {"${DIGITS: -11}", ""},
      {"${DIGITS: -20:3}", ""},
      {"${DIGITS:5:-9}", ""},
      {"${DIGITS:+1:+2}", "1:+2"},
      {"${DIGITS: +1:+2}", "12"},
      {"${DIGITS:0:99}", "0123456789"},
      {"${DIGITS::2}", "01"},
      {"${DIGITS:2:}", ""},
      {"${DIGITS: }", "0123456789"},
      {"${DIGITS: : }", ""},
      {"${DIGITS:9223372036854775807}", ""},
      {"${DIGITS: -9223372036854775808}", ""},
      {"${DIGITS:1:9223372036854775807}", "123456789"},
      {"${DIGITS:1:-9223372036854775808}", ""},
      {"${UMLAUTS:1:2}", "\xC3\xB6\xC3\xBC"},
      {"${UMLAUTS: -2}", "\xC3\xBC!"},
      {"${BROKEN:1:2}", "\xC3-"},
      {"${UNSET:1:2}", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line), c.result) << c.line;
}

TEST(SubstituteTest, FailuresNameTheDollar) {
  const Case cases[] = {
      {"x ${1}", "!2 a name that starts with a letter or '_' must follow '${'"},
      {"${}", "!0 a name that starts with a letter"},
      {"${\xC3\x84}", "!0 a name that starts with a letter"},
      {"${NAME\xC3\x84}", "!0 expected one of"},
      {"${ NAME}", "!0 a name that starts with a letter"},
      {"${", "!0 a name that starts with a letter"},
      {"${#}", "!0 a name that starts with a letter or '_' must follow '${#'"},
      {"${#NAME:1}", "!0 the '${' has no closing '}'"},
      {"${NAME!}", "!0 expected one of"},
      {"ab${UNSET?give it}", "!2 $UNSET: give it"},
      {"${UNSET?}", "!0 $UNSET: not set"},
      {"${UNSET:?}", "!0 $UNSET: empty or not set"},
      {"${EMPTY:?}", "!0 $EMPTY: empty or not set"},
      {"${EMPTY:?fill it}", "!0 $EMPTY: fill it"},
      {"${UNSET?a\\}b}", "!0 $UNSET: a}b"},
      {"${NAME", "!0 the '${' has no closing '}'"},
      {"${NAME:-a", "!0 the '${' has no closing '}'"},
      {"${NAME:-a\\}", "!0 the '${' has no closing '}'"},
      {"${NAME:1", "!0 the '${' has no closing '}'"},
      {"${NAME:", "!0 an offset must follow"},
      {"${NAME:}", "!0 an offset must follow"},
      {"${NAME:x}", "!0 unable to parse offset 'x'"},
      {"${NAME:1:x}", "!0 unable to parse length 'x'"},
      {"${NAME: +-1}", "!0 unable to parse offset"},
      {"${NAME:1_0}", "!0 unable to parse offset"},
      {"${NAME:9223372036854775808}", "!0 unable to parse offset"},
      {"${NAME:-${1}}", "!8 a name that starts with a letter"},
      {"${UNSET:-${UNSET?inner}}", "!9 $UNSET: inner"},
  };
  for (const Case& c : cases) EXPECT_EQ(run(c.line).rfind(c.result, 0), 0U) << run(c.line);
}

// A message is shown, and what it would show may be a secret.
TEST(SubstituteTest, MessagesNameTheirVariables) {
  EXPECT_EQ(run("${UNSET?ask $NAME, ${EMPTY:-${NAME}}!}"),
            "!0 $UNSET: ask $NAME, ${EMPTY:-${NAME}}!");
}

std::string nested(int depth) {
  std::string line;
  for (int i = 0; i < depth; ++i) line += "${A:-";
  return line + "x" + std::string(static_cast<std::size_t>(depth), '}');
}

TEST(SubstituteTest, NestingIsBounded) {
  EXPECT_EQ(run(nested(1000)), "x");
  EXPECT_NE(run(nested(1001)).find("nested too deeply"), std::string::npos);
  EXPECT_NE(run(nested(100000)).find("nested too deeply"), std::string::npos);
}

TEST(SubstituteTest, TellsWhatWasReplaced) {
  SubstitutedLine out;
  ASSERT_FALSE(substitute("a $$ ${EMPTY}$NAME;", variables(), &out));
  EXPECT_EQ(out.text, "a $ bob;");
  ASSERT_EQ(out.replacements.size(), 3U);
  EXPECT_EQ(out.replacements[0].source_begin, 2U);
  EXPECT_EQ(out.replacements[1].begin, out.replacements[1].end);
  EXPECT_EQ(out.replacements[2].begin, 4U);
  EXPECT_EQ(out.replacements[2].end, 7U);
  EXPECT_EQ(out.replacements[2].source_begin, 13U);
  EXPECT_EQ(out.replacements[2].source_end, 18U);
  ASSERT_FALSE(substitute("a $1 \\n", variables(), &out));
  EXPECT_TRUE(out.replacements.empty());
}

TEST(SubstituteTest, TellsWhichValuesWereUsed) {
  HiddenValues used;
  Variables noting = variables();
  noting.used = &used;
  EXPECT_EQ(run("${UNSET:-$NAME} ${EMPTY:+$A_1} ${NAME:+x}", noting), "bob  x");
  EXPECT_EQ(used.hide("bob under"), "${NAME} under");
  EXPECT_EQ(run("${DIGITS:4:4}", noting), "4567");
  EXPECT_EQ(used.hide("4567 0123456789"), "${DIGITS} ${DIGITS}");
}

TEST(SubstituteTest, ReadsTheProcessEnvironmentByDefault) {
  EXPECT_EQ(run("$PATH", {}), std::getenv("PATH"));
}

TEST(SubstituteTest, LinesWithoutDollarsAreLeftAlone) {
  EXPECT_FALSE(needs_substitution("SELECT '\\\\ \\x \xFF';"));
  EXPECT_TRUE(needs_substitution("SELECT $$"));
}

}  // namespace
}  // namespace gander::script
