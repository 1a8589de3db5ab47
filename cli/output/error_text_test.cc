// SPDX-License-Identifier: MIT
#include "cli/output/error_text.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

ErrorDetails typo() {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.message = "near \"TABEL\": syntax error";
  details.hint = "correct the statement and run `gander up` again";
  details.file = "migrations/2_x.sql";
  details.line = 12;
  details.column = 8;
  details.source_line = "CREATE TABEL x (";
  details.statement = 2;
  details.sql = "CREATE TABEL x (\n);";
  details.native_code = 1;
  return details;
}

TEST(ErrorText, ShowsPlaceLineCaretAndHint) {
  EXPECT_EQ(error_text(typo(), {}),
            "error: migrations/2_x.sql:12:8: near \"TABEL\": syntax error\n"
            "  12 | CREATE TABEL x (\n"
            "     |        ^\n"
            "  statement 2, database error 1\n"
            "  try: correct the statement and run `gander up` again\n");
}

TEST(ErrorText, ShowsOnlyWhatIsKnown) {
  ErrorDetails details;
  details.message = "no database was named";
  EXPECT_EQ(error_text(details, {}), "error: no database was named\n");
}

TEST(ErrorText, ShowsTheStatementWhereThereIsNoLine) {
  ErrorDetails details;
  details.message = "division by zero";
  details.sql = "SELECT\n1/0;";
  details.sqlstate = "22012";
  details.detail = "CONTEXT: one\nCONTEXT: two";
  EXPECT_EQ(error_text(details, {}),
            "error: division by zero\n"
            "  | SELECT\n"
            "  | 1/0;\n"
            "  SQLSTATE 22012\n"
            "  CONTEXT: one\n"
            "  CONTEXT: two\n");
  details.sql = "1\n2\n3\n4\n5\n6\n7";
  EXPECT_NE(error_text(details, {}).find("  | 6\n  | ...\n"), std::string::npos);
}

TEST(ErrorText, PutsTheCaretUnderWideCharactersAndTabs) {
  ErrorDetails details = typo();
  details.source_line = "\t\xE4\xB8\xAD\xE6\x96\x87 x\r";
  details.column = 9;
  EXPECT_NE(error_text(details, {})
                .find("  12 |  \xE4\xB8\xAD\xE6\x96\x87 x\n"
                      "     |       ^\n"),
            std::string::npos)
      << error_text(details, {});
}

TEST(ErrorText, CutsALongLineAroundTheColumn) {
  ErrorDetails details = typo();
  details.source_line = std::string(5000, 'a') + "!" + std::string(5000, 'b');
  details.column = 5001;
  const std::string text = error_text(details, {});
  EXPECT_LT(text.size(), 500u);
  const std::size_t mark = text.find('!');
  const std::size_t line = text.rfind('\n', mark);
  const std::size_t caret = text.find('^');
  EXPECT_EQ(mark - line, caret - text.rfind('\n', caret));
}

TEST(ErrorText, ToleratesAColumnBeyondTheLine) {
  ErrorDetails details = typo();
  details.column = 500;
  EXPECT_NE(error_text(details, {}).find("^"), std::string::npos);
}

TEST(ErrorText, LetsNothingMoveTheCursor) {
  ErrorDetails details = typo();
  details.message = details.file = details.source_line = details.hint = details.detail = "\x1b[2J";
  EXPECT_EQ(error_text(details, {}).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace gander::cli
