// SPDX-License-Identifier: MIT
#include "cli/redact.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace gander::cli {
namespace {

TEST(Redacted, HidesPasswordsInEveryForm) {
  EXPECT_EQ(redacted("postgres://me:s3cret@host/db"), "postgres://me:***@host/db");
  EXPECT_EQ(redacted("postgres://me:a@b/c:d@host/db?sslmode=disable"),
            "postgres://me:***@host/db?sslmode=disable");
  EXPECT_EQ(redacted("postgres://host/db?user=me&password=s3cret&x=1"),
            "postgres://host/db?user=me&password=***&x=1");
  EXPECT_EQ(redacted("host=h password=s3cret user=me"), "host=h password=*** user=me");
  EXPECT_EQ(redacted("password = 's3 \\'cret' user=me"), "password = *** user=me");
  EXPECT_EQ(redacted("PASSWORD=s3cret"), "PASSWORD=***");
  EXPECT_EQ(redacted("sslpassword=s3cret"), "sslpassword=***");
  EXPECT_EQ(redacted("root:s3cret@tcp(127.0.0.1:3306)/app?parseTime=true"),
            "root:***@tcp(127.0.0.1:3306)/app?parseTime=true");
  EXPECT_EQ(redacted("libsql://db?authToken=s3cret"), "libsql://db?authToken=***");
  EXPECT_EQ(redacted("sqlite:me:s3cret@host/db"), "sqlite:***@host/db");
  EXPECT_EQ(redacted("sqlite://me:s3cret@host/db"), "sqlite://me:***@host/db");
}

TEST(Redacted, HidesValuesThatMayHoldAPassword) {
  EXPECT_EQ(redacted("server=s;user id=u;password=s3cret;database=d"), "server=s;user id=***");
  EXPECT_EQ(redacted("dbname=postgres://me:s3cret@host/db user=me"), "dbname=*** user=me");
  EXPECT_EQ(redacted("libsql://db?url=x;token=s3cret&mode=ro"), "libsql://db?url=***&mode=ro");
  EXPECT_EQ(redacted("file:app.db?p%61ssword=s3cret&mode=ro"), "file:app.db?***&mode=ro");
}

TEST(Redacted, KnowsTheNamesOfSecretsHoweverTheyAreTyped) {
  for (const char* name : {"password", "pasword", "passwrod", "PASSWORT", "pswd", "sslpassword",
                           "_auth_pass", "apiToken", "tokne", "secrte", "api_key", "my.pasword"}) {
    EXPECT_TRUE(is_secret_name(name)) << name;
  }
  for (const char* name : {"passfile", "host", "user", "dbname", "sslmode", "port", "mode", "cache",
                           "options", "service", "connect_timeout", "_pragma"}) {
    EXPECT_FALSE(is_secret_name(name)) << name;
  }
}

TEST(Redacted, EndsTheUserAtWhatNoNameHas) {
  EXPECT_EQ(redacted("me;s3cret@tcp(h:1)/db"), "me:***@tcp(h:1)/db");
  EXPECT_EQ(redacted("postgres://me%3As3cret@h/db"), "postgres://me:***@h/db");
  EXPECT_EQ(redacted("postgres://me@corp:s3cret@h/db"), "postgres://me:***@h/db");
  EXPECT_EQ(redacted("postgres://me%40corp@h/db"), "postgres://me%40corp@h/db");
  EXPECT_EQ(redacted("postgres://h/db?password=s3&cret&x=1"),
            "postgres://h/db?password=***&***&x=1");
}

// Found by fuzzing, with libpq's own reading of the text as the measure.
TEST(Redacted, HidesThePasswordAsFarAsLibpqReadsIt) {
  EXPECT_EQ(redacted("host=h password=s3c&ret;s user=me"), "host=h password=*** user=me");
  EXPECT_EQ(redacted("host=h password\t=\ns3cret"), "host=h password\t=\n***");
  EXPECT_EQ(redacted("host=a:b password='s3@c ret'"), "host=a:b password=***");
  EXPECT_EQ(redacted("host=h password=s3cret://x?y&z"), "host=h password=***");
}

TEST(Redacted, ShowsNothingOfATextThatItCannotTakeApart) {
  for (const char* text :
       {"password=\"s3\"cret user=me", "postgres://me:s3?cret@host/db", "host=h password='s3 cret",
        "a='x'password=s3cret", "postgres://me:s3 cret@host/db", "postgres://me:s3cret/db",
        "postgres:me:s3cret", "me:s3cret", "postgres://me:123456/db", "host=h s3cret",
        "host=h pass\\word=s3cret", "./a=b?password=s3cret@"}) {
    EXPECT_EQ(redacted(text), "***") << text;
  }
}

TEST(Redacted, ShowsTheNameOfAFileWhoseDirectoryExists) {
  const std::string dir = testing::TempDir() + "gander_redact:1@x";
  std::filesystem::create_directories(dir);
  for (const std::string& text :
       {dir + "/app.db", dir + "/a@b.db", "sqlite:" + dir + "/a@b.db",
        "sqlite://" + dir + "/a@b.db", "file:" + dir + "/a@b.sqlite3?mode=ro",
        std::string("a@b.db"), std::string("./a@b.db")}) {
    EXPECT_EQ(redacted(text), text);
    EXPECT_TRUE(text.find(':') < text.find('/') || text.find('?') != std::string::npos ||
                names_file(text))
        << text;
  }
  const std::string plain = testing::TempDir() + "gander_redact";
  std::filesystem::create_directories(plain);
  for (const std::string& text : {"sqlite:" + plain + "/a@b", std::string("sqlite:./a@b")}) {
    EXPECT_EQ(redacted(text), text);
  }
  // The same form, and nothing says that it is a file.
  for (const char* text : {"me/s3cret@host.db", "sqlite:me/s3cret@host/app.db"}) {
    EXPECT_EQ(redacted(text).find("s3cret"), std::string::npos) << text;
  }
  EXPECT_EQ(redacted("sqlite:me:s3cret@host.db").find("s3cret"), std::string::npos);
  EXPECT_EQ(redacted(dir + "/me:s3cret@host.db").find("s3cret"), std::string::npos);
  EXPECT_EQ(redacted("file:" + dir + "/a@b.db?password=s3cret").find("s3cret"), std::string::npos);
  for (const char* text : {"s3cret", "me@host", "me:s3cret@host.db", "password=s3cret.db", ""}) {
    EXPECT_FALSE(names_file(text)) << text;
  }
}

TEST(Redacted, LeavesTheRestAlone) {
  for (const char* text :
       {"", "sqlite:app.db", "sqlite::memory:", "sqlite:a@b.db", "./app.db", "./app.db?mode=ro",
        "file:app.db?mode=ro&cache=shared", "postgres://me@host:5432/db", "postgres://host/db",
        "postgres://[::1]:5432,other:5433/db", "host=h user=me dbname=a sslmode=disable",
        "host = h\toptions='-c search_path=x' ", "root@unix(/run/my.sock)/app",
        "sqlite:app.db?_pragma=foreign_keys(1)"}) {
    EXPECT_EQ(redacted(text), text);
  }
}

}  // namespace
}  // namespace gander::cli
