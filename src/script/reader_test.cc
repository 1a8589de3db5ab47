// SPDX-License-Identifier: MIT
// What scan() and StatementReader add to the splitter, and what holds for big scripts.
#include "src/script/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <vector>

#include "src/base/sha256.h"
#include "src/sql/space.h"
#include "tests/support/script_dump.h"

namespace gander::script {
namespace {

using Kind = sql::StatementKind;

Summary scan_text(std::string_view script, const sql::Grammar& grammar = driver::sqlite::kGrammar) {
  auto input = string_input(script);
  return scan(*input, test_options(grammar));
}

TEST(ReaderTest, ScanSumsUpBothSections) {
  std::string script =
      "-- +goose NO TRANSACTION\n-- +goose Up\na;\nVACUUM;\nDROP TABLE b;\n;\n"
      "-- +goose Down\nBEGIN;\nc;\nCOMMIT;\n";
  Summary summary = scan_text(script);
  EXPECT_FALSE(summary.transactional);
  EXPECT_EQ(summary.up.statements, 4);
  EXPECT_EQ(summary.down.statements, 3);
  EXPECT_EQ(summary.up.shape, TransactionShape::none);
  EXPECT_EQ(summary.down.shape, TransactionShape::own);
  EXPECT_TRUE(summary.up.drops_or_renames_table);
  EXPECT_FALSE(summary.down.drops_or_renames_table);
  EXPECT_EQ(summary.up.first_bare.line, 4);
  EXPECT_EQ(summary.up.first_bare.source_line, "VACUUM;");
  EXPECT_EQ(summary.down.first_bare.line, 0);
  EXPECT_EQ(summary.checksum, sha256_hex(script));
  EXPECT_EQ(summary.bytes, static_cast<std::int64_t>(script.size()));
  EXPECT_TRUE(scan_text("-- +goose Up\n").transactional);
}

TEST(ReaderTest, EveryStatementOfAUnitCounts) {
  Summary summary = scan_text(
      "-- +goose Up\na; DROP TABLE b; c;\n-- +goose StatementBegin\nBEGIN;\nd;\nCOMMIT\n"
      "-- +goose StatementEnd\n");
  EXPECT_EQ(summary.up.statements, 2);
  EXPECT_TRUE(summary.up.drops_or_renames_table);
  EXPECT_TRUE(controls_transaction(summary.up.shape));
}

TEST(ReaderTest, ADirectionsDefectLeavesTheOtherUsable) {
  std::string script = "-- +goose Up\na;\n-- +goose Down\nb;\nc 'd;\n";
  Summary summary = scan_text(script);
  EXPECT_EQ(summary.up.statements, 1);
  EXPECT_FALSE(summary.up.error);
  ASSERT_TRUE(summary.down.error);
  EXPECT_EQ(summary.down.error->line, 5);
  auto input = string_input(script);
  StatementReader reader(*input, test_options(driver::sqlite::kGrammar));
  sql::Statement statement;
  EXPECT_TRUE(reader.next(&statement));
  EXPECT_FALSE(reader.next(&statement));
  EXPECT_FALSE(reader.next(&statement));
}

// A dump: no annotation says where it begins, and one that is in it is a comment.
TEST(ReaderTest, PlainScriptIsAllStatements) {
  ReadOptions options = test_options(driver::sqlite::kGrammar);
  options.plain = true;
  auto input = string_input(
      "-- a dump\nCREATE TABLE a (x);\n-- +goose Down\n\nCREATE TABLE b (\n  x); SELECT 1;\n");
  StatementReader reader(*input, options);
  sql::Statement statement;
  ASSERT_TRUE(reader.next(&statement));
  EXPECT_EQ(statement.text, "CREATE TABLE a (x);");
  EXPECT_EQ(statement.place().line, 2);
  ASSERT_TRUE(reader.next(&statement));
  EXPECT_EQ(statement.place().line, 5);
  EXPECT_FALSE(reader.next(&statement));
}

TEST(ReaderTest, ChecksumsAgreeAndIgnoreLineEnds) {
  std::string unix_script = "-- +goose Up\na\nb;\n-- +goose Down\nc;\n";
  std::string dos_script = "\xEF\xBB\xBF-- +goose Up\r\na\r\nb;\r\n-- +goose Down\r\nc;\r\n";
  EXPECT_EQ(scan_text(dos_script).checksum, scan_text(unix_script).checksum);
  for (Direction direction : {Direction::up, Direction::down}) {
    ReadOptions options = test_options(driver::sqlite::kGrammar);
    options.direction = direction;
    auto input = string_input(dos_script);
    StatementReader reader(*input, options);
    sql::Statement statement;
    while (reader.next(&statement)) {
    }
    EXPECT_EQ(reader.checksum(), scan_text(unix_script).checksum);
  }
}

TEST(ReaderTest, StatementsAreNumberedAndClassified) {
  auto input = string_input(
      "-- +goose Up\nPRAGMA a;\n;\nBEGIN;\n-- +goose StatementBegin\n/* c */\n"
      "-- +goose StatementEnd\nALTER TABLE a RENAME TO b;\n");
  StatementReader reader(*input, test_options(driver::sqlite::kGrammar));
  sql::Statement statement;
  std::vector<Kind> kinds;
  while (reader.next(&statement)) {
    kinds.push_back(statement.kind);
    EXPECT_EQ(statement.number, static_cast<std::int64_t>(kinds.size()));
    EXPECT_TRUE(statement.last_piece);
    EXPECT_EQ(statement.drops_or_renames_table, kinds.size() == 5);
  }
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::session, Kind::nothing, Kind::begin_transaction,
                                      Kind::nothing, Kind::ordinary}));
}

