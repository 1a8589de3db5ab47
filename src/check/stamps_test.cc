// SPDX-License-Identifier: MIT
#include "src/check/stamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gander/gander.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

constexpr int kMany = 300;  // more than a thread is worth

class StampsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 1; i <= kMany; ++i) {
      const std::string number = std::to_string(i);
      directory_.write("migrations/" + number + "_birds.sql",
                       "-- +goose Up\nCREATE TABLE birds_" + number + " (id INTEGER);\n");
    }
  }

  std::filesystem::path files() const { return directory_.path() / "migrations"; }

  testing_support::TempDirectory directory_;
};

TEST_F(StampsTest, AreThoseOfTheFilesWhoeverLooks) {
  const Source source = directory(files());
  const std::vector<source::Migration> migrations = source::list(source);
  ASSERT_EQ(migrations.size(), std::size_t{kMany});
  for (const bool ahead : {false, true}) {
    check::Stamps stamps(migrations);
    if (ahead) stamps.begin();
    for (const source::Migration& migration : migrations) {
      EXPECT_EQ(stamps.of(migration), file_stamp(migration.place)) << migration.place;
    }
  }
}

TEST_F(StampsTest, MayBeLeftUnasked) {
  const Source source = directory(files());
  const std::vector<source::Migration> migrations = source::list(source);
  for (int i = 0; i < 20; ++i) check::Stamps(migrations).begin();
}

TEST_F(StampsTest, EditIsNoticedAmongManyFiles) {
  MigrationRunner runner{open("sqlite:" + directory_.file("app.db")), directory(files())};
  runner.up();
  EXPECT_THAT(runner.up().warnings, ::testing::IsEmpty());
  directory_.write("migrations/217_birds.sql", "-- +goose Up\nCREATE TABLE other (id INTEGER);\n");
  EXPECT_THAT(runner.up().warnings, ::testing::ElementsAre(::testing::HasSubstr("217_birds.sql")));
  EXPECT_EQ(runner.status().edited, 1);
}

}  // namespace
}  // namespace gander
