// SPDX-License-Identifier: MIT
// The schema of a PostgreSQL database as a value: catalogue/observatory.sql holds every kind of
// object, catalogue/changes.tsv changes that must be told with the object that they change,
// catalogue/neutral.tsv what is no change.
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "src/driver/postgres/catalogue/settled.h"
#include "src/driver/postgres/dialect.h"
#include "src/schema/compare.h"
#include "src/schema/fingerprint.h"
#include "src/schema/print.h"
#include "src/sql/grammar.h"
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(GANDER_CATALOGUE_FOLDER) + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The two columns of a table without a heading.
std::vector<std::pair<std::string, std::string>> read_table(const std::string& name) {
  std::ifstream file(std::string(GANDER_CATALOGUE_FOLDER) + "/" + name);
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    const std::size_t tab = line.find('\t');
    rows.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return rows;
}

std::string text_of(const schema::Snapshot& snapshot) {
  return schema::print(snapshot, driver::postgres::dialect().grammar().lexical);
}

// What differs, each in the words that people are told.
std::vector<std::string> told(const schema::Snapshot& before, const schema::Snapshot& after) {
  std::vector<std::string> all;
  for (const SchemaDifference& difference : schema::compare(before, after).differences) {
    all.push_back(difference.description());
  }
  return all;
}

// What a program prints.
std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, n);
  }
  const int status = ::pclose(pipe);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : "";
}

class PostgresCatalogueTest : public PostgresTest {
 protected:
  static schema::Snapshot read(driver::Connection& connection,
                               const driver::SnapshotRequest& request = {}) {
    return connection.catalogue()->snapshot(request);
  }

  schema::Snapshot read(const driver::SnapshotRequest& request = {}) {
    return read(*connect(), request);
  }

