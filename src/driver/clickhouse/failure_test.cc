// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gander::driver::clickhouse {
namespace {

using ::testing::HasSubstr;

Answer answer(long status, std::string body, std::int64_t exception = 0) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  answer.exception = exception;
  return answer;
}

TEST(ClickhouseFailureTest, TextsOfBothGenerationsAreTakenApart) {
  const Failure now = failure_of(
      answer(404,
             "Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE) (version 26.9.2.1)\n",
             60),
      {});
  EXPECT_EQ(now.details.message, "Unknown table 'x'. (UNKNOWN_TABLE) (code 60)");
  EXPECT_EQ(now.details.code, ErrorCode::sql);
  const Failure then = failure_of(
      answer(404,
             "Code: 60, e.displayText() = DB::Exception: Table default.x doesn't exist., "
             "e.what() = DB::Exception"),
      {});
  EXPECT_EQ(then.details.message, "Table default.x doesn't exist (code 60)");
  EXPECT_EQ(then.number(), 60);
}

TEST(ClickhouseFailureTest, PlacesAreTakenFromSyntaxErrorsAlone) {
  const char* text =
      "Code: %s. DB::Exception: Syntax error: failed at position 33 (system) (line 3, col 5): x";
  std::string syntax(text);
  syntax.replace(syntax.find("%s"), 2, "62");
  const Failure failure = failure_of(answer(400, syntax), {});
  EXPECT_EQ(failure.line, 3);
  EXPECT_EQ(failure.column, 5);
  EXPECT_EQ(failure.position, 33);
  std::string other(text);
  other.replace(other.find("%s"), 2, "6");
  EXPECT_EQ(failure_of(answer(400, other), {}).line, 0);
}

TEST(ClickhouseFailureTest, AFailureMayComeWithStatus200) {
  EXPECT_FALSE(has_failed(answer(200, "")));
  EXPECT_TRUE(has_failed(answer(200, "Code: 395. DB::Exception: no", 395)));
  EXPECT_TRUE(has_failed(answer(500, "")));
}

TEST(ClickhouseFailureTest, WhatIsNoServerOfClickhouseIsToldSo) {
  const Failure failure = failure_of(answer(502, "<html>Bad gateway</html>"), {});
  EXPECT_EQ(failure.details.code, ErrorCode::connection);
  EXPECT_TRUE(failure.details.retryable);
  EXPECT_THAT(failure.details.message, HasSubstr("502"));
}

TEST(ClickhouseFailureTest, SecretsAreMasked) {
  Answer lost;
  lost.failure = 7;
  lost.trouble = "no route for geheim";
  lost.unsent = true;
  EXPECT_THAT(failure_of(lost, {"geheim"}).details.message, HasSubstr("***"));
}

}  // namespace
}  // namespace gander::driver::clickhouse
