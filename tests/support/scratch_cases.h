// SPDX-License-Identifier: MIT
// What driver/scratch.h promises, for every engine that keeps it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "src/driver/driver.h"

namespace gander::testing_support {

inline std::int64_t count_in(driver::Driver& database, const std::string& table) {
  const driver::Rows rows = database.connect({})->query("SELECT count(*) FROM " + table);
  return std::get<std::int64_t>(rows.rows.at(0).at(0));
}

inline void make_table(const driver::Scratch& scratch) {
  scratch.driver()->connect({})->execute("CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7)");
}

// `kept`: a name that a database may be kept under.
inline void check_scratches(driver::Driver& given, const std::string& kept) {
  const std::unique_ptr<driver::Scratches> scratches = given.scratches({});
  ASSERT_NE(scratches, nullptr);
  const auto one = scratches->make();
  const auto two = scratches->make("rehearsal");
  EXPECT_NE(one->name(), two->name());
  EXPECT_THAT(one->name(), ::testing::ContainsRegex("[_-]scratch[_-][0-9a-f]{16}$"));
  EXPECT_THAT(two->name(), ::testing::ContainsRegex("[_-]rehearsal[_-][0-9a-f]{16}$"));
  make_table(*one);
  EXPECT_EQ(count_in(*one->driver(), "a"), 1) << "another session of the same one";
  EXPECT_THROW(count_in(*two->driver(), "a"), Error) << "the other one is empty";
  make_table(*two);

  EXPECT_FALSE(scratches->exists(kept));
  EXPECT_TRUE(one->keep_as(kept));
  EXPECT_FALSE(two->keep_as(kept)) << "there is one of this name";
  EXPECT_TRUE(scratches->exists(kept));
  std::string copied;
  {
    const auto copy = scratches->copy(kept);
    copied = copy->name();
    EXPECT_EQ(count_in(*copy->driver(), "a"), 1);
    copy->driver()->connect({})->execute("DELETE FROM a");
    EXPECT_EQ(count_in(*scratches->copy(kept)->driver(), "a"), 1) << "copies are their own";
    EXPECT_TRUE(scratches->exists(copied));
  }
  EXPECT_FALSE(scratches->exists(copied));

  const auto left = scratches->make();
  left->release();
  const std::string name = left->name();
  EXPECT_TRUE(scratches->exists(name));
  scratches->drop(name);
  scratches->drop(kept);
  EXPECT_FALSE(scratches->exists(kept));
  try {
    scratches->copy(kept);
    ADD_FAILURE() << "copied what is not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found) << error.what();
  }
}

}  // namespace gander::testing_support
