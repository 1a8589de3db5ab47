// SPDX-License-Identifier: MIT
// The schema of an aviary: what changes of it are noticed and by which name, what is no change, and
// that its dump makes the same again.
#include "src/driver/sqlite/catalogue.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/lexical.h"
#include "src/schema/compare.h"
#include "src/schema/fingerprint.h"
#include "src/schema/print.h"

namespace gander::driver::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAviary = R"(
CREATE TABLE species (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  latin TEXT NOT NULL COLLATE NOCASE UNIQUE ON CONFLICT IGNORE, -- as Linnaeus had it
  wings INT DEFAULT 2 CHECK (wings BETWEEN 0 AND 2),
  weight DECIMAL(8, 3) DEFAULT (1.5 * 2),
  habitat TEXT DEFAULT "pond", /* or; else */
  song BLOB DEFAULT x'00ff',
  heavy AS (weight > 10) VIRTUAL,
  CONSTRAINT "light ones" CHECK (weight < 1e3)
);
CREATE TABLE ring (
  code TEXT, country TEXT, species INT,
  issued TEXT DEFAULT CURRENT_DATE,
  PRIMARY KEY (country, code DESC),
  UNIQUE (code, species),
  FOREIGN KEY (species) REFERENCES species (id) ON DELETE CASCADE ON UPDATE SET NULL,
  CHECK (length(code) = 7)
) WITHOUT ROWID;
CREATE TABLE feeding (
  n INTEGER PRIMARY KEY,
  bird INT REFERENCES species DEFERRABLE INITIALLY DEFERRED,
  grams REAL NOT NULL ON CONFLICT ABORT,
  note ANY
) STRICT;
CREATE TABLE "odd ""names""" ("key" INT, [two words] TEXT, `select` INT, plain);
CREATE TABLE keeper (id INTEGER PRIMARY KEY, boss INT REFERENCES keeper (id), name TEXT);
CREATE INDEX feeding_bird ON feeding (bird, grams DESC) WHERE grams > 0;
CREATE UNIQUE INDEX keeper_name ON keeper (lower(name), name COLLATE RTRIM);
CREATE INDEX "odd index" ON "odd ""names""" ("two words")
-- kept as it is
;
CREATE VIEW heavy_ones (who, mass) AS SELECT latin, weight FROM species WHERE heavy;
CREATE VIEW ducks AS SELECT who FROM heavy_ones WHERE who LIKE 'Anas%' -- mostly
;
CREATE VIEW lost AS SELECT x FROM nowhere;
CREATE TRIGGER fed AFTER INSERT ON feeding WHEN new.grams > 100 BEGIN
  UPDATE keeper SET name = name || '; tired' WHERE id = 1; -- and more
  DELETE FROM ring WHERE code = 'x';
END;
CREATE TRIGGER renamed BEFORE UPDATE OF name, boss ON keeper BEGIN SELECT 1; END;
CREATE TRIGGER ducks_in INSTEAD OF INSERT ON ducks BEGIN INSERT INTO species (latin) VALUES (new.who); END;
CREATE VIRTUAL TABLE words USING fts5(body, tokenize = 'porter', prefix='2 3');
CREATE VIRTUAL TABLE place USING rtree(id, x0, x1, +name TEXT);
PRAGMA user_version = 7;
PRAGMA application_id = 11;
)";

class SqliteCatalogueTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Connection> memory() {
    return std::make_unique<Connection>(parse_url(":memory:"), SessionOptions{});
  }

  static std::unique_ptr<Connection> made(const std::string& sql) {
    std::unique_ptr<Connection> connection = memory();
    connection->execute(sql);
    return connection;
  }

  static schema::Snapshot snapshot(Connection& connection, std::vector<TableName> without = {}) {
    return connection.catalogue()->snapshot({.without = std::move(without)});
  }

  static std::vector<std::string> described(const SchemaComparison& comparison) {
    std::vector<std::string> texts;
    for (const SchemaDifference& one : comparison.differences) {
      texts.push_back(one.description());
      for (const PropertyDifference& property : one.properties) {
        if (one.what == SchemaDifference::Kind::changed) texts.back() += ": " + property.name;
      }
    }
    return texts;
  }

  // What `sql` changes of the aviary, each as "column x of t: type".
  std::vector<std::string> changes(const std::string& sql) {
    const std::unique_ptr<Connection> other = made(kAviary);
    other->execute(sql);
    const schema::Snapshot after = snapshot(*other);
    const SchemaComparison comparison = schema::compare(before_, after);
    EXPECT_EQ(comparison.equal(), schema::fingerprint(before_) == schema::fingerprint(after))
        << sql;
    return described(comparison);
  }

  const std::unique_ptr<Connection> aviary_ = made(kAviary);
  const schema::Snapshot before_ = snapshot(*aviary_);
};

