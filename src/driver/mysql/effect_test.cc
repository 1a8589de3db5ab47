// SPDX-License-Identifier: MIT
// tests/mysql/witness_statements.txt has the statements that are tried on servers.
#include "src/driver/mysql/effect.h"

#include <gtest/gtest.h>

#include "src/driver/mysql/image.h"

namespace gander::driver::mysql {
namespace {

// "comes app.t, goes u", "?" for an unknown one, "again" for one that may be repeated.
std::string shown(std::string_view statement) {
  const Effect effect = effect_of(statement);
  if (effect.kind == Effect::Kind::unknown) return "?";
  if (effect.kind == Effect::Kind::repeatable) return "again";
  constexpr const char* kChanges[] = {"comes",    "replaced",  "goes",    "altered",
                                      "refilled", "moves_off", "moves_in"};
  std::string text;
  for (const Touch& touch : effect.touches) {
    text += (text.empty() ? "" : ", ") + std::string(kChanges[static_cast<int>(touch.change)]);
    text += ' ' + (touch.object.schema.empty() ? "" : touch.object.schema + ".");
    text += touch.object.name;
  }
  return text + (effect.guarded ? " or not" : "");
}

TEST(EffectTest, NamesAreFoundInAnyQuotes) {
  EXPECT_EQ(shown("CREATE TABLE `a b`.`c``d` (x INT)"), "comes a b.c`d");
  EXPECT_EQ(shown("create table \"app\" . \"t\" (x int)"), "comes app.t");
  EXPECT_EQ(shown("/* c */ CREATE -- d\n TABLE # e\n t(x INT);"), "comes t");
}

TEST(EffectTest, ExecutableCommentsAreCode) {
  EXPECT_EQ(shown("/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER tr BEFORE INSERT "
                  "ON app.t FOR EACH ROW BEGIN DROP TABLE u; END */"),
            "comes app.tr");
  EXPECT_EQ(shown("/*!99999 DROP TABLE t */"), "?");
}

TEST(EffectTest, ListsNameEachObject) {
  EXPECT_EQ(shown("DROP TABLE IF EXISTS a, b.c"), "goes a, goes b.c or not");
  EXPECT_EQ(shown("RENAME TABLE a TO b, b TO c"),
            "moves_off a, moves_in b, moves_off b, moves_in c");
  EXPECT_EQ(shown("CREATE USER a@b IDENTIFIED BY 'x,y', c"), "comes b.a, comes c");
  EXPECT_EQ(shown("REVOKE SELECT (a, b), INSERT ON x.y FROM u@'%', 'r'"), "altered %.u, altered r");
}

TEST(EffectTest, SeveralStatementsAtOnceAreUnknown) {
  EXPECT_EQ(shown("CREATE TABLE a (x INT); CREATE TABLE b (x INT)"), "?");
  EXPECT_EQ(shown("CREATE TABLE a (x INT);"), "comes a");
}

TEST(EffectTest, WhatRunsOtherCodeIsUnknown) {
  for (const char* statement :
       {"CALL p()", "EXECUTE s", "EXECUTE IMMEDIATE 'x'", "BEGIN NOT ATOMIC SELECT 1; END",
        "DO f()", "LOAD DATA INFILE 'x' INTO TABLE t", "XA COMMIT 'x'", "SET PASSWORD = 'x'",
        "ALTER USER u IDENTIFIED BY 'x'", "ANALYZE FORMAT=JSON DELETE FROM t", "FROB t", "",
        "CREATE TEMPORARY TABLE t (x INT)", "DROP TEMPORARY TABLE t"}) {
    EXPECT_EQ(shown(statement), "?") << statement;
  }
}

TEST(EffectTest, ImagesAreReadAsTheyWereWritten) {
  Image image{"0123456789abcdef", "a\tb", {}};
  image.states.push_back({{ObjectType::table, "x\\y", "t\nu", ""}, true, "d", "5,6"});
  image.states.push_back({{ObjectType::reference_system, "", "9", "\\n"}, false});
  const std::optional<Image> read = image_of(to_text(image));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->database, image.database);
  ASSERT_EQ(read->states.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read->states[i].object, image.states[i].object);
    EXPECT_EQ(read->states[i].present, image.states[i].present);
    EXPECT_EQ(read->states[i].digest, image.states[i].digest);
    EXPECT_EQ(read->states[i].id, image.states[i].id);
  }
  for (const char* other : {"", "12:valid", "mysql 2\ta\tb", "mysql 1\ta\tb\ntable\tx"}) {
    EXPECT_FALSE(image_of(other)) << other;
  }
}

}  // namespace
}  // namespace gander::driver::mysql
