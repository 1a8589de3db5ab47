// SPDX-License-Identifier: MIT
#include "src/driver/mysql/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "gander/error.h"
#include "tests/support/temp_directory.h"

namespace gander::driver::mysql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Error refusal(Settings (*parse)(std::string_view), std::string_view text) {
  try {
    (void)parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage) << text;
    return error;
  }
  ADD_FAILURE() << "accepted " << text;
  return Error(ErrorCode::internal, "");
}

TEST(MysqlUrlTest, PartsOfAUrlAreDecoded) {
  const Settings s = parse_url("mysql://me%40x:p%40ss%2Fword@db.example:3307/app%20one");
  EXPECT_EQ(s.user, "me@x");
  EXPECT_EQ(s.password, "p@ss/word");
  EXPECT_EQ(s.host, "db.example");
  EXPECT_EQ(s.port, 3307U);
  EXPECT_EQ(s.database, "app one");
  EXPECT_EQ(s.display, "mysql://me%40x:***@db.example:3307/app%20one");
  EXPECT_EQ(redact("no p@ss/word here", s.secrets), "no *** here");
}

TEST(MysqlUrlTest, ASocketStandsForHostAndPort) {
  for (const char* url :
       {"mysql://root@/app?socket=/run/s.sock", "mariadb://root@/app?socket=/run/s.sock",
        "mysql://root@%2Frun%2Fs.sock/app", "mysql://root@unix(/run/s.sock)/app"}) {
    const Settings s = parse_url(url);
    EXPECT_EQ(s.socket, "/run/s.sock") << url;
    EXPECT_EQ(s.database, "app") << url;
    EXPECT_TRUE(s.local()) << url;
  }
  EXPECT_EQ(parse_url("mysql:///app").host, "127.0.0.1");
  EXPECT_EQ(parse_url("mysql://[::1]:3307/app").host, "::1");
}

TEST(MysqlUrlTest, ADsnIsSplitAtItsLastSlashAndAt) {
  const Settings s = parse_dsn("me:p@ss:w/o?rd@tcp([fe80::1]:3307)/app?parseTime=true");
  EXPECT_EQ(s.user, "me");
  EXPECT_EQ(s.password, "p@ss:w/o?rd");
  EXPECT_EQ(s.host, "fe80::1");
  EXPECT_EQ(s.port, 3307U);
  EXPECT_EQ(s.database, "app");
  EXPECT_EQ(s.display, "me:***@tcp([fe80::1]:3307)/app?parseTime=true");
}

TEST(MysqlUrlTest, ADsnHasGoosesDefaults) {
  for (const char* dsn : {"/", "", "tcp/", "@/", "tcp(127.0.0.1)/"}) {
    const Settings s = parse_dsn(dsn);
    EXPECT_EQ(s.host, "127.0.0.1") << dsn;
    EXPECT_EQ(s.tls, Tls::off) << dsn;
  }
  EXPECT_EQ(parse_dsn("unix/app").socket, "/tmp/mysql.sock");
  EXPECT_EQ(parse_dsn("root@unix(/run/a.sock)/app").socket, "/run/a.sock");
}

TEST(MysqlUrlTest, OtherNamesAreVariablesOfTheSession) {
  const Settings s = parse_dsn("/app?time_zone=%27%2B02:00%27&sql_mode='ANSI'&loc=Europe%2FParis");
  EXPECT_THAT(s.variables, ElementsAre(Pair("time_zone", "'+02:00'"), Pair("sql_mode", "'ANSI'")));
}

TEST(MysqlUrlTest, TimesHaveUnits) {
  EXPECT_EQ(parse_dsn("/a?timeout=1m30s").connect_timeout, std::chrono::seconds(90));
  EXPECT_EQ(parse_dsn("/a?readTimeout=1.5s").read_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(parse_url("mysql:///a?timeout=5").connect_timeout, std::chrono::seconds(5));
}

TEST(MysqlUrlTest, AnAuthorityImpliesThatItIsAsked) {
  EXPECT_EQ(parse_url("mysql://h/a?ssl-ca=/ca.pem").tls, Tls::verified);
  EXPECT_EQ(parse_url("mysql://h/a?ssl-mode=VERIFY_IDENTITY").tls, Tls::verified);
  EXPECT_EQ(parse_dsn("tcp(h)/a?tls=skip-verify").tls, Tls::required);
  EXPECT_EQ(parse_dsn("tcp(h)/a?tls=preferred").tls, Tls::preferred);
  EXPECT_EQ(parse_dsn("tcp(h)/a?tls=true").tls, Tls::verified);
  EXPECT_EQ(parse_dsn("tcp(h)/a?tls=false").tls, Tls::off);
  EXPECT_THAT(refusal(parse_url, "mysql://h/a?ssl-ca=/ca.pem&tls=false").what(), HasSubstr("TLS"));
  EXPECT_THAT(refusal(parse_url, "mysql://h/a?ssl-cert=/c.pem").what(), HasSubstr("ssl-key"));
}

TEST(MysqlUrlTest, WhatCannotBeUnderstoodIsRefusedWithoutItsValue) {
  const char* const kDsns[] = {"hunter2",
                               "hunter2@tcp(h:3306/app",
                               "me:hunter2@udp(h)/app",
                               "me:hunter2@tcp(h:port)/app",
                               "me:hunter2@tcp(h:70000)/app",
                               "me:hunter2@tcp([::1)/app",
                               "/app?parseTime=hunter2",
                               "/app?tls=hunter2",
                               "/app?timeout=hunter2",
                               "/app?maxAllowedPacket=hunter2",
                               "/app?serverPubKey=hunter2",
                               "/app?a-b=hunter2",
                               "/app?charset=hunter2'",
                               "me:hunter2@tcp(h)/app?loc=Europe/Paris",
                               "/app?x=%zz&y=hunter2"};
  for (const char* dsn : kDsns) {
    const Error error = refusal(parse_dsn, dsn);
    EXPECT_THAT(error.what(), Not(HasSubstr("hunter2"))) << dsn;
    EXPECT_NE(error.details().hint, "") << dsn;
  }
  for (const char* url : {"mysql:hunter2", "mysql://me:hun/ter2@h/app", "mysql://me:hun@ter2@h/app",
                          "mysql://h/app?hunter2", "mysql://me:hunter2?@h/app=1"}) {
    EXPECT_THAT(refusal(parse_url, url).what(), Not(HasSubstr("ter2"))) << url;
  }
}

TEST(MysqlUrlTest, AnOptionFileGivesWhatTheUrlDoesNotSay) {
  const testing_support::TempDirectory directory;
  const std::string path = directory.file("my.cnf");
  std::ofstream(path) << "# mine\n[mysqld]\nuser=nobody\n[client]\nuser = me\n"
                         "password=\"hun\\\\ter #2\"\nhost=db.example # there\nport=3308\n"
                         "[gander]\nssl_ca=/ca.pem\n";
  const Settings s = parse_url("mysql://root@/app?option-file=" + path);
  EXPECT_EQ(s.user, "root");
  EXPECT_EQ(s.password, "hun\\ter #2");
  EXPECT_EQ(s.host, "db.example");
  EXPECT_EQ(s.port, 3308U);
  EXPECT_EQ(s.tls, Tls::verified);
  EXPECT_EQ(redact("hun\\ter #2", s.secrets), "***");
  EXPECT_EQ(parse_url("mysql://me@h/app?option-file=" + path).host, "h");
  EXPECT_THROW(parse_url("mysql:///app?option-file=" + path + "x"), Error);
}

}  // namespace
}  // namespace gander::driver::mysql
