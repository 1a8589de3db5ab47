// SPDX-License-Identifier: MIT
// The values of ENVSUB in what the library hands out: errors, events, plans and history of C++ and
// of C. (The program and PostgreSQL: tests/goose/secrets_test.py.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gander/c.h"
#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::SqliteFile;
using testing_support::TempDirectory;

constexpr const char* kSecret = "c4n4ry-sings";
constexpr const char* kUp =
    "-- +goose Up\n-- +goose ENVSUB ON\n"
    "CREATE TABLE t (x UNIQUE);\nINSERT INTO t VALUES ('${PASSWORD}');\n"
    "-- +goose Down\nDROP TABLE t;\n";
constexpr const char* kWrong =
    "-- +goose Up\n-- +goose ENVSUB ON\nSELECT 1;\n"
    "  INSERT INTO t VALUES ('${PASSWORD}'), (${PASSWORD});\n";

std::optional<std::string> lookup(std::string_view name) {
  if (name != "PASSWORD") return std::nullopt;
  return kSecret;
}

class Recorder final : public Observer {
 public:
  void statement_started(const StatementStarted& event) override { add(event.sql); }
  void message(const Message& event) override { add(event.text); }

  std::string text;

 private:
  void add(std::string_view more) { text.append(more).append("\n"); }
};

class SubstitutedValuesTest : public ::testing::Test {
 protected:
  MigrationRunner runner(std::vector<MemoryFile> files, Observer* observer = nullptr) const {
    Options options;
    options.environment = lookup;
    options.observer = observer;
    return MigrationRunner(open("sqlite:" + path()), in_memory(std::move(files)), options);
  }
  std::string path() const { return directory_.file("app.db"); }

  TempDirectory directory_;
};

TEST_F(SubstitutedValuesTest, ArriveInTheDatabaseButNotInEventsPlansAndHistory) {
  Recorder recorder;
  MigrationRunner runner = this->runner({{"1_a.sql", kUp}}, &recorder);
  const Plan plan = runner.plan(Operation::up, true);
  ASSERT_EQ(plan.steps.at(0).statements.size(), 2U);
  EXPECT_EQ(plan.steps[0].statements[1].sql, "INSERT INTO t VALUES ('${PASSWORD}');");
  runner.up();
  EXPECT_EQ(SqliteFile(path()).value("SELECT x FROM t"), kSecret);
  EXPECT_THAT(recorder.text, HasSubstr("INSERT INTO t VALUES ('${PASSWORD}');"));
  EXPECT_THAT(recorder.text, Not(HasSubstr(kSecret)));
}

TEST_F(SubstitutedValuesTest, AreNotInErrorsAndEventsOfC) {
  std::string heard;
  gander_options* options = gander_options_new();
  ASSERT_EQ(gander_options_set_environment(
                options,
                [](void*, const char* name) {
                  return std::string_view(name) == "PASSWORD" ? kSecret : nullptr;
                },
                nullptr),
            GANDER_OK);
  ASSERT_EQ(gander_options_set_observer(
                options,
                [](void* context, const gander_event* event) {
                  if (event->kind == GANDER_EVENT_STATEMENT_STARTED) {
                    static_cast<std::string*>(context)->append(event->sql, event->sql_size);
                  }
                },
                &heard),
            GANDER_OK);
  gander_error* error = nullptr;
  gander_source* source = nullptr;
  const gander_file files[] = {{"1_a.sql", kUp, std::strlen(kUp)},
                               {"2_b.sql", kWrong, std::strlen(kWrong)}};
  ASSERT_EQ(gander_source_files(files, 2, &source, &error), GANDER_OK);
  gander_runner* runner = nullptr;
  ASSERT_EQ(gander_runner_open(("sqlite:" + path()).c_str(), source, options, &runner, &error),
            GANDER_OK);
  EXPECT_EQ(gander_runner_up(runner, nullptr, &error), GANDER_SQL);
  EXPECT_THAT(gander_error_what(error), HasSubstr("no such column: ${PASSWORD}"));
  EXPECT_THAT(gander_error_sql(error), HasSubstr("'${PASSWORD}'"));
  EXPECT_THAT(heard, HasSubstr("'${PASSWORD}'"));
  EXPECT_THAT(heard + gander_error_what(error) + gander_error_sql(error), Not(HasSubstr("c4n4ry")));
  gander_error_free(error);
  gander_runner_free(runner);
  gander_source_free(source);
  gander_options_free(options);
}

}  // namespace
}  // namespace gander
