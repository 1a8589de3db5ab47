// SPDX-License-Identifier: MIT
#include "src/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/error.h"

namespace gander::plan {
namespace {

using ::testing::HasSubstr;
using Kind = Request::Kind;

std::vector<source::Migration> files(std::initializer_list<std::int64_t> versions) {
  std::vector<source::Migration> migrations;
  for (const std::int64_t version : versions) {
    source::Migration& migration = migrations.emplace_back();
    migration.version = version;
    migration.name = std::to_string(version) + "_x.sql";
    migration.place = "m/" + migration.name;
  }
  return migrations;
}

store::AppliedSet rows(std::initializer_list<std::int64_t> versions) {
  std::vector<store::AppliedRow> all{{0, true, {}}};
  for (const std::int64_t version : versions) all.push_back({version, true, {}});
  return store::AppliedSet(all);
}

// "+1 -2", or the error's code and message.
std::string dump(const Request& request, const std::vector<source::Migration>& migrations,
                 const store::AppliedSet& applied) {
  try {
    std::string out;
    for (const Step& step : make(request, migrations, applied).steps) {
      out += out.empty() ? "" : " ";
      out +=
          (step.direction == Direction::up ? "+" : "-") + std::to_string(step.migration->version);
    }
    return out;
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.details().message;
  }
}

TEST(PlanTest, EachOperationPicksItsSteps) {
  const auto three = files({1, 2, 3});
  const struct {
    Request request;
    store::AppliedSet applied;
    const char* dump;
  } cases[] = {
      {{.kind = Kind::up}, {}, "+1 +2 +3"},
      {{.kind = Kind::up}, rows({1}), "+2 +3"},
      {{.kind = Kind::up}, rows({1, 2, 3}), ""},
      {{.kind = Kind::up_to, .version = 2}, rows({}), "+1 +2"},
      {{.kind = Kind::up_to, .version = 0}, rows({}), ""},
      {{.kind = Kind::up_by_one}, rows({1}), "+2"},
      {{.kind = Kind::up_by_one}, rows({1, 2, 3}), "not_found: no next version found"},
      {{.kind = Kind::down}, rows({1, 2}), "-2"},
      {{.kind = Kind::down}, rows({}), "not_found: migration 0: no current version found"},
      {{.kind = Kind::down}, rows({1, 9}), "not_found: migration 9: no current version found"},
      {{.kind = Kind::down_to, .version = 1}, rows({1, 2, 3}), "-3 -2"},
      {{.kind = Kind::down_to, .version = 0}, rows({1, 2, 3}), "-3 -2 -1"},
      {{.kind = Kind::down_to, .version = 0},
       rows({1, 9}),
       "not_found: migration 9: no current version found"},
      {{.kind = Kind::redo}, rows({1, 2}), "-2 +2"},
      {{.kind = Kind::reset}, rows({1, 9, 2}), "-2 -1"},
      {{.kind = Kind::reset}, rows({}), ""},
  };
  for (const auto& c : cases) EXPECT_EQ(dump(c.request, three, c.applied), c.dump) << c.dump;
}

TEST(PlanTest, MissingMigrationsAreAnErrorOrComeFirst) {
  const auto all = files({1, 2, 3, 4, 5});
  const auto applied = rows({1, 4});
  EXPECT_EQ(dump({.kind = Kind::up}, all, applied),
            "out_of_order: found 2 missing migrations before current version 4:\n\tversion 2: "
            "m/2_x.sql\n\tversion 3: m/3_x.sql");
  EXPECT_EQ(dump({.kind = Kind::up, .allow_missing = true}, all, applied), "+2 +3 +5");
  EXPECT_EQ(dump({.kind = Kind::up_by_one, .allow_missing = true}, all, applied), "+2");
  EXPECT_EQ(dump({.kind = Kind::up_to, .version = 1}, all, applied), "")
      << "only files up to the bound can be missing";
}

TEST(PlanTest, DownToFollowsVersionsOrApplication) {
  const auto all = files({1, 2, 3, 4});
  const auto applied = rows({1, 2, 4, 3});
  EXPECT_EQ(dump({.kind = Kind::down_to, .version = 3}, all, applied), "-4");
  EXPECT_EQ(dump({.kind = Kind::down_to, .version = 3, .down_by_version = false}, all, applied),
            "");
  EXPECT_EQ(dump({.kind = Kind::down_to, .version = 1}, all, applied), "-3 -4 -2");
}

TEST(PlanTest, WithoutVersioningFilesAreTakenInOrder) {
  const auto three = files({1, 2, 3});
  const auto request = [](Kind kind, std::int64_t version = 0) {
    return Request{.kind = kind, .version = version, .versioning = false};
  };
  EXPECT_EQ(dump(request(Kind::up), three, {}), "+1 +2 +3");
  EXPECT_EQ(dump(request(Kind::up_to, 2), three, {}), "+1 +2");
  EXPECT_EQ(dump(request(Kind::up_by_one), three, {}), "+1");
  EXPECT_EQ(dump(request(Kind::down), three, {}), "-3");
  EXPECT_EQ(dump(request(Kind::down_to, 1), three, {}), "-3 -2");
  EXPECT_EQ(dump(request(Kind::reset), three, {}), "-3 -2 -1");
  EXPECT_EQ(dump(request(Kind::redo), three, {}), "-3 +3");
}

TEST(PlanTest, VersionsThatOnlyTheDatabaseKnows) {
  const auto two = files({1, 2});
  const auto applied = rows({1, 2, 8, 9});
  const Steps steps = make({.kind = Kind::up}, two, applied);
  ASSERT_EQ(steps.warnings.size(), 1u);
  EXPECT_THAT(steps.warnings[0], HasSubstr("8, 9"));
  EXPECT_EQ(dump({.kind = Kind::up, .strict = true}, two, applied), "") << "newer, not deleted";
  EXPECT_THAT(dump({.kind = Kind::up, .newer = Newer::refuse}, two, applied),
              HasSubstr("edited: "));
  EXPECT_TRUE(make({.kind = Kind::up, .newer = Newer::allow}, two, applied).warnings.empty());
}

TEST(PlanTest, DeletedVersionIsAnErrorOfStrictUnlessItIsSettled) {
  const auto three = files({3});
  const auto applied = rows({1, 2, 3});
  EXPECT_THAT(dump({.kind = Kind::up, .strict = true}, three, applied), HasSubstr("edited: "));
  EXPECT_EQ(dump({.kind = Kind::up, .strict = true, .settled = {1, 2}}, three, applied), "");
}

TEST(PlanTest, TargetThatNobodyKnowsIsAnErrorWhereTargetsAreExact) {
  const auto two = files({1, 5});
  const auto to = [](Kind kind, std::int64_t version) {
    return Request{.kind = kind, .version = version, .exact_targets = true};
  };
  EXPECT_THAT(dump(to(Kind::up_to, 99), two, {}), HasSubstr("not_found: "));
  EXPECT_THAT(dump(to(Kind::down_to, 4), two, rows({1, 5})), HasSubstr("not_found: "));
  EXPECT_EQ(dump(to(Kind::up_to, 1), two, {}), "+1");
  EXPECT_EQ(dump(to(Kind::down_to, 0), two, rows({1, 5})), "-5 -1");
  EXPECT_EQ(dump({.kind = Kind::up_to, .version = 99}, two, {}), "+1 +5") << "a bound";
}

TEST(PlanTest, GoFileIsRefusedOnlyWhenItWouldRun) {
  auto migrations = files({1, 2});
  migrations[1].kind = source::Kind::go_file;
  EXPECT_THAT(dump({.kind = Kind::up}, migrations, rows({1})),
              HasSubstr("invalid_migration: this migration is written in Go"));
  EXPECT_EQ(dump({.kind = Kind::up}, migrations, rows({1, 2})), "");
}

TEST(PlanTest, StepsSayWhy) {
  const auto all = files({1, 2, 3});
  const Steps steps = make({.kind = Kind::up, .allow_missing = true}, all, rows({2}));
  EXPECT_EQ(steps.steps[0].reason, "pending, older than the applied version 2");
  EXPECT_EQ(steps.steps[1].reason, "pending");
}

}  // namespace
}  // namespace gander::plan
