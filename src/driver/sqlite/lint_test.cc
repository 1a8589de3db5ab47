// SPDX-License-Identifier: MIT
// Files held against the rules, over a database with rows and over none.
#include "gander/lint.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gander/sqlite.h"
#include "tests/support/lint_findings.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

// Birds with their nests; rings without a key; names that are taken twice.
constexpr const char* kAviary = R"(
CREATE TABLE bird (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,
  wings INT DEFAULT 2 CHECK (wings < 3), code TEXT UNIQUE);
CREATE INDEX bird_name ON bird (name);
CREATE TABLE log (what TEXT);
CREATE TRIGGER bird_named AFTER UPDATE OF name ON bird BEGIN INSERT INTO log (what) VALUES
  (old.name); END;
CREATE TABLE nest (id INTEGER PRIMARY KEY, bird INT REFERENCES bird (id) ON DELETE CASCADE);
CREATE TABLE egg (id INTEGER PRIMARY KEY, nest INT REFERENCES nest (id));
CREATE VIEW wings AS SELECT name, wings FROM bird;
CREATE TABLE ring (code TEXT, weight INT);
CREATE TABLE food (kind TEXT PRIMARY KEY, grams INT) WITHOUT ROWID;
CREATE TABLE strictly (n INTEGER PRIMARY KEY, t TEXT) STRICT;
CREATE TABLE nobody (id INTEGER PRIMARY KEY, note TEXT);
)";
constexpr const char* kRows = R"(
INSERT INTO bird VALUES (1, 'wren', 2, '01'), (2, 'robin', 2, '02'), (3, 'finch', NULL, NULL);
INSERT INTO bird VALUES (9, 'owl', 2, '09');
DELETE FROM bird WHERE id = 9;
INSERT INTO nest VALUES (1, 1), (2, 2);
INSERT INTO egg VALUES (1, 1), (2, 1);
INSERT INTO ring VALUES ('007', 1), ('0100', 2), ('x', 3);
DELETE FROM ring WHERE code = '0100';
INSERT INTO ring VALUES ('12', 1);
INSERT INTO food VALUES ('a', 1), ('b', 2);
INSERT INTO strictly VALUES (1, 'a');
)";

class SqliteLintTest : public ::testing::Test {
 protected:
  // The file's lines behind `-- +goose Up`, which is the first.
  std::string over_rows(const std::string& sql, const std::string& parameters = {}) {
    return testing_support::findings_by_line(look(sql, parameters));
  }

  LintReport look(const std::string& sql, const std::string& parameters = {}) {
    const std::string path = directory_.file("aviary.db");
    std::filesystem::remove(path);
    testing_support::SqliteFile file(path);
    file.run("BEGIN");
    file.run(kAviary);
    file.run(kRows);
    file.run("COMMIT");
    const std::vector<std::string> before = file.rows("SELECT sql FROM sqlite_master");
    Target target = open("sqlite:" + path + parameters);
    const LintReport report = lint(in_memory({{"00001_a.sql", text(sql)}}), target);
    EXPECT_EQ(file.rows("SELECT sql FROM sqlite_master"), before);
    return report;
  }

  // Behind a file that makes the same tables.
  static std::string over_files(const std::string& sql) {
    std::string made = "-- +goose Up\n-- +goose StatementBegin\n";
    made += kAviary;
    made += "-- +goose StatementEnd\n";
    LintReport report =
        lint(in_memory({{"00001_a.sql", made}, {"00002_b.sql", text(sql)}}), {.dialect = "sqlite"});
    std::erase_if(report.findings, [](const LintFinding& one) { return one.version == 1; });
    return testing_support::findings_by_line(report);
  }

  static std::string alone(const std::string& sql) {
    return testing_support::findings_by_line(
        lint(in_memory({{"00001_a.sql", text(sql)}}), {.dialect = "sqlite"}));
  }

