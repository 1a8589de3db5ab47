// SPDX-License-Identifier: MIT
// goose's format: annotations, sections, blocks, line rules, substitution, and errors. What ends a
// statement in which grammar is in grammar_test.cc.
#include "src/script/splitter.h"

#include <gtest/gtest.h>

#include "tests/support/script_split.h"

namespace gander::script {
namespace {

TEST(SplitterTest, SectionsAndStatements) {
  expect_splits({
      {"-- +goose Up\n", "/"},
      {"-- +goose Up", "/"},
      {"-- +goose Up\n-- +goose Down\n", "/"},
      {"-- +goose Up\na;\n", "<a;>/"},
      {"-- +goose Up\na;", "<a;>/"},
      {"-- +goose Up\na;\n-- +goose Down\nb;\n", "<a;>/<b;>"},
      {"-- +goose Up\na\n  b\n;\nc;\n", "<a~  b~;><c;>/"},
      {"-- +goose up\n a ; \n--+gooseDOWN\nb;", "<a ;>/<b;>"},
      {"\n\n  \n-- +goose Up\na;", "<a;>/"},
      {"-- +goose NO TRANSACTION\n-- +goose Up\na;", "<a;>/"},
      {"-- +goose Up\n-- +goose NO TRANSACTION\na;", "<a;>/"},
  });
}

TEST(SplitterTest, SemicolonEndsAStatementOnlyAtTheEndOfItsLine) {
  expect_splits({
      {"-- +goose Up\na; b;\n", "<a; b;>/"},
      {"-- +goose Up\na; b\n;c\n;", "<a; b~;c~;>/"},
      {"-- +goose Up\na; -- c\nb;", "<a; -- c><b;>/"},
      {"-- +goose Up\na;--c\nb;", "<a;--c><b;>/"},
      {"-- +goose Up\na; /* c */\nb;", "<a; /* c */><b;>/"},
      {"-- +goose Up\na; /* c */ /* d */ -- e\nb;", "<a; /* c */ /* d */ -- e><b;>/"},
      {"-- +goose Up\na; /* c\n d */\nb;", "<a; /* c~ d */><b;>/"},
      {"-- +goose Up\na; /* c\n d */ b;\nc;", "<a; /* c~ d */ b;><c;>/"},
      {"-- +goose Up\na -- x;\n;", "<a -- x;~;>/"},
      {"-- +goose Up\na\n-- x;\n;", "<a~-- x;~;>/"},
      {"-- +goose Up\na; \t\xC2\xA0\nb;", "<a;><b;>/"},
      {"-- +goose Up\nEND -- c ;\n;", "<END -- c ;~;>/"},
      {"-- +goose Up\n;\na;\n;;\n", "<;><a;><;;>/"},
  });
}

TEST(SplitterTest, LeadingCommentsAndEmptyLinesAreLeftOut) {
  expect_splits({
      {"-- +goose Up\n-- c\n\n  -- d\na;", "<a;>/"},
      {"-- +goose Up\na;\n-- c\nb;", "<a;><b;>/"},
      {"-- +goose Up\n/* c */\na;", "</* c */~a;>/"},
      {"-- +goose Up\n/* c */\n\n-- d\na;", "</* c */~~-- d~a;>/"},
      {"-- +goose Up\na\n\n-- d\n;", "<a~~-- d~;>/"},
  });
}

// Appendix A 1
TEST(SplitterTest, CommentsThatMentionGooseAreComments) {
  expect_splits({
      {"-- about +goose\n-- +goose Up\na;", "<a;>/"},
      {"-- +goose Up\n-- see the +goose docs\na;", "<a;>/"},
      {"-- +goose Up\na\n-- see the +goose docs\n;", "<a~-- see the +goose docs~;>/"},
      {"-- +goose Up\n'\n-- +goose NO TRANSACTION\n';", "<'~';>/"},

  });
}

// Appendix A 2
TEST(SplitterTest, LaxAnnotations) {
  expect_splits({{"-- Up +goose\na;\n---- +goose Down --\nb;", "<a;>/<b;>"}});
}

// Appendix A 3
TEST(SplitterTest, ByteOrderMarkAndLineEnds) {
  expect_splits({
      {"\xEF\xBB\xBF-- +goose Up\na;", "<a;>/"},
      {"\xEF\xBB\xBF\r\n-- +goose Up\r\na\r\nb;\r\n", "<a~b;>/"},
      {"-- +goose Up\r\n'a\r\nb\rc';\r", "<'a~b\rc';>/"},
  });
}

// Appendix A 6
TEST(SplitterTest, AnEmptyBlockIsNothing) {
  expect_splits({
      {"-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\na;\n", "<a;>/"},
      {"-- +goose Up\n-- +goose StatementBegin\n-- c\n\n -- d\n-- +goose StatementEnd\na;\n",
       "<a;>/"},
      {"-- +goose Up\n-- +goose StatementBegin\n  \n-- +goose StatementEnd\na;\n", "<a;>/"},
      {"-- +goose Up\n-- +goose Down\n-- +goose StatementBegin\n-- +goose StatementEnd\n", "/"},
  });
}

// Appendix A 7
TEST(SplitterTest, BlankLinesAreNoError) {
  expect_splits({
      {"-- +goose Up\na;\n  \n-- c\n-- +goose Down\nb;\n \n", "<a;>/<b;>"},
      {"-- +goose Up\n  \n-- c\na;", "<-- c~a;>/"},
      {"-- +goose Up\n\t\n  a;", "<a;>/"},
  });
}

TEST(SplitterTest, CommentsAtTheEndOfASectionAreNothing) {
  expect_splits({
      {"-- +goose Up\na;\n-- c\n", "<a;>/"},
      {"-- +goose Up\na;\n/* c */\n-- +goose Down\n/* d\n*/ -- e\n", "<a;>/"},
      {"-- +goose Up\na;\n/* c */", "<a;>/"},
  });
}

TEST(SplitterTest, AnythingMayBeSaidBeforeUp) {
  expect_splits({
      {"-- licence\n/* GPL;\n * really\n */\n\n-- +goose Up\na;", "<a;>/"},
      {"/* one */ /* two */ -- three\n-- +goose Up\na;", "<a;>/"},
      {" a; b;\n-- +goose Up\n", "!1:2 the script must start with '-- +goose Up' annotation"},
      {"/* c */\n\n  a\n-- +goose Up\n",
       "!3:3 the script must start with '-- +goose Up' annotation"},
      {"/* c */ ;\n-- +goose Up\n", "!1:9 the script must start with '-- +goose Up' annotation"},
  });
}

TEST(SplitterTest, BlocksAreOneStatement) {
  const char* begin = "-- +goose Up\n-- +goose StatementBegin\n";
  const char* end = "\n-- +goose StatementEnd\n";
  auto block = [&](std::string text) { return begin + text + end; };
  expect_splits({
      {block("a;\nb;\n\n-- c"), "<a;~b;~~-- c>/"},
      {block("-- lead\n\na"), "<a>/"},
      {block("it's; /* not closed"), "<it's; /* not closed>/"},
      {block("/* only */"), "</* only */>/"},
      {block("a;") + block("b").substr(13) + "c;", "<a;><b><c;>/"},
      {block("a\n-- +goose NO TRANSACTION\nb"), "<a~b>/"},
      {"-- +goose Up\nx\n" + block("a;").substr(13) + "c;", "<x~a;><c;>/"},
      {"-- +goose Up\n/* x */\n" + block("a;").substr(13) + "c;", "</* x */~a;><c;>/"},
      {"-- +goose Up\n-- +goose Down\n" + block("a;\nb").substr(13) + "c;", "/<a;~b><c;>"},
  });
}

TEST(SplitterTest, MisplacedAnnotations) {
  expect_splits({
      {"", "!1:1 the script must start with '-- +goose Up' annotation"},
      {"\n-- c\n", "!1:1 the script must start with '-- +goose Up' annotation"},
      {"-- +goose Down\n",
       "!1:1 the script must start with '-- +goose Up' annotation, not with Down"},
      {"-- +goose Up\na;\n-- +goose Up\n",
       "!3:1 duplicate '-- +goose Up' annotation, the first is on line 1"},
      {"-- +goose Up\n-- +goose Down\n-- +goose Down\n",
       "!3:1 duplicate '-- +goose Down' annotation, the first is on line 2"},
      {"-- +goose StatementBegin\n",
       "!1:1 '-- +goose StatementBegin' must be defined after '-- +goose Up' or '-- +goose Down' "
       "annotation"},
      {"-- +goose Up\n-- +goose StatementBegin\na\n-- +goose StatementBegin\n",
       "!4:1 '-- +goose StatementBegin' within the block that began on line 2"},
      {"-- +goose Up\n-- +goose StatementEnd\n",
       "!2:1 '-- +goose StatementEnd' must be defined after '-- +goose StatementBegin'"},
      {"-- +goose Up\n\n-- +goose StatementBegin\na;\n",
       "!3:1 missing '-- +goose StatementEnd' annotation: the block that begins here is not ended"},
      {"-- +goose Up\n-- +goose StatementBegin\na;\n-- +goose Down\n",
       "!4:1 missing '-- +goose StatementEnd' annotation before '-- +goose Down', the block began "
       "on line 2"},
      {"-- +goose Up\n-- +goose Upp\n", "!2:11 the annotation 'Upp' is not supported"},
      {"-- +goose Up\na;\n  -- +goose Down\n", "!3:1 the annotation has leading whitespace"},
  });
}

TEST(SplitterTest, UnfinishedStatements) {
  expect_splits({
      {"-- +goose Up\na\n",
       "!2:1 missing semicolon: the statement that begins here is not finished/"},
      {"-- +goose Up\na;\n\n  b\n c -- ;\n-- +goose Down\nd;",
       "<a;>!4:3 missing semicolon: the statement that begins here is not finished/<d;>"},
      {"-- +goose Up\na; b\n",
       "!2:4 missing semicolon: the statement that begins here is not finished/"},
      {"-- +goose Up\na;\n-- +goose Down\nb;\nc\n",
       "<a;>/<b;>!5:1 missing semicolon: the statement that begins here is not finished"},
      {"-- +goose Up\na('x\ny);\nz;\n-- +goose Down\n",
       "!2:3 the quote that opens here is never closed/"},
      {"-- +goose Up\na /* x\ny;\n", "!2:3 the comment that opens here is never closed/"},
  });
}

TEST(SplitterTest, ErrorsAreComplete) {
  auto input = string_input("-- +goose Up\na;\n  insert 'x;\n");
  Splitter splitter(*input, test_options(driver::sqlite::kGrammar), Direction::up);
  sql::Statement statement;
  ASSERT_TRUE(splitter.next(&statement));
  try {
    splitter.next(&statement);
    FAIL();
  } catch (const Error& error) {
    const ErrorDetails& details = error.details();
    EXPECT_EQ(details.code, ErrorCode::invalid_migration);
    EXPECT_EQ(details.file, "1_test.sql");
    EXPECT_EQ(details.line, 3);
    EXPECT_EQ(details.column, 10);
    EXPECT_EQ(details.source_line, "  insert 'x;");
    EXPECT_EQ(details.statement, 2);
    EXPECT_EQ(details.sql, "insert 'x;");
    EXPECT_FALSE(details.hint.empty());
  }
}

TEST(SplitterTest, WholeFileErrorsShowTheirLine) {
  struct Case {
    const char* script;
    const char* source_line;
  };
  const Case cases[] = {{"-- +goose Up\n-- +goose Down;\n", "-- +goose Down;"},
                        {"-- +goose Up\n--+goose StatementBegin\na;\n", "--+goose StatementBegin"},
                        {" a;\n-- +goose Up\n", " a;"}};
  for (const Case& c : cases) {
    auto input = string_input(c.script);
    try {
      scan(*input, test_options(driver::sqlite::kGrammar));
      FAIL() << c.script;
    } catch (const Error& error) {
      EXPECT_EQ(error.details().source_line, c.source_line);
      EXPECT_FALSE(error.details().hint.empty());
      EXPECT_EQ(error.code(), ErrorCode::invalid_migration);
    }
  }
}

TEST(SplitterTest, AMissingSemicolonNamesTheLastLine) {
  auto input = string_input("-- +goose Up\na\n b\n\n-- +goose Down\n");
  Summary summary = scan(*input, test_options(driver::sqlite::kGrammar));
  ASSERT_TRUE(summary.up.error);
  EXPECT_EQ(summary.up.error->hint, "end the statement, whose last line is line 3, with ';'");
  EXPECT_FALSE(summary.down.error);
}

TEST(SplitterTest, SubstitutesVariablesWhereSwitchedOn) {
  ReadOptions options =
      test_options(driver::sqlite::kGrammar, {{"T", "users"}, {"STOP", "1;"}, {"LINES", "a;\nb"}});
  expect_splits(
      {
          {"-- +goose Up\n$T;", "<$T;>/"},
          {"-- +goose ENVSUB ON\n-- +goose Up\n$T;", "<users;>/"},
          {"-- +goose Up\n-- +goose ENVSUB ON\n$T\n-- +goose ENVSUB OFF\n$T;", "<users~$T;>/"},
          {"-- +goose Up\n-- +goose ENVSUB ON\n-- $1\na;", "<a;>/"},
          {"-- +goose Up\n-- +goose ENVSUB ON\n$STOP\na;", "<1;><a;>/"},
          {"-- +goose Up\n-- +goose ENVSUB ON\n$LINES\nc;", "<a;~b~c;>/"},
          {"-- +goose Up\n-- +goose ENVSUB ON\na '$UNSET';", "<a '';>/"},
          {"-- +goose Up\n-- +goose ENVSUB ON\n-- +goose StatementBegin\n"
           "a $T\n-- +goose ENVSUB OFF\nb $$\n-- +goose StatementEnd",
           "<a users~b $$>/"},
          // Appendix A 5: a direction suffers from its own variables only.
          {"-- +goose ENVSUB ON\n-- +goose Up\na;\n-- +goose Down\n x ${X?give X};\n",
           "<a;>/!5:4 variable substitution failed: $X: give X"},
          {"-- +goose ENVSUB ON\n-- +goose Up\na;\nb ${1};\n-- +goose Down\nc;\n",
           "<a;>!4:3 variable substitution failed: a name that starts with a letter or '_' must "
           "follow '${'/<c;>"},
      },
      options);
}

TEST(SplitterTest, SubstitutedValuesAreNotShownInErrors) {
  ReadOptions options = test_options(driver::sqlite::kGrammar, {{"SECRET", "hunter2"}});
  auto input =
      string_input("-- +goose ENVSUB ON\n-- +goose Up\nset $SECRET\n $SECRET 'x $SECRET;\n");
  Summary summary = scan(*input, options);
  ASSERT_TRUE(summary.up.error);
  EXPECT_EQ(Error(*summary.up.error).what(),
            std::string("1_test.sql:4:10: the quote that opens here is never closed\n"
                        "   $SECRET 'x $SECRET;\n"
                        "           ^\n"
                        "  close it; a quote that belongs to the text is written twice"));
  EXPECT_EQ(summary.up.error->sql, "set $SECRET\n $SECRET 'x $SECRET;");
}

TEST(SplitterTest, StatementsKnowTheFilesTextBehindTheirValues) {
  ReadOptions options =
      test_options(driver::sqlite::kGrammar,
                   {{"A", "a long\nvalue"}, {"B", ""}, {"S", "secret;"}, {"BLANK", "  "}});
  const std::string script =
      "-- +goose ENVSUB ON\n-- +goose Up\n"
      "one $A$$two ${B}three\n"
      "-- +goose ENVSUB OFF\n"
      "$A four;\n"
      "-- +goose ENVSUB ON\n"
      "$BLANK five '$S' $BLANK;\n"
      "plain;\n"
      "left\n"
      "-- +goose NO TRANSACTION\n"
      "out $A;\n";
  auto input = string_input(script);
  Splitter splitter(*input, options, Direction::up);
  sql::Statement statement;
  const auto column_of = [&](std::string_view text) {
    return statement.place(statement.text.find(text)).column;
  };
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.text, "one a long\nvalue$two three\n$A four;");
  EXPECT_EQ(statement.shown(), "one $A$$two ${B}three\n$A four;");
  EXPECT_EQ(column_of("a long"), 5);
  EXPECT_EQ(column_of("value"), 5);
  EXPECT_EQ(statement.place(statement.text.find("value")).line, 3);
  EXPECT_EQ(column_of("two"), 9);
  EXPECT_EQ(column_of("three"), 17);
  EXPECT_EQ(statement.place(statement.text.find("four")).line, 5);
  EXPECT_EQ(column_of("four"), 4);
  EXPECT_EQ(statement.shown().substr(statement.shown_offset(statement.text.find("four"))), "four;");
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.text, "five 'secret;'   ;");
  EXPECT_EQ(statement.shown(), "five '$S' $BLANK;");
  EXPECT_EQ(statement.place().column, 8);
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.shown(), "plain;");
  EXPECT_TRUE(statement.source.empty());
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.shown(), "left\nout $A;");
  EXPECT_EQ(statement.shown().substr(statement.shown_offset(statement.text.find("out"))),
            "out $A;");
}

