// SPDX-License-Identifier: MIT
#include "src/script/lookalike.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/script_dump.h"

namespace gander::script {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string meant(std::string_view comment) {
  const std::optional<Lookalike> found = find_lookalike(comment);
  return found ? found->meant + (found->heading ? "?" : "") : "";
}

TEST(LookalikeTest, WhatCanOnlyBeMeantAsAnAnnotationIsFound) {
  for (const char* comment : {"-- +Goose Down",
                              "-- +GOOSE down",
                              "-- + goose Down",
                              "--+ goose Down",
                              "-- +migrate Down",
                              "-- goose Down",
                              "--goose Down",
                              "-- goose: Down",
                              "-- +goose: Down",
                              "-- Goose Down;",
                              "\xEF\xBB\xBF-- +goose Down",
                              "--\xE2\x80\x8B+goose Down",
                              "\xE2\x80\x93 +goose Down",
                              "# +goose Down",
                              "// +goose Down",
                              "/* +goose Down */",
                              "/* -- +goose Down */",
                              "+goose Down",
                              "-- +gosoe Down",
                              "-- +goose Dwon",
                              "-- +Goose Donw",
                              "-- +goos down",
                              "-- +Goose Down -- drop the birds",
                              "-- @DOWN",
                              "-- +Down",
                              "-- @UNDO",
                              "--//@UNDO",
                              "# --- !Downs",
                              "-- migrate:down",
                              "-- +micrate Down",
                              "-- +gander Down",
                              "-- +gooseDown"}) {
    EXPECT_EQ(meant(comment), "-- +goose Down") << comment;
  }
  EXPECT_EQ(meant("-- goose Up"), "-- +goose Up");
  EXPECT_EQ(meant("-- +migrate StatementBegin"), "-- +goose StatementBegin");
  EXPECT_EQ(meant("-- StatementEnd"), "-- +goose StatementEnd");
  EXPECT_EQ(meant("-- + goose NO TRANSACTION"), "-- +goose NO TRANSACTION");
  EXPECT_EQ(meant("-- +Goose no_transactions"), "-- +goose NO TRANSACTION");
  EXPECT_EQ(meant("-- +goose ENVSUB: ON */"), "-- +goose ENVSUB ON");
}

TEST(LookalikeTest, ProseIsNot) {
  for (const char* comment :
       {"-- SQL in section 'Down' is executed when this migration is rolled back",
        "-- goose up is what applies it",
        "-- run goose down to undo",
        "-- see the +goose docs",
        "-- migrate data",
        "-- Migrate up",
        "-- up",
        "-- the way up",
        "-- Rollback",
        "-- begin",
        "-- + added the birds",
        "-- @todo",
        "-- @param down the direction",
        "-- + up to 3 rows",
        "-- goose_db_version",
        "-- down payment",
        "-- rollback: drop the index",
        "--",
        "",
        "--  --",
        "-- no transaction",
        "-- geese down",
        "-- goose 2 down",
        "-- gander",
        "-- +1",
        "-- DROP TABLE goose;",
        "-- Up: 3",
        "-- statement begin of year",
        "-- goose down here"}) {
    EXPECT_EQ(meant(comment), "") << comment;
  }
}

TEST(LookalikeTest, AHeadingIsOneOnlyAsLongAsNothingBelongsToIt) {
  for (const char* comment : {"-- Down", "--- DOWN ---", "-- down migration", "-- Migration down",
                              "-- migrate down", "---- create above / drop below ----"}) {
    EXPECT_EQ(meant(comment), "-- +goose Down?") << comment;
  }
}

std::vector<std::string> found_in(std::string_view script, Direction direction = Direction::up,
                                  const sql::Grammar& grammar = driver::sqlite::kGrammar) {
  const std::unique_ptr<Input> input = string_input(script);
  const Summary summary = scan(*input, test_options(grammar));
  std::vector<std::string> places;
  for (const ErrorDetails& found : summary.section(direction).lookalikes) {
    places.push_back(std::to_string(found.line) + ":" + std::to_string(found.column) + " " +
                     found.source_line);
  }
  return places;
}

TEST(LookalikeTest, IsFoundWithItsPlaceWhereverACommentStands) {
  for (const sql::Grammar* grammar : {&driver::sqlite::kGrammar, &driver::postgres::kGrammar}) {
    EXPECT_THAT(found_in("-- +goose Up\na;\n-- +Goose Down\nb;\n", Direction::up, *grammar),
                ElementsAre("3:4 -- +Goose Down"));
    EXPECT_THAT(found_in("-- +goose Up\na; -- +goose Down\nb;\n", Direction::up, *grammar),
                ElementsAre("2:7    -- +goose Down"));
    EXPECT_THAT(found_in("-- +goose Up\na;\n  /* +goose Down */\nb;\n", Direction::up, *grammar),
                ElementsAre("3:6   /* +goose Down */"));
    EXPECT_THAT(found_in("-- +goose Up\na\n-- goose down\n;\n", Direction::up, *grammar),
                ElementsAre("3:4 -- goose down"));
    EXPECT_THAT(
        found_in("-- +goose Up\na;\n/* back:\n+goose Down */\nb;\n", Direction::up, *grammar),
        ElementsAre("4:1 +goose Down */"));
    EXPECT_THAT(found_in("-- +goose Up\na;\n-- +goose Down\n-- +Goose StatementBegin\nb;\n",
                         Direction::down, *grammar),
                ElementsAre("4:4 -- +Goose StatementBegin"));
    EXPECT_THAT(found_in("-- +Goose NO TRANSACTION\n-- +goose Up\na;\n", Direction::up, *grammar),
                ElementsAre("1:4 -- +Goose NO TRANSACTION"));
    EXPECT_THAT(
        found_in("-- +goose Up\na;\n\xEF\xBB\xBF-- +goose Down\nb;\n", Direction::up, *grammar),
        ElementsAre("3:7 \xEF\xBB\xBF-- +goose Down"));
  }
}

TEST(LookalikeTest, WhatIsDataIsLeftAlone) {
  EXPECT_THAT(found_in("-- +goose Up\nINSERT INTO a VALUES ('\n-- goose Down\n+Goose Down\n');\n"),
              IsEmpty());
  EXPECT_THAT(found_in("-- +goose Up\nCREATE FUNCTION f() AS $$\n-- +Goose Down\n$$;\n",
                       Direction::up, driver::postgres::kGrammar),
              IsEmpty());
  EXPECT_THAT(found_in("-- +goose Up\nCOPY a FROM stdin;\n+Goose Down\n\\.\n", Direction::up,
                       driver::postgres::kGrammar),
              IsEmpty());
  EXPECT_THAT(found_in("-- +goose Up\n/* How to:\n  goose up\n  goose down\n*/\na;\n"), IsEmpty());
}

TEST(LookalikeTest, AHeadingCountsWhenStatementsFollowItAndNoDownSectionDoes) {
  EXPECT_THAT(found_in("-- +goose Up\na;\n-- Down\nb;\n"), ElementsAre("3:4 -- Down"));
  EXPECT_THAT(found_in("-- +goose Up\na;\n-- Down\nb;\n-- +goose Down\nc;\n"), IsEmpty());
  EXPECT_THAT(found_in("-- +goose Up\na;\n-- Down\n"), IsEmpty());
  EXPECT_THAT(found_in("-- +goose Up\na;\n-- +goose Down\n-- Down\nb;\n", Direction::down),
              IsEmpty());
}

TEST(LookalikeTest, AFileThatOnlyHasAMisspeltUpIsToldSo) {
  EXPECT_EQ(dump("-- +Goose Up\na;\n"),
            "!1:4 this looks like the annotation '-- +goose Up', and is none");
}

TEST(LookalikeTest, ADownAnnotationWithinAnOpenCommentIsAnError) {
  for (const sql::Grammar* grammar : {&driver::sqlite::kGrammar, &driver::postgres::kGrammar}) {
    EXPECT_EQ(dump("-- +goose Up\na;\n/* was:\n-- +goose Down\n*/\nb;\n", *grammar).substr(0, 52),
              "<a;>!3:1 the comment that opens here is never closed");
  }
}

// 10 MB, which took a quarter of an hour when each comment's line was counted from the first one's.
TEST(LookalikeTest, ALongBlockOfCommentsIsReadOnceAndNotOnceForEachOfThem) {
  std::string text = "-- +goose Up\n-- +goose StatementBegin\nSELECT 1 -- one\n";
  while (text.size() < 10'000'000)
    text += "  + 1 -- and one more, which nobody takes for anything\n";
  EXPECT_THAT(found_in(text + "-- +gose Down\n;\n-- +goose StatementEnd\n"), SizeIs(1));
}

}  // namespace
}  // namespace gander::script
