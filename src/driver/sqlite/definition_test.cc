// SPDX-License-Identifier: MIT
// What definitions come to: `kind name: property value` a line.
#include "src/driver/sqlite/definition.h"

#include <gtest/gtest.h>

#include <string>

namespace gander::driver::sqlite {
namespace {

std::string told(const Definition& definition) {
  std::string text;
  for (const schema::Object& object : definition.objects) {
    text += object.id.kind + " " + object.id.name;
    for (const schema::Property& property : object.properties) {
      text += "; " + property.name + ": " + property.value;
    }
    text += "\n";
  }
  return text;
}

std::string table(const std::string& sql) {
  return told(definition_of({"table", "t", "t", sql}, {}));
}
std::string index(const std::string& sql) {
  return told(definition_of({"index", "i", "t", sql}, {"a", "b"}));
}
std::string view(const std::string& sql) {
  return told(definition_of({"view", "v", "v", sql}, {"a", "b"}));
}
std::string trigger(const std::string& sql) {
  return told(definition_of({"trigger", "r", "t", sql}, {"a", "b"}));
}

struct Said {
  const char* sql;
  const char* told;
};

TEST(Definition, ColumnsOfATable) {
  const Said cases[] = {
      {"CREATE TABLE t (a)", "table t\ncolumn a\n"},
      {"CREATE TABLE t (a INT, \"b c\" VARCHAR ( 20 ))",
       "table t\ncolumn a; type: int\ncolumn b c; type: varchar(20)\n"},
      {"CREATE TABLE t ('a' TEXT COLLATE NoCase NOT NULL)",
       "table t\ncolumn a; collation: nocase; not null: NOT NULL; type: text\n"},
      {"CREATE TABLE t (id INTEGER PRIMARY KEY ASC AUTOINCREMENT)",
       "table t\ncolumn id; primary key: PRIMARY KEY AUTOINCREMENT; type: integer\n"},
      {"CREATE TABLE t (id INTEGER PRIMARY KEY DESC ON CONFLICT REPLACE)",
       "table t\ncolumn id; primary key: PRIMARY KEY DESC ON CONFLICT REPLACE; type: integer\n"},
      {"CREATE TABLE t (a DEFAULT -1, b DEFAULT \"X\", c DEFAULT (1+2), d DEFAULT TRUE)",
       "table t\ncolumn a; default: -1\ncolumn b; default: 'X'\ncolumn c; default: (1 + 2)\n"
       "column d; default: true\n"},
      {"CREATE TABLE t (a CONSTRAINT k REFERENCES o (id) ON DELETE SET NULL NOT DEFERRABLE "
       "INITIALLY DEFERRED NOT NULL)",
       "table t\ncolumn a; not null: NOT NULL; references: CONSTRAINT k REFERENCES o (id) ON "
       "DELETE "
       "SET NULL NOT DEFERRABLE INITIALLY DEFERRED\n"},
      {"CREATE TABLE t (a INT, b GENERATED ALWAYS AS (a*0.19) STORED, c AS (a))",
       "table t\ncolumn a; type: int\ncolumn b; generated: AS (a * 0.19) STORED\n"
       "column c; generated: AS (a) VIRTUAL\n"},
      {"CREATE TABLE t (a CHECK (a > 1e-6 AND a<>'x;  y') NULL UNIQUE)",
       "table t\ncolumn a; check: CHECK (a > 1e-6 AND a <> 'x;  y'); unique: UNIQUE\n"},
  };
  for (const Said& one : cases) EXPECT_EQ(table(one.sql), one.told) << one.sql;
}

TEST(Definition, ConstraintsAndOptionsOfATable) {
  const Said cases[] = {
      {"CREATE TABLE t (a, b, PRIMARY KEY (b, a DESC)) strict , Without  Rowid",
       "table t; strict: yes; without rowid: yes\ncolumn a\ncolumn b\n"
       "primary key ; definition: (b, a DESC)\n"},
      {"CREATE TABLE t (a, CONSTRAINT \"adults only\" CHECK (a >= -1) UNIQUE ('a') ON CONFLICT "
       "IGNORE)",
       "table t\ncolumn a\ncheck adults only; definition: CHECK (a >= -1)\n"
       "unique constraint (a); definition: (a) ON CONFLICT IGNORE\n"},
      {"CREATE TABLE t (a, FOREIGN KEY (a) REFERENCES [o] MATCH FULL, FOREIGN KEY (a) REFERENCES "
       "p)",
       "table t\ncolumn a\nforeign key (a); definition: (a) REFERENCES o MATCH FULL\n"
       "foreign key (a) #2; definition: (a) REFERENCES p\n"},
  };
  for (const Said& one : cases) EXPECT_EQ(table(one.sql), one.told) << one.sql;
}

// Each line says one thing in several ways.
TEST(Definition, SpellingDoesNotCount) {
  const std::pair<const char*, const char*> tables[] = {
      {"CREATE TABLE t (a INT -- the first\n, b)", "create table \"t\"(\"A\" int,[b])"},
      {"CREATE TABLE t (a, CHECK (a IN (1, 2)))", "CREATE TABLE t (a, check(`a` in(1,2)))"},
      {"CREATE TABLE t (\"key\" INT, CHECK (\"key\" > 0))",
       "CREATE TABLE t (key INT, CHECK(key>0))"},
      {"CREATE TABLE t (a, PRIMARY KEY (a ASC))", "CREATE TABLE t (a, PRIMARY KEY (a))"},
      {"CREATE TABLE t (a DEFAULT 'x')", "CREATE TABLE t (a DEFAULT x)"},
      {"CREATE TABLE IF NOT EXISTS main.t (a)", "CREATE TABLE t (a)"},
  };
  for (const auto& [one, other] : tables) {
    Definition first = definition_of({"table", "t", "t", one}, {});
    Definition second = definition_of({"table", "t", "t", other}, {});
    ASSERT_EQ(first.objects.size(), second.objects.size()) << one;
    for (std::size_t i = 0; i < first.objects.size(); ++i) {
      EXPECT_EQ(first.objects[i].properties, second.objects[i].properties) << one;
    }
  }
  EXPECT_EQ(index("CREATE INDEX i ON t (a ASC, b COLLATE NOCASE DESC) WHERE a IS NOT NULL"),
            index("create index i on 't'('a',\"b\" collate nocase desc)where A is not null -- x"));
  EXPECT_EQ(trigger("CREATE TRIGGER r INSERT ON t BEGIN SELECT 1; END"),
            trigger("create trigger r before insert on t for each row begin select 1;end"));
  EXPECT_EQ(view("CREATE VIEW v AS SELECT a FROM t ORDER BY a ASC LIMIT 1"),
            view("CREATE VIEW v AS select \"a\" from [t] order by a limit 1"));
}

TEST(Definition, WhatMeansSomethingElseCounts) {
  const std::pair<const char*, const char*> tables[] = {
      {"CREATE TABLE t (a DEFAULT 'x y')", "CREATE TABLE t (a DEFAULT 'x  y')"},
      {"CREATE TABLE t (a DEFAULT \"North\")", "CREATE TABLE t (a DEFAULT \"north\")"},
      {"CREATE TABLE t (a DEFAULT TRUE)", "CREATE TABLE t (a DEFAULT \"true\")"},
      {"CREATE TABLE t (a DEFAULT NULL)", "CREATE TABLE t (a DEFAULT 'NULL')"},
      {"CREATE TABLE t (a, CHECK (a <> \"Bob\"))", "CREATE TABLE t (a, CHECK (a <> \"bob\"))"},
      {"CREATE TABLE t (a INT PRIMARY KEY)", "CREATE TABLE t (a INTEGER PRIMARY KEY)"},
      {"CREATE TABLE t (a DEFAULT x'00')", "CREATE TABLE t (a DEFAULT '00')"},
      {"CREATE TABLE t (a, b AS (a) STORED)", "CREATE TABLE t (a, b AS (a))"},
  };
  for (const auto& [one, other] : tables) EXPECT_NE(table(one), table(other)) << one;
  EXPECT_NE(view("CREATE VIEW v AS SELECT a FROM t WHERE a = \"Bob\""),
            view("CREATE VIEW v AS SELECT a FROM t WHERE a = \"bob\""));
  EXPECT_NE(index("CREATE INDEX i ON t (a)"), index("CREATE UNIQUE INDEX i ON t (a)"));
}

TEST(Definition, OrderOfColumnsIsApart) {
  const Definition one = definition_of({"table", "t", "t", "CREATE TABLE t (a, B)"}, {});
  EXPECT_EQ(one.objects[0].order, (std::vector<std::string>{"a", "B"}));
  EXPECT_EQ(one.columns, (std::vector<std::string>{"a", "b"}));
}

TEST(Definition, IndexesViewsAndTriggers) {
  EXPECT_EQ(index("CREATE UNIQUE INDEX i ON t (lower(a), b DESC) WHERE a>0"),
            "index i; unique: yes; columns: (lower(a), b DESC); where: a > 0\n");
  EXPECT_EQ(view("CREATE VIEW v (x, y) AS SELECT a, b FROM t -- end"),
            "view v; columns: (x, y); definition: SELECT a, b FROM t\n");
  EXPECT_EQ(
      trigger("CREATE TRIGGER r AFTER UPDATE OF a, b ON t WHEN new.a > 1 BEGIN DELETE FROM t; "
              "END"),
      "trigger r; event: AFTER UPDATE OF a, b ON t; when: new.a > 1; body: BEGIN DELETE FROM "
      "t; END\n");
}

TEST(Definition, ArgumentsOfAVirtualTableAreItsModulesLanguage) {
  EXPECT_EQ(table("CREATE VIRTUAL TABLE t USING FTS5( body , tokenize = 'porter',prefix='2  3' )"),
            "virtual table t; module: fts5; arguments: body, tokenize='porter', prefix='2  3'\n");
  EXPECT_EQ(table("CREATE VIRTUAL TABLE t USING fts5(Body UNINDEXED)"),
            "virtual table t; module: fts5; arguments: Body UNINDEXED\n");
}

// Whoever writes to sqlite_schema may write anything.
TEST(Definition, WhatCannotBeTakenApartIsKeptWhole) {
  EXPECT_EQ(table("CREATE TABLE t"), "table t; definition: CREATE TABLE t\n");
  EXPECT_EQ(table("CREATE TABLE t (a INT WHY"), "table t\ncolumn a; type: int why\n");
  EXPECT_EQ(table("nonsense ( '"), "table t\ncolumn \n");
  EXPECT_EQ(index(""), "index i; definition: \n");
  EXPECT_EQ(view("CREATE VIEW v"), "view v; definition: CREATE VIEW v\n");
  EXPECT_EQ(trigger("CREATE TRIGGER r"), "trigger r; definition: CREATE TRIGGER r\n");
  for (const char* part : {"CHECK", "DEFAULT", "REFERENCES", "GENERATED", "PRIMARY", "COLLATE",
                           "CONSTRAINT", "NOT", "DEFERRABLE INITIALLY", "REFERENCES t ON"}) {
    EXPECT_FALSE(table("CREATE TABLE t (a " + std::string(part) + ")").empty());
    EXPECT_FALSE(table("CREATE TABLE t (a, " + std::string(part) + " (b)").empty());
  }
}

TEST(Definition, WhatAProgramHasToRegisterIsFound) {
  const Definition one = definition_of(
      {"table", "t", "t", "CREATE TABLE t (a COLLATE German CHECK (valid(a)), b DECIMAL(10,2))"},
      {});
  EXPECT_EQ(one.uses.collations, (std::set<std::string>{"german"}));
  EXPECT_EQ(one.uses.functions, (std::set<std::string>{"valid"}));
}

}  // namespace
}  // namespace gander::driver::sqlite