TEST(ReaderTest, AUnitWithItsOwnTransactionIsSentAsItStands) {
  for (const char* unit : {"BEGIN; a; COMMIT;",
                           "-- +goose StatementBegin\nBEGIN;\na;\nCOMMIT\n"
                           "-- +goose StatementEnd"}) {
    std::string script = std::string("-- +goose NO TRANSACTION\n-- +goose Up\n") + unit + "\n";
    Summary summary = scan_text(script, driver::postgres::kGrammar);
    EXPECT_EQ(summary.up.shape, TransactionShape::own);
    EXPECT_EQ(summary.up.first_bare.line, 0);
    auto input = string_input(script);
    StatementReader reader(*input, test_options(driver::postgres::kGrammar));
    sql::Statement statement;
    ASSERT_TRUE(reader.next(&statement));
    EXPECT_EQ(statement.kind, Kind::bare);
    EXPECT_TRUE(statement.transactions.any());
  }
}

Section up_of(const std::string& body) { return scan_text("-- +goose Up\n" + body + "\n").up; }

bool is_tangled(const std::string& body) {
  const TransactionShape shape = up_of(body).shape;
  return shape == TransactionShape::savepoint || shape == TransactionShape::tangled ||
         shape == TransactionShape::returned_tangled;
}

TEST(ReaderTest, HalfATransactionAmongOthersIsTangled) {
  for (const char* body : {"BEGIN; a;", "a; COMMIT;", "COMMIT; BEGIN;",
                           "BEGIN; BEGIN; a; COMMIT; COMMIT;", "SAVEPOINT s;\na;\nRELEASE s;",
                           "-- +goose StatementBegin\nBEGIN;\na\n-- +goose StatementEnd"}) {
    EXPECT_TRUE(is_tangled(body)) << body;
  }
  for (const char* body : {"a;", "BEGIN;\na;", "a;\nCOMMIT;", "BEGIN; a; COMMIT; BEGIN; COMMIT;",
                           "BEGIN;\nSAVEPOINT s;\nRELEASE s;\nCOMMIT;"}) {
    EXPECT_FALSE(is_tangled(body)) << body;
  }
}

