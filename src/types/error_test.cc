// SPDX-License-Identifier: MIT
#include "gander/error.h"

#include <gtest/gtest.h>

#include "gander/report.h"

namespace gander {
namespace {

TEST(ErrorTest, TextIsPlaceMessageLineCaretHint) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.message = "no such table: x";
  details.hint = "create it first";
  details.file = "m/1_a.sql";
  details.line = 3;
  details.column = 8;
  details.source_line = "SELECT x;";
  EXPECT_STREQ(Error(details).what(),
               "m/1_a.sql:3:8: no such table: x\n  SELECT x;\n         ^\n  create it first");
  details.line = details.column = 0;
  details.source_line.clear();
  EXPECT_STREQ(Error(details).what(), "m/1_a.sql: no such table: x\n  create it first");
}

TEST(ErrorTest, CaretStandsUnderItsCharacterAfterTabsAndUtf8) {
  ErrorDetails details;
  details.message = "m";
  details.file = "f";
  details.line = 1;
  details.source_line = "\t\xC3\xA9 x";
  details.column = 5;
  EXPECT_STREQ(Error(details).what(), "f:1:5: m\n  \t\xC3\xA9 x\n  \t  ^");
}

TEST(ErrorTest, LongLineIsShownAsAWindow) {
  ErrorDetails details;
  details.message = "m";
  details.file = "f";
  details.line = 1;
  details.column = 5001;
  details.source_line = std::string(5000, 'a') + "b" + std::string(5000, 'c');
  const std::string text = Error(details).what();
  EXPECT_LT(text.size(), 400u);
  const std::size_t caret = text.rfind('^') - text.rfind('\n');
  const std::size_t b = text.find("b") - text.find('\n');
  EXPECT_EQ(caret, b);
}

TEST(ErrorTest, CopiesShareTheReport) {
  const Error plain(ErrorCode::locked, "held");
  EXPECT_EQ(plain.report(), nullptr);
  Report report;
  report.version = 7;
  const Error with = plain.with_report(report);
  const Error copy = with;
  ASSERT_NE(copy.report(), nullptr);
  EXPECT_EQ(copy.report()->version, 7);
  EXPECT_STREQ(copy.what(), plain.what());
}

TEST(ErrorTest, EveryCodeHasAName) {
  for (int code = 1; code <= 14; ++code) {
    EXPECT_STRNE(error_code_name(static_cast<ErrorCode>(code)), "");
    EXPECT_EQ(std::string(error_code_name(static_cast<ErrorCode>(code))) == "internal", code == 14);
  }
}

TEST(ReportTest, NamesThatAreStoredOrPrinted) {
  EXPECT_STREQ(direction_name(Direction::up), "up");
  EXPECT_STREQ(direction_name(Direction::down), "down");
  EXPECT_STREQ(migration_state_name(MigrationState::in_doubt), "in_doubt");
  EXPECT_STREQ(migration_state_name(MigrationState::missing), "missing");
  EXPECT_STREQ(history_event_name(HistoryEvent::adopted), "adopted");
}

}  // namespace
}  // namespace gander