  static std::string text(const std::string& sql) {
    return sql.starts_with("-- +goose") ? sql : "-- +goose Up\n" + sql + "\n";
  }

  testing_support::TempDirectory directory_;
};

std::string rebuilt(const std::string& table, const std::string& columns,
                    const std::string& select = "SELECT *") {
  return "CREATE TABLE made (" + columns + ";\nINSERT INTO made " + select + " FROM " + table +
         ";\nDROP TABLE " + table + ";\nALTER TABLE made RENAME TO " + table + ";\n";
}

constexpr const char* kBird =
    "id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE, wings INT DEFAULT 2 "
    "CHECK (wings < 3), code TEXT UNIQUE)";

TEST_F(SqliteLintTest, ARebuildThatLosesWhatBelongedToTheTable) {
  const std::string sql = "DROP VIEW wings;\n" + rebuilt("bird", kBird);
  EXPECT_EQ(over_rows(sql), "drop-cascades@5? index-lost@5 trigger-lost@5 autoincrement-lost@5");
  EXPECT_EQ(over_files(sql), "drop-cascades@5? index-lost@5 trigger-lost@5 autoincrement-lost@5?");
  EXPECT_EQ(over_rows(sql, "?foreign_keys=on"), "drop-cascades@5");
}

TEST_F(SqliteLintTest, ARebuildAsTheManualHasIt) {
  const std::string sql =
      "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = OFF;\nBEGIN;\nDROP VIEW "
      "wings;\nCREATE TABLE made (" +
      std::string(kBird) +
      ";\nINSERT INTO made SELECT * FROM bird;\nUPDATE sqlite_sequence SET seq = (SELECT seq FROM "
      "sqlite_sequence WHERE name = 'bird') WHERE name = 'made';\nDROP TABLE bird;\nALTER TABLE "
      "made RENAME TO bird;\nCREATE INDEX bird_name ON bird (name);\n-- +goose StatementBegin\n"
      "CREATE TRIGGER bird_named AFTER UPDATE OF name ON bird BEGIN INSERT INTO log VALUES "
      "(old.name); END;\n-- +goose StatementEnd\nCREATE VIEW wings AS SELECT name, wings FROM "
      "bird;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n";
  EXPECT_EQ(over_rows(sql), "");
  EXPECT_EQ(over_rows(sql, "?foreign_keys=on"), "");
  EXPECT_EQ(over_files(sql), "");
}

TEST_F(SqliteLintTest, ARebuildThatHoldsToLess) {
  EXPECT_EQ(over_rows(rebuilt("strictly", "n INTEGER PRIMARY KEY, t TEXT)")), "constraint-lost@4");
  EXPECT_EQ(over_rows(rebuilt("food", "kind TEXT PRIMARY KEY, grams INT)")), "constraint-lost@4?");
  EXPECT_EQ(over_rows(rebuilt("egg", "id INTEGER PRIMARY KEY, nest INT)")), "constraint-lost@4");
  EXPECT_EQ(over_rows(rebuilt("egg", "id INT PRIMARY KEY, nest INT REFERENCES nest (id))")),
            "rowid-key-lost@2?");
  EXPECT_EQ(over_rows(rebuilt("nobody", "id INTEGER PRIMARY KEY, note TEXT NOT NULL DEFAULT '')",
                              "SELECT id, coalesce(note, '')")),
            "");
}