struct Edit {
  const char* from;  // in the text of a definition, as only writable_schema can
  const char* to;
  std::vector<std::string> changed;
};

TEST_F(SqliteCatalogueTest, EditsOfADefinitionAreNoticed) {
  const Edit edits[] = {
      {"PRIMARY KEY AUTOINCREMENT", "PRIMARY KEY", {"column id of species: primary key"}},
      {"id INTEGER PRIMARY KEY AUTOINCREMENT",
       "id INT PRIMARY KEY",
       {"column id of species: primary key: type"}},
      {"latin TEXT NOT NULL", "latin TEXT", {"column latin of species: not null"}},
      {"COLLATE NOCASE UNIQUE", "COLLATE RTRIM UNIQUE", {"column latin of species: collation"}},
      {"COLLATE NOCASE UNIQUE", "UNIQUE", {"column latin of species: collation"}},
      {"UNIQUE ON CONFLICT IGNORE", "UNIQUE", {"column latin of species: unique"}},
      {"UNIQUE ON CONFLICT IGNORE", "", {"column latin of species: unique"}},
      {"wings INT", "wings TEXT", {"column wings of species: type"}},
      {"DEFAULT 2", "DEFAULT +2", {"column wings of species: default"}},
      {"DEFAULT 2", "DEFAULT '2'", {"column wings of species: default"}},
      {"BETWEEN 0 AND 2", "BETWEEN 0 AND 4", {"column wings of species: check"}},
      {"CHECK (wings BETWEEN 0 AND 2)", "", {"column wings of species: check"}},
      {"DECIMAL(8, 3)", "DECIMAL(8, 2)", {"column weight of species: type"}},
      {"(1.5 * 2)", "(1.5 * 3)", {"column weight of species: default"}},
      {"\"pond\"", "\"Pond\"", {"column habitat of species: default"}},
      {"\"pond\"", "'pond '", {"column habitat of species: default"}},
      {"DEFAULT \"pond\"", "", {"column habitat of species: default"}},
      {"x'00ff'", "x'00fe'", {"column song of species: default"}},
      {"weight > 10", "weight >= 10", {"column heavy of species: generated"}},
      {"VIRTUAL,", "STORED,", {"column heavy of species: generated"}},
      {"\"light ones\"", "light", {"check light of species", "check light ones of species"}},
      {"weight < 1e3", "weight < 1e4", {"check light ones of species: definition"}},
      {"DEFAULT CURRENT_DATE", "DEFAULT CURRENT_TIME", {"column issued of ring: default"}},
      {"(country, code DESC)", "(country, code)", {"primary key of ring: definition"}},
      {"(country, code DESC)", "(code DESC, country)", {"primary key of ring: definition"}},
      {"UNIQUE (code, species)",
       "UNIQUE (code)",
       {"unique constraint (code) of ring", "unique constraint (code, species) of ring"}},
      {"UNIQUE (code, species)",
       "UNIQUE (code, species) ON CONFLICT REPLACE",
       {"unique constraint (code, species) of ring: definition"}},
      {"ON DELETE CASCADE", "ON DELETE RESTRICT", {"foreign key (species) of ring: definition"}},
      {"ON UPDATE SET NULL", "", {"foreign key (species) of ring: definition"}},
      {"REFERENCES species (id)",
       "REFERENCES species (wings)",
       {"foreign key (species) of ring: definition"}},
      {"REFERENCES species (id)",
       "REFERENCES keeper (id)",
       {"foreign key (species) of ring: definition"}},
      {"length(code) = 7",
       "length(code) = 8",
       {"check CHECK (length(code) = 7) of ring", "check CHECK (length(code) = 8) of ring"}},
      {") WITHOUT ROWID", ")", {"table ring: without rowid"}},
      {") STRICT", ")", {"table feeding: strict"}},
      {"INITIALLY DEFERRED", "INITIALLY IMMEDIATE", {"column bird of feeding: references"}},
      {"DEFERRABLE INITIALLY DEFERRED", "", {"column bird of feeding: references"}},
      {"ON CONFLICT ABORT", "ON CONFLICT FAIL", {"column grams of feeding: not null"}},
      {"note ANY", "note TEXT", {"column note of feeding: type"}},
      {"note ANY", "remark ANY", {"column note of feeding", "column remark of feeding"}},
      {"boss INT", "boss INT CONSTRAINT chief", {"column boss of keeper: references"}},
      {"boss INT REFERENCES keeper (id)", "boss INT", {"column boss of keeper: references"}},
      {"(bird, grams DESC)", "(bird, grams)", {"index feeding_bird of feeding: columns"}},
      {"(bird, grams DESC)", "(grams DESC, bird)", {"index feeding_bird of feeding: columns"}},
      {"WHERE grams > 0", "WHERE grams > 1", {"index feeding_bird of feeding: where"}},
      {"WHERE grams > 0", "", {"index feeding_bird of feeding: where"}},
      {"CREATE UNIQUE INDEX", "CREATE INDEX", {"index keeper_name of keeper: unique"}},
      {"lower(name)", "upper(name)", {"index keeper_name of keeper: columns"}},
      {"name COLLATE RTRIM", "name", {"index keeper_name of keeper: columns"}},
      {"(who, mass)", "(whom, mass)", {"view heavy_ones: columns"}},
      {"WHERE heavy", "WHERE NOT heavy", {"view heavy_ones: definition"}},
      {"'Anas%'", "'anas%'", {"view ducks: definition"}},
      {"new.grams > 100", "new.grams > 99", {"trigger fed of feeding: when"}},
      {"'; tired'", "';  tired'", {"trigger fed of feeding: body"}},
      {"AFTER INSERT ON feeding", "BEFORE INSERT ON feeding", {"trigger fed of feeding: event"}},
      {"UPDATE OF name, boss", "UPDATE OF name", {"trigger renamed of keeper: event"}},
      {"BEGIN SELECT 1;", "BEGIN SELECT 2;", {"trigger renamed of keeper: body"}},
      {"prefix='2 3'", "prefix='2 4'", {"virtual table words: arguments"}},
      {"USING fts5", "USING fts4", {"virtual table words: module"}},
      {"+name TEXT", "+name TEXT, +more", {"virtual table place: arguments"}},
  };
  for (const Edit& edit : edits) {
    const std::string text(edit.from);
    EXPECT_NE(std::string(kAviary).find(text), std::string::npos) << text;
    const std::string sql =
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, " +
        dialect().literal(text) + ", " + dialect().literal(edit.to) + ")";
    EXPECT_THAT(changes(sql), ::testing::ElementsAreArray(edit.changed))
        << text << " to " << edit.to;
  }
}