TEST(ReaderTest, TransactionsAreFollowedThroughTheSection) {
  for (const char* body : {"BEGIN;\na;\nCOMMIT;\nb;", "BEGIN; a; COMMIT;\nBEGIN;\nROLLBACK;"}) {
    EXPECT_EQ(up_of(body).shape, TransactionShape::own) << body;
  }
  for (const char* body : {"a;\nBEGIN;\nCOMMIT;", "BEGIN;\na;", "BEGIN;\nBEGIN;\nCOMMIT;"}) {
    EXPECT_EQ(up_of(body).shape, TransactionShape::loose) << body;
  }
  for (const char* body : {"a;", "a;\nCOMMIT;\nVACUUM;\nBEGIN;", "ROLLBACK; BEGIN; a;"}) {
    EXPECT_TRUE(returns_transaction(up_of(body).shape)) << body;
    EXPECT_EQ(up_of(body).first_bare.line, 0) << body;
  }
  for (const char* body : {"a;\nCOMMIT;", "COMMIT;\nCOMMIT;\nBEGIN;", "BEGIN;\na;\nCOMMIT;"}) {
    EXPECT_FALSE(returns_transaction(up_of(body).shape)) << body;
  }
  EXPECT_EQ(up_of("COMMIT;\nBEGIN;\nVACUUM;").first_bare.line, 4);
  EXPECT_EQ(up_of("a;\nCOMMIT;\nVACUUM;\nBEGIN;").shape, TransactionShape::returned);
  EXPECT_EQ(up_of("ROLLBACK; BEGIN; a;").shape, TransactionShape::returned_tangled);
  EXPECT_EQ(up_of("SAVEPOINT s;\na;\nRELEASE s;").shape, TransactionShape::savepoint);
  EXPECT_EQ(up_of("BEGIN; a;").shape, TransactionShape::tangled);
}

std::string place_of(const Spot& spot) {
  return std::to_string(spot.line) + ":" + std::to_string(spot.column) + " " + spot.source_line;
}

TEST(ReaderTest, ARollbackOfAWholeTransactionIsFoundWhereItStands) {
  const struct {
    const char* body;
    const char* place;
  } cases[] = {
      {"a;\nROLLBACK;", "3:1 ROLLBACK;"},
      {"a;\n  abort work;", "3:3   abort work;"},
      {"BEGIN; a; rollback;", "2:11 BEGIN; a; rollback;"},
      {"a;\n/* now */ ROLLBACK AND CHAIN;", "3:11 /* now */ ROLLBACK AND CHAIN;"},
      {"-- +goose StatementBegin\nBEGIN;\na;\n ROLLBACK\n-- +goose StatementEnd", "5:2  ROLLBACK"},
      {"COMMIT; a; ROLLBACK TRANSACTION; BEGIN;", "2:12 COMMIT; a; ROLLBACK TRANSACTION; BEGIN;"},
      {"ROLLBACK TO s;\nROLLBACK WORK TO SAVEPOINT s;\nrollback transaction to s;", "0:0 "},
      {"INSERT OR ROLLBACK INTO a VALUES ('; ROLLBACK;');\n-- ROLLBACK;", "0:0 "},
  };
  for (const auto& test : cases) {
    const Summary summary =
        scan_text(std::string("-- +goose Up\n") + test.body + "\n", driver::postgres::kGrammar);
    EXPECT_EQ(place_of(summary.up.first_undo), test.place) << test.body;
    const Summary down = scan_text(std::string("-- +goose Up\n-- +goose Down\n") + test.body + "\n",
                                   driver::sqlite::kGrammar);
    EXPECT_EQ(down.down.first_undo.line > 0, test.place[0] != '0') << test.body;
    EXPECT_EQ(down.up.first_undo.line, 0) << test.body;
  }
}

TEST(ReaderTest, ABareStatementIsFoundWhereItStandsInItsUnit) {
  EXPECT_EQ(place_of(scan_text("-- +goose Up\n-- +goose StatementBegin\na;\n\n  VACUUM b;\nc;\n"
                               "-- +goose StatementEnd\n",
                               driver::sqlite::kGrammar)
                         .up.first_bare),
            "5:3   VACUUM b;");
  const Summary one_line = scan_text(
      "-- +goose NO TRANSACTION\n-- +goose Up\nDROP INDEX CONCURRENTLY a; DROP INDEX CONCURRENTLY "
      "b;\n-- +goose Down\nVACUUM a;\nb;\n",
      driver::postgres::kGrammar);
  EXPECT_EQ(place_of(one_line.up.first_crowded),
            "3:1 DROP INDEX CONCURRENTLY a; DROP INDEX CONCURRENTLY b;");
  EXPECT_FALSE(one_line.down.first_crowded);
}

std::string defect_of(std::string_view script,
                      const sql::Grammar& grammar = driver::sqlite::kGrammar) {
  try {
    scan_text(std::string(script), grammar);
  } catch (const Error& error) {
    return show(error.details());
  }
  return "none";
}

