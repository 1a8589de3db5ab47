// SPDX-License-Identifier: MIT
#include "src/check/squash.h"

#include <gtest/gtest.h>

#include "gander/source.h"

namespace gander::check {
namespace {

const std::string kDigest(64, 'a');

std::vector<source::Migration> listed(const Source& source) { return source::list(source); }

Source with(const std::string& text) { return in_memory({{"00003_squash.sql", text}}); }

store::AppliedSet applied(std::vector<std::int64_t> versions) {
  std::vector<store::AppliedRow> rows = {{0, true, ""}};
  for (const std::int64_t version : versions) rows.push_back({version, true, ""});
  return store::AppliedSet(std::move(rows));
}

const std::string kText = "-- In the place of others.\n" + replaces_line({1, kDigest, "1_a.sql"}) +
                          replaces_line({3, kDigest, "3 c.sql"}) + "\n-- +goose Up\nSELECT 1;\n";

TEST(Squash, NamesWhatItStandsFor) {
  const Source source = with(kText);
  const std::vector<Replaced> all = replaced_by(listed(source).front());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].version, 1);
  EXPECT_EQ(all[1].name, "3 c.sql");
  EXPECT_EQ(all[1].checksum, kDigest);
}

TEST(Squash, IsNoOtherFile) {
  for (const std::string& text :
       {std::string("-- +goose Up\nSELECT 1;\n") + replaces_line({1, kDigest, "1_a.sql"}),
        std::string("-- +gander REPLACES 1 abc 1_a.sql\n-- +goose Up\n"),
        std::string("-- +gander REPLACES x ") + kDigest + " 1_a.sql\n-- +goose Up\n"}) {
    const Source source = with(text);
    EXPECT_TRUE(replaced_by(listed(source).front()).empty()) << text;
  }
}

TEST(Squash, SettlesWhatIsAppliedWhole) {
  const Source source = with(kText);
  const std::vector<source::Migration> migrations = listed(source);
  std::vector<store::Store::Fingerprint> known = {
      {.version = 1, .checksum = kDigest, .name = {}, .actor = {}},
      {.version = 3, .checksum = kDigest, .name = {}, .actor = {}}};
  EXPECT_EQ(settle_squashed(migrations, applied({1, 3}), &known).migration, nullptr);
  EXPECT_EQ(known[0].checksum, "none");
  EXPECT_NE(known[1].checksum, kDigest);
}

TEST(Squash, TellsWhatAnOlderDatabaseLacks) {
  const Source source = with(kText);
  const std::vector<source::Migration> migrations = listed(source);
  std::vector<store::Store::Fingerprint> known;
  const HalfSquashed half = settle_squashed(migrations, applied({1}), &known);
  ASSERT_NE(half.migration, nullptr);
  ASSERT_EQ(half.missing.size(), 1u);
  EXPECT_EQ(half.missing[0].version, 3);
  EXPECT_TRUE(known.empty());
}

TEST(Squash, IsNothingToADatabaseThatHasRunIt) {
  const Source source = with(kText);
  const std::vector<source::Migration> migrations = listed(source);
  std::vector<store::Store::Fingerprint> known;
  EXPECT_EQ(settle_squashed(migrations, applied({3}), &known).migration, nullptr);
  EXPECT_EQ(settle_squashed(migrations, applied({}), &known).migration, nullptr);
  EXPECT_TRUE(known.empty());
}

TEST(Squash, OfASquashNeedsWhatThatOneCoveredNoMore) {
  const Source source = with(replaces_line({1, kDigest, "1_a.sql", true}) +
                             replaces_line({2, kDigest, "2_squash.sql"}) +
                             replaces_line({3, kDigest, "3_c.sql"}) + "-- +goose Up\nSELECT 1;\n");
  const std::vector<source::Migration> migrations = listed(source);
  std::vector<store::Store::Fingerprint> known;
  EXPECT_EQ(settle_squashed(migrations, applied({2, 3}), &known).migration, nullptr);
  ASSERT_EQ(known.size(), 2u);
  EXPECT_EQ(known[0].version, 2);
  EXPECT_EQ(known[0].checksum, "none");
  EXPECT_NE(settle_squashed(migrations, applied({1, 2}), &known).migration, nullptr);
}

}  // namespace
}  // namespace gander::check
