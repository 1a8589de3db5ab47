// SPDX-License-Identifier: MIT
// What ends a statement in which grammar: quotes, comments, bodies, delimiters, COPY data.
#include <gtest/gtest.h>

#include "tests/support/script_split.h"

namespace gander::script {
namespace {

// Adds the Up annotation, and a statement behind that must come out on its own.
void expect_grammar(const sql::Grammar& grammar, std::initializer_list<SplitCase> cases) {
  for (const SplitCase& c : cases) {
    expect_splits({{"-- +goose Up\n" + c.script + "\nLAST;\n", c.dump + "<LAST;>/"}}, grammar);
  }
}

TEST(GrammarTest, QuotesOfSqlite) {
  expect_grammar(driver::sqlite::kGrammar, {
                                               {"a ';\n';", "<a ';~';>"},
                                               {"a 'it''s;\n';", "<a 'it''s;~';>"},
                                               {"a \";\n\"\";\n\";", "<a \";~\"\";~\";>"},
                                               {"a `;\n```;", "<a `;~```;>"},
                                               {"a [;\n'];", "<a [;~'];>"},
                                               {"a '\\';", "<a '\\';>"},
                                               {"a -- ';\n;", "<a -- ';~;>"},
                                               {"a /* ';\n /* */;", "<a /* ';~ /* */;>"},
                                               {"a - b / c -\n;", "<a - b / c -~;>"},
                                               {"a # b;", "<a # b;>"},
                                               {"a $x$;", "<a $x$;>"},
                                               {"SELECT ' -- x';", "<SELECT ' -- x';>"},
                                           });
}

TEST(GrammarTest, ACommentMayStayOpenAtTheEndInSqlite) {
  expect_splits({{"-- +goose Up\na; /* b\nc", "<a; /* b~c>/"},
                 {"-- +goose Up\na;\n/* b\nc", "<a;>/"},
                 {"-- +goose Up\na /* b", "!2:3 the comment that opens here is never closed/"}});
  expect_splits(
      {{"-- +goose Up\na;\n/* b\nc", "<a;>!3:1 the comment that opens here is never closed/"}},
      driver::postgres::kGrammar);
}

TEST(GrammarTest, TriggersOfSqlite) {
  expect_grammar(
      driver::sqlite::kGrammar,
      {
          {"CREATE TRIGGER t BEGIN\na;\nb;\nEND;", "<CREATE TRIGGER t BEGIN~a;~b;~END;>"},
          {"create temp trigger t begin\na; end;", "<create temp trigger t begin~a; end;>"},
          {"CREATE TEMPORARY\n-- c\nTRIGGER t BEGIN\na; -- d\nEND\n;",
           "<CREATE TEMPORARY~-- c~TRIGGER t BEGIN~a; -- d~END~;>"},
          {"CREATE TRIGGER t BEGIN\nSELECT CASE WHEN a THEN b END;\nEND; -- x",
           "<CREATE TRIGGER t BEGIN~SELECT CASE WHEN a THEN b END;~END; -- x>"},
          {"CREATE TRIGGER t BEGIN\na 'x;\nEND;';\nEND;",
           "<CREATE TRIGGER t BEGIN~a 'x;~END;';~END;>"},
          {"CREATE TRIGGER t BEGIN\na; END\n, b;\nEND;",
           "<CREATE TRIGGER t BEGIN~a; END~, b;~END;>"},
          {"CREATE TRIGGER t AFTER INSERT ON a\nEXECUTE FUNCTION f();",
           "<CREATE TRIGGER t AFTER INSERT ON a~EXECUTE FUNCTION f();>"},
          {"EXPLAIN CREATE TRIGGER t BEGIN\na;\nEND;", "<EXPLAIN CREATE TRIGGER t BEGIN~a;~END;>"},
          {"CREATE TRIGGER t BEGIN a; END; DROP TRIGGER t;",
           "<CREATE TRIGGER t BEGIN a; END; DROP TRIGGER t;>"},
          {"CREATE TABLE trigger_x (\na);", "<CREATE TABLE trigger_x (~a);>"},
          {"DROP TRIGGER t;", "<DROP TRIGGER t;>"},
      });
  expect_splits({{"-- +goose Up\na;\n CREATE TRIGGER t BEGIN\nb;\n-- +goose Down\n",
                  "<a;>!3:2 unfinished statement: the trigger's body has no 'END;'/"}});
}

TEST(GrammarTest, QuotesOfPostgres) {
  expect_grammar(driver::postgres::kGrammar,
                 {
                     {"a '\\';", "<a '\\';>"},
                     {"a E'\\';\n';", "<a E'\\';~';>"},
                     {"a e'x''\\\\';", "<a e'x''\\\\';>"},
                     {"a E'x'\n'\\';\n';", "<a E'x'~'\\';~';>"},
                     {"a E'x' -- c\n  '\\';\n';", "<a E'x' -- c~  '\\';~';>"},
                     {"a E'x', 'y\\';", "<a E'x', 'y\\';>"},
                     {"a E'x'\n, 'y\\';", "<a E'x'~, 'y\\';>"},
                     {"type'\\';", "<type'\\';>"},
                     {"a U&'\\0041;\n';", "<a U&'\\0041;~';>"},
                     {"a U&\"d;\n\";", "<a U&\"d;~\";>"},
                     {"a $$;\n'$$;", "<a $$;~'$$;>"},
                     {"a $x$;\n$$;\n$X$;\n$x$;", "<a $x$;~$$;~$X$;~$x$;>"},
                     {"a $\xC3\xA4_1$;\n$\xC3\xA4_1$;", "<a $\xC3\xA4_1$;~$\xC3\xA4_1$;>"},
                     {"a $1$;", "<a $1$;>"},
                     {"a $1, $2;", "<a $1, $2;>"},
                     {"a b$x$c;", "<a b$x$c;>"},
                     {"a $;", "<a $;>"},
                     {"a /* /* */ ;\n */;", "<a /* /* */ ;~ */;>"},
                     {"a [1;", "<a [1;>"},
                     {"a `;", "<a `;>"},
                     {"a ->> 'b' /2;", "<a ->> 'b' /2;>"},
                     {"DO $do$\nBEGIN\n a;\nEND\n$do$;", "<DO $do$~BEGIN~ a;~END~$do$;>"},
                 });
  expect_splits(
      {{"-- +goose Up\na $x$\n$$;\n", "!2:3 the dollar quote that opens here is never closed/"}},
      driver::postgres::kGrammar);
}

TEST(GrammarTest, BodiesOfPostgres) {
  const std::string atomic = "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC\n";
  expect_grammar(
      driver::postgres::kGrammar,
      {
          {atomic + "SELECT 1;\nSELECT 2;\nEND;", "<" + show(atomic) + "SELECT 1;~SELECT 2;~END;>"},
          {atomic + "SELECT CASE WHEN a THEN b END;\nSELECT 2;\nEND;",
           "<" + show(atomic) + "SELECT CASE WHEN a THEN b END;~SELECT 2;~END;>"},
          {atomic + "SELECT 1 AS end;\nSELECT t.case;\nEND;",
           "<" + show(atomic) + "SELECT 1 AS end;~SELECT t.case;~END;>"},
          {"create or replace procedure p() begin /* c */ atomic\na;\nend;",
           "<create or replace procedure p() begin /* c */ atomic~a;~end;>"},
          {"CREATE FUNCTION f() AS $$\nBEGIN\na;\nEND $$\nLANGUAGE plpgsql;",
           "<CREATE FUNCTION f() AS $$~BEGIN~a;~END $$~LANGUAGE plpgsql;>"},
          {"CREATE FUNCTION begin() AS 'a' LANGUAGE sql;",
           "<CREATE FUNCTION begin() AS 'a' LANGUAGE sql;>"},
          {"CREATE RULE r AS ON INSERT TO t DO (\na;\nb (c);\n);",
           "<CREATE RULE r AS ON INSERT TO t DO (~a;~b (c);~);>"},
          {"CREATE TRIGGER t EXECUTE FUNCTION f();", "<CREATE TRIGGER t EXECUTE FUNCTION f();>"},
          {"BEGIN;", "<BEGIN;>"},
          {"CREATE TABLE atomic (begin int);", "<CREATE TABLE atomic (begin int);>"},
      });
  expect_splits({{"-- +goose Up\n" + atomic + "a;\n",
                  "!2:1 unfinished statement: the BEGIN ATOMIC has no 'END'/"},
                 {"-- +goose Up\nCREATE RULE r DO (\na;\n",
                  "!2:1 unfinished statement: a '(' of the rule is not closed/"}},
                driver::postgres::kGrammar);
}

TEST(GrammarTest, CommandsOfPsql) {
  expect_grammar(driver::postgres::kGrammar,
                 {{"\\restrict abc\na;\n\\unrestrict abc", "<a;>"}, {"a\n\\ b;", "<a~\\ b;>"}});
  expect_splits({{"-- +goose Up\na;\n\\connect db\nb;\n-- +goose Down\nc;",
                  "<a;>!3:1 '\\connect' is a command of psql, not SQL/<c;>"}},
                driver::postgres::kGrammar);
}

TEST(GrammarTest, CopyData) {
  const std::string copy = "COPY t (a, b) FROM stdin;\n";
  expect_grammar(
      driver::postgres::kGrammar,
      {
          {copy + "1\tit's;\n\n-- x\n\\N\t$$\n\\.",
           "<COPY t (a, b) FROM stdin;1\tit's;~~-- x~\\N\t$$~>"},
          {copy + "\\.", "<COPY t (a, b) FROM stdin;>"},
          {"-- c\n copy t\n  from STDIN -- d\n;\n1\n\\.\n\n", "<copy t~  from STDIN -- d~;1~>"},
          {copy + "/* 1\n" + std::string(300, 'x') + "\n\\.",
           "<COPY t (a, b) FROM stdin;/* 1~" + std::string(300, 'x') + "~>"},
          {"COPY t FROM 'file';", "<COPY t FROM 'file';>"},
      });
  expect_splits(
      {{"-- +goose Up\na; " + copy + "1\n\\.\n-- +goose Down\na;",
        "!2:1 COPY ... FROM STDIN shares its line with other statements/<a;>"},
       {"-- +goose Up\nCOPY t FROM stdin; a 'b\n",
        "!2:1 COPY ... FROM STDIN shares its line with other statements/"},
       {"-- +goose Up\nCOPY t FROM stdin; a;\n1\n\\.\n",
        "!2:1 COPY ... FROM STDIN shares its line with other statements/"},
       {"-- +goose Up\n" + copy + "1\n-- +goose Down\na;",
        "!2:1 the data of COPY is not ended by a line '\\.'/<a;>"},
       {"-- +goose Up\n-- +goose StatementBegin\n" + copy + "1;\n\\.\n" + "-- +goose StatementEnd",
        "!3:1 COPY ... FROM STDIN and its data cannot stand between StatementBegin and "
        "StatementEnd/"}},
      driver::postgres::kGrammar);
}

TEST(GrammarTest, QuotesOfMysql) {
  expect_grammar(driver::mysql::kGrammar,
                 {
                     {"a '\\';\n';", "<a '\\';~';>"},
                     {"a 'x'';\n';", "<a 'x'';~';>"},
                     {"a \"\\\";\n\";", "<a \"\\\";~\";>"},
                     {"a `\\`;", "<a `\\`;>"},
                     {"a # ';\n;", "<a # ';~;>"},
                     {"a; # c", "<a; # c>"},
                     {"a; -- c", "<a; -- c>"},
                     {"a --1;", "<a --1;>"},
                     {"a --\n;", "<a --~;>"},
                     {"a /* /* */;", "<a /* /* */;>"},
                     {"a /*! ; */ b;", "<a /*! ; */ b;>"},
                     {"/*!40101 SET a=1 */;", "</*!40101 SET a=1 */;>"},
                     {"/*M!100100 SET a=';\n' */;", "</*M!100100 SET a=';~' */;>"},
                     {"a $$;", "<a $$;>"},
                 });
}

TEST(GrammarTest, BodiesOfMysql) {
  expect_grammar(
      driver::mysql::kGrammar,
      {
          {"CREATE PROCEDURE p()\nBEGIN\na;\nb;\nEND;", "<CREATE PROCEDURE p()~BEGIN~a;~b;~END;>"},
          {"create definer=`x`@`y` procedure p(begin int)\nbegin\na;\nend;",
           "<create definer=`x`@`y` procedure p(begin int)~begin~a;~end;>"},
          {"CREATE OR REPLACE TRIGGER t BEFORE INSERT ON x FOR EACH ROW\nBEGIN\n"
           "IF a THEN\nb;\nELSEIF c THEN\nd;\nELSE\ne;\nEND IF;\nf;\nEND;",
           "<CREATE OR REPLACE TRIGGER t BEFORE INSERT ON x FOR EACH ROW~BEGIN~"
           "IF a THEN~b;~ELSEIF c THEN~d;~ELSE~e;~END IF;~f;~END;>"},
          {"CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW SET a = IF(b, c, d);",
           "<CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW SET a = IF(b, c, d);>"},
          {"CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW\nIF a THEN\nb;\nEND IF;",
           "<CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW~IF a THEN~b;~END IF;>"},
          {"CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN IF(a, 1, 2);",
           "<CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN IF(a, 1, 2);>"},
          {"CREATE FUNCTION f() RETURNS CHAR(1) CHARACTER SET utf8\nBEGIN\na;\nEND;",
           "<CREATE FUNCTION f() RETURNS CHAR(1) CHARACTER SET utf8~BEGIN~a;~END;>"},
          {"CREATE PROCEDURE IF NOT EXISTS p() UPDATE t SET a = REPEAT(b, 2);",
           "<CREATE PROCEDURE IF NOT EXISTS p() UPDATE t SET a = REPEAT(b, 2);>"},
          {"CREATE PROCEDURE p()\nx: BEGIN\nl: LOOP\nLEAVE l;\nEND LOOP l;\n"
           "WHILE a DO\nb;\nEND WHILE;\nREPEAT\nc;\nUNTIL d END REPEAT;\nEND x;",
           "<CREATE PROCEDURE p()~x: BEGIN~l: LOOP~LEAVE l;~END LOOP l;~"
           "WHILE a DO~b;~END WHILE;~REPEAT~c;~UNTIL d END REPEAT;~END x;>"},
          {"CREATE PROCEDURE p()\nBEGIN\nCASE a WHEN 1 THEN\nb;\nELSE BEGIN\nEND;\nEND CASE;\n"
           "SELECT CASE WHEN c THEN IF(d, e, f) ELSE g END;\nh;\nEND;",
           "<CREATE PROCEDURE p()~BEGIN~CASE a WHEN 1 THEN~b;~ELSE BEGIN~END;~END CASE;~"
           "SELECT CASE WHEN c THEN IF(d, e, f) ELSE g END;~h;~END;>"},
          {"CREATE PROCEDURE p()\nBEGIN\nDECLARE EXIT HANDLER FOR NOT FOUND BEGIN\n"
           "SET a = IF(b, c, d);\nEND;\nDECLARE CONTINUE HANDLER FOR NOT FOUND SET e = IF(a,b,c);\n"
           "f;\nEND;",
           "<CREATE PROCEDURE p()~BEGIN~DECLARE EXIT HANDLER FOR NOT FOUND BEGIN~"
           "SET a = IF(b, c, d);~END;~DECLARE CONTINUE HANDLER FOR NOT FOUND SET e = IF(a,b,c);~"
           "f;~END;>"},
          {"CREATE PROCEDURE p()\nBEGIN\nSELECT end, t.begin, @if FROM t;\nb;\nEND;",
           "<CREATE PROCEDURE p()~BEGIN~SELECT end, t.begin, @if FROM t;~b;~END;>"},
          {"CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO\nBEGIN\na;\nEND;",
           "<CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO~BEGIN~a;~END;>"},
          {"ALTER EVENT e DO BEGIN\na;\nEND;", "<ALTER EVENT e DO BEGIN~a;~END;>"},
          {"FOR x IN 20..21 DO\na;\nEND FOR;", "<FOR x IN 20..21 DO~a;~END FOR;>"},
          {"CREATE PROCEDURE p() FOR x IN (SELECT a FROM b FOR UPDATE) DO\nc;\nEND FOR;",
           "<CREATE PROCEDURE p() FOR x IN (SELECT a FROM b FOR UPDATE) DO~c;~END FOR;>"},
          {"CREATE PROCEDURE p()\nBEGIN\nDECLARE c CURSOR FOR SELECT a FROM b FOR UPDATE;\n"
           "l: FOR x IN c DO\nIF x THEN\nd;\nEND IF;\nEND FOR l;\ne;\nEND;",
           "<CREATE PROCEDURE p()~BEGIN~DECLARE c CURSOR FOR SELECT a FROM b FOR UPDATE;~"
           "l: FOR x IN c DO~IF x THEN~d;~END IF;~END FOR l;~e;~END;>"},
          {"BEGIN NOT ATOMIC\na;\nb;\nEND;", "<BEGIN NOT ATOMIC~a;~b;~END;>"},
          {"BEGIN;", "<BEGIN;>"},
          {"CREATE TABLE t (begin INT, end INT);", "<CREATE TABLE t (begin INT, end INT);>"},
          {"CREATE FUNCTION f RETURNS STRING SONAME 'x.so';",
           "<CREATE FUNCTION f RETURNS STRING SONAME 'x.so';>"},
      });
  expect_splits({{"-- +goose Up\nCREATE PROCEDURE p() BEGIN\na;\n",
                  "!2:1 unfinished statement: a block of the stored program has no 'END'/"}},
                driver::mysql::kGrammar);
}

TEST(GrammarTest, DelimitersOfMysql) {
  expect_grammar(
      driver::mysql::kGrammar,
      {
          {"DELIMITER //\nCREATE x\na;\nb;\n//\nDELIMITER ;", "<CREATE x~a;~b;>"},
          {"delimiter $$ \na; b\n$$ c$$\n  delimiter ;", "<a; b><c>"},
          {"DELIMITER ;;\na;\n;; -- d\n# e\nb 'x;;'\n/* ;; */;;\nDELIMITER ;",
           "<a;><# e~b 'x;;'~/* ;; */>"},
          {"DELIMITER GO\na\nGO\nDELIMITER ;", "<a>"},
          {"/* c */\nDELIMITER //\n//\nDELIMITER ;", ""},
          {"DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEGIN\na;\nEND */;;\nDELIMITER ;",
           "</*!50003 CREATE*/ /*!50003 TRIGGER t BEGIN~a;~END */>"},
      });
  expect_splits(
      {
          {"-- +goose Up\nDELIMITER //\na;\n-- +goose Down\nb;",
           "!3:1 missing delimiter '//': the statement that begins here is not finished/<b;>"},
          {"-- +goose Up\nDELIMITER\na;", "!2:1 DELIMITER needs a word without a backslash/"},
          {"-- +goose Up\nDELIMITER //\n-- +goose StatementBegin\na // b;\n"
           "-- +goose StatementEnd\nc//\n",
           "<a // b;><c>/"},
      },
      driver::mysql::kGrammar);
}

TEST(GrammarTest, RowsBehindAFormatOfClickhouseEndWithTheirLine) {
  expect_grammar(
      driver::clickhouse::kGrammar,
      {
          {"INSERT INTO j FORMAT JSONEachRow {\"a\": \"b;c'\"} {\"a\": 2}\n\nd;",
           "<INSERT INTO j FORMAT JSONEachRow {\"a\": \"b;c'\"} {\"a\": 2}><d;>"},
          {"insert into j (format, values) settings a = 'b' format CSV  \n1;'x /*\nd;",
           "<insert into j (format, values) settings a = 'b' format CSV  ~1;'x /*><d;>"},
          {"INSERT INTO format FORMAT TSV\t1\nd;", "<INSERT INTO format FORMAT TSV\t1><d;>"},
          {"INSERT INTO j FORMAT CSV;", "<INSERT INTO j FORMAT CSV;>"},
          {"INSERT INTO j FORMAT VALUES (1, 'b;\n'); c;",
           "<INSERT INTO j FORMAT VALUES (1, 'b;~');><c;>"},
          {"INSERT INTO j VALUES (1), ('FORMAT CSV ;\n') -- b\n;",
           "<INSERT INTO j VALUES (1), ('FORMAT CSV ;~') -- b~;>"},
          {"INSERT INTO j SELECT a FORMAT CSV\nb;", "<INSERT INTO j SELECT a FORMAT CSV~b;>"},
          {"INSERT INTO j FROM INFILE 'a' FORMAT CSV;",
           "<INSERT INTO j FROM INFILE 'a' FORMAT CSV;>"},
      });
  expect_splits(
      {{"-- +goose Up\nINSERT INTO j FORMAT CSV 1;'x", "<INSERT INTO j FORMAT CSV 1;'x>/"}},
      driver::clickhouse::kGrammar);
}

TEST(GrammarTest, TheLastStatementOfClickhouseNeedsNoSemicolon) {
  expect_splits({{"-- +goose Up\n;\n-- a\n;\nb;;\n;\nc\n-- d;", "<;><;><b;;><;><c~-- d;>/"},
                 {"-- +goose Up\na\n-- +goose Down\n b /* c */\n", "<a>/<b /* c */>"},
                 {"-- +goose Up\na 'b\n-- +goose Down\nc /* d",
                  "!2:3 the quote that opens here is never closed/"
                  "!4:3 the comment that opens here is never closed"}},
                driver::clickhouse::kGrammar);
}

TEST(GrammarTest, CommentsThatNoServerTakesForCode) {
  expect_grammar(driver::mysql::kGrammar,
                 {
                     {"/*!99999 it's */;", "</*!99999 it's */;>"},
                     {"/*M!999999\\- it's */\na;", "</*M!999999\\- it's */~a;>"},
                     {"a /*!100100 'b;\n' */;", "<a /*!100100 'b;~' */;>"},
                 });
}

TEST(GrammarTest, Clickhouse) {
  expect_grammar(driver::clickhouse::kGrammar,
                 {
                     {"a '\\';\n';", "<a '\\';~';>"},
                     {"a `\\`;\n`;", "<a `\\`;~`;>"},
                     {"a \"\\\";\n\";", "<a \"\\\";~\";>"},
                     {"a # ';\n;", "<a # ';~;>"},
                     {"a #! ';\n;", "<a #! ';~;>"},
                     {"a #b;", "<a #b;>"},
                     {"a --b;\n;", "<a --b;~;>"},
                     {"a // ; 'b\n;", "<a // ; 'b~;>"},
                     {"//a;\nb 'http://c;\n';", "<//a;~b 'http://c;~';>"},
                     {"a / b;", "<a / b;>"},
                     {"a /* /* */ ;\n*/;", "<a /* /* */ ;~*/;>"},
                     {"a $x$;\n$x$;", "<a $x$;~$x$;>"},
                     {"a $1_x$;\n$1_x$;", "<a $1_x$;~$1_x$;>"},
                     {"a $\xC3\xA4$;", "<a $\xC3\xA4$;>"},
                     {"CREATE TABLE a\n(b);", "<CREATE TABLE a~(b);>"},
                 });
}

}  // namespace
}  // namespace gander::script
