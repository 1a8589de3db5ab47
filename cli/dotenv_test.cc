// SPDX-License-Identifier: MIT
#include "cli/dotenv.h"

#include <gtest/gtest.h>

#include "gander/error.h"
#include "tests/support/fake_system.h"

namespace gander::cli {
namespace {

// "A=1|B=2", or "line:column message" for an error.
std::string dump(std::string_view text) {
  try {
    std::string result;
    for (const auto& [name, value] : parse_dotenv(text)) {
      result += (result.empty() ? "" : "|") + name + "=" + value;
    }
    return result;
  } catch (const Error& error) {
    const ErrorDetails& details = error.details();
    return std::to_string(details.line) + ":" + std::to_string(details.column) + " " +
           details.message;
  }
}

TEST(Dotenv, ReadsPlainValues) {
  EXPECT_EQ(dump(""), "");
  EXPECT_EQ(dump("A=1"), "A=1");
  EXPECT_EQ(dump("A=1\r\nB=2\r\n"), "A=1|B=2");
  EXPECT_EQ(dump("\n\n  A = 1  \n# comment\n\tB: two words \n"), "A=1|B=two words");
  EXPECT_EQ(dump("export A=1"), "A=1");
  EXPECT_EQ(dump("exported=1"), "exported=1");
  EXPECT_EQ(dump("A="), "A=");
  EXPECT_EQ(dump("A=\nB=2"), "A=|B=2");
  EXPECT_EQ(dump("a.b_1=x"), "a.b_1=x");
  EXPECT_EQ(dump("A=b=c"), "A=b=c");
}

TEST(Dotenv, CutsCommentsAtTheLastHashAfterABlank) {
  EXPECT_EQ(dump("A=x # y"), "A=x");
  EXPECT_EQ(dump("A=x#y"), "A=x#y");
  EXPECT_EQ(dump("A=x # y # z"), "A=x # y");
  EXPECT_EQ(dump("A=\"x # y\" # z\nB=1"), "A=x # y|B=1");
}

TEST(Dotenv, ReadsQuotes) {
  EXPECT_EQ(dump("A='x $B \\n'"), "A=x $B \\n");
  EXPECT_EQ(dump("A=\"x\\ny\""), "A=x\ny");
  EXPECT_EQ(dump("A=\"one\ntwo\"\nB=1"), "A=one\ntwo|B=1");
  EXPECT_EQ(dump("A=\"say \\\"hi\\\"\""), "A=say \"hi\"");
}

TEST(Dotenv, ExpandsWhatStandsEarlierInTheFile) {
  EXPECT_EQ(dump("A=1\nB=$A-${A}"), "A=1|B=1-1");
  EXPECT_EQ(dump("A=1\nB=\"<${A}>\""), "A=1|B=<1>");
  EXPECT_EQ(dump("A=$NONE."), "A=.");
  EXPECT_EQ(dump("B=$A\nA=1"), "B=|A=1");
  EXPECT_EQ(dump("A=1\nB=\\$A"), "A=1|B=$A");
  EXPECT_EQ(dump("a=1\nB=$a"), "a=1|B=$a");
  EXPECT_EQ(dump("A=100$"), "A=100$");
}

TEST(Dotenv, SaysWhereItIsWrong) {
  EXPECT_EQ(dump("A=1\nB"), "2:1 this line has no `=`");
  EXPECT_EQ(dump("A\nB=1"), "1:2 this line has no `=`");
  EXPECT_EQ(dump("A-B=1"), "1:2 this character cannot be part of a name");
  EXPECT_EQ(dump("=1"), "1:1 a variable's name is missing");
  EXPECT_EQ(dump("A=\"x\nB=1"), "1:3 this quote is never closed");
}

TEST(LoadDotenv, NeverOverridesTheEnvironment) {
  FakeSystem system;
  system.files[".env"] = "A=file\nB=file\nC=file\n";
  system.variables = {{"A", "set"}, {"B", ""}};
  const LoadedDotenv loaded = load_dotenv(system, std::nullopt);
  EXPECT_EQ(loaded.file, ".env");
  EXPECT_EQ(system.variables["A"], "set");
  EXPECT_EQ(system.variables["B"], "");
  EXPECT_EQ(system.variables["C"], "file");
  ASSERT_EQ(loaded.variables.size(), 1u);
}

TEST(LoadDotenv, TakesTheNamedFileOrNone) {
  FakeSystem system;
  system.files[".env"] = "A=1";
  system.files["other"] = "A=2";
  EXPECT_EQ(load_dotenv(system, "none").file, "");
  EXPECT_FALSE(system.environment_has("A"));
  EXPECT_EQ(load_dotenv(system, "other").file, "other");
  EXPECT_EQ(system.variables["A"], "2");
  EXPECT_THROW(load_dotenv(system, "missing"), Error);
}

TEST(Dotenv, IsReadAsTheEditorsOfWindowsWriteIt) {
  using namespace std::string_literals;
  EXPECT_EQ(dump("\xEF\xBB\xBF"
                 "A=1\r\nB=2\r\n"),
            "A=1|B=2");
  EXPECT_EQ(dump("\xFF\xFE"
                 "A\0=\0\xFC\0\r\0\n\0"
                 "B\0=\0\x3D\xD8\x00\xDE"s),
            "A=\u00FC|B=\U0001F600");
  EXPECT_EQ(dump("\xFE\xFF\0"
                 "A\0=\0"
                 "1\0\n"s),
            "A=1");
  EXPECT_EQ(dump("A=1\rB=2\r"), "A=1|B=2");
  for (const std::string& bad : {"\xFF\xFE"
                                 "A\0=\0"
                                 "1"s,
                                 "\xFF\xFE"
                                 "A\0=\0\x00\xD8"s,
                                 "\xFF\xFE\0\0"
                                 "A\0\0\0"s,
                                 "A\0=\0"
                                 "1\0"s}) {
    EXPECT_THROW(parse_dotenv(bad), Error);
  }
}

TEST(LoadDotenv, FileThatCannotBeUsedEndsTheRunAndGoosePassesOverIt) {
  FakeSystem system;
  EXPECT_EQ(load_dotenv(system, std::nullopt).file, "");
  system.files[".env"] = "A=secret\nbad line";
  try {
    load_dotenv(system, std::nullopt);
    FAIL() << "the run goes on without its settings";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_EQ(error.details().file, ".env");
    EXPECT_EQ(error.details().line, 2);
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
  }
  const LoadedDotenv loaded = load_dotenv(system, std::nullopt, BadDotenv::is_passed_over);
  EXPECT_NE(loaded.warning.find("line 2"), std::string::npos) << loaded.warning;
  EXPECT_EQ(loaded.warning.find("secret"), std::string::npos);
  EXPECT_FALSE(system.environment_has("A"));
  EXPECT_THROW(load_dotenv(system, ".env", BadDotenv::is_passed_over), Error);
  EXPECT_EQ(load_dotenv(system, "none").file, "");
}

TEST(LoadDotenv, FileThatOthersMayWriteIsNotRead) {
  for (const char* path : {".env", "."}) {
    FakeSystem system;
    system.files[".env"] = "A=1";
    const auto refused = [&] {
      EXPECT_THROW(load_dotenv(system, std::nullopt), Error) << path;
      EXPECT_NE(load_dotenv(system, std::nullopt, BadDotenv::is_passed_over).warning, "") << path;
      EXPECT_FALSE(system.environment_has("A")) << path;
    };
    system.special[path] = {
        .exists = true, .directory = false, .world_writable = true, .owner = FakeSystem::kUser};
    refused();
    system.special[path] = {.exists = true, .owner = 4711};
    refused();
    EXPECT_EQ(load_dotenv(system, ".env").file, ".env") << "named by the user";
    system.variables.clear();
    system.special[path] = {.exists = true, .owner = 0};
    EXPECT_EQ(load_dotenv(system, std::nullopt).file, ".env") << path;
  }
}

}  // namespace
}  // namespace gander::cli