TEST(ReaderTest, ANulByteIsFoundWhenTheFileIsChecked) {
  using std::literals::string_view_literals::operator""sv;
  for (const sql::Grammar* grammar : {&driver::sqlite::kGrammar, &driver::postgres::kGrammar}) {
    EXPECT_THAT(defect_of("-- +goose Up\na;\nb 'x\0y';\n"sv, *grammar),
                ::testing::StartsWith("!3:5 there is a NUL byte"));
    EXPECT_THAT(defect_of("-- +goose Up\na;\n-- +goose Down\n-- \0\n"sv, *grammar),
                ::testing::StartsWith("!4:4 there is a NUL byte"));
  }
  std::string late = "-- +goose Up\n";
  for (int i = 0; i < 100000; ++i) late += "INSERT;\n";
  late += '\0';
  EXPECT_THAT(defect_of(late), ::testing::StartsWith("!100002:1 there is a NUL byte"));
}

// In whatever portions the file is read.
TEST(ReaderTest, ANulByteInALineBeforeUpIsNamedAlwaysOrNever) {
  using std::literals::string_literals::operator""s;
  const auto defect = [](const std::string& script, std::size_t chunk) {
    ChunkedInput input(script, chunk);
    try {
      scan(input, test_options(driver::sqlite::kGrammar));
    } catch (const Error& error) {
      return show(error.details());
    }
    return std::string("none");
  };
  const std::string filler(300'000, 'x');
  const std::string same_line = "SELECT 1, " + filler + '\0' + filler + ";\n";
  const std::string next_line = "SELECT 1, " + filler + ";\n\0\n"s;
  const std::string utf16 = " \0S\0E\0"s;
  for (const std::size_t chunk : {1, 2, 7, 1000, 4096, 65'536, 1'000'000}) {
    EXPECT_THAT(defect(same_line, chunk), ::testing::StartsWith("!1:300011 there is a NUL byte"));
    EXPECT_THAT(defect(next_line, chunk), ::testing::StartsWith("!1:1 the script must start"));
    EXPECT_THAT(defect(utf16, chunk), ::testing::HasSubstr("UTF-16 (little-endian)")) << chunk;
    EXPECT_THAT(defect("\xFE\xFF\0-"s, chunk), ::testing::HasSubstr("UTF-16 (big-endian)"))
        << chunk;
  }
}

TEST(ReaderTest, Utf16IsNamed) {
  const auto encode = [](const char* mark, bool little) {
    std::string out = mark;
    for (const char c : std::string("-- +goose Up\r\nCREATE TABLE a (x);\r\n")) {
      if (little) out += c;
      out += '\0';
      if (!little) out += c;
    }
    return out;
  };
  EXPECT_THAT(defect_of(encode("\xFF\xFE", true)), ::testing::HasSubstr("UTF-16 (little-endian)"));
  EXPECT_THAT(defect_of(encode("", true)), ::testing::HasSubstr("UTF-16 (little-endian)"));
  EXPECT_THAT(defect_of(encode("\xFE\xFF", false)), ::testing::HasSubstr("UTF-16 (big-endian)"));
  EXPECT_THAT(defect_of(encode("", false)), ::testing::HasSubstr("UTF-16 (big-endian)"));
}

TEST(ReaderTest, ACommandOfAClientProgramIsNamedWithItsLine) {
  const struct {
    const char* line;
    const char* message;
  } cases[] = {{".read other.sql", "!3:1 '.read' is a command of the sqlite3 shell, not SQL"},
               {"  .mode csv", "!3:3 '.mode' is a command of the sqlite3 shell, not SQL"},
               {"\\connect other", "!3:1 '\\connect' is a command of psql, not SQL"},
               {"\\i other.sql", "!3:1 '\\i' is a command of psql, not SQL"},
               {"\\.", "!3:1 '\\.' ends the data of COPY, and no COPY stands before it"}};
  for (const sql::Grammar* grammar : {&driver::sqlite::kGrammar, &driver::postgres::kGrammar}) {
    for (const auto& test : cases) {
      const std::string script = std::string("-- +goose Up\na;\n") + test.line + "\nb;\n";
      const Summary summary = scan_text(script, *grammar);
      ASSERT_TRUE(summary.up.error) << test.line;
      EXPECT_EQ(show(*summary.up.error), test.message);
    }
  }
  EXPECT_EQ(dump("-- +goose Up\nSELECT 1\n.5;\nSELECT '\n.read x\n\\i';\n"),
            "<SELECT 1~.5;><SELECT '~.read x~\\i';>/");
}

TEST(ReaderTest, CopyWithItsDataInABlockIsNamed) {
  const std::string script =
      "-- +goose Up\na;\n-- +goose StatementBegin\nCOPY t FROM stdin;\n1\tit's\n\\.\n"
      "-- +goose StatementEnd\n-- +goose Down\nb;\n";
  EXPECT_EQ(dump(script, driver::postgres::kGrammar),
            "<a;>!4:1 COPY ... FROM STDIN and its data cannot stand between StatementBegin and "
            "StatementEnd/<b;>");
}

TEST(ReaderTest, BackslashesFollowStandardConformingStrings) {
  constexpr const char* kBody = "SELECT 'it\\'s;\n';\nb;\n";
  const std::string up = "-- +goose Up\n";
  for (const char* off :
       {"SET standard_conforming_strings = off;",
        "set session standard_conforming_strings to 'OFF';",
        "SET LOCAL standard_conforming_strings = 0;",
        "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);"}) {
    EXPECT_EQ(dump(up + off + "\n" + kBody, driver::postgres::kGrammar),
              "<" + std::string(off) + "><SELECT 'it\\'s;~';><b;>/");
    EXPECT_EQ(dump(up + off + "\nRESET standard_conforming_strings;\nSELECT '\\';\n",
                   driver::postgres::kGrammar),
              "<" + std::string(off) + "><RESET standard_conforming_strings;><SELECT '\\';>/");
    EXPECT_EQ(dump(up + off + "\n-- +goose Down\nSELECT '\\';\n", driver::postgres::kGrammar),
              "<" + std::string(off) + ">/<SELECT '\\';>");
  }
  EXPECT_EQ(dump(up + "SELECT '\\';\nb;\n", driver::postgres::kGrammar), "<SELECT '\\';><b;>/");
}

TEST(ReaderTest, ALongStatementInAnErrorIsCutBetweenCharactersAndSaysSo) {
  std::string text = "-- +goose Up\nSELECT '";
  for (int i = 0; i < 1001; ++i) text += "ä";
  const Summary summary = scan_text(text + "\n", driver::sqlite::kGrammar);
  ASSERT_TRUE(summary.up.error);
  const std::string& sql = summary.up.error->sql;
  EXPECT_EQ(sql.size(), 2000U + 3);
  EXPECT_TRUE(sql.ends_with("ä…")) << sql;
}

TEST(ReaderTest, CopyComesInPieces) {
  std::string rows;
  for (int i = 0; i < 1000; ++i) rows += std::to_string(i) + "\t-- row; it's\r\n";
  std::string script = "-- +goose Up\r\nCOPY t FROM stdin;\r\n" + rows + "\\.\r\nb;\r\n";
  ChunkedInput input(script, 1000);
  Splitter splitter(input, test_options(driver::postgres::kGrammar), Direction::up, {256, 512});
  sql::Statement statement;
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.text, "COPY t FROM stdin;");
  EXPECT_EQ(statement.kind, Kind::copy_from_stdin);
  EXPECT_FALSE(statement.last_piece);
  std::string data;
  std::int64_t line = 3;
  do {
    ASSERT_TRUE(splitter.next(&statement));
    EXPECT_EQ(statement.kind, Kind::copy_from_stdin);
    EXPECT_EQ(statement.number, 1);
    EXPECT_EQ(statement.place().line, line);
    EXPECT_LE(statement.text.size(), 600U);
    data += statement.text;
    line += std::count(statement.text.begin(), statement.text.end(), '\n');
  } while (!statement.last_piece);
  EXPECT_EQ(std::count(data.begin(), data.end(), '\n'), 1000);
  EXPECT_EQ(data.find('\r'), std::string::npos);
  EXPECT_EQ(data.substr(data.rfind("999")), "999\t-- row; it's\n");
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.text, "b;");
  EXPECT_EQ(statement.number, 2);
  EXPECT_LE(splitter.window().capacity(), 4096U);
}