TEST(SplitterTest, PlacesInTheFile) {
  const char* script =
      "-- +goose Up\r\n"
      "-- c\r\n"
      "  \r\n"
      "  first\r\n"
      "    second;\r\n"
      "-- +goose StatementBegin\r\n"
      "one\r\n"
      "-- +goose ENVSUB ON\r\n"
      "$LONG two\r\n"
      "-- +goose ENVSUB OFF\r\n"
      "three\r\n"
      "-- +goose StatementEnd\r\n";
  ReadOptions options = test_options(driver::sqlite::kGrammar, {{"LONG", "a value that is long"}});
  auto input = string_input(script);
  Splitter splitter(*input, options, Direction::up);
  sql::Statement statement;
  ASSERT_TRUE(splitter.next(&statement));
  auto place = [&](std::string_view text) {
    sql::Place p = statement.place(statement.text.find(text));
    return std::to_string(p.line) + ":" + std::to_string(p.column);
  };
  EXPECT_EQ(place("first"), "4:3");
  EXPECT_EQ(place("second"), "5:5");
  EXPECT_EQ(place(";"), "5:11");
  ASSERT_TRUE(splitter.next(&statement));
  EXPECT_EQ(statement.text, "one\na value that is long two\nthree");
  EXPECT_EQ(place("one"), "7:1");
  EXPECT_EQ(place("e\na"), "7:3");
  EXPECT_EQ(place("a value"), "9:1");
  EXPECT_EQ(place("three"), "11:1");
  EXPECT_EQ(statement.place(statement.text.size()).line, 11);
  EXPECT_EQ(statement.number, 2);
  EXPECT_FALSE(splitter.next(&statement));
}

TEST(SplitterTest, ProgressNeverExceedsTheFile) {
  std::string script = "-- +goose Up\r\n";
  for (int i = 0; i < 100; ++i) script += "insert\r\n into t;\r\n";
  ChunkedInput input(script, 50);
  Splitter splitter(input, test_options(driver::sqlite::kGrammar), Direction::up, {64, 100});
  sql::Statement statement;
  std::int64_t last = 0;
  while (splitter.next(&statement)) {
    EXPECT_GT(statement.bytes_read, last);
    last = statement.bytes_read;
  }
  EXPECT_EQ(last, static_cast<std::int64_t>(script.size()));
}

}  // namespace
}  // namespace gander::script
