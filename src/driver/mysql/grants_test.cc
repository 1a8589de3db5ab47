// SPDX-License-Identifier: MIT
#include "src/driver/mysql/grants.h"

#include <gtest/gtest.h>

namespace gander::driver::mysql {
namespace {

TEST(GrantsTest, WhatIsGrantedEverywhereHoldsInEachDatabase) {
  Grants grants;
  grants.add("GRANT SELECT, CREATE VIEW ON *.* TO `a`@`b` WITH GRANT OPTION");
  EXPECT_TRUE(grants.allow("CREATE VIEW", "app"));
  EXPECT_TRUE(grants.allow_everywhere("SELECT"));
  EXPECT_FALSE(grants.allow("CREATE", "app"));
}

TEST(GrantsTest, NamesOfDatabasesArePatterns) {
  Grants grants;
  grants.add("GRANT ALL PRIVILEGES ON `app\\_%`.* TO 'a'@'b'");
  grants.add("GRANT DROP ON `o_e`.* TO 'a'@'b'");
  EXPECT_TRUE(grants.allow("ALTER", "app_one"));
  EXPECT_FALSE(grants.allow("ALTER", "appone"));
  EXPECT_TRUE(grants.allow("DROP", "one"));
  EXPECT_FALSE(grants.allow("DROP", "once"));
  EXPECT_FALSE(grants.allow_everywhere("ALTER"));
}

TEST(GrantsTest, ATablesGrantIsNoDatabases) {
  Grants grants;
  grants.add("GRANT INSERT ON `app`.`t` TO `a`@`b`");
  EXPECT_TRUE(grants.allow("INSERT", "app", "t"));
  EXPECT_FALSE(grants.allow("INSERT", "app", "u"));
  EXPECT_FALSE(grants.allow("INSERT", "app"));
}

TEST(GrantsTest, ColumnsRolesAndProgramsGrantNoTable) {
  Grants grants;
  grants.add("GRANT UPDATE (a, `b`), INSERT ON `app`.* TO `a`@`b`");
  grants.add("GRANT `SELECT`@`%` TO `a`@`b`");
  grants.add("GRANT EXECUTE ON PROCEDURE `app`.`p` TO `a`@`b`");
  EXPECT_TRUE(grants.allow("INSERT", "app"));
  for (const char* privilege : {"UPDATE", "SELECT", "EXECUTE"}) {
    EXPECT_FALSE(grants.allow(privilege, "app")) << privilege;
  }
}

}  // namespace
}  // namespace gander::driver::mysql
