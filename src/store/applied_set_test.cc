// SPDX-License-Identifier: MIT
#include "src/store/applied_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gander::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

AppliedRow row(std::int64_t version, bool applied = true, std::string at = {}) {
  return {version, applied, std::move(at)};
}

AppliedSet make(std::initializer_list<AppliedRow> rows) { return AppliedSet(rows); }

TEST(AppliedSetTest, NothingIsAppliedInAnEmptySet) {
  const AppliedSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.current(), 0);
  EXPECT_EQ(set.highest(), 0);
  EXPECT_FALSE(set.contains(1));
  EXPECT_THAT(set.newest_first(), IsEmpty());
}

TEST(AppliedSetTest, CurrentIsTheMostRecentNotTheHighest) {
  const AppliedSet set = make({row(0), row(1), row(5), row(3)});
  EXPECT_EQ(set.current(), 3);
  EXPECT_EQ(set.highest(), 5);
  EXPECT_THAT(set.newest_first(), ElementsAre(3, 5, 1));
}

TEST(AppliedSetTest, OfSeveralRowsTheNewestCounts) {
  const AppliedSet set = make({row(0), row(1), row(2), row(2, false), row(3, false), row(3)});
  EXPECT_TRUE(set.contains(2)) << "any row makes goose's `up` skip it";
  EXPECT_FALSE(set.is_applied(2));
  EXPECT_TRUE(set.is_applied(3));
  EXPECT_THAT(set.newest_first(), ElementsAre(3, 1));
  EXPECT_THAT(set.duplicates(), IsEmpty()) << "rows of a rollback are none of two runs";
}

TEST(AppliedSetTest, DuplicateAppliedRowsAreRolledBackOnce) {
  const AppliedSet set = make({row(0), row(1), row(1)});
  EXPECT_THAT(set.newest_first(), ElementsAre(1));
  EXPECT_THAT(set.duplicates(), ElementsAre(1));
}

TEST(AppliedSetTest, OnlyRowsWithoutARollbackBetweenThemAreDuplicates) {
  EXPECT_THAT(make({row(1), row(1, false), row(1)}).duplicates(), IsEmpty());
  EXPECT_THAT(make({row(1), row(1, false), row(1), row(1), row(1)}).duplicates(), ElementsAre(1));
  EXPECT_THAT(make({row(2, false), row(2, false)}).duplicates(), IsEmpty());
}

TEST(AppliedSetTest, AppliedAtIsTheGreatestTime) {
  const AppliedSet set =
      make({row(0, true, "a"), row(1, true, "c"), row(1, true, "b"), row(2, false, "d")});
  EXPECT_THAT(set.applied_at(), ElementsAre(Pair(0, "a"), Pair(1, "c")));
}

TEST(AppliedSetTest, AddAndRemoveFollowTheTable) {
  AppliedSet set = make({row(0), row(2)});
  set.add(1);
  EXPECT_EQ(set.current(), 1);
  set.remove(2);
  EXPECT_FALSE(set.contains(2));
  set.remove(7);
  EXPECT_EQ(set.highest(), 1);
  set.add(1);
  EXPECT_TRUE(set.is_applied(1));
}

}  // namespace
}  // namespace gander::store