// Joins the pieces of the only unit and checks their numbers and sizes.
std::string join_pieces(std::string_view script, Limits limits, std::size_t* pieces,
                        std::size_t* capacity) {
  ChunkedInput input(script, 1 << 16);
  Splitter splitter(input, test_options(driver::sqlite::kGrammar), Direction::up, limits);
  sql::Statement statement;
  std::string joined;
  *pieces = 0;
  while (splitter.next(&statement)) {
    EXPECT_EQ(statement.number, 1);
    EXPECT_LT(statement.text.size(), limits.piece + 200);
    EXPECT_EQ(statement.place().line, 2 + std::count(joined.begin(), joined.end(), '\n'));
    joined += statement.text;
    ++*pieces;
  }
  EXPECT_TRUE(statement.last_piece);
  *capacity = splitter.window().capacity();
  return joined;
}

TEST(ReaderTest, ABigLineComesInPieces) {
  std::string line;
  while (line.size() < 5'000'000) line += "insert into t values (';', \"x\"); /* ; */ ";
  line += "last;";
  std::string small;
  for (std::size_t window : {1U << 20, 1U << 16, 1000U}) {
    std::size_t pieces = 0;
    std::size_t capacity = 0;
    std::string joined =
        join_pieces("-- +goose Up\n" + line + "\n", {window, kPieceBytes}, &pieces, &capacity);
    EXPECT_TRUE(joined == line);
    EXPECT_EQ(pieces, 5U);
    EXPECT_LE(capacity, 4 * kPieceBytes);
  }
}

