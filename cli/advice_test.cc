// SPDX-License-Identifier: MIT
#include "cli/advice.h"

#include <gtest/gtest.h>

namespace gander::cli {
namespace {

TEST(Advice, NamesFlagsForMembersOfOptions) {
  EXPECT_EQ(advice("raise Options::lock_timeout, or Options::wait"),
            "raise --lock-timeout, or --wait");
  EXPECT_EQ(advice("(Options::timeout)"), "(--timeout)");
  EXPECT_EQ(advice("with gander::directory()"), "with --dir");
  EXPECT_EQ(advice("insist with MarkRequest::force"), "insist with --force");
  EXPECT_EQ(advice("with RehearseOptions::rows, or RehearseOptions::on"),
            "with --copy, or --on URL");
}

TEST(Advice, NamesCommandsForOperations) {
  EXPECT_EQ(advice("`MigrationRunner::up()` goes on"), "`gander up` goes on");
  EXPECT_EQ(advice("`MigrationRunner::resolve(5)` with Resolution::done, or Resolution::redo"),
            "`gander resolve 5` with --done, or --redo");
  EXPECT_EQ(advice("`MigrationRunner::resolve(5, Resolution::abandon)`"),
            "`gander resolve 5 --abandon`");
  EXPECT_EQ(advice("`MigrationRunner::resolve()`"), "`gander resolve`");
  EXPECT_EQ(advice("`MigrationRunner::accept(7)`"), "`gander accept 7 --reason TEXT`");
  EXPECT_EQ(advice("`MigrationRunner::accept()`"), "`gander accept VERSION --reason TEXT`");
  EXPECT_EQ(advice("`MigrationRunner::release_lock(true)`"), "`gander lock release --terminate`");
  EXPECT_EQ(advice("`MigrationRunner::release_lock()`"), "`gander lock release`");
  EXPECT_EQ(advice("`MigrationRunner::drop_database(app)`"),
            "`gander drop-database --confirm app`");
  EXPECT_EQ(advice("`MigrationRunner::drop_database(app, true)`"),
            "`gander drop-database --confirm app --terminate`");
  EXPECT_EQ(advice("`MigrationRunner::lock_status()`"), "`gander lock status`");
}

TEST(Advice, LeavesWhatIsNoNameOfTheLibrary) {
  for (const char* text : {"", "Options::", "Options::nothing_such", "xOptions",
                           "MigrationRunner::", "Resolution::", "MigrationRunner::up",
                           "MigrationRunner::up)", "MigrationRunner:: )", "gander create"}) {
    EXPECT_EQ(advice(text), text);
  }
}

}  // namespace
}  // namespace gander::cli
