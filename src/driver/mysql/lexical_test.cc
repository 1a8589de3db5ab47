// SPDX-License-Identifier: MIT
// What a file sets of sql_mode changes how the rest of it is read.
#include "src/driver/mysql/lexical.h"

#include <gtest/gtest.h>

#include "tests/support/script_split.h"

namespace gander::script {
namespace {

// The statements before the mode is looked at, with what they leave of the modes: B for backslashes
// that escape, N for double quotes that quote names.
std::string modes_after(std::initializer_list<std::string_view> statements) {
  sql::LexicalState state{driver::mysql::kLexicalRules};
  for (const std::string_view statement : statements) {
    const sql::Words words(state.rules, statement);
    driver::mysql::follow(words, &state);
  }
  std::string modes;
  if (sql::has(state.rules.backslashes, '\'')) modes += 'B';
  if (sql::has(state.rules.names, '"')) modes += 'N';
  return modes;
}

TEST(MysqlLexicalTest, NoBackslashEscapesChangesWhereTextsEnd) {
  expect_splits({{"-- +goose Up\n"
                  "INSERT INTO w VALUES (1, 'a\\';b');\n"
                  "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\n"
                  "INSERT INTO w VALUES (2, 'C:\\');\n"
                  "INSERT INTO w VALUES (3, 'D:\\'), (4, \"\\\");\n"
                  "SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '');\n"
                  "INSERT INTO w VALUES (5, 'b\\';c');\n"
                  "-- +goose Down\nSELECT 'a\\';b';\n",
                  "<INSERT INTO w VALUES (1, 'a\\';b');>"
                  "<SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');>"
                  "<INSERT INTO w VALUES (2, 'C:\\');>"
                  "<INSERT INTO w VALUES (3, 'D:\\'), (4, \"\\\");>"
                  "<SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '');>"
                  "<INSERT INTO w VALUES (5, 'b\\';c');>/<SELECT 'a\\';b';>"}},
                driver::mysql::kGrammar);
}

TEST(MysqlLexicalTest, TheModeCountsFromTheNextStatementOnALineToo) {
  expect_splits({{"-- +goose Up\nSET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; SELECT 1;\nb;\n",
                  "<SET sql_mode='NO_BACKSLASH_ESCAPES';><SELECT '\\';><SELECT 1;><b;>/"},
                 {"-- +goose Up\nDELIMITER //\nSET sql_mode='NO_BACKSLASH_ESCAPES'//\n"
                  "SELECT '\\'//\nb//\n",
                  "<SET sql_mode='NO_BACKSLASH_ESCAPES'><SELECT '\\'><b>/"}},
                driver::mysql::kGrammar);
}

TEST(MysqlLexicalTest, BodiesWithinConditionalCommentsHoldTheirSemicolons) {
  expect_splits({{"-- +goose Up\n/*!50003 CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN "
                  "SET NEW.y = 1; SET NEW.x = 2; END */;\nb; /*! c; d; */; e;\n",
                  "</*!50003 CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN "
                  "SET NEW.y = 1; SET NEW.x = 2; END */;><b;></*! c; d; */;><e;>/"}},
                driver::mysql::kGrammar);
}

TEST(MysqlLexicalTest, SeveralOnALineOrInABlockAreSeveral) {
  expect_splits(
      {{"-- +goose Up\na; b;; /* c */ d -- e\n; f\n;g;\n", "<a;><b;;></* c */ d -- e~;><f~;><g;>/"},
       {"-- +goose Up\n-- +goose StatementBegin\na;\n# b\nCREATE PROCEDURE p() BEGIN x; y; END;\n"
        "c; d\n-- +goose StatementEnd\ne;\n-- +goose Down\n-- +goose StatementBegin\n"
        "DELETE FROM f;\n-- +goose StatementEnd\n",
        "<a;><# b~CREATE PROCEDURE p() BEGIN x; y; END;><c;><d><e;>/<DELETE FROM f;>"},
       {"-- +goose Up\nDELIMITER $$\na; b$$ c$$\nDELIMITER ;\nd; e;\n", "<a; b><c><d;><e;>/"}},
      driver::mysql::kGrammar);
}

TEST(MysqlLexicalTest, AnsiQuotesMakeDoubleQuotesThoseOfNames) {
  expect_splits({{"-- +goose Up\nSET sql_mode = 'ANSI_QUOTES,NO_ENGINE_SUBSTITUTION';\n"
                  "CREATE TABLE \"semi;colon\\\" (\"a\"\"b;\" INT, \"it's\" INT);\n"
                  "SELECT 'a\\';b';\n",
                  "<SET sql_mode = 'ANSI_QUOTES,NO_ENGINE_SUBSTITUTION';>"
                  "<CREATE TABLE \"semi;colon\\\" (\"a\"\"b;\" INT, \"it's\" INT);>"
                  "<SELECT 'a\\';b';>/"}},
                driver::mysql::kGrammar);
}

TEST(MysqlLexicalTest, TheModeIsSetInManyWays) {
  EXPECT_EQ(modes_after({}), "B");
  for (const std::string_view statement :
       {"SET sql_mode = 'no_backslash_escapes'", "set session sql_mode := \"NO_BACKSLASH_ESCAPES\"",
        "SET LOCAL `sql_mode` = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES';",
        "SET @@sql_mode = NO_BACKSLASH_ESCAPES", "SET @@SESSION.sql_mode = 1048576",
        "SET @@local . sql_mode = 'NO_' 'BACKSLASH_ESCAPES'",
        "/*!40101 SET NAMES utf8, SQL_MODE='NO_BACKSLASH_ESCAPES' */;",
        "SET sql_mode = (SELECT CONCAT_WS(',', @@sql_mode, 'NO_BACKSLASH_ESCAPES'))",
        "SET GLOBAL a = 1, SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'",
        "SET GLOBAL a = 1, @@sql_mode = 'NO_BACKSLASH_ESCAPES'"}) {
    EXPECT_EQ(modes_after({statement}), "") << statement;
  }
  for (const std::string_view statement :
       {"SET sql_mode = 'ANSI'", "SET sql_mode = 4", "SET sql_mode = 'ORACLE'",
        "SET sql_mode = CONCAT('ANSI_QUOTES,', REPLACE(@@sql_mode, 'ONLY_FULL_GROUP_BY', ''))"}) {
    EXPECT_EQ(modes_after({statement}), "BN") << statement;
  }
  for (const std::string_view statement :
       {"SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'",
        "SET @@GLOBAL.sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'", "SET PERSIST sql_mode = 'ANSI'",
        "SET GLOBAL a = 1, sql_mode = 'ANSI'", "SET @sql_mode = 'ANSI'",
        "SET STATEMENT a = 1, sql_mode = 'ANSI' FOR SELECT 1", "SET sql_mode = 'TRADITIONAL'",
        "/*!99999 SET sql_mode = 'ANSI' */", "SELECT 'SET sql_mode = ''ANSI'''", "SET",
        "SET sql_mode =", "SET sql_mode = f('ANSI')", "SET sql_mode = 'ANSI' || ''"}) {
    EXPECT_EQ(modes_after({statement}), "B") << statement;
  }
}

TEST(MysqlLexicalTest, TheModeIsSavedAndRestored) {
  const std::string_view save = "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI_QUOTES' */;";
  EXPECT_EQ(modes_after({save}), "BN");
  EXPECT_EQ(modes_after({save, "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;"}), "B");
  EXPECT_EQ(modes_after({save, "SET @b = @@sql_mode", "SET sql_mode = ''", "SET sql_mode = @b"}),
            "BN");
  EXPECT_EQ(modes_after({save, "SELECT @`b c` := @@sql_mode", "SET sql_mode = DEFAULT",
                         "SET sql_mode = @'B c'"}),
            "BN");
  EXPECT_EQ(
      modes_after({save, "SELECT @@session.sql_mode INTO @b.1", "SET sql_mode = @@global.sql_mode",
                   "SET sql_mode = CONCAT(@b.1, ',NO_BACKSLASH_ESCAPES')"}),
      "N");
  EXPECT_EQ(modes_after(
                {"SET sql_mode = 'ANSI'", "SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')"}),
            "BN");
  // What the file has not saved cannot be told.
  EXPECT_EQ(modes_after({"SET sql_mode = 'ANSI'", "SET sql_mode = @unknown"}), "BN");
  EXPECT_EQ(
      modes_after({save, "SET @OLD_SQL_MODE = (SELECT a FROM b)", "SET sql_mode = @OLD_SQL_MODE"}),
      "BN");
}

}  // namespace
}  // namespace gander::script