TEST(ReaderTest, ABigBlockComesInPieces) {
  std::string block;
  while (block.size() < 5'000'000) block += "insert into t\n values (';\n'); -- it's\n";
  block.pop_back();
  std::size_t pieces = 0;
  std::size_t capacity = 0;
  std::string script =
      "-- +goose Up\n-- +goose StatementBegin\n" + block + "\n-- +goose StatementEnd\n";
  ChunkedInput input(script, 1 << 16);
  Splitter splitter(input, test_options(driver::sqlite::kGrammar), Direction::up);
  sql::Statement statement;
  std::string joined;
  while (splitter.next(&statement)) {
    joined += statement.text;
    ++pieces;
  }
  capacity = splitter.window().capacity();
  EXPECT_TRUE(joined == block);
  EXPECT_EQ(pieces, 5U);
  EXPECT_LE(capacity, 4 * kPieceBytes);
}

TEST(ReaderTest, TheOtherDirectionTakesNoMemory) {
  std::string down(5'000'000, 'x');
  std::string script = "-- +goose Up\na;\n-- +goose Down\n" + down + "\n" + down + ";\n";
  ChunkedInput input(script, 1 << 16);
  Splitter splitter(input, test_options(driver::sqlite::kGrammar), Direction::up,
                    {4096, kPieceBytes});
  sql::Statement statement;
  ASSERT_TRUE(splitter.next(&statement));
  ASSERT_FALSE(splitter.next(&statement));
  EXPECT_LE(splitter.window().capacity(), 8192U);
}

TEST(ReaderTest, AStatementIsWholeHoweverBig) {
  std::string sql = "insert into t values ('" + std::string(3'000'000, ';') + "');";
  std::string script = "-- +goose Up\n" + sql + "\nb;\n";
  ChunkedInput input(script, 1 << 16);
  Splitter splitter(input, test_options(driver::sqlite::kGrammar), Direction::up, {4096, 1000});
  sql::Statement statement;
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_TRUE(statement.text == sql);
  EXPECT_TRUE(statement.last_piece);
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.text, "b;");
}

