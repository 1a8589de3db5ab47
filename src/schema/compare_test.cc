// SPDX-License-Identifier: MIT
#include "src/schema/compare.h"

#include <gmock/gmock.h>

#include "src/schema/fingerprint.h"
#include "src/schema/print.h"

namespace gander::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "changed column x of t: type integer -> text"
std::vector<std::string> told(const SchemaComparison& comparison) {
  std::vector<std::string> lines;
  for (const SchemaDifference& one : comparison.differences) {
    std::string line = schema_change_name(one.what) + (" " + one.description());
    for (const PropertyDifference& property : one.properties) {
      if (one.what != SchemaDifference::Kind::changed) break;
      line += ": " + property.name + " " + property.before.value_or("-") + " -> " +
              property.after.value_or("-");
    }
    lines.push_back(line);
  }
  return lines;
}

Object column(const std::string& name, const std::string& type) {
  return {.id = {"column", name, "t"}, .properties = {{"type", type}}};
}

Object table(const std::string& name, std::vector<std::string> order) {
  Object made{.id = {"table", name, ""}, .properties = {}, .order = std::move(order)};
  made.steps = {{"CREATE TABLE " + name, {}}};
  return made;
}

Snapshot snapshot(std::vector<Object> objects, bool ignore_case = false) {
  Snapshot made{.objects = std::move(objects),
                .names_ignore_case = ignore_case,
                .remarks = {},
                .settings = {}};
  sort(&made);
  return made;
}

TEST(Compare, EqualOnesDoNotDiffer) {
  const Snapshot one = snapshot({table("t", {"a"}), column("a", "int")});
  EXPECT_THAT(told(compare(one, one)), IsEmpty());
  EXPECT_EQ(fingerprint(one), fingerprint(one));
}

TEST(Compare, PropertyThatIsNotThereIsNotTheEmptyOne) {
  const Snapshot one = snapshot({{.id = {"table", "t", ""}, .properties = {{"comment", ""}}}});
  const Snapshot other = snapshot({{.id = {"table", "t", ""}, .properties = {}}});
  EXPECT_THAT(told(compare(one, other)), ElementsAre("changed table t: comment  -> -"));
  EXPECT_NE(fingerprint(one), fingerprint(other));
}

TEST(Compare, NamesTheColumnAndTheProperty) {
  EXPECT_THAT(told(compare(snapshot({table("t", {"a"}), column("a", "int")}),
                           snapshot({table("t", {"a"}), column("a", "text")}))),
              ElementsAre("changed column a of t: type int -> text"));
}

TEST(Compare, NewColumnIsNoOtherOrder) {
  EXPECT_THAT(told(compare(
                  snapshot({table("t", {"a", "c"}), column("a", "int")}),
                  snapshot({table("t", {"a", "b", "c"}), column("a", "int"), column("b", "int")}))),
              ElementsAre("added column b of t"));
}

TEST(Compare, OrderAloneIsMarked) {
  const SchemaComparison found =
      compare(snapshot({table("t", {"a", "b"})}), snapshot({table("t", {"b", "a"})}));
  EXPECT_THAT(told(found), ElementsAre("changed table t: order a, b -> b, a"));
  EXPECT_TRUE(found.differences[0].order_only);
}

TEST(Compare, ColumnsOfATableThatIsGoneAreNotToldAgain) {
  EXPECT_THAT(told(compare(snapshot({table("t", {"a"}), column("a", "int")}), snapshot({}))),
              ElementsAre("removed table t"));
}

TEST(Compare, CaseOfNamesCountsWhereItDoes) {
  const std::vector<Object> small{table("t", {"a"})};
  const std::vector<Object> big{table("T", {"A"})};
  EXPECT_THAT(told(compare(snapshot(small, true), snapshot(big, true))), IsEmpty());
  EXPECT_EQ(fingerprint(snapshot(small, true)), fingerprint(snapshot(big, true)));
  EXPECT_THAT(told(compare(snapshot(small), snapshot(big))),
              ElementsAre("added table T", "removed table t"));
}

TEST(Fingerprint, TextsDoNotRunIntoEachOther) {
  const auto with = [](const std::string& name, const std::string& value) {
    return fingerprint(snapshot({{.id = {"table", "t", ""}, .properties = {{name, value}}}}));
  };
  EXPECT_NE(with("ab", "c"), with("a", "bc"));
}

TEST(Ended, SemicolonStandsBehindComments) {
  const sql::LexicalRules rules;
  EXPECT_EQ(ended("CREATE TABLE t (a)", rules), "CREATE TABLE t (a);\n");
  EXPECT_EQ(ended("CREATE VIEW v AS SELECT 1 -- one", rules),
            "CREATE VIEW v AS SELECT 1 -- one\n;\n");
  EXPECT_EQ(ended("CREATE INDEX i ON t (a) -- one\n", rules),
            "CREATE INDEX i ON t (a) -- one\n;\n");
  EXPECT_EQ(ended("SELECT '-- x'", rules), "SELECT '-- x';\n");
  EXPECT_EQ(ended("SELECT 1 /* -- */", rules), "SELECT 1 /* -- */;\n");
  EXPECT_EQ(ended("SELECT 1 /* open", rules), "SELECT 1 /* open*/;\n");
}

TEST(Print, RemarksSettingsAndStatements) {
  Snapshot one = snapshot({table("t", {})});
  one.settings = {"SET x = 1"};
  one.remarks = {{{"table", "t", ""}, "something is left out\nof it"}};
  EXPECT_EQ(print(one, {}),
            "-- table t: something is left out\n-- of it\nSET x = 1;\n\nCREATE TABLE t;\n");
}

}  // namespace
}  // namespace gander::schema
