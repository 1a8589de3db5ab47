// SPDX-License-Identifier: MIT
// Lint where the engine does not matter: what allows a finding, transactions, files that cannot be
// read.
#include "gander/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/error.h"

namespace gander {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LintReport look(const std::string& text, LintOptions options = {}) {
  if (options.dialect.empty()) options.dialect = "postgres";
  options.lock_timeout = std::chrono::seconds(1);
  return lint(in_memory({{"00001_a.sql", text}}), options);
}

std::vector<std::string> rules(const LintReport& report) {
  std::vector<std::string> found;
  for (const LintFinding& finding : report.findings) {
    if (finding.rule == "down-missing") continue;
    found.push_back(finding.rule + "@" + std::to_string(finding.line));
  }
  return found;
}

TEST(LintTest, ACommentAllowsWhatItNamesInTheNextStatementAlone) {
  const LintReport report = look(
      "-- +goose Up\n"
      "-- gander:allow drop-table nothing reads it since 3.2\n"
      "DROP TABLE bird;\n"
      "DROP TABLE nest;\n"
      "DROP TABLE egg; -- gander:allow drop-table it was never filled\n");
  EXPECT_THAT(rules(report), ElementsAre("drop-table@4"));
  ASSERT_EQ(report.allowed.size(), 2U);
  EXPECT_EQ(report.allowed[0].finding.line, 3);
  EXPECT_EQ(report.allowed[0].reason, "nothing reads it since 3.2");
  EXPECT_EQ(report.allowed[1].finding.line, 5);
}

TEST(LintTest, AboveTheFirstAnnotationItHoldsForTheFile) {
  EXPECT_THAT(rules(look("-- gander:allow drop-table an empty database\n-- +goose Up\n"
                         "DROP TABLE bird;\nDROP TABLE nest;\n")),
              IsEmpty());
}

TEST(LintTest, ACommentThatAllowsNothingIsReported) {
  EXPECT_THAT(rules(look("-- +goose Up\n-- gander:allow drop-table why\nSELECT 1;\n")),
              ElementsAre("unused-allow@2"));
  EXPECT_THAT(rules(look("-- +goose Up\n-- gander:allow drop-table\nDROP TABLE bird;\n")),
              ElementsAre("allow-without-reason@2", "drop-table@3"));
  EXPECT_THAT(rules(look("-- +goose Up\n-- gander:allow drop-tables why\nDROP TABLE bird;\n")),
              ElementsAre("unknown-rule@2", "drop-table@3"));
}

TEST(LintTest, InAStringItAllowsNothing) {
  EXPECT_THAT(rules(look("-- +goose Up\nDROP TABLE bird; SELECT '\n"
                         "-- gander:allow drop-table why\n';\n")),
              ElementsAre("drop-table@2"));
  EXPECT_THAT(rules(look("-- +goose Up\nSELECT '\n-- gander:allow drop-table why\n';\n"
                         "DROP TABLE bird;\n")),
              ElementsAre("drop-table@5"));
}

TEST(LintTest, InABlockItHoldsForTheStatementBehindIt) {
  EXPECT_THAT(rules(look("-- +goose Up\n-- +goose StatementBegin\nDO $$\nBEGIN\n"
                         "  -- gander:allow drop-table why\n  DROP TABLE bird;\n"
                         "  DROP TABLE nest;\nEND $$;\n-- +goose StatementEnd\n")),
              ElementsAre("drop-table@7"));
}

TEST(LintTest, OptionsAllowRules) {
  const LintReport report =
      look("-- +goose Up\nDROP TABLE bird;\n", {.allow = {"drop-table", "down-missing"}});
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.allowed.size(), 2U);
  EXPECT_THROW(look("-- +goose Up\n", {.allow = {"no-such-rule"}}), Error);
}

TEST(LintTest, TransactionsOfTheFile) {
  EXPECT_THAT(rules(look("-- +goose Up\nSELECT 1;\nCOMMIT;\nBEGIN;\n")),
              ElementsAre("transaction-control@3"));
  EXPECT_THAT(rules(look("-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN;\nSELECT 1;\n")),
              ElementsAre("open-transaction@3"));
  EXPECT_THAT(rules(look("-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN;\nSELECT 1;\nCOMMIT;\n")),
              IsEmpty());
  EXPECT_THAT(rules(look("-- +goose Up\nVACUUM;\n")), ElementsAre("refuses-transaction@2"));
  EXPECT_THAT(rules(look("-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n")), IsEmpty());
  EXPECT_THAT(rules(look("-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n"
                         "SELECT 1; VACUUM;\n-- +goose StatementEnd\n")),
              ElementsAre("refuses-transaction@4"));
}

TEST(LintTest, AFileThatCannotBeReadIsAFinding) {
  EXPECT_THAT(rules(look("-- +goose Up\nSELECT 'a;\n")), ElementsAre("invalid-file@2"));
  EXPECT_THAT(rules(look("SELECT 1;\n")), ElementsAre("invalid-file@1"));
}

TEST(LintTest, TheDownSectionIsNotLookedAt) {
  EXPECT_THAT(rules(look("-- +goose Up\nCREATE TABLE a (b text);\n-- +goose Down\n"
                         "DROP TABLE a;\n")),
              IsEmpty());
}

TEST(LintTest, AnUnknownDialectIsRefused) {
  EXPECT_THROW(look("-- +goose Up\n", {.dialect = "oracle"}), Error);
}

TEST(LintTest, EveryRuleSaysWhyAndWhatToDo) {
  for (const LintRule& rule : lint_rules()) {
    EXPECT_FALSE(rule.title.empty() || rule.why.empty() || rule.safe.empty()) << rule.id;
    EXPECT_EQ(rule.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos);
  }
}

}  // namespace
}  // namespace gander