// A script cut off anywhere gives the statements before the cut, or an error: never others.
TEST(ReaderTest, PrefixesOfAScriptGiveItsStatements) {
  struct Sample {
    const sql::Grammar& grammar;
    const char* script;
  };
  const Sample samples[] = {
      {driver::sqlite::kGrammar,
       "\xEF\xBB\xBF/* c */\n-- +goose Up\na ';\n''';\r\n-- +goose ENVSUB ON\nb $V [;\n];\n"
       "-- +goose ENVSUB OFF\nCREATE TRIGGER t BEGIN\n x; END\n;\n-- +goose StatementBegin\n"
       "c;\nd\n-- +goose StatementEnd\n e; /* f\n */\n-- +goose Down\ng;"},
      {driver::postgres::kGrammar,
       "-- +goose Up\na $x$;\n$x$;\nb E'\\';\n';\nCOPY t FROM stdin;\n1\n\\.\n"
       "CREATE FUNCTION f() BEGIN ATOMIC\n x; END;\n/* /* */ */ c;\n"},
      {driver::mysql::kGrammar,
       "-- +goose Up\nCREATE PROCEDURE p() BEGIN\n IF a THEN b; END IF; END;\nDELIMITER //\n"
       "a; b //\nDELIMITER ;\nc; # d\n"},
  };
  for (const Sample& sample : samples) {
    ReadOptions options = test_options(sample.grammar, {{"V", "value;"}});
    std::string_view script = sample.script;
    std::string whole = dump(script, options);
    ASSERT_EQ(whole.find('!'), std::string::npos) << whole;
    for (std::size_t size = 0; size <= script.size(); ++size) {
      std::string part = dump(script.substr(0, size), options);
      std::string statements = part.substr(0, std::min(part.find('!'), part.size()));
      // What follows a `;` on its line may be cut off and so look complete, hence not the last.
      std::size_t last = statements.rfind('<');
      std::string settled = last == std::string::npos ? "" : statements.substr(0, last);
      EXPECT_EQ(whole.substr(0, settled.size()), settled) << size << " " << part;
    }
  }
}

// The end of every statement as the library itself sees it.
std::vector<std::string> split_by_sqlite(sqlite3* db, const std::string& sql) {
  std::vector<std::string> statements;
  const char* next = sql.c_str();
  while (*next != '\0') {
    sqlite3_stmt* prepared = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v2(db, next, -1, &prepared, &tail) != SQLITE_OK) {
      ADD_FAILURE() << sqlite3_errmsg(db) << " in " << next;
      return statements;
    }
    bool something = prepared != nullptr;
    if (something) sqlite3_step(prepared);
    sqlite3_finalize(prepared);
    std::string text(sql::trim({next, static_cast<std::size_t>(tail - next)}));
    if (something) statements.push_back(text);
    next = tail;
  }
  return statements;
}

TEST(ReaderTest, EndsStatementsWhereTheSqliteLibraryDoes) {
  const char* sql =
      "CREATE TABLE a (x INTEGER PRIMARY KEY, [y;] TEXT DEFAULT ';', \"z;\"\"\" BLOB, `w;``` "
      "INT);\n"
      "CREATE TRIGGER t1 AFTER INSERT ON a BEGIN\n"
      "  UPDATE a SET x = CASE WHEN 1 THEN 2 ELSE 3 END WHERE 0;\n"
      "  DELETE FROM a WHERE [y;] = '; END;';\n"
      "END;\n"
      "create temp trigger t2 after delete on a begin select 1; end;\n"
      "CREATE TEMPORARY TRIGGER IF NOT EXISTS t3 INSTEAD OF UPDATE ON v BEGIN\n"
      "  SELECT 'it''s;'; -- END;\n"
      "  INSERT INTO a VALUES (1, /* ; */ 2, 3, 4); END /* x */ ;\n"
      "INSERT INTO a VALUES (7, 'a\n;\nb', x'00', 1 - -1), (8, 'c -- d', NULL, 4 / 2);\n"
      "EXPLAIN QUERY PLAN SELECT * FROM a WHERE [y;] LIKE '%;%';\n"
      "SELECT 1 -- ;\n"
      ";\n"
      "SELECT \"z;\"\"\" /* ; ' */ FROM a;\n"
      "DROP TRIGGER t1;\n"
      "BEGIN;\nEND;\n"
      "SELECT ';' || ';';\n"
      "ALTER TABLE a RENAME TO b;\n"
      "VACUUM;\n";
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &raw), SQLITE_OK);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(raw, sqlite3_close);
  ASSERT_EQ(sqlite3_exec(raw, "CREATE VIEW v AS SELECT 1 AS x", nullptr, nullptr, nullptr),
            SQLITE_OK);
  std::vector<std::string> expected = split_by_sqlite(raw, sql);
  ASSERT_GT(expected.size(), 10U);

  std::vector<std::string> actual;
  std::string script = std::string("-- +goose Up\n") + sql;
  auto input = string_input(script);
  StatementReader reader(*input, test_options(driver::sqlite::kGrammar));
  sql::Statement statement;
  while (reader.next(&statement)) actual.emplace_back(statement.text);
  EXPECT_EQ(actual, expected);
}

}  // namespace
}  // namespace gander::script