  void make_observatory() {
    // Not in one transaction with the statement that makes it a member: see extensions.cc.
    ask("CREATE FUNCTION public.joined() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
    ask(read_file("observatory.sql"));
  }

  bool since(int major) const { return std::stoi(ask("SHOW server_version_num")) >= major * 10000; }

  // Another database, made from the text of this one's snapshot, and what is in it.
  schema::Snapshot read_copy(const std::string& text) {
    copy_ = server().create_database();
    testing_support::Client(server().url(copy_)).ask(text);
    const auto driver = driver::postgres::make_driver(server().url(copy_));
    return read(*driver->connect({}));
  }

  // A schema that does survive being carried over.
  void expect_same_in_copy() {
    const schema::Snapshot here = read();
    const schema::Snapshot there = read_copy(text_of(here));
    EXPECT_THAT(told(here, there), IsEmpty());
    EXPECT_EQ(text_of(here), text_of(there));
    EXPECT_EQ(schema::fingerprint(here), schema::fingerprint(there));
  }

  std::string copy_;
};

TEST_F(PostgresCatalogueTest, EmptyDatabaseHasNothing) {
  const schema::Snapshot snapshot = read();
  EXPECT_THAT(snapshot.objects, IsEmpty());
  EXPECT_THAT(read({.without = {}, .grants = true}).objects, IsEmpty());
}

TEST_F(PostgresCatalogueTest, CopyIsTheSame) {
  if (!since(13)) GTEST_SKIP() << "the observatory needs PostgreSQL 13";
  make_observatory();
  expect_same_in_copy();
}

TEST_F(PostgresCatalogueTest, DumpOfThePostgresProgramsIsTheSameForTheCopy) {
  if (!since(13)) GTEST_SKIP() << "the observatory needs PostgreSQL 13";
  make_observatory();
  read_copy(text_of(read()));
  const char* folder = std::getenv("GANDER_POSTGRES_BIN");
  const std::string program =
      (folder == nullptr ? "" : std::string(folder) + "/") + "pg_dump -s --no-owner --no-acl ";
  // A newer one says \restrict with a word of its own; options that may be secrets are not carried.
  const std::string rest =
      "' 2>/dev/null | sed -e '/^.\\(un\\)*restrict /d' -e \"s/'kept[^']*'/''/\"";
  const std::string here = output_of(program + "-d '" + url() + rest);
  if (here.empty()) GTEST_SKIP() << "no pg_dump of the server's version";
  EXPECT_EQ(here, output_of(program + "-d '" + server().url(copy_) + rest));
}

// Most are written down without the server's help.
TEST_F(PostgresCatalogueTest, DefinitionsOfIndexesAreTheServers) {
  ask(R"(
CREATE SCHEMA "odd Schema";
CREATE DOMAIN public.weight AS INTEGER;
CREATE TYPE public.mood AS ENUM ('calm', 'alert');
CREATE TABLE "odd Schema"."Bird" (id BIGINT, "from" TEXT, name VARCHAR(20), code CHAR(3),
  heavy weight, feeling mood, tags TEXT[], home inet, net cidr, seen TIMESTAMPTZ, kind regclass,
  word TEXT COLLATE "C", label name);
CREATE INDEX bird_id ON "odd Schema"."Bird" (id);
CREATE UNIQUE INDEX "Bird Of" ON "odd Schema"."Bird" ("from", name DESC, code NULLS FIRST);
CREATE INDEX bird_desc ON "odd Schema"."Bird" (id DESC NULLS LAST, seen ASC NULLS LAST);
CREATE INDEX bird_domain ON "odd Schema"."Bird" (heavy);
CREATE INDEX bird_enum ON "odd Schema"."Bird" (feeling, tags, kind);
CREATE INDEX bird_net ON "odd Schema"."Bird" (home, net);
CREATE INDEX bird_pattern ON "odd Schema"."Bird" ("from" text_pattern_ops, name varchar_pattern_ops);
CREATE INDEX bird_other_class ON "odd Schema"."Bird" ("from" bpchar_ops, name bpchar_ops);
CREATE INDEX bird_text_class ON "odd Schema"."Bird" (name text_ops, name varchar_ops, label);
CREATE INDEX bird_collated ON "odd Schema"."Bird" ("from" COLLATE "C", word, word COLLATE "default");
CREATE INDEX bird_expression ON "odd Schema"."Bird" (lower(name), id);
CREATE INDEX bird_condition ON "odd Schema"."Bird" (id) WHERE name IN ('a', 'b');
CREATE INDEX bird_filled ON "odd Schema"."Bird" (id) WITH (fillfactor = 70);
CREATE INDEX bird_hash ON "odd Schema"."Bird" USING hash (id);
CREATE INDEX bird_gin ON "odd Schema"."Bird" USING gin (tags);
CREATE INDEX bird_brin ON "odd Schema"."Bird" USING brin (seen);
ALTER TABLE "odd Schema"."Bird" DROP COLUMN home;
CREATE TABLE nest (id INTEGER, place TEXT) PARTITION BY RANGE (id);
CREATE TABLE nest_1 PARTITION OF nest FOR VALUES FROM (0) TO (10);
CREATE INDEX nest_place ON nest (place);
CREATE MATERIALIZED VIEW flock AS SELECT id, name FROM "odd Schema"."Bird";
CREATE UNIQUE INDEX flock_id ON flock (id);
)");
  if (since(11))
    ask("CREATE INDEX bird_more ON \"odd Schema\".\"Bird\" (id) INCLUDE (name, \"from\")");
  if (since(15)) {
    ask("CREATE UNIQUE INDEX bird_nulls ON \"odd Schema\".\"Bird\" (id) INCLUDE (name) NULLS NOT "
        "DISTINCT");
  }
  const auto compare = [&](std::size_t at_least) {
    std::size_t found = 0;
    for (const schema::Object& object : read().objects) {
      if (object.id.kind != "index") continue;
      ++found;
      const std::string schema =
          object.id.parent.starts_with("public.") ? "public" : "\"odd Schema\"";
      const std::string name = schema + "." + object.id.name;
      const std::string told = ask("SET search_path = pg_catalog; SELECT pg_get_indexdef(" +
                                   driver::postgres::dialect().literal(name) + "::regclass)");
      const auto definition =
          std::ranges::find(object.properties, "definition", &schema::Property::name);
      ASSERT_NE(definition, object.properties.end()) << name;
      EXPECT_EQ(definition->value, driver::postgres::settled(told));
    }
    EXPECT_GE(found, at_least);
  };
  compare(19);
  // Types may have other defaults now.
  ask("CREATE OPERATOR CLASS public.own DEFAULT FOR TYPE mood USING btree AS OPERATOR 1 < "
      "(anyenum, "
      "anyenum), FUNCTION 1 (mood, mood) enum_cmp(anyenum, anyenum); CREATE INDEX bird_own ON "
      "\"odd Schema\".\"Bird\" (feeling, name); CREATE INDEX bird_enums ON \"odd Schema\".\"Bird\" "
      "(feeling enum_ops)");
  compare(21);
}

TEST_F(PostgresCatalogueTest, EveryChangeIsTold) {
  if (!since(13)) GTEST_SKIP() << "the observatory needs PostgreSQL 13";
  make_observatory();
  const auto connection = connect();
  const schema::Snapshot before = read(*connection);
  const auto changes = read_table("changes.tsv");
  ASSERT_GE(changes.size(), 60U);
  for (const auto& [object, sql] : changes) {
    SCOPED_TRACE(sql);
    connection->begin();
    connection->execute(sql);
    const schema::Snapshot after = read(*connection);
    connection->rollback();
    EXPECT_THAT(told(before, after), Contains(object));
    EXPECT_NE(schema::fingerprint(before), schema::fingerprint(after));
  }
}

TEST_F(PostgresCatalogueTest, NothingIsToldWhereNothingChanges) {
  if (!since(13)) GTEST_SKIP() << "the observatory needs PostgreSQL 13";
  make_observatory();
  const auto connection = connect();
  const schema::Snapshot before = read(*connection);
  for (const auto& [what, sql] : read_table("neutral.tsv")) {
    SCOPED_TRACE(what);
    connection->begin();
    connection->execute(sql);
    const schema::Snapshot after = read(*connection);
    connection->rollback();
    EXPECT_THAT(told(before, after), IsEmpty());
    EXPECT_EQ(schema::fingerprint(before), schema::fingerprint(after));
  }
}

TEST_F(PostgresCatalogueTest, SecretsAreNowhere) {
  if (!since(13)) GTEST_SKIP() << "the observatory needs PostgreSQL 13";
  make_observatory();
  ask("CREATE SUBSCRIPTION from_afar CONNECTION 'host=/nowhere user=a password=''kept off'' "
      "sslpassword=kept-off dbname=x' PUBLICATION p WITH (connect = false)");
  const schema::Snapshot snapshot = read({.without = {}, .grants = true});
  const std::string text = text_of(snapshot);
  EXPECT_THAT(text, Not(HasSubstr("kept")));
  EXPECT_THAT(text, HasSubstr("CONNECTION 'host=/nowhere user=a dbname=x'"));
  for (const schema::Object& object : snapshot.objects) {
    for (const schema::Property& property : object.properties) {
      EXPECT_THAT(property.value, Not(HasSubstr("kept")));
    }
  }
  ask("ALTER SUBSCRIPTION from_afar SET (slot_name = NONE)");
  ask("DROP SUBSCRIPTION from_afar");
}

TEST_F(PostgresCatalogueTest, SessionStaysAsItWas) {
  ask("CREATE TABLE a (at timestamptz DEFAULT '2001-02-03 04:05:06+02', b bytea DEFAULT "
      "'\\x0061')");
  const auto connection = connect();
  const std::string settings =
      "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name <> "
      "'transaction_isolation' AND name <> 'transaction_read_only'";
  connection->execute(
      "SET TimeZone = 'Asia/Kathmandu'; SET bytea_output = escape; SET search_path = "
      "pg_temp; SET quote_all_identifiers = on");
  const driver::Rows before = connection->query(settings);
  const schema::Snapshot snapshot = read(*connection);
  EXPECT_EQ(connection->query(settings).rows, before.rows);
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_THAT(told(read(), snapshot), IsEmpty());
  EXPECT_EQ(text_of(read()), text_of(snapshot));

  connection->begin();
  connection->execute("CREATE TABLE public.b (n integer)");
  EXPECT_THAT(told(snapshot, read(*connection)), Contains("table public.b"));
  EXPECT_TRUE(connection->in_transaction());
  EXPECT_EQ(connection->query(settings).rows, before.rows);
  connection->commit();
  EXPECT_EQ(ask("SELECT to_regclass('b') IS NOT NULL"), "t");
}

TEST_F(PostgresCatalogueTest, TablesOfTheToolAreLeftOutWithWhatBelongsToThem) {
  ask("CREATE TABLE own (id serial PRIMARY KEY, n integer GENERATED ALWAYS AS IDENTITY UNIQUE);"
      "CREATE INDEX own_index ON own (n); CREATE TABLE own_too (n integer);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER t BEFORE INSERT ON own FOR EACH ROW EXECUTE PROCEDURE f();"
      "COMMENT ON TABLE own IS 'x'; ALTER TABLE own ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY p ON own USING (true); CREATE RULE r AS ON DELETE TO own DO INSTEAD NOTHING;"
      "CREATE SCHEMA other; CREATE TABLE other.own (n integer); CREATE TABLE \"Own\" (n integer);"
      "CREATE VIEW upon AS SELECT id FROM own; CREATE VIEW further AS SELECT id FROM upon;"
      "CREATE PUBLICATION both_of_them FOR TABLE own, other.own");
  const driver::SnapshotRequest request{{TableName::parse("own"), TableName::parse("own_too")}};
  const schema::Snapshot snapshot = read(request);
  std::vector<std::string> names;
  for (const schema::Object& object : snapshot.objects) names.push_back(object.id.name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre(
                         "n", "n", "id", "id", "public.f()", "both_of_them", "other", "other.own",
                         "public.\"Own\"", "public.upon", "public.further"));
  // What cannot be made without them is told, and made by no script.
  std::vector<std::string> remarks;
  for (const schema::Remark& remark : snapshot.remarks) remarks.push_back(remark.about.name);
  EXPECT_THAT(remarks, ::testing::UnorderedElementsAre("public.upon", "public.further"));
  EXPECT_THAT(text_of(snapshot), Not(HasSubstr("CREATE VIEW")));
  EXPECT_THAT(text_of(snapshot),
              HasSubstr("ALTER PUBLICATION both_of_them ADD TABLE ONLY other.own"));
}

TEST_F(PostgresCatalogueTest, LoopsAreBrokenWhereTheyCanBe) {
  if (!since(14)) GTEST_SKIP() << "bodies that depend on what they name came with PostgreSQL 14";
  ask("CREATE TABLE a (n integer, CHECK (n > 0));"
      "CREATE FUNCTION most() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT max(a.n) FROM a; "
      "END;"
      "ALTER TABLE a ALTER COLUMN n SET DEFAULT most();"
      "CREATE VIEW v AS SELECT 1 AS n;"
      "CREATE FUNCTION of_v() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM v; END;"
      "CREATE OR REPLACE VIEW v AS SELECT 1 AS n WHERE of_v() > 0;"
      "CREATE FUNCTION odd(n integer) RETURNS boolean LANGUAGE sql RETURN n = 1;"
      "CREATE FUNCTION even(n integer) RETURNS boolean LANGUAGE sql RETURN n = 0 OR odd(n - 1);"
      "CREATE OR REPLACE FUNCTION odd(n integer) RETURNS boolean LANGUAGE sql RETURN even(n - 1);"
      "CREATE DOMAIN d AS integer;"
      "CREATE FUNCTION fine(d) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true;"
      "ALTER DOMAIN d ADD CONSTRAINT is_fine CHECK (fine(VALUE));"
      "CREATE TABLE b (id integer PRIMARY KEY, c integer); CREATE TABLE c (id integer PRIMARY KEY, "
      "b "
      "integer REFERENCES b); ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c");
  expect_same_in_copy();
}

TEST_F(PostgresCatalogueTest, EventTriggerThatForbidsEverythingComesLast) {
  ask("CREATE TABLE t (n integer); CREATE INDEX i ON t (n); COMMENT ON TABLE t IS 'x';"
      "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
      "''no''; END';"
      "CREATE EVENT TRIGGER b ON ddl_command_start EXECUTE PROCEDURE no();"
      "CREATE EVENT TRIGGER a ON ddl_command_start EXECUTE PROCEDURE no()");
  expect_same_in_copy();
}

TEST_F(PostgresCatalogueTest, WhatAnEmptyDatabaseHasIsToldWhenItIsGone) {
  ask("DROP SCHEMA public; DROP EXTENSION plpgsql; CREATE SCHEMA a");
  expect_same_in_copy();
}

TEST_F(PostgresCatalogueTest, OwnersAndRightsAreToldWhenTheyAreAskedFor) {
  ask("CREATE TABLE a (n integer, m text); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS "
      "'SELECT 1'; GRANT SELECT ON a TO pg_monitor, pg_read_all_stats; GRANT UPDATE (m) ON a TO "
      "pg_monitor");
  const schema::Snapshot before = read({.without = {}, .grants = true});
  const schema::Snapshot without = read();
  ask("REVOKE SELECT ON a FROM pg_monitor; GRANT SELECT ON a TO pg_monitor");
  EXPECT_THAT(told(before, read({.without = {}, .grants = true})), IsEmpty());
  ask("ALTER FUNCTION f() OWNER TO pg_monitor; REVOKE UPDATE (m) ON a FROM pg_monitor; GRANT "
      "INSERT "
      "ON a TO pg_monitor WITH GRANT OPTION; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "
      "PUBLIC; "
      "GRANT CREATE ON SCHEMA public TO pg_monitor");
  EXPECT_THAT(told(without, read()), IsEmpty());
  const std::vector<std::string> differences = told(before, read({.without = {}, .grants = true}));
  for (const char* object : {"function public.f()", "column m of public.a", "table public.a",
                             "default privileges of postgres on TABLES", "schema public"}) {
    EXPECT_THAT(differences, Contains(object));
  }
  const schema::Snapshot here = read({.without = {}, .grants = true});
  read_copy(text_of(here));
  const auto driver = driver::postgres::make_driver(server().url(copy_));
  EXPECT_THAT(told(here, read(*driver->connect({}), {.without = {}, .grants = true})), IsEmpty());
}

}  // namespace
}  // namespace gander
