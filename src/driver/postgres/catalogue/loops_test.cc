// SPDX-License-Identifier: MIT
#include "src/driver/postgres/catalogue/loops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gander::driver::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(LoopsTest, WhatLeadsNowhereBackIsNone) {
  EXPECT_THAT(loops({}), IsEmpty());
  EXPECT_THAT(loops({{1, 2}, {2}, {}}), IsEmpty());
}

TEST(LoopsTest, NodesOfOneLeadToEachOther) {
  EXPECT_THAT(loops({{1}, {2}, {0, 3}, {4}, {3}, {0}}),
              UnorderedElementsAre(ElementsAre(0U, 1U, 2U), ElementsAre(3U, 4U)));
}

TEST(LoopsTest, TwoThatShareANodeAreOne) {
  EXPECT_THAT(loops({{1, 2}, {0}, {0}}), ElementsAre(ElementsAre(0U, 1U, 2U)));
}

TEST(LoopsTest, ChainAsLongAsADatabaseIsLarge) {
  std::vector<std::vector<std::size_t>> chain(300000);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) chain[i].push_back(i + 1);
  EXPECT_THAT(loops(chain), IsEmpty());
  chain.back().push_back(0);
  ASSERT_EQ(loops(chain).size(), 1U);
  EXPECT_EQ(loops(chain)[0].size(), chain.size());
}

}  // namespace
}  // namespace gander::driver::postgres
