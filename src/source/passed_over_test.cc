// SPDX-License-Identifier: MIT
#include "src/source/passed_over.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace gander::source {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PassedOver, WhatLooksLikeAMigrationAndIsNoneIsNamed) {
  testing_support::TempDirectory directory;
  for (const char* name :
       {"1_a.sql", "2_B.SQL", "3_c.Sql", "4_d.sql.txt", "5_e.sql (copy)", "6_f.sql~",
        "7_g.sql.orig", "README.SQL", "8_h.go", "notes.txt", "._1_a.sql", "9_i.sql.conf"}) {
    directory.write(name, "");
  }
  const PassedOver found = passed_over(directory.path());
  EXPECT_THAT(found.misnamed, ElementsAre("2_B.SQL", "3_c.Sql", "4_d.sql.txt", "5_e.sql (copy)"));
  EXPECT_THAT(found.sidecars, ElementsAre("._1_a.sql"));
  EXPECT_THAT(passed_over(directory.file("none")).misnamed, IsEmpty());
}

}  // namespace
}  // namespace gander::source