TEST_F(SqliteLintTest, ACopyThatLosesValues) {
  const std::string food = "kind TEXT PRIMARY KEY, grams INT) WITHOUT ROWID";
  EXPECT_EQ(over_rows(rebuilt("food", food)), "");
  EXPECT_EQ(over_rows(rebuilt("food", food, "(kind) SELECT kind")), "values-lost@3");
  EXPECT_EQ(over_rows(rebuilt("food", "grams INT, kind TEXT PRIMARY KEY) WITHOUT ROWID")),
            "values-lost@3 values-lost@3");
  EXPECT_EQ(over_rows(rebuilt("food", food, "SELECT kind, 7")), "values-lost@3");
  EXPECT_EQ(
      over_rows("CREATE TABLE made (kind TEXT, grams INT UNIQUE);\nINSERT OR IGNORE INTO made "
                "SELECT code, weight FROM ring;\nDROP TABLE ring;\nALTER TABLE made RENAME "
                "TO ring;"),
      "drop-column@2? drop-column@2? values-lost@3");
  EXPECT_EQ(over_rows(rebuilt("ring", "code INTEGER, weight INT)",
                              "(rowid, code, weight) SELECT "
                              "rowid, code, weight")),
            "values-converted@3");
  EXPECT_EQ(over_rows(rebuilt("ring", "code TEXT, weight INT)")), "rowids-moved@3?");
  EXPECT_EQ(over_rows("CREATE TABLE made (wings INT NOT NULL);\nINSERT INTO made SELECT wings FROM "
                      "bird;"),
            "copy-fails@3");
}

TEST_F(SqliteLintTest, ATableRenamedAwayTakesTheKeysAlong) {
  EXPECT_EQ(over_rows("ALTER TABLE nest RENAME TO old;\nCREATE TABLE nest (id INTEGER PRIMARY KEY, "
                      "bird INT REFERENCES bird (id) ON DELETE CASCADE);\nINSERT INTO nest SELECT "
                      "* FROM old;\nDROP TABLE old;"),
            "drop-cascades@5? references-lost@5");
  EXPECT_EQ(over_rows("ALTER TABLE nest RENAME TO home;"), "rename-table@2?");
  EXPECT_EQ(over_rows("ALTER TABLE nest RENAME TO home;\nCREATE VIEW nest AS SELECT * FROM home;"),
            "");
}

TEST_F(SqliteLintTest, ColumnsThatCannotBeAdded) {
  for (const auto& [column, found] : std::vector<std::pair<std::string, std::string>>{
           {"a INT", ""},
           {"a INT NOT NULL", "add-column-not-null@2"},
           {"a INT NOT NULL DEFAULT 1", ""},
           {"a TEXT DEFAULT CURRENT_TIMESTAMP", "add-column-default@2"},
           {"a TEXT UNIQUE", "add-column-refused@2"},
           {"a INT AS (1) STORED", "add-column-refused@2"},
           {"a INT AS (1) VIRTUAL", ""},
           {"a INT REFERENCES nest (id)", ""}}) {
    const std::string add = "ADD COLUMN " + column + ";";
    EXPECT_EQ(over_rows("ALTER TABLE ring " + add), found);
    EXPECT_EQ(over_rows("ALTER TABLE nobody " + add), found);
    EXPECT_EQ(over_files("ALTER TABLE ring " + add), found);
    EXPECT_EQ(alone("ALTER TABLE ring " + add), found);
    EXPECT_EQ(over_rows("CREATE TABLE mine (id INT);\nALTER TABLE mine " + add),
              column == "a TEXT UNIQUE" ? "add-column-refused@3" : "");
  }
  const std::string key = "ALTER TABLE ring ADD a INT DEFAULT 1 REFERENCES nest (id);";
  EXPECT_EQ(over_rows(key), "add-column-references@2?");
  EXPECT_EQ(over_rows(key, "?foreign_keys=on"), "add-column-references@2");
}

TEST_F(SqliteLintTest, ColumnsThatAreDropped) {
  EXPECT_EQ(over_rows("ALTER TABLE bird DROP COLUMN name;"), "drop-column-used@2");
  EXPECT_EQ(over_rows("ALTER TABLE bird DROP COLUMN id;"), "drop-column-used@2");
  EXPECT_EQ(over_rows("ALTER TABLE ring DROP COLUMN weight;"), "drop-column@2?");
  EXPECT_EQ(over_rows("ALTER TABLE ring ADD a;\nALTER TABLE ring DROP a;"), "");
  EXPECT_EQ(over_rows("ALTER TABLE ring RENAME weight TO grams;"), "rename-column@2?");
  EXPECT_EQ(over_rows("ALTER TABLE log ADD said TEXT;\nALTER TABLE log DROP COLUMN what;"),
            "drop-column@3? unwritable@3");
}