TEST_F(SqliteCatalogueTest, StatementsThatChangeTheSchemaAreNoticed) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"CREATE TABLE nest (place)", {"table nest"}},
      {"DROP TABLE ring", {"table ring"}},
      {"ALTER TABLE keeper ADD COLUMN born TEXT", {"column born of keeper"}},
      {"DROP INDEX feeding_bird", {"index feeding_bird of feeding"}},
      {"CREATE INDEX by_hand ON ring (issued)", {"index by_hand of ring"}},
      {"DROP VIEW lost", {"view lost"}},
      {"DROP TRIGGER fed", {"trigger fed of feeding"}},
      {"DROP VIEW ducks", {"trigger ducks_in of ducks", "view ducks"}},
      {"DROP TABLE words", {"virtual table words"}},
      {"DROP TABLE words; CREATE TABLE words (body)", {"table words", "virtual table words"}},
      {"CREATE TABLE words_more (looks_like_a_shadow)", {"table words_more"}},
      {"DROP TABLE keeper; CREATE TABLE keeper (id INTEGER PRIMARY KEY, name TEXT, boss INT "
       "REFERENCES keeper (id)); CREATE UNIQUE INDEX keeper_name ON keeper (lower(name), name "
       "COLLATE "
       "RTRIM); CREATE TRIGGER renamed BEFORE UPDATE OF name, boss ON keeper BEGIN SELECT 1; END",
       {"table keeper: order"}},
      {"PRAGMA user_version = 8", {"pragma user_version: value"}},
      {"PRAGMA application_id = 0", {"pragma application_id: value"}},
  };
  for (const auto& [sql, changed] : cases) {
    EXPECT_THAT(changes(sql), ::testing::ElementsAreArray(changed)) << sql;
  }
}

