// SPDX-License-Identifier: MIT
#include "cli/nearest.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

TEST(Nearest, FindsTyposAndNothingElse) {
  const std::vector<std::string_view> names{"status", "up", "down", "history"};
  EXPECT_EQ(nearest("staus", names), "status");
  EXPECT_EQ(nearest("histroy", names), "history");
  EXPECT_EQ(nearest("upp", names), "up");
  EXPECT_EQ(nearest("frobnicate", names), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace gander::cli
