// SPDX-License-Identifier: MIT
// The library built with one engine more: it is reached like any other, and the runner runs on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gander/gander.h"
#include "src/driver/engine.h"

namespace gander {
namespace {

using ::testing::HasSubstr;

const std::vector<MemoryFile> kFiles = {
    {"1_a.sql", "-- +goose Up\nMARK 1a;\nMARK 1b;\n-- +goose Down\nMARK d1;\n"},
    {"2_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nMARK 2a;\n-- +goose Down\nMARK d2;\n"}};

TEST(Fake, IsOpenedByItsUrlAndByItsDriver) {
  EXPECT_EQ(open("fake:birds").display_name(), "fake:birds");
  EXPECT_EQ(open("fake", "birds").display_name(), "fake:birds");
  EXPECT_EQ(open("fake://me:secret@host/birds").display_name(), "fake:birds");
  EXPECT_THROW((void)open("fake:"), Error);
  EXPECT_EQ(driver::openable_engines().substr(0, 12), "sqlite, fake");
}

TEST(Fake, IsMigratedUpAndDownByTheOrdinaryRunner) {
  MigrationRunner runner{open("fake:up_and_down"), in_memory(kFiles)};
  EXPECT_EQ(runner.version(), 0);
  EXPECT_EQ(runner.plan().steps.size(), 2U);
  EXPECT_EQ(runner.up().migrations.size(), 2U);
  EXPECT_FALSE(runner.up().changed());
  // Another runner sees the same database, and one of another name does not.
  MigrationRunner other{open("fake:up_and_down"), in_memory(kFiles)};
  const Status status = other.status();
  EXPECT_EQ(status.version, 2);
  EXPECT_EQ(status.applied, 2);
  EXPECT_EQ(status.migrations[0].state, MigrationState::applied);
  EXPECT_EQ(other.history().size(), 2U);
  EXPECT_EQ(MigrationRunner(open("fake:another"), in_memory(kFiles)).version(), 0);
  EXPECT_EQ(other.down().version, 1);
  EXPECT_EQ(runner.down_to(0).version, 0);
  EXPECT_EQ(runner.up().version, 2);
}

// Where no transaction can hold a whole file, each of its statements is recorded by itself, and a
// run goes on behind the last one.
TEST(Fake, GoesOnBehindTheLastStatementWhereAMigrationIsNotAtomic) {
  const auto files = [](const char* third) {
    return in_memory({{"1_a.sql", "-- +goose Up\nMARK 1a;\nMARK 1b;\n" + std::string(third) +
                                      "MARK 1d;\n-- +goose Down\nMARK d1;\n"},
                      {"2_b.sql", "-- +goose Up\nMARK 2a;\n"}});
  };
  for (const char* url : {"fake:steps.statement", "fake:steps.none"}) {
    MigrationRunner broken{open(url), files("DROP INDEX CONCURRENTLY nothing;\n")};
    EXPECT_THROW(broken.up(), Error) << url;
    ASSERT_EQ(broken.status().migrations.size(), 2U);
    EXPECT_EQ(broken.status().version, 0) << url;
    // The fake takes an index that is gone for one that was dropped.
    broken.resolve(1, Resolution::redo, "there never was one");
    MigrationRunner mended{open(url), files("MARK 1c;\n")};
    const Report report = mended.up();
    ASSERT_EQ(report.migrations.size(), 2U) << url;
    EXPECT_EQ(report.migrations[0].resumed_after, 2) << url;
    EXPECT_EQ(report.migrations[0].statements, 2) << url;
    EXPECT_EQ(mended.version(), 2) << url;
    EXPECT_EQ(mended.down_to(1).version, 1) << url;
  }
}

TEST(Fake, KeepsItsRunLockAndItsErrors) {
  MigrationRunner runner{
      open("fake:errors"),
      in_memory({{"1_a.sql", "-- +goose Up\nMARK a;\nDROP INDEX CONCURRENTLY nothing;\n"},
                 {"2_b.sql", "-- +goose Up\nMARK b;\n"}})};
  try {
    runner.up();
    FAIL() << "there is no such index";
  } catch (const Error& error) {
    EXPECT_EQ(error.details().file, "1_a.sql") << error.what();
  }
  EXPECT_EQ(runner.version(), 0);
}

}  // namespace
}  // namespace gander
