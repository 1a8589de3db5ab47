// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/url.h"

#include <gtest/gtest.h>

#include "gander/error.h"
#include "gander/target.h"

namespace gander::driver::sqlite {
namespace {

std::string dump(const Settings& settings) {
  std::string out = settings.filename + "|" + settings.path;
  if (settings.read_only) out += "|read_only";
  if (settings.must_exist) out += "|must_exist";
  if (settings.foreign_keys) out += "|foreign_keys";
  if (settings.restricted) out += "|restricted";
  for (const auto& [name, value] : settings.pragmas) out += "|" + name + "=" + value;
  return out;
}

TEST(SqliteUrlTest, SaysWhatToOpenAndHow) {
  const struct {
    const char* text;
    const char* dump;
  } cases[] = {
      {"app.db", "file:app.db|app.db"},
      {"/var/lib/app.db", "file:/var/lib/app.db|/var/lib/app.db"},
      {"///var/lib/app.db", "file:/var/lib/app.db|/var/lib/app.db"},
      {"//app.db", "file:app.db|app.db"},
      {":memory:", ":memory:|"},
      {"a%20b%3Fc.db", "file:a b%3Fc.db|a b?c.db"},
      {"100%.db", "file:100%25.db|100%.db"},
      {"app.db?mode=ro", "file:app.db?mode=ro|app.db|read_only|must_exist"},
      {"app.db?mode=rw", "file:app.db?mode=rw|app.db|must_exist"},
      {"x?mode=memory&cache=shared", "file:x?mode=memory&cache=shared|"},
      {"app.db?foreign_keys=on&journal_mode=wal",
       "file:app.db|app.db|foreign_keys|journal_mode=wal"},
      {"app.db?_pragma=foreign_keys(1)&_pragma=synchronous=normal",
       "file:app.db|app.db|foreign_keys|synchronous=normal"},
      {"app.db?_txlock=immediate&_busy_timeout=5000&busy_timeout=1&", "file:app.db|app.db"},
      {"app.db?restricted=on", "file:app.db|app.db|restricted"},
  };
  for (const auto& c : cases) EXPECT_EQ(dump(parse_url(c.text)), c.dump) << c.text;
}

TEST(SqliteUrlTest, RefusesAnUnknownTxlockAsGooseDoes) {
  for (const char* text :
       {"app.db?_txlock=", "app.db?_txlock=Deferred", "app.db?_txlock=exclusive"}) {
    EXPECT_EQ(dump(parse_url(text)), "file:app.db|app.db") << text;
    EXPECT_NO_THROW(parse_dbstring(text)) << text;
  }
  EXPECT_THROW(parse_url("app.db?_txlock=bogus"), Error);
  EXPECT_THROW(parse_dbstring("app.db?_txlock=bogus"), Error);
  EXPECT_THROW(parse_dbstring("file:app.db?_txlock=bogus"), Error);
}

TEST(SqliteUrlTest, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "?mode=ro", "app.db?colour=red", "app.db?foreign_keys=perhaps",
                           "app.db?journal_mode=wal;DROP", "app.db?_pragma=writable_schema(1)",
                           "app.db?_pragma=x", "a%00b.db"}) {
    try {
      parse_url(text);
      ADD_FAILURE() << "accepted " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage) << text;
    }
  }
}

// Found by fuzzing: SQLite would have opened another file, whose name ends at the NUL.
TEST(SqliteUrlTest, NulByteIsNotPartOfAName) {
  EXPECT_THROW(parse_dbstring(std::string_view("app.db\0.old", 11)), Error);
  EXPECT_THROW(parse_url(std::string_view("app.db\0.old", 11)), Error);
}

TEST(SqliteUrlTest, DbstringIsGoosesPathOrUri) {
  const struct {
    const char* text;
    const char* dump;
  } cases[] = {
      {"./app.db", "file:./app.db|./app.db"},
      {"a%20b.db", "file:a%2520b.db|a%20b.db"},
      {":memory:", ":memory:|"},
      {"file:app.db?cache=shared", "file:app.db?cache=shared|app.db"},
      {"file:///tmp/app.db", "file:/tmp/app.db|/tmp/app.db"},
      {"file:a%20b.db", "file:a b.db|a b.db"},
      {"app.db?_pragma=foreign_keys(1)&_pragma=journal_mode(wal)",
       "file:app.db|app.db|foreign_keys|journal_mode=wal"},
      {"app.db?_foreign_keys=on&_journal_mode=WAL&journal_mode=wal&colour=red",
       "file:app.db|app.db"},
      {"app.db?mode=memory&cache=shared&vfs=unix", "file:app.db?vfs=unix|app.db"},
      {"file:app.db?mode=ro&_fk=1&colour=red", "file:app.db?mode=ro|app.db|read_only|must_exist"},
  };
  for (const auto& c : cases) EXPECT_EQ(dump(parse_dbstring(c.text)), c.dump) << c.text;
  EXPECT_THROW(parse_dbstring("file://elsewhere/app.db"), Error);
}

TEST(TargetTest, SchemesAndDriverNamesFindTheirDriver) {
  EXPECT_EQ(open("sqlite:app.db").display_name(), "sqlite:app.db");
  EXPECT_EQ(open("sqlite3:app.db").display_name(), "sqlite:app.db");
  EXPECT_EQ(open("file:app.db").display_name(), "sqlite:app.db");
  EXPECT_EQ(open("sqlite3", ":memory:").display_name(), "sqlite::memory:");
  EXPECT_EQ(open("sqlite", "app.db").display_name(), "sqlite:app.db");
}

TEST(TargetTest, UnknownSchemeShowsNoSecret) {
  const struct {
    const char* url;
    ErrorCode code;
  } cases[] = {
      {"app.db", ErrorCode::usage},
      {"postgre://u:hunter2@h/db", ErrorCode::usage},
      {"sqlite:postgres://u:hunter2@h/db", ErrorCode::usage},
      {"oracle://u:hunter2@h/db", ErrorCode::unsupported},
      {"mssql://u:hunter2@h/db", ErrorCode::unsupported},
  };
  for (const auto& c : cases) {
    try {
      (void)open(c.url);
      ADD_FAILURE() << "accepted " << c.url;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), c.code) << c.url;
      EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos);
    }
  }
  EXPECT_THROW((void)open("mssql", "u:p@/db"), Error);
  EXPECT_THROW((void)open("frob", "x"), Error);
}

}  // namespace
}  // namespace gander::driver::sqlite
