// SPDX-License-Identifier: MIT
// The files of tests/cli/files_test.py are read by the real goose as well.
#include "src/script/goose_reading.h"

#include <gtest/gtest.h>

#include "tests/support/script_dump.h"

namespace gander::script {
namespace {

std::string read(std::string_view body, Direction direction = Direction::up) {
  std::string out;
  const GooseReading reading = read_as_goose(body, direction);
  for (const GooseStatement& statement : reading.statements) {
    out += "<" + show(statement.text) + ">";
  }
  if (!reading.error.empty()) out += "!" + std::to_string(reading.error_line);
  return out;
}

TEST(GooseReadingTest, LinesEndStatements) {
  const std::string up = "-- +goose Up\n";
  EXPECT_EQ(read(up + "a;\nb\n;\n"), "<a;><b~;>");
  EXPECT_EQ(read(up + "a; b;\r\n-- c\n\nd; -- e\n"), "<a; b;><d; -- e>");
  EXPECT_EQ(read(up + "a;--b\nc;\n"), "<a;--b~c;>");
  EXPECT_EQ(read(up + "a '\n;\n';\n"), "<a '~;><';>");
  EXPECT_EQ(read(up + "a; /* b */\nc;\n"), "<a; /* b */~c;>");
  EXPECT_EQ(read(up + "SELECT ' -- x';\nb;\n"), "<SELECT ' -- x';~b;>");
  EXPECT_EQ(read(up + "-- +goose StatementBegin\na;\nb;\n-- +goose StatementEnd\nc;\n"),
            "<a;~b;><c;>");
  EXPECT_EQ(read(up + "-- +goose StatementBegin\n-- +goose StatementEnd\na;\nb;\n"), "<><b;>");
  EXPECT_EQ(read(up + "a;\n-- +goose Down\nb;\n", Direction::down), "<b;>");
}

TEST(GooseReadingTest, WhatGooseRefuses) {
  const std::string up = "-- +goose Up\n";
  EXPECT_EQ(read(up + "a;\nb\n"), "<a;>!3");
  EXPECT_EQ(read(up + "a\n-- +goose Down\nb;\n"), "!2");
  EXPECT_EQ(read(up + "a;\n/* c */\n"), "<a;>!3");
  EXPECT_EQ(read("/* licence */\n" + up + "a;\n"), "!1");
  EXPECT_EQ(read("\xEF\xBB\xBF" + up + "a;\n"), "!1");
  EXPECT_EQ(read(up + "-- see the +goose docs\na;\n"), "!2");
  EXPECT_EQ(read(up + "-- +goose StatementBegin\na;\n"), "!2");
  EXPECT_EQ(read("a;\n"), "!1");
  EXPECT_EQ(read(up + std::string(4 << 20, 'x') + ";\n"), "!2");
}

}  // namespace
}  // namespace gander::script
