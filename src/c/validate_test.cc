// SPDX-License-Identifier: MIT
// gander_validate() and gander_runner_validate().
#include <gmock/gmock.h>

#include <cstring>

#include "tests/support/c_api.h"

namespace gander::c {
namespace {

using ::testing::HasSubstr;

TEST_F(CApiTest, ValidateFindsEveryDefect) {
  const Owned<gander_source> source =
      files({{"1_good.sql", "-- +goose Up\nSELECT 1;\nSELECT 2;\n-- +goose Down\nSELECT 3;\n"},
             {"2_open.sql", "-- +goose Up\nSELECT 'open;\n"},
             {"3_bare.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n"},
             {"4_mark.sql", "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"}});
  gander_validation* raw = nullptr;
  ASSERT_EQ(gander_validate(source.get(), "sqlite", 0, nullptr, &raw, &error_), GANDER_OK);
  const Owned<gander_validation> found(raw);
  ASSERT_EQ(gander_validation_count(found.get()), 4u);
  EXPECT_STREQ(gander_validation_name(found.get(), 0), "1_good.sql");
  EXPECT_EQ(gander_validation_statements(found.get(), 0, GANDER_UP), 2);
  EXPECT_EQ(gander_validation_statements(found.get(), 0, GANDER_DOWN), 1);
  EXPECT_EQ(gander_validation_transactional(found.get(), 0), 1);
  EXPECT_EQ(gander_validation_transactional(found.get(), 2), 0);
  EXPECT_EQ(std::strlen(gander_validation_checksum(found.get(), 0)), 64u);
  ASSERT_EQ(gander_validation_defect_count(found.get()), 2u);
  const gander_error* defect = gander_validation_defect(found.get(), 0);
  EXPECT_EQ(gander_error_code(defect), GANDER_INVALID_MIGRATION);
  EXPECT_STREQ(gander_error_file(defect), "2_open.sql");
  EXPECT_EQ(gander_error_line(defect), 2);
  EXPECT_STREQ(gander_error_file(gander_validation_defect(found.get(), 1)), "4_mark.sql");
}

TEST_F(CApiTest, ValidateGoesByTheDialect) {
  const Owned<gander_source> source =
      files({{"1_dollar.sql", "-- +goose Up\nSELECT $$a;b$$;\nSELECT $$it's$$;\n"}});
  for (const char* dialect : {"postgres", "sqlite"}) {
    gander_validation* raw = nullptr;
    ASSERT_EQ(gander_validate(source.get(), dialect, 0, nullptr, &raw, &error_), GANDER_OK);
    const Owned<gander_validation> found(raw);
    EXPECT_EQ(gander_validation_defect_count(found.get()), *dialect == 'p' ? 0u : 1u) << dialect;
  }
  gander_validation* raw = nullptr;
  EXPECT_EQ(gander_validate(source.get(), "dbase", 0, nullptr, &raw, &error_), GANDER_USAGE);
  EXPECT_THAT(gander_error_what(take_error().get()), HasSubstr("sqlite, postgres, mysql"));
}

TEST_F(CApiTest, ValidateOfARunnerNeedsNoDatabase) {
  gander_validation* raw = nullptr;
  ASSERT_EQ(gander_runner_validate(runner(two_files()).get(), &raw, &error_), GANDER_OK);
  const Owned<gander_validation> found(raw);
  EXPECT_EQ(gander_validation_count(found.get()), 2u);
}

TEST_F(CApiTest, ValidateNamesWhatGooseWouldRefuse) {
  const Owned<gander_source> source =
      files({{"1_trigger.sql",
              "-- +goose Up\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT 1;\nEND;\n"}});
  for (const int goose : {0, 1}) {
    gander_validation* raw = nullptr;
    ASSERT_EQ(gander_validate(source.get(), "sqlite", goose, nullptr, &raw, nullptr), GANDER_OK);
    const Owned<gander_validation> found(raw);
    EXPECT_EQ(gander_validation_defect_count(found.get()), static_cast<size_t>(goose));
  }
}

}  // namespace
}  // namespace gander::c