TEST_F(SqliteLintTest, RowsThatGo) {
  EXPECT_EQ(over_rows("DROP TABLE ring;"), "drop-table@2");
  EXPECT_EQ(over_rows("DROP TABLE nobody;"), "");
  EXPECT_EQ(over_rows("DELETE FROM ring;\nDELETE FROM nobody;"), "delete-all@2");
  EXPECT_EQ(over_rows("UPDATE ring SET weight = 1 WHERE true;"), "update-all@2?");
  EXPECT_EQ(over_rows("ALTER TABLE ring ADD a;\nUPDATE ring SET a = weight;"), "");
  EXPECT_EQ(over_rows("DELETE FROM bird WHERE id = 1;"), "child-rows@2?");
  EXPECT_EQ(over_rows("DELETE FROM bird WHERE id = 3;"), "");
  EXPECT_EQ(over_rows("DELETE FROM bird WHERE id = 1;", "?foreign_keys=on"), "child-rows@2");
  EXPECT_EQ(over_rows("REPLACE INTO food VALUES ('a', 3);"), "");
  EXPECT_EQ(over_rows("REPLACE INTO food (kind) VALUES ('a');"), "replace-clears@2");
  EXPECT_EQ(over_files("DELETE FROM bird WHERE name = 'x';"), "child-rows@2?");
}

TEST_F(SqliteLintTest, WhatTheTransactionDoesNotTake) {
  EXPECT_EQ(over_rows("PRAGMA foreign_keys = OFF;"), "pragma-without-effect@2?");
  EXPECT_EQ(over_rows("PRAGMA main.'foreign_keys'(0);", "?foreign_keys=on"),
            "pragma-without-effect@2");
  EXPECT_EQ(over_rows("PRAGMA journal_mode = wal;"), "not-in-transaction@2");
  EXPECT_EQ(over_rows("PRAGMA synchronous = OFF;"), "not-in-transaction@2");
  EXPECT_EQ(over_rows("ATTACH 'other.db' AS other;\nCREATE TABLE other.a (b);\nDETACH other;"),
            "not-in-transaction@4");
  EXPECT_FALSE(std::filesystem::exists("other.db"));
  EXPECT_EQ(over_rows("VACUUM;"), "refuses-transaction@2");
  const std::string outside = "-- +goose NO TRANSACTION\n-- +goose Up\n";
  EXPECT_EQ(over_rows(outside + "PRAGMA journal_mode = WAL;\n"), "");
  EXPECT_EQ(over_rows(outside + "PRAGMA foreign_keys = OFF;\n"), "keys-left-off@3?");
  EXPECT_EQ(over_rows(outside + "PRAGMA auto_vacuum = FULL;\n"), "setting-needs-vacuum@3?");
  EXPECT_EQ(over_rows(outside + "PRAGMA auto_vacuum = FULL;\nVACUUM;\n"), "rowids-moved@4?");
  EXPECT_EQ(over_rows(outside + "VACUUM INTO 'copy.db';\n"), "");
  EXPECT_FALSE(std::filesystem::exists("copy.db"));
}

