// SPDX-License-Identifier: MIT
#include "src/driver/postgres/table_action.h"

#include <gtest/gtest.h>

#include "src/driver/postgres/block_body.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_schema.h"

namespace gander::driver::postgres {
namespace {

std::string dump(const TypeName& type) {
  std::string text = type.schema.empty() ? type.name : type.schema + "." + type.name;
  for (const std::string& modifier : type.modifiers) text += "(" + modifier + ")";
  return text + (type.array ? "[]" : "");
}

std::string type(std::string_view text) {
  sql::Words words(kLexicalRules, text);
  const TypeName found = read_type(words);
  return dump(found) + "|" + std::string(words.peek().text);
}

TEST(TableActionTest, ReadsTypes) {
  EXPECT_EQ(type("INT NOT"), "integer|NOT");
  EXPECT_EQ(type("numeric(10, 2) DEFAULT"), "numeric(10)(2)|DEFAULT");
  EXPECT_EQ(type("character varying (20)"), "varchar(20)|");
  EXPECT_EQ(type("timestamp(3) with time zone,"), "timestamptz(3)|,");
  EXPECT_EQ(type("time without time zone"), "time|");
  EXPECT_EQ(type("double precision[]"), "double precision[]|");
  EXPECT_EQ(type("interval day to second(3)"), "interval(3)|");
  EXPECT_EQ(type("text ARRAY[4]"), "text[]|");
  EXPECT_EQ(type("app.\"Mood\""), "app.Mood|");
  EXPECT_EQ(type("pg_catalog.int8"), "bigint|");
  EXPECT_EQ(type("bit varying(8)"), "varbit(8)|");
}

std::string actions(std::string_view text) {
  std::string dump;
  for (const TableAction& action : table_actions(sql::Words(kLexicalRules, text), text)) {
    dump += (dump.empty() ? "" : "; ") + std::to_string(static_cast<int>(action.kind)) + " " +
            action.column + "|" + action.constraint + "|" + action.target + "|" + action.new_name;
    if (action.not_valid) dump += " not valid";
    if (action.cascade) dump += " cascade";
  }
  return dump;
}

std::string kind(TableAction::Kind kind) { return std::to_string(static_cast<int>(kind)); }

TEST(TableActionTest, ReadsEachActionOfAList) {
  using Kind = TableAction::Kind;
  EXPECT_EQ(actions("ADD a numeric(10,2) DEFAULT f(1, 2), DROP COLUMN IF EXISTS b CASCADE"),
            kind(Kind::add_column) + " a|||; " + kind(Kind::drop_column) + " b||| cascade");
  EXPECT_EQ(actions("ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES s.t (b) NOT VALID"),
            kind(Kind::add_foreign_key) + " |c|s.t| not valid");
  EXPECT_EQ(actions("ADD UNIQUE (a), VALIDATE CONSTRAINT \"C\""),
            kind(Kind::add_unique) + " |||; " + kind(Kind::validate) + " |C||");
  EXPECT_EQ(actions("RENAME a TO b"), kind(Kind::rename_column) + " a|||b");
  EXPECT_EQ(actions("RENAME TO b"), kind(Kind::rename_table) + " |||b");
  EXPECT_EQ(actions("ALTER a SET NOT NULL"), kind(Kind::set_not_null) + " a|||");
  EXPECT_EQ(actions("ATTACH PARTITION s.p FOR VALUES IN (1, 2)"), kind(Kind::attach) + " ||s.p|");
  EXPECT_EQ(actions("SET (fillfactor = 70)"), kind(Kind::cheap) + " |||");
}

TEST(TableActionTest, ReadsTheColumnsOfATable) {
  const std::string_view text =
      "(id bigint PRIMARY KEY, a int NOT NULL DEFAULT (1 + 2) CHECK (a > 0), LIKE other, "
      "b text REFERENCES t ON DELETE CASCADE, CONSTRAINT k UNIQUE (a, b), "
      "g int GENERATED ALWAYS AS (a * 2) STORED)";
  const std::vector<TableAction> found = table_elements(sql::Words(kLexicalRules, text), text);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_TRUE(found[0].definition.primary_key);
  EXPECT_TRUE(found[1].definition.not_null);
  EXPECT_EQ(found[1].definition.default_value, "(1 + 2) ");
  EXPECT_EQ(found[1].definition.check, "(a > 0)");
  EXPECT_EQ(found[2].definition.references, "t");
  EXPECT_EQ(found[3].columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(found[4].definition.stored);
}

TEST(LintSchemaTest, ConditionsThatExcludeNull) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(columns_not_null("CHECK ((a IS NOT NULL))"), Names{"a"});
  EXPECT_EQ(columns_not_null("(a > 0 AND b IS NOT NULL)"), Names{"b"});
  EXPECT_EQ(columns_not_null("(a IS NOT NULL OR b > 0)"), Names{});
  EXPECT_EQ(columns_not_null("(NOT (a IS NOT NULL))"), Names{});
  EXPECT_EQ(columns_not_null("(coalesce(a, b) IS NOT NULL)"), Names{});
  EXPECT_EQ(columns_not_null("(a IS NULL)"), Names{});
}

std::string statements(std::string_view body) {
  std::string dump;
  for (const BlockStatement& found : block_statements(body)) {
    dump += (dump.empty() ? "" : "; ") + std::string(found.sure ? "" : "?") +
            std::string(found.dynamic ? "!" : "") +
            std::string(body.substr(found.begin, found.end - found.begin));
  }
  return dump;
}

TEST(BlockBodyTest, FindsTheStatementsOfABlock) {
  EXPECT_EQ(statements("BEGIN DROP TABLE a; END"), "DROP TABLE a");
  EXPECT_EQ(statements("DECLARE n int := 1; BEGIN n := 2; UPDATE a SET b = 1; END"),
            "UPDATE a SET b = 1");
  EXPECT_EQ(statements("BEGIN IF x = CASE WHEN y THEN 1 END THEN DROP TABLE a; ELSE DROP TABLE b; "
                       "END IF; DROP TABLE c; END"),
            "?DROP TABLE a; ?DROP TABLE b; DROP TABLE c");
  EXPECT_EQ(statements("BEGIN FOR r IN SELECT 1 LOOP EXECUTE r.q; END LOOP; NULL; END"),
            "?!EXECUTE r.q");
  EXPECT_EQ(statements("<<l>> BEGIN BEGIN CREATE TABLE a (); EXCEPTION WHEN OTHERS THEN NULL; END; "
                       "DROP TABLE b; END"),
            "CREATE TABLE a (); DROP TABLE b");
}

TEST(BlockBodyTest, FindsTheBody) {
  EXPECT_EQ(block_body("DO $x$ BEGIN END $x$ LANGUAGE plpgsql").text, " BEGIN END ");
  EXPECT_EQ(block_body("DO LANGUAGE plpgsql 'BEGIN END'").offset, 21U);
  EXPECT_EQ(block_body("DO 'BEGIN PERFORM ''a''; END'").text, "BEGIN PERFORM 'a'; END");
  EXPECT_EQ(block_body("DO LANGUAGE plperl $$ x $$").text, "");
}

}  // namespace
}  // namespace gander::driver::postgres
