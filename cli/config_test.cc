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

TEST(Config, HasDefaults) {
  FakeSystem system;
  const Config config = resolve(system);
  EXPECT_FALSE(config.database);
  EXPECT_EQ(config.dir, ".");
  EXPECT_EQ(config.options.table, "goose_db_version");
  EXPECT_FALSE(config.options.allow_missing);
  EXPECT_FALSE(config.options.strict);
  EXPECT_TRUE(config.options.history);
  EXPECT_TRUE(config.options.versioning);
  EXPECT_TRUE(config.options.check_foreign_keys);
  EXPECT_FALSE(config.options.backup);
  EXPECT_FALSE(config.options.restricted);
  EXPECT_EQ(config.options.commit, Commit::automatic);
  EXPECT_EQ(config.options.wait, std::chrono::minutes{5});
  EXPECT_EQ(config.options.timeout.count(), 0);
  EXPECT_EQ(config.options.actor, "");
  EXPECT_TRUE(config.warnings.empty());
}

TEST(Config, UsesADirectoryCalledMigrations) {
  FakeSystem system;
  system.special["migrations"] = {.exists = true, .directory = true, .owner = FakeSystem::kUser};
  EXPECT_EQ(resolve(system).dir, "migrations");
  system.variables["GOOSE_MIGRATION_DIR"] = "from_goose";
  EXPECT_EQ(resolve(system).dir, "from_goose");
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

TEST(Config, FlagWinsOverEnvironmentOverFileOverDefault) {
  FakeSystem system;
  EXPECT_EQ(value(resolve(system), "table"), "goose_db_version from default");
  system.files["gander.toml"] = "table = \"in_file\"\n";
  EXPECT_EQ(value(resolve(system), "table"), "in_file from gander.toml:1");
  system.variables["GOOSE_TABLE"] = "in_goose";
  EXPECT_EQ(value(resolve(system), "table"), "in_goose from GOOSE_TABLE");
  system.files[".env"] = "GANDER_TABLE=in_dotenv\n";
  EXPECT_EQ(value(resolve(system), "table"), "in_dotenv from GANDER_TABLE in .env");
  EXPECT_EQ(value(resolve(system), "table"), "in_dotenv from GANDER_TABLE");
  system.variables["GANDER_TABLE"] = "in_environment";
  EXPECT_EQ(value(resolve(system), "table"), "in_environment from GANDER_TABLE");
  EXPECT_EQ(value(resolve(system, {"--table", "in_flag"}), "table"), "in_flag from --table");
}

TEST(Config, SwitchesSayTheOppositeOfTheDefault) {
  FakeSystem system;
  EXPECT_FALSE(resolve(system, {"--no-history"}).options.history);
  EXPECT_TRUE(resolve(system, {"--no-history=false"}).options.history);
  EXPECT_TRUE(resolve(system, {"--strict"}).options.strict);
  system.variables["GANDER_HISTORY"] = "off";
  EXPECT_FALSE(resolve(system).options.history);
  EXPECT_TRUE(resolve(system, {"--no-history=false"}).options.history);
}

TEST(Config, TakesTheDatabaseFromTheFirstLayerThatNamesOne) {
  FakeSystem system;
  system.files["gander.toml"] = "db = \"sqlite:file.db\"\n";
  EXPECT_EQ(resolve(system).database->text, "sqlite:file.db");
  system.variables["GOOSE_DRIVER"] = "sqlite3";
  EXPECT_EQ(resolve(system).database->text, "sqlite:file.db") << "half a pair is none";
  system.variables["GOOSE_DBSTRING"] = "goose.db";
  EXPECT_EQ(resolve(system).database->driver, "sqlite3");
  EXPECT_EQ(resolve(system).database->text, "goose.db");
  system.files["url.txt"] = "  sqlite:secret.db \r\nmore\n";
  system.variables["GANDER_DB_FILE"] = "url.txt";
  EXPECT_EQ(resolve(system).database->text, "sqlite:secret.db");
  EXPECT_FALSE(resolve(system).database->on_command_line);
  EXPECT_EQ(resolve(system, {"--db", "sqlite:flag.db"}).database->text, "sqlite:flag.db");
  EXPECT_TRUE(resolve(system, {"--db", "sqlite:flag.db"}).database->on_command_line);
}

TEST(Config, AcceptsThePairOfGoose) {
  FakeSystem system;
  const Config config = resolve_config(Call({"sqlite3", "a.db", "status"}, system), system);
  EXPECT_EQ(config.database->driver, "sqlite3");
  EXPECT_EQ(config.database->text, "a.db");

  system.variables["GOOSE_DBSTRING"] = "b.db";
  const Call half({"sqlite3", "status"}, system);
  EXPECT_EQ(resolve_config(half, system).database->text, "b.db");
}

TEST(Config, RefusesTwoDatabases) {
  FakeSystem system;
  system.files["f"] = "sqlite:x";
  EXPECT_EQ(error_of(system, {"--db", "sqlite:a", "--db-file", "f"}),
            "the database is named twice: --db and --db-file");
  system.variables = {{"GANDER_DB", "sqlite:a"}, {"GANDER_DB_FILE", "f"}};
  EXPECT_EQ(error_of(system), "the database is named twice: GANDER_DB and GANDER_DB_FILE");
}

TEST(Config, UsesProfiles) {
  FakeSystem system;
  system.files["gander.toml"] =
      "dir = \"db/migrations\"\n"
      "default_profile = \"dev\"\n"
      "[profile.dev]\n"
      "db = \"sqlite:dev.db\"\n"
      "[profile.prod]\n"
      "db = \"sqlite:${NAME}.db\"\n"
      "strict = true\n"
      "wait = \"10m\"\n";
  const Config dev = resolve(system);
  EXPECT_EQ(dev.profile, "dev");
  EXPECT_EQ(value(dev, "db"), "sqlite:dev.db from gander.toml:4 [profile.dev]");
  EXPECT_EQ(dev.dir, "db/migrations");
  EXPECT_FALSE(dev.options.strict);

  EXPECT_EQ(error_of(system, {"--profile", "prod"}), "gander.toml:6: the variable NAME is not set");
  system.variables["NAME"] = "live";
  const Config prod = resolve(system, {"--profile", "prod"});
  EXPECT_EQ(prod.database->text, "sqlite:live.db");
  EXPECT_TRUE(prod.options.strict);
  EXPECT_EQ(prod.options.wait, std::chrono::minutes{10});
  EXPECT_EQ(prod.dir, "db/migrations");

  system.variables["GANDER_PROFILE"] = "prod";
  EXPECT_EQ(resolve(system).profile, "prod");
  EXPECT_EQ(error_of(system, {"--profile", "none"}),
            "--profile asks for the profile none, but gander.toml has no such section");
}

TEST(Config, KeepsADollarThatIsDoubled) {
  FakeSystem system;
  system.files["gander.toml"] = "actor = \"$${X} $Y\"\n";
  EXPECT_EQ(resolve(system).options.actor, "${X} $Y");
}

TEST(Config, FindsTheFileAboveUpToTheRepository) {
  FakeSystem system;
  system.directory = "/home/me/project/sub/deep";
  system.files["/home/me/project/gander.toml"] = "dir = \"m\"\ndb = \"sqlite:a.db\"\n";
  EXPECT_EQ(resolve(system).file, "") << "no repository";
  system.special["/home/me/project/.git"] = {
      .exists = true, .directory = true, .owner = FakeSystem::kUser};
  const Config config = resolve(system);
  EXPECT_EQ(config.file, "/home/me/project/gander.toml");
  EXPECT_EQ(config.dir, "/home/me/project/m");
  EXPECT_EQ(config.database->text, "sqlite:/home/me/project/a.db");
  EXPECT_EQ(resolve(system, {"--config", "none"}).file, "");
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

TEST(Config, BlanksAndLineEndsAroundAValueDoNotCount) {
  FakeSystem system;
  system.variables["GANDER_DB"] = " sqlite:app.db\r\n";
  for (const char* name : {"GANDER_TABLE", "GANDER_ROLE", "GANDER_SCHEMA", "GANDER_DIR"}) {
    system.variables[name] = "\tword \n";
  }
  system.variables["GANDER_WAIT"] = "90s\n";
  system.variables["GANDER_STRICT"] = "true\n";
  const Config config = resolve(system);
  EXPECT_EQ(config.database->text, "sqlite:app.db");
  EXPECT_EQ(config.dir, "word");
  EXPECT_EQ(config.options.table, "word");
  EXPECT_EQ(config.options.role, "word");
  EXPECT_EQ(config.options.schema, "word");
  EXPECT_EQ(config.options.wait, std::chrono::seconds(90));
  EXPECT_TRUE(config.options.strict);
  system.variables["GANDER_TABLE"] = "a\nb";
  EXPECT_EQ(error_of(system), "GANDER_TABLE holds a line end or another control character");
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

TEST(Config, TakesDatabaseUrlWhereNothingElseNamesADatabase) {
  FakeSystem system;
  system.variables["DATABASE_URL"] = "sqlite:db/x.sqlite3";
  EXPECT_EQ(value(resolve(system), "db"), "sqlite:db/x.sqlite3 from DATABASE_URL");
  system.files["gander.toml"] = "db = \"sqlite:file.db\"\n";
  EXPECT_EQ(value(resolve(system), "db"), "sqlite:file.db from gander.toml:1");
}

TEST(Config, ReadsProtectionAndThePolicyForNewerDatabasesFromEveryLayer) {
  FakeSystem system;
  EXPECT_FALSE(resolve(system).protect);
  EXPECT_EQ(resolve(system).options.newer, Newer::warn);
  system.files["gander.toml"] = "[profile.prod]\nprotect = true\nnewer = \"refuse\"\n";
  EXPECT_TRUE(resolve(system, {"--profile", "prod"}).protect);
  EXPECT_EQ(resolve(system, {"--profile", "prod"}).options.newer, Newer::refuse);
  system.variables["GANDER_NEWER"] = "allow";
  system.variables["GANDER_PROTECT"] = "1";
  EXPECT_TRUE(resolve(system).protect);
  EXPECT_EQ(resolve(system).options.newer, Newer::allow);
  EXPECT_EQ(resolve(system, {"--newer", "refuse"}).options.newer, Newer::refuse);
}

TEST(Config, SaysWhereTheFileIsWrong) {
  FakeSystem system;
  const auto with = [&](const char* text) {
    system.files["gander.toml"] = text;
    return error_of(system);
  };
  EXPECT_EQ(with("dir = \"m\"\ntabel = \"x\"\n"), "gander.toml:2:1: unknown key tabel");
  EXPECT_EQ(with("  strict = \"yes\"\n"), "gander.toml:1:12: strict must be true or false");
  EXPECT_EQ(with("timeout = 5\n"),
            "gander.toml:1:11: timeout must be a duration in quotes, for example \"90s\"");
  EXPECT_EQ(with("table = true\n"), "gander.toml:1:9: table must be a text in quotes");
  EXPECT_EQ(with("profile = \"x\"\n"), "gander.toml:1:11: profile is a section");
  EXPECT_EQ(with("[profile.a]\ndefault_profile = \"x\"\n"),
            "gander.toml:2:19: default_profile cannot be in a profile");
  EXPECT_EQ(with("[profile.a]\nfoo = 1\n"), "gander.toml:2:1: unknown key foo");
  EXPECT_EQ(with("timeout = \"soon\"\n"), "timeout cannot be \"soon\" (gander.toml:1)");
  EXPECT_EQ(with("commit = \"some\"\n"), "commit cannot be \"some\" (gander.toml:1)");
  EXPECT_EQ(with("x = = 1\n").substr(0, 15), "gander.toml:1:5");
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

TEST(Config, DoesNotShowALineThatMayHoldAPassword) {
  FakeSystem system;
  system.files["gander.toml"] = "db = \"postgres://me:s3cret@h/d\" oops\n";
  try {
    resolve(system);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("s3cret"), std::string::npos) << error.what();
    EXPECT_EQ(error.details().source_line, "db = ***");
  }
}

TEST(Config, NamesTheVariableThatIsWrong) {
  FakeSystem system;
  system.variables["GANDER_STRICT"] = "perhaps";
  EXPECT_EQ(error_of(system), "strict cannot be \"perhaps\" (GANDER_STRICT)");
  system.variables = {{"GANDER_WAIT", "5"}};
  EXPECT_EQ(error_of(system), "wait cannot be \"5\" (GANDER_WAIT)");
  system.variables = {{"GANDER_DB_FILE", "nowhere"}};
  EXPECT_EQ(error_of(system), "there is no file nowhere");
}

}  // namespace
}  // namespace gander::cli
