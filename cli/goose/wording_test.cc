// SPDX-License-Identifier: MIT
#include "cli/goose/wording.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace gander::cli::goose {
namespace {

using namespace std::chrono_literals;

TEST(GooseWording, DurationsAreRoundedAndPrintedAsGoDoes) {
  const struct {
    std::chrono::nanoseconds duration;
    const char* text;
  } kCases[] = {{0ns, "0s"},
                {987ns, "987ns"},
                {4'814ns, "4.81\u00b5s"},
                {711'584ns, "711.58\u00b5s"},
                {4'981'234ns, "4.98ms"},
                {1'300'000ns, "1.3ms"},
                {1'254'000'000ns, "1.25s"},
                {2s, "2s"},
                {62'500ms, "1m2.5s"},
                {3'600s, "1h0m0s"}};
  for (const auto& [duration, text] : kCases) EXPECT_EQ(go_duration(duration), text);
}

TEST(GooseWording, QuotesAsGoDoes) {
  EXPECT_EQ(go_quoted("a\"b\\c\n\t\x01 \x7f"), R"("a\"b\\c\n\t\x01 \x7f")");
  EXPECT_EQ(go_quoted("gr\u00f6\u00dfe"), "\"gr\u00f6\u00dfe\"");
  EXPECT_EQ(go_quoted("\xff\xc3"), R"("\xff\xc3")");
  EXPECT_EQ(go_quoted("\u00a0\ufeff"), R"("\u00a0\ufeff")");
}

TEST(GooseWording, StatementsAreShownWithoutCommentLines) {
  EXPECT_EQ(shown_statement("INSERT INTO a\n-- inner\n\n  VALUES (1);"),
            "INSERT INTO a\n  VALUES (1);");
  EXPECT_EQ(shown_statement("  -- indented\n;"), "  -- indented\n;");
  EXPECT_EQ(shown_statement("SELECT 1;\n-- c"), "SELECT 1;\n");
}

TEST(GooseWording, StatusTimesHaveGoosesLayout) {
  EXPECT_EQ(status_time("2026-01-02 03:04:05"), "Fri Jan  2 03:04:05 2026");
  EXPECT_EQ(status_time("2026-11-22T10:47:18.123"), "Sun Nov 22 10:47:18 2026");
  EXPECT_EQ(status_time("yesterday"), "yesterday");
}

TEST(GooseWording, SqliteErrorsReadAsTheGoDriverPrintsThem) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.file = "m/2_b.sql";
  details.version = 2;
  details.sql = "INSERT INTO \"b\"\n-- c\nVALUES (1);";
  details.message = "UNIQUE constraint failed: b.x";
  details.native_code = 2067;
  EXPECT_EQ(run_error(Error(details)),
            "ERROR 2_b.sql: failed to run SQL migration: failed to execute SQL query \"INSERT INTO "
            "\\\"b\\\"\\nVALUES (1);\": constraint failed: UNIQUE constraint failed: b.x (2067)");
  details.message = "datatype mismatch";
  details.native_code = 20;
  details.sql.clear();
  EXPECT_EQ(run_error(Error(details)),
            "ERROR 2_b.sql: failed to run SQL migration: datatype mismatch (20)");
}

TEST(GooseWording, PostgresErrorsReadAsTheGoDriverPrintsThem) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.message = "relation \"x\" does not exist";
  details.sqlstate = "42P01";
  EXPECT_EQ(run_error(Error(details)), "ERROR: relation \"x\" does not exist (SQLSTATE 42P01)");
}

TEST(GooseWording, MalformedFilesAreNamedWithTheirPlace) {
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.file = "m/1_a.sql";
  details.line = 3;
  details.column = 1;
  details.message = "missing semicolon";
  EXPECT_EQ(run_error(Error(details)),
            "ERROR 1_a.sql: failed to parse SQL migration file: m/1_a.sql:3:1: missing semicolon");
  details.file = "m/1_a.go";
  EXPECT_TRUE(
      run_error(Error(details)).starts_with("ERROR m/1_a.go: failed to run Go migration: "));
}

TEST(GooseWording, FileNamesAreRefusedInGoosesWords) {
  EXPECT_EQ(name_defect("schema.sql"), "no filename separator '_' found");
  EXPECT_EQ(name_defect("0_a.sql"), "migration version must be greater than zero");
  EXPECT_EQ(name_defect("-1_a.sql"), "migration version must be greater than zero");
  EXPECT_EQ(name_defect("1x_a.sql"),
            "failed to parse version from migration file: 1x_a.sql: strconv.ParseInt: parsing "
            "\"1x\": invalid syntax");
  EXPECT_EQ(name_defect("99999999999999999999_x.sql"),
            "failed to parse version from migration file: 99999999999999999999_x.sql: "
            "strconv.ParseInt: parsing \"99999999999999999999\": value out of range");
}

TEST(GooseWording, LogLinesCarryATime) {
  const std::string line = log_line("goose: version 3");
  ASSERT_EQ(line.size(), std::string("2026/01/02 03:04:05 goose: version 3\n").size());
  EXPECT_EQ(line.substr(20), "goose: version 3\n");
  EXPECT_EQ(line[4], '/');
  EXPECT_EQ(line[13], ':');
  EXPECT_TRUE(log_line("x\n").ends_with(" x\n"));
}

}  // namespace
}  // namespace gander::cli::goose
