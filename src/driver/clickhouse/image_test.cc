// SPDX-License-Identifier: MIT
// What statements do to which objects, and the judgement from log and catalogue.
#include "src/driver/clickhouse/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gander::driver::clickhouse {
namespace {

using Kind = Effect::Kind;

TEST(ClickhouseEffectTest, KindsAreToldFromTheWords) {
  const struct {
    const char* sql;
    Kind kind;
  } cases[] = {
      {"CREATE TABLE IF NOT EXISTS a.b (x UInt8) ENGINE = Memory", Kind::creates},
      {"CREATE OR REPLACE VIEW v AS SELECT 1", Kind::creates},
      {"create materialized view mv to t as select 1", Kind::creates},
      {"CREATE DICTIONARY d (k UInt64) PRIMARY KEY k", Kind::creates},
      {"CREATE TEMPORARY TABLE t (x UInt8)", Kind::other},
      {"CREATE USER u", Kind::other},
      {"CREATE USER IF NOT EXISTS u", Kind::repeatable},
      {"DROP TABLE IF EXISTS a, b", Kind::drops},
      {"RENAME TABLE a TO b, c TO d", Kind::renames},
      {"EXCHANGE TABLES a AND b", Kind::exchanges},
      {"ALTER TABLE t ADD COLUMN a UInt8, DROP COLUMN b", Kind::defines},
      {"ALTER TABLE t MODIFY SETTING a = 1, b = 2", Kind::defines},
      {"ALTER TABLE t UPDATE a = 1, b = f(2, 3) WHERE c IN (1, 2)", Kind::mutates},
      {"ALTER TABLE t ON CLUSTER c DELETE WHERE 1", Kind::mutates},
      {"ALTER TABLE t ADD COLUMN a UInt8, UPDATE b = 1 WHERE 1", Kind::other},
      {"ALTER TABLE t DROP PARTITION 1", Kind::other},
      {"DELETE FROM t WHERE x", Kind::mutates},
      {"INSERT INTO t VALUES (1)", Kind::insert},
      {"INSERT INTO FUNCTION remote('h', t) SELECT 1", Kind::other},
      {"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", Kind::other},
      {"TRUNCATE TABLE t", Kind::other},
      {"OPTIMIZE TABLE t FINAL", Kind::repeatable},
      {"GRANT SELECT ON a.* TO b", Kind::repeatable},
      {"SELECT 1", Kind::repeatable},
  };
  for (const auto& each : cases) EXPECT_EQ(effect_of(each.sql).kind, each.kind) << each.sql;
}

TEST(ClickhouseEffectTest, NamesAreTakenOutOfTheirQuotes) {
  const Effect effect = effect_of("DROP TABLE `a\\`b`.\"c d\", e");
  ASSERT_EQ(effect.objects.size(), 2U);
  EXPECT_EQ(effect.objects[0], (Object{ObjectType::table, "a`b", "c d"}));
  EXPECT_EQ(effect.objects[1], (Object{ObjectType::table, "", "e"}));
  EXPECT_TRUE(effect_of("ALTER TABLE t ON CLUSTER c ADD COLUMN a Int8").on_cluster);
  EXPECT_FALSE(effect_of("ALTER TABLE t DELETE WHERE 1 SETTINGS mutations_sync = 0").waits);
  EXPECT_TRUE(effect_of("CREATE TABLE a ENGINE = Memory AS SELECT 1").fills);
}

TEST(ClickhouseImageTest, TextIsReadBackAsItWas) {
  Image image;
  image.id = "gander-1";
  image.statement = "abc";
  image.host = "a\tb\\n";
  image.started = 5;
  image.at = 6;
  image.database = "line\nend";
  image.states = {{{ObjectType::table, "d", "t\t1"}, true, "uuid", "digest"},
                  {{ObjectType::function, "", "f"}, false, "", ""}};
  image.mutations = {"mutation_1.txt"};
  const std::optional<Image> read = image_of(to_text(image));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), to_text(image));
  EXPECT_EQ(read->host, image.host);
  EXPECT_EQ(read->states, image.states);
  for (const char* text : {"", "repeatable", "clickhouse 1", "clickhouse 1x", "clickhouse 1\nid"}) {
    EXPECT_FALSE(image_of(text)) << text;
  }
}