TEST_F(SqliteCatalogueTest, WhatIsNoChangeIsNotNoticed) {
  for (const char* sql :
       {"VACUUM", "ANALYZE", "REINDEX", "PRAGMA page_size = 8192; VACUUM",
        "INSERT INTO keeper (name) VALUES ('Ann'); DELETE FROM keeper",
        "INSERT INTO species (latin) VALUES ('Anser anser'); DELETE FROM sqlite_sequence",
        "INSERT INTO words VALUES ('honk'); INSERT INTO words (words) VALUES ('optimize')",
        "DROP VIEW lost; ALTER TABLE ring RENAME TO r; ALTER TABLE r RENAME TO ring; CREATE VIEW "
        "lost AS SELECT x FROM nowhere",
        "DROP INDEX feeding_bird; create index if not exists main.\"feeding_bird\" on [feeding]"
        "(bird asc,grams desc)where grams>0",
        "DROP VIEW ducks; create view ducks as select who from heavy_ones where who like 'Anas%'; "
        "create trigger ducks_in instead of insert on ducks for each row begin insert into species"
        "(latin) values(new.who);end",
        "DROP TABLE \"odd \"\"names\"\"\"; create table [odd \"names\"] (key int, \"two words\" "
        "text, \"select\" int, PLAIN); create index [odd index] on [odd \"names\"]([two words])",
        "CREATE TEMP TABLE t (x); CREATE TEMP VIEW w AS SELECT 1",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE t"}) {
    EXPECT_THAT(changes(sql), IsEmpty()) << sql;
  }
}

TEST_F(SqliteCatalogueTest, DumpMakesTheSameAgain) {
  const std::string dump = schema::print(before_, kLexicalRules);
  const std::unique_ptr<Connection> copy = made(dump);
  EXPECT_THAT(described(schema::compare(before_, snapshot(*copy))), IsEmpty());
  EXPECT_EQ(schema::print(snapshot(*copy), kLexicalRules), dump);
  const char* rows =
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY "
      "1, 2";
  EXPECT_EQ(copy->query(rows).rows, aviary_->query(rows).rows) << "the text is kept as it is";
}

TEST_F(SqliteCatalogueTest, TablesOfTheToolAreLeftOutWithWhatIsTheirs) {
  const std::unique_ptr<Connection> other = made(kAviary);
  other->execute(
      "CREATE TABLE Goose_db_version (id); CREATE INDEX i ON goose_db_version (id); CREATE TRIGGER "
      "t "
      "AFTER INSERT ON goose_db_version BEGIN SELECT 1; END; CREATE TABLE goose_db_versions (id)");
  EXPECT_THAT(described(schema::compare(before_, snapshot(*other, {{"", "goose_db_version"}}))),
              ElementsAre("table goose_db_versions"));
}

TEST_F(SqliteCatalogueTest, WhatTheProgramRegistersIsRemarked) {
  const std::unique_ptr<Connection> other = memory();
  auto* handle = static_cast<sqlite3*>(other->native_handle());
  const auto nothing = [](sqlite3_context*, int, sqlite3_value**) {};
  sqlite3_create_function(handle, "valid", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, nothing,
                          nullptr, nullptr);
  other->execute("CREATE TABLE t (a CHECK (valid(a)), b CHECK (length(b) > 1))");
  EXPECT_THAT(snapshot(*other).remarks, IsEmpty()) << "here it is registered";
  sqlite3_create_function(handle, "valid", 1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr);
  const schema::Snapshot seen = snapshot(*other);
  ASSERT_EQ(seen.remarks.size(), 1u);
  EXPECT_THAT(seen.remarks[0].message, HasSubstr("the function valid()"));
}

TEST_F(SqliteCatalogueTest, ReadsWithinATransactionThatIsOpen) {
  aviary_->execute("BEGIN; CREATE TABLE nest (place)");
  EXPECT_THAT(described(schema::compare(before_, snapshot(*aviary_))), ElementsAre("table nest"));
  EXPECT_TRUE(aviary_->in_transaction());
  aviary_->execute("ROLLBACK");
  snapshot(*aviary_);
  EXPECT_FALSE(aviary_->in_transaction());
}

}  // namespace
}  // namespace gander::driver::sqlite
