// SPDX-License-Identifier: MIT
#include "src/driver/postgres/conninfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/error.h"

namespace gander::driver::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  const char* text;
  const char* conninfo;
  const char* display;
  std::vector<std::pair<std::string, std::string>> session;
};

class ConninfoTest : public ::testing::TestWithParam<Case> {};

TEST_P(ConninfoTest, IsTakenApart) {
  const Settings settings = parse_conninfo(GetParam().text);
  EXPECT_EQ(settings.conninfo, GetParam().conninfo);
  EXPECT_EQ(settings.display, GetParam().display);
  EXPECT_EQ(settings.session, GetParam().session);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConninfoTest,
    ::testing::Values(
        Case{"postgres://host/db", "postgres://host/db", "postgres://host/db", {}},
        Case{"postgresql://", "postgresql://", "postgresql://", {}},
        Case{"postgres://me:se%2Fcret@host:5433,b:5434/db?sslmode=require",
             "postgres://me:se%2Fcret@host:5433,b:5434/db?sslmode=require",
             "postgres://me:***@host:5433,b:5434/db?sslmode=require",
             {}},
        Case{
            "postgres://[::1]:5432/db", "postgres://[::1]:5432/db", "postgres://[::1]:5432/db", {}},
        Case{"postgres:///db?schema=Ten%20ant&host=/run&role=r&statement_timeout=5s",
             "postgres:///db?host=/run",
             "postgres:///db?schema=Ten%20ant&host=/run&role=r&statement_timeout=5s",
             {{"search_path", "\"Ten ant\""}, {"role", "r"}, {"statement_timeout", "5s"}}},
        Case{"postgres://h/db?password=canary&user=me&search_path=a,b&pool_max_conns=4",
             "postgres://h/db?password=canary&user=me",
             "postgres://h/db?password=***&user=me&search_path=a,b&pool_max_conns=4",
             {{"search_path", "a,b"}}},
        Case{"host=localhost password='can ary' dbname=db search_path = 'a, b'",
             "host=localhost password='can ary' dbname=db",
             "host=localhost password=*** dbname=db search_path='a, b'",
             {{"search_path", "a, b"}}},
        Case{"user=it\\'s password='' options='-c geqo=off'",
             "user='it\\'s' password='' options='-c geqo=off'",
             "user='it\\'s' password='' options='-c geqo=off'",
             {}},
        Case{"postgres:///db?pooler=session&host=/run",
             "postgres:///db?host=/run",
             "postgres:///db?pooler=session&host=/run",
             {}},
        Case{"justadatabase", "justadatabase", "justadatabase", {}}, Case{"", "", "", {}}));

TEST(ConninfoErrorTest, NeverRepeatsWhatMayBeAPassword) {
  for (const char* text :
       {"postgres://me:can%ary@host/db", "postgres://me:can/ary@host/db",
        "postgres://me:can@ary@host/db", "postgres://me:can?ary@host/db", "host=h password=can ary",
        "host=h password='canary", "postgres://h/db?password", "postgres://h/db?pass word=canary",
        "postgres://a?password=can:ary@host/db?password=canary",
        "postgres://u:x@[:d?password=can:ary@[::1]/d?password=canary"}) {
    try {
      parse_conninfo(text);
      ADD_FAILURE() << text << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage) << text;
      EXPECT_THAT(error.what(), Not(HasSubstr("ary"))) << text;
    }
  }
}

TEST(ConninfoTest, SecretsAreMaskedAsWrittenAndAsMeant) {
  const Settings settings = parse_conninfo("postgres://me:se%2Fcret@host/db");
  EXPECT_EQ(redact("bad se%2Fcret and se/cret, se/cret", settings.secrets), "bad *** and ***, ***");
  EXPECT_EQ(redact("nothing here", settings.secrets), "nothing here");
}

TEST(ConninfoTest, PasswordEqualToTheUserMasksNothing) {
  for (const char* text : {"postgres://postgres:postgres@/db", "user=postgres password=postgres"}) {
    EXPECT_EQ(redact("no role postgres", parse_conninfo(text).secrets), "no role postgres");
  }
}

}  // namespace
}  // namespace gander::driver::postgres