State there(const char* uuid, const char* digest) {
  return {{ObjectType::table, "", "t"}, true, uuid, digest};
}
State absent() { return {{ObjectType::table, "", "t"}, false, "", ""}; }

Outcome judged(const char* sql, const Logged& logged, const std::vector<State>& before,
               const std::vector<State>& now) {
  return verdict(effect_of(sql), logged, before, now);
}

constexpr const char* kInsert = "INSERT INTO t VALUES (1)";
constexpr const char* kCreate = "CREATE TABLE t (x UInt8) ENGINE = Memory";
constexpr const char* kFill = "CREATE TABLE t ENGINE = Memory AS SELECT 1";
constexpr const char* kAlter = "ALTER TABLE t ADD COLUMN a UInt8";

TEST(ClickhouseVerdictTest, FinishedInTheLogIsDone) {
  EXPECT_EQ(judged(kInsert, {.finished = true, .refused = true}, {absent()}, {absent()}),
            Outcome::happened);
}

TEST(ClickhouseVerdictTest, InsertsAreToldByTheLogAlone) {
  const std::vector<State> same = {there("u", "d")};
  EXPECT_EQ(judged(kInsert, {.whole = true}, same, same), Outcome::did_not_happen);
  EXPECT_EQ(judged(kInsert, {.refused = true, .whole = true}, same, same), Outcome::did_not_happen);
  EXPECT_EQ(judged(kInsert, {.began = true, .whole = true}, same, same), Outcome::unknown);
  EXPECT_EQ(judged(kInsert, {}, same, same), Outcome::unknown) << "the log is lost";
}

TEST(ClickhouseVerdictTest, DefinitionsAreToldByTheCatalogueWhereTheLogIsLost) {
  EXPECT_EQ(judged(kCreate, {}, {absent()}, {there("u", "d")}), Outcome::happened);
  EXPECT_EQ(judged(kCreate, {}, {absent()}, {absent()}), Outcome::did_not_happen);
  EXPECT_EQ(judged(kFill, {}, {absent()}, {there("u", "d")}), Outcome::unknown) << "empty, maybe";
  EXPECT_EQ(judged(kAlter, {}, {there("u", "d")}, {there("u", "e")}), Outcome::happened);
  EXPECT_EQ(judged(kAlter, {}, {there("u", "d")}, {there("u", "d")}), Outcome::did_not_happen);
  EXPECT_EQ(judged(kAlter, {}, {there("u", "d")}, {absent()}), Outcome::unknown);
  EXPECT_EQ(judged("DROP TABLE t", {}, {there("u", "d")}, {absent()}), Outcome::happened);
  EXPECT_EQ(judged("DROP TABLE t", {}, {there("u", "d")}, {there("v", "d")}), Outcome::unknown);
  EXPECT_EQ(
      judged("RENAME TABLE t TO s", {}, {there("u", "d"), absent()}, {absent(), there("u", "e")}),
      Outcome::happened);
  EXPECT_EQ(judged("EXCHANGE TABLES t AND s", {}, {there("u", "d"), there("v", "d")},
                   {there("v", "d"), there("u", "d")}),
            Outcome::happened);
}

// A change of the schema that failed half way is logged as one that never began.
TEST(ClickhouseVerdictTest, RefusedAlterMayHaveChangedTheDefinition) {
  EXPECT_EQ(judged("ALTER TABLE t MODIFY COLUMN a UInt32",
                   {.refused = true, .harmless = false, .whole = true}, {there("u", "d")},
                   {there("u", "e")}),
            Outcome::happened);
  EXPECT_EQ(
      judged("ALTER TABLE t DROP PARTITION 1", {.refused = true, .harmless = false, .whole = true},
             {there("u", "d")}, {there("u", "d")}),
      Outcome::unknown);
}

TEST(ClickhouseVerdictTest, WorkOfSomebodyElseIsNotTakenForOurs) {
  EXPECT_EQ(judged(kCreate, {.whole = true}, {absent()}, {there("u", "d")}), Outcome::unknown);
}

TEST(ClickhouseVerdictTest, NothingIsToldOfAClusterWithoutTheLog) {
  EXPECT_EQ(judged("DROP TABLE t ON CLUSTER c", {}, {there("u", "d")}, {absent()}),
            Outcome::unknown);
}

}  // namespace
}  // namespace gander::driver::clickhouse