TEST_F(SqliteLintTest, NamesAndTexts) {
  EXPECT_EQ(over_rows("UPDATE ring SET code = \"cod\" WHERE weight = 1;"), "quoted-text@2");
  EXPECT_EQ(over_rows("UPDATE ring SET \"code\" = 'x' WHERE weight = 1;"), "");
  EXPECT_EQ(over_rows("CREATE TABLE sqlite_mine (a);"), "fails@2");
  EXPECT_EQ(over_rows("ALTER TABLE ring ADD CONSTRAINT c CHECK (weight > 0);"), "fails@2");
  EXPECT_EQ(over_rows("CREATE INDEX IF NOT EXISTS bird_name ON bird (name, wings);"),
            "exists-otherwise@2?");
  EXPECT_EQ(over_rows("CREATE INDEX IF NOT EXISTS \"BIRD_NAME\" ON bird(\"name\");"), "");
  EXPECT_EQ(over_rows("CREATE UNIQUE INDEX u ON ring (weight);"), "unique-duplicates@2");
  EXPECT_EQ(over_rows("CREATE UNIQUE INDEX u ON ring (code);"), "");
  EXPECT_EQ(over_files("CREATE UNIQUE INDEX u ON ring (code);"), "unique-duplicates@2?");
}

TEST_F(SqliteLintTest, TriggersAndViews) {
  EXPECT_EQ(over_rows("DROP TRIGGER bird_named;"), "drop-trigger@2?");
  const std::string broken =
      "-- +goose Up\n-- +goose StatementBegin\nCREATE TRIGGER t AFTER INSERT ON ring BEGIN INSERT "
      "INTO absent VALUES (1); END;\n-- +goose StatementEnd\n";
  EXPECT_EQ(over_rows(broken), "unwritable@3");
  EXPECT_EQ(over_rows(broken + "CREATE TABLE absent (a);\n"), "");
  EXPECT_EQ(over_rows("PRAGMA legacy_alter_table = ON;\nALTER TABLE bird RENAME TO fowl;\nPRAGMA "
                      "legacy_alter_table = OFF;"),
            "rename-table@3? references-lost@3 view-broken@3");
  EXPECT_EQ(over_rows("CREATE VIEW v AS SELECT absent FROM ring;"), "view-broken@2");
}

TEST_F(SqliteLintTest, WhatOnlyTheApplicationHas) {
  EXPECT_EQ(over_rows("UPDATE ring SET code = slug(code) WHERE weight = 1;"), "untold@2?");
  EXPECT_EQ(over_rows("CREATE TABLE mine (a TEXT COLLATE ours);"), "untold@2?");
  EXPECT_EQ(over_rows("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) INSERT INTO "
                      "ring SELECT 'a', i FROM c;"),
            "untold@2?");
}

TEST_F(SqliteLintTest, TablesOfTheSameFileAreNobodys) {
  EXPECT_EQ(over_rows("CREATE TABLE mine (a);\nINSERT INTO mine VALUES (1), (2);\nDELETE FROM "
                      "mine;\nALTER TABLE mine RENAME TO ours;\nALTER TABLE ours RENAME a TO b;\n"
                      "DROP TABLE ours;"),
            "");
  EXPECT_EQ(over_rows("CREATE TEMP TABLE ring AS SELECT 1 AS a;\nDELETE FROM ring;\nDROP TABLE "
                      "ring;"),
            "");
  EXPECT_EQ(over_rows("SAVEPOINT s;\nDROP TABLE ring;\nROLLBACK TO s;\nRELEASE s;"), "");
}

TEST_F(SqliteLintTest, AFileAloneWithoutADatabase) {
  EXPECT_EQ(alone("DROP TABLE ring;"), "drop-table@2");
  EXPECT_EQ(alone("DELETE FROM ring;\nUPDATE bird SET wings = 2;"), "delete-all@2 update-all@3?");
  EXPECT_EQ(alone("ALTER TABLE ring DROP COLUMN a;"), "drop-column@2?");
  EXPECT_EQ(alone("CREATE INDEX i ON ring (code);\nINSERT INTO ring VALUES (1);"), "");
  EXPECT_EQ(alone(rebuilt("ring", "code TEXT)")), "untold@4?");
}

TEST_F(SqliteLintTest, TheCommentThatARunKnowsAllowsItHereToo) {
  EXPECT_EQ(over_rows("DROP VIEW wings;\nDROP TABLE bird; -- gander:allow-child-changes\n"),
            "drop-table@3");
}

}  // namespace
}  // namespace gander
