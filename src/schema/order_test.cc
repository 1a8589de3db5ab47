// SPDX-License-Identifier: MIT
#include "src/schema/order.h"

#include <gmock/gmock.h>

namespace gander::schema {
namespace {

using ::testing::ElementsAre;

Id named(const std::string& kind, const std::string& name) { return {kind, name, ""}; }

Object object(const Id& id, std::vector<Step> steps) {
  Object made{.id = id, .properties = {}};
  made.steps = std::move(steps);
  return made;
}

std::vector<std::string> texts(Snapshot snapshot) {
  sort(&snapshot);
  std::vector<std::string> texts;
  for (const OrderedStep& step : ordered(snapshot)) texts.push_back(step.step->sql);
  return texts;
}

const Id kA = named("table", "a");
const Id kB = named("table", "b");
const Id kV = named("view", "v");
const Id kW = named("view", "w");

TEST(Ordered, ByIdWhereNothingNeedsAnything) {
  EXPECT_THAT(texts({.objects = {object(kB, {{"b", {}}}), object(kA, {{"a", {}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("a", "b"));
}

TEST(Ordered, WhatIsNeededComesFirst) {
  EXPECT_THAT(texts({.objects = {object(kA, {{"a", {kW}}}), object(kW, {{"w", {kB}}}),
                                 object(kB, {{"b", {}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("b", "w", "a"));
}

TEST(Ordered, WhatIsNeededComesFirstWithAllItsSteps) {
  EXPECT_THAT(texts({.objects = {object(kA, {{"a", {kW}}}), object(kW, {{"w1", {}}, {"w2", {}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("w1", "w2", "a"));
}

TEST(Ordered, LoopGoesOnWithAStandIn) {
  EXPECT_THAT(texts({.objects = {object(kV, {{"v1", {}}, {"v2", {kW}}}),
                                 object(kW, {{"w1", {}}, {"w2", {kV}}}),
                                 object(named("materialized view", "m"), {{"m", {kV}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("v1", "w1", "v2", "m", "w2"))
      << "m is in no loop, and sees the whole of v";
}

TEST(Ordered, DefaultThatCallsAFunctionThatReadsTheTable) {
  const Id function = named("function", "f()");
  EXPECT_THAT(texts({.objects = {object(kA, {{"table", {}}, {"default", {function}}}),
                                 object(function, {{"function", {kA}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("table", "function", "default"));
}

TEST(Ordered, LoopWithoutAStandInLosesNothing) {
  EXPECT_THAT(texts({.objects = {object(kA, {{"a", {kB}}}), object(kB, {{"b", {kA}}}),
                                 object(kV, {{"v", {kB}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("a", "b", "v"));
}

TEST(Ordered, NeedsThatAreNoObjectDoNotCount) {
  EXPECT_THAT(texts({.objects = {object(kA, {{"a", {named("table", "elsewhere"), kA}}})},
                     .remarks = {},
                     .settings = {}}),
              ElementsAre("a"));
}

TEST(Ordered, NamesWithoutCaseAreFound) {
  EXPECT_THAT(
      texts({.objects = {object(kA, {{"a", {named("table", "B")}}}), object(kB, {{"b", {}}})},
             .names_ignore_case = true,
             .remarks = {},
             .settings = {}}),
      ElementsAre("b", "a"));
}

}  // namespace
}  // namespace gander::schema
