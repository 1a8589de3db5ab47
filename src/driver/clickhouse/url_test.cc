// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/error.h"

namespace gander::driver::clickhouse {
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

TEST(ClickhouseUrlTest, PartsOfAUrlAreDecoded) {
  const Settings s = parse_url("clickhouse://me%40x:p%40ss%2Fword@db.example:8124/app%20one");
  EXPECT_EQ(s.user, "me@x");
  EXPECT_EQ(s.password, "p@ss/word");
  EXPECT_EQ(s.host, "db.example");
  EXPECT_EQ(s.port, 8124U);
  EXPECT_EQ(s.database, "app one");
  EXPECT_FALSE(s.secure);
  EXPECT_EQ(s.display, "clickhouse://me%40x:***@db.example:8124/app%20one");
  EXPECT_EQ(redact("no p@ss/word here", s.secrets), "no *** here");
}

TEST(ClickhouseUrlTest, PortsFollowTheScheme) {
  EXPECT_EQ(parse_url("clickhouse://").port, 8123U);
  EXPECT_EQ(parse_url("clickhouse://").host, "127.0.0.1");
  EXPECT_EQ(parse_url("clickhouse://").user, "default");
  EXPECT_EQ(parse_url("clickhouses://host").port, 8443U);
  EXPECT_TRUE(parse_url("clickhouses://host").secure);
  EXPECT_EQ(parse_url("clickhouse://host/db?secure=true").port, 8443U);
  EXPECT_EQ(parse_url("clickhouse://[::1]:9/db").host, "[::1]");
  EXPECT_EQ(parse_url("clickhouse://[::1]:9/db").port, 9U);
}

TEST(ClickhouseUrlTest, TakesTheDsnsOfGoosesDriver) {
  const Settings s = parse_dsn(
      "tcp://host:9000?username=me&password=geheim&database=shop&dial_timeout=200ms&compress=lz4"
      "&max_execution_time=60&skip_verify=true");
  EXPECT_EQ(s.user, "me");
  EXPECT_EQ(s.password, "geheim");
  EXPECT_EQ(s.database, "shop");
  EXPECT_EQ(s.port, 9000U);
  EXPECT_TRUE(is_native_port(s.port));
  EXPECT_TRUE(s.skip_verify);
  EXPECT_EQ(s.connect_timeout, std::chrono::milliseconds(200));
  EXPECT_THAT(s.parameters, ElementsAre(Pair("max_execution_time", "60")));
  EXPECT_THAT(s.display, Not(HasSubstr("geheim")));
  EXPECT_TRUE(parse_dsn("https://host:8443/db").secure);
  EXPECT_FALSE(parse_dsn("http://host:8123/db").secure);
}

TEST(ClickhouseUrlTest, WhatIsWrongIsRefusedAndNeverRepeated) {
  for (const char* url :
       {"clickhouse:host", "clickhouse://h:0/db", "clickhouse://h:99999/db", "clickhouse://a,b/db",
        "clickhouse://h/db?x", "clickhouse://h/db?secure=perhaps", "clickhouse://h/db?a-b=1",
        "clickhouse://h/db?dial_timeout=soon", "clickhouse://u:geheim%zz@h/db",
        "clickhouse://u:geh/eim@h/db", "clickhouse://u:geheim?x=1@h/db",
        "clickhouse://h/db?ssl-cert=a", "tcp://h/db", "clickhouse://[::1/db"}) {
    const Error error = refusal(parse_url, url);
    EXPECT_THAT(error.what(), Not(HasSubstr("geh"))) << url;
    EXPECT_FALSE(error.details().hint.empty()) << url;
  }
}

}  // namespace
}  // namespace gander::driver::clickhouse
