// SPDX-License-Identifier: MIT
#include "src/schema/imprint.h"

#include <gmock/gmock.h>

namespace gander::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Object object(const std::string& kind, const std::string& name, const std::string& parent,
              const std::string& definition, bool part = false) {
  Object made{.id = {kind, name, parent}, .properties = {{"definition", definition}}};
  if (!part) made.steps = {{"CREATE " + name, {}}};
  return made;
}

Object table(const std::string& name) { return object("table", name, "", ""); }
Object column(const std::string& name, const std::string& parent, const std::string& type) {
  return object("column", name, parent, type, true);
}
Object index(const std::string& name, const std::string& definition = "a") {
  return object("index", name, "t", definition);
}

Imprint imprint_of(std::vector<Object> objects, bool ignore_case = false) {
  Snapshot snapshot;
  snapshot.objects = std::move(objects);
  snapshot.names_ignore_case = ignore_case;
  sort(&snapshot);
  return imprint(snapshot);
}

// "added index i of t 1"
std::vector<std::string> told(const std::vector<DriftedObject>& objects) {
  std::vector<std::string> lines;
  for (const DriftedObject& one : objects) {
    lines.push_back(schema_change_name(one.what) + (" " + one.description()) + " " +
                    std::to_string(one.since));
  }
  return lines;
}

bool before_is_wanted(std::uint64_t /*recorded*/, std::uint64_t before, std::uint64_t wanted) {
  return before == wanted;
}

TEST(Imprint, TellsWhatIsAddedRemovedAndChanged) {
  const Imprint recorded = imprint_of({index("gone"), index("other"), index("same"), table("t")});
  const Imprint now = imprint_of({index("new"), index("other", "b"), index("same"), table("t")});
  EXPECT_THAT(told(drifted(recorded, 7, now)),
              ElementsAre("removed index gone of t 7", "added index new of t 7",
                          "changed index other of t 7"));
  EXPECT_THAT(told(drifted(recorded, 7, recorded)), IsEmpty());
}

TEST(Imprint, APartGoesWithItsWhole) {
  const std::vector<Object> with = {column("a", "t", "int"), table("t")};
  EXPECT_THAT(told(drifted(imprint_of({}), 1, imprint_of(with))), ElementsAre("added table t 1"));
  EXPECT_THAT(told(drifted(imprint_of(with), 1, imprint_of({}))), ElementsAre("removed table t 1"));
  EXPECT_THAT(told(drifted(imprint_of({table("t")}), 1, imprint_of(with))),
              ElementsAre("added column a of t 1"));
}

TEST(Imprint, CaseOfNamesCountsWhereTheDatabaseSaysSo) {
  const Imprint small = imprint_of({table("t")}, true);
  EXPECT_THAT(told(drifted(small, 1, imprint_of({table("T")}, true))), IsEmpty());
  EXPECT_THAT(told(drifted(imprint_of({table("t")}), 1, imprint_of({table("T")}))),
              ElementsAre("added table T 1", "removed table t 1"));
}

TEST(Imprint, WhatDependsOnTheReaderIsThereOrNot) {
  Object one = object("user mapping", "me", "server", "options");
  Object other = object("user mapping", "me", "server", "nothing");
  one.reader_dependent = other.reader_dependent = true;
  EXPECT_THAT(told(drifted(imprint_of({one}), 1, imprint_of({other}))), IsEmpty());
  EXPECT_THAT(told(drifted(imprint_of({one}), 1, imprint_of({}))),
              ElementsAre("removed user mapping me of server 1"));
}

TEST(Imprint, IsTheSameAfterItWasWritten) {
  Imprint all = imprint_of({column("a\tb", "t\n\\n", "int"), index(""), table("t")});
  all.traces[1].since = 20260101000000;
  all.traces[2].digest = 0;
  const std::optional<Imprint> read = parse_imprint(text(all));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->traces.size(), all.traces.size());
  for (std::size_t i = 0; i < all.traces.size(); ++i) {
    EXPECT_EQ(read->traces[i].id, all.traces[i].id);
    EXPECT_EQ(read->traces[i].digest, all.traces[i].digest);
    EXPECT_EQ(read->traces[i].part, all.traces[i].part);
    EXPECT_EQ(read->traces[i].since, all.traces[i].since);
  }
}

// What is in databases must be read for ever.
TEST(Imprint, TextIsTheOneThatIsDocumented) {
  EXPECT_EQ(text(imprint_of({column("a", "t", "int"), table("t")})),
            "objects 1\ncolumn\tt\n\t963de40107b44b57+\ta\ntable\t\n\te497e3629317ba41\tt\n");
}

TEST(Imprint, WhatIsNoTextIsRefused) {
  const std::string good = text(imprint_of({table("t")}));
  EXPECT_TRUE(parse_imprint(good));
  for (const std::string& bad :
       {std::string(), std::string("objects 2\n"), good.substr(0, good.size() - 1),
        std::string("objects 1\n\t12\tname\tx\n"), std::string("objects 1\n\tg\tname\n"),
        std::string("objects 1\ntable\n"), std::string("objects 1\n\t1\n")}) {
    EXPECT_FALSE(parse_imprint(bad)) << bad;
  }
}

TEST(CarryOver, WhatARunHasNotTouchedDiffersAsBefore) {
  const Imprint recorded = imprint_of({index("dropped"), index("remade"), index("same")});
  const Imprint before = imprint_of({index("by_hand"), index("same"), index("taken_care_of")});
  const Imprint after =
      imprint_of({index("by_hand"), index("new"), index("remade"), index("same")});
  const Imprint carried = carry_over(recorded, 1, before, after, before_is_wanted);
  EXPECT_THAT(told(drifted(carried, 2, after)),
              ElementsAre("added index by_hand of t 1", "removed index dropped of t 1"));
  const Imprint later = imprint_of({index("new"), index("remade"), index("same")});
  EXPECT_THAT(told(drifted(carried, 2, later)), ElementsAre("removed index dropped of t 1"));
}

TEST(CarryOver, SinceStaysOverAnyNumberOfRuns) {
  const Imprint now = imprint_of({index("by_hand")});
  Imprint kept = carry_over(imprint_of({}), 1, now, now, before_is_wanted);
  kept = *parse_imprint(text(kept));
  kept = carry_over(kept, 2, now, now, before_is_wanted);
  EXPECT_THAT(told(drifted(kept, 3, now)), ElementsAre("added index by_hand of t 1"));
}

}  // namespace
}  // namespace gander::schema
