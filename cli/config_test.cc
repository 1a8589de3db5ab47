// SPDX-License-Identifier: MIT
#include "cli/config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/call.h"
#include "gander/error.h"
#include "src/driver/engine.h"
#include "tests/support/fake_system.h"

namespace gander::cli {
namespace {

Config resolve(FakeSystem& system, std::vector<std::string> words = {}) {
  words.insert(words.begin(), "config");  // which every setting concerns
  const Call call(words, system);
  call.check();
  return resolve_config(call, system);
}

std::string value(const Config& config, std::string_view key) {
  const auto found = std::ranges::find(config.effective, key, &EffectiveSetting::key);
  return found == config.effective.end() ? "?" : found->value + " from " + found->origin;
}

// "file:line:column: message" of the error that resolving gives.
std::string error_of(FakeSystem& system, const std::vector<std::string>& words = {}) {
  try {
    resolve(system, words);
  } catch (const Error& error) {
    const ErrorDetails& d = error.details();
    std::string place = d.file;
    if (d.line > 0) place += ":" + std::to_string(d.line);
    if (d.column > 0) place += ":" + std::to_string(d.column);
    return (place.empty() ? "" : place + ": ") + d.message;
  }
  return "no error";
}

TEST(Config, FileIsReadAsTheEditorsOfWindowsWriteIt) {
  using namespace std::string_literals;
  FakeSystem system;
  for (const std::string& text :
       {"\xEF\xBB\xBF"s + "table='t'\r\n", "\xFF\xFE"s + "t\0a\0b\0l\0e\0=\0'\0t\0'\0"s}) {
    system.files["gander.toml"] = text;
    EXPECT_EQ(value(resolve(system), "table"), "t from gander.toml:1");
  }
  system.files["gander.toml"] = "t\0a\0b\0"s;
  EXPECT_THROW(resolve(system), Error);
}

TEST(Config, FileThatOthersMayWriteEndsTheRunUnlessItIsNamed) {
  FakeSystem system;
  system.files["gander.toml"] = "strict = true\n";
  system.special["gander.toml"] = {
      .exists = true, .world_writable = true, .owner = FakeSystem::kUser};
  EXPECT_EQ(error_of(system), "gander.toml is not read: gander.toml is writable by everybody");
  EXPECT_TRUE(resolve(system, {"--config", "gander.toml"}).options.strict) << "named: trusted";
  EXPECT_FALSE(resolve(system, {"--config", "none"}).options.strict);
  system.variables["GANDER_CONFIG"] = "gander.toml";
  EXPECT_TRUE(resolve(system).options.strict);
  system.variables["GANDER_CONFIG"] = "none";
  EXPECT_FALSE(resolve(system).options.strict);
}

TEST(Config, TextThatTheTomlParserTakesForGrantedIsAnError) {
  FakeSystem system;
  for (const char* text : {"0[profile.a]\n", "0dir=[[1]]\n", "\n\n0[a]\n", "0.=1", "0\"=1", "0=[[",
                           "00:00[x]=1", "0x[=1\n", "1979-05-27[a]\n"}) {
    system.files["gander.toml"] = text;
    EXPECT_TRUE(error_of(system).starts_with("gander.toml:")) << text;
  }
}

TEST(Config, RelativePathsAreBesideTheFileForEveryScheme) {
  FakeSystem system;
  const auto db_of = [&](const std::string& url) {
    system.files["conf/gander.toml"] = "db = \"" + url + "\"\n";
    return resolve(system, {"--config", "conf/gander.toml"}).database->text;
  };
  EXPECT_EQ(db_of("sqlite:dev.db"), "sqlite:conf/dev.db");
  EXPECT_EQ(db_of("sqlite3:dev.db?mode=ro"), "sqlite3:conf/dev.db?mode=ro");
  EXPECT_EQ(db_of("file:dev.db?mode=ro#x"), "file:conf/dev.db?mode=ro#x");
  EXPECT_EQ(db_of("sqlite://dev.db"), "sqlite://conf/dev.db");
  EXPECT_EQ(db_of("sqlite:/var/dev.db"), "sqlite:/var/dev.db");
  EXPECT_EQ(db_of("sqlite:///var/dev.db"), "sqlite:///var/dev.db");
  EXPECT_EQ(db_of("file:/var/dev.db"), "file:/var/dev.db");
  EXPECT_EQ(db_of("sqlite::memory:"), "sqlite::memory:");
  EXPECT_EQ(db_of("file::memory:"), "file::memory:");
  if (!driver::engine_named("postgres")->can_open()) return;  // no database of it can be named
  EXPECT_EQ(db_of("postgres://h/d?sslrootcert=ca.pem&sslkey=/k&sslcert=c/d.pem"),
            "postgres://h/d?sslrootcert=conf/ca.pem&sslkey=/k&sslcert=conf/c/d.pem");
  EXPECT_EQ(db_of("postgres://h/d?sslrootcert=system"), "postgres://h/d?sslrootcert=system");
}

TEST(Config, AnyPasswordPutIntoAUrlArrivesAsItIs) {
  FakeSystem system;
  const auto db_of = [&](const std::string& url, const std::string& password) {
    system.files["gander.toml"] = "db = \"" + url + "\"\n";
    system.variables["PW"] = password;
    return resolve(system).database->text;
  };
  const std::string url = "postgres://sec:${PW}@/app?host=/run";
  EXPECT_EQ(db_of(url, "a%41b"), "postgres://sec:a%2541b@/app?host=/run");
  EXPECT_EQ(db_of(url, "a@b"), "postgres://sec:a%40b@/app?host=/run");
  EXPECT_EQ(db_of(url, "a/b"), "postgres://sec:a%2Fb@/app?host=/run");
  EXPECT_EQ(db_of(url, "a#b?c d+e"), "postgres://sec:a%23b%3Fc%20d%2Be@/app?host=/run");
  EXPECT_EQ(db_of(url, "a&host=evil\n"), "postgres://sec:a%26host%3Devil@/app?host=/run");
  EXPECT_EQ(db_of("postgres://${PW}@h/d", "me:p@w"), "postgres://me:p%40w@h/d");
  EXPECT_EQ(db_of("postgres://h/d?password=${PW}", "a&b"), "postgres://h/d?password=a%26b");
  EXPECT_EQ(db_of("postgres://h/d?${PW}", "a=1&b=2"), "postgres://h/d?a=1&b=2");
  EXPECT_EQ(db_of("postgres://me@${PW}/d", "h:5433"), "postgres://me@h:5433/d");
  EXPECT_EQ(db_of("${PW}", "postgres://a:b@h/d"), "postgres://a:b@h/d");
}

// Found by fuzzing: toml++ is undefined for most letters beyond ASCII in such a place.
TEST(Config, LetterBeyondAsciiOutsideOfATextIsAnError) {
  for (const char* text :
       {"\xC3\xA9 = 1\n", "dir = \xC3\xA9\n", "\xEF\xBB\xBB'", "dir\xC3\xA9='x'"}) {
    FakeSystem system;
    system.files["gander.toml"] = text;
    EXPECT_EQ(error_of(system).substr(0, 14), "gander.toml:1:") << text;
  }
}

}  // namespace
}  // namespace gander::cli
