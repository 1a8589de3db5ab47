// SPDX-License-Identifier: MIT
// gander/c.h through its own functions alone; tests/c/ compiles it as C.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/support/c_api.h"
#include "tests/support/sqlite_file.h"

namespace gander::c {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::SqliteFile;

TEST_F(CApiTest, UpReportsWhatItDid) {
  const Owned<gander_runner> birds = runner(two_files());
  int pending = -1;
  ASSERT_EQ(gander_runner_pending(birds.get(), &pending, &error_), GANDER_OK);
  EXPECT_EQ(pending, 1);

  gander_report* raw = nullptr;
  ASSERT_EQ(gander_runner_up(birds.get(), &raw, &error_), GANDER_OK) << gander_error_what(error_);
  const Owned<gander_report> report(raw);
  EXPECT_EQ(error_, nullptr);
  ASSERT_EQ(gander_report_count(report.get()), 2u);
  EXPECT_EQ(gander_report_version(report.get()), 2);
  EXPECT_EQ(gander_report_pending(report.get()), 0);
  EXPECT_GT(gander_report_duration(report.get()), 0);
  EXPECT_STREQ(gander_report_backup(report.get()), "");
  EXPECT_EQ(gander_report_warning_count(report.get()), 0u);
  EXPECT_EQ(gander_report_migration_version(report.get(), 0), 1);
  EXPECT_STREQ(gander_report_migration_name(report.get(), 0), "00001_birds.sql");
  EXPECT_EQ(gander_report_migration_direction(report.get(), 0), GANDER_UP);
  EXPECT_EQ(gander_report_migration_empty(report.get(), 0), 0);
  EXPECT_EQ(gander_report_migration_statements(report.get(), 0), 2);
  EXPECT_EQ(gander_report_migration_resumed_after(report.get(), 0), 0);
  EXPECT_GT(gander_report_migration_duration(report.get(), 0), 0);

  ASSERT_EQ(gander_runner_pending(birds.get(), &pending, &error_), GANDER_OK);
  EXPECT_EQ(pending, 0);
  EXPECT_EQ(SqliteFile(path()).value("SELECT name FROM birds"), "greylag");
}

TEST_F(CApiTest, EveryOperationMovesTheVersion) {
  const Owned<gander_runner> birds = runner(two_files());
  const auto version = [&] {
    int64_t found = -1;
    EXPECT_EQ(gander_runner_version(birds.get(), &found, &error_), GANDER_OK);
    return found;
  };
  EXPECT_EQ(version(), 0);
  EXPECT_EQ(gander_runner_up_by_one(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_EQ(version(), 1);
  EXPECT_EQ(gander_runner_up_to(birds.get(), 2, nullptr, &error_), GANDER_OK);
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(gander_runner_redo(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(gander_runner_down(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_EQ(version(), 1);
  EXPECT_EQ(gander_runner_down_to(birds.get(), 0, nullptr, &error_), GANDER_OK);
  EXPECT_EQ(version(), 0);
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_EQ(gander_runner_reset(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_EQ(version(), 0);
}

TEST_F(CApiTest, AnErrorTellsPlaceAndPartialReport) {
  const Owned<gander_runner> birds =
      runner(files({{"1_good.sql", "-- +goose Up\nCREATE TABLE good (id INTEGER);\n"},
                    {"2_bad.sql", "-- +goose Up\nSELECT 1;\n  SELEC 2;\n"}}));
  gander_report* report = nullptr;
  EXPECT_EQ(gander_runner_up(birds.get(), &report, &error_), GANDER_SQL);
  EXPECT_EQ(report, nullptr);
  const Owned<gander_error> error = take_error();
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(gander_error_code(error.get()), GANDER_SQL);
  EXPECT_STREQ(gander_code_name(gander_error_code(error.get())), "sql");
  EXPECT_STREQ(gander_error_file(error.get()), "2_bad.sql");
  EXPECT_EQ(gander_error_line(error.get()), 3);
  EXPECT_EQ(gander_error_column(error.get()), 3);
  EXPECT_STREQ(gander_error_source_line(error.get()), "  SELEC 2;");
  EXPECT_EQ(gander_error_version(error.get()), 2);
  EXPECT_EQ(gander_error_statement(error.get()), 2);
  EXPECT_THAT(gander_error_sql(error.get()), HasSubstr("SELEC 2"));
  EXPECT_STREQ(gander_error_sqlstate(error.get()), "");
  EXPECT_EQ(gander_error_native_code(error.get()), SQLITE_ERROR);
  EXPECT_THAT(gander_error_message(error.get()), HasSubstr("syntax error"));
  EXPECT_THAT(gander_error_what(error.get()), StartsWith("2_bad.sql:3:3: "));
  EXPECT_STREQ(gander_error_detail(error.get()), "");
  EXPECT_EQ(gander_error_retryable(error.get()), 0);
  const gander_report* partial = gander_error_report(error.get());
  ASSERT_NE(partial, nullptr);
  EXPECT_EQ(gander_report_count(partial), 1u);
  EXPECT_EQ(gander_report_version(partial), 1);
}

TEST_F(CApiTest, SuccessClearsTheError) {
  const Owned<gander_runner> birds = runner(two_files());
  gander_error* stale = reinterpret_cast<gander_error*>(this);
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, &stale), GANDER_OK);
  EXPECT_EQ(stale, nullptr);
}

TEST_F(CApiTest, StatusListsEveryMigration) {
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_up_to(birds.get(), 1, nullptr, &error_), GANDER_OK);
  gander_status* raw = nullptr;
  ASSERT_EQ(gander_runner_status(birds.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_status> status(raw);
  EXPECT_EQ(gander_status_table_exists(status.get()), 1);
  EXPECT_EQ(gander_status_version(status.get()), 1);
  EXPECT_EQ(gander_status_latest(status.get()), 2);
  EXPECT_EQ(gander_status_applied(status.get()), 1);
  EXPECT_EQ(gander_status_pending(status.get()), 1);
  EXPECT_EQ(gander_status_edited(status.get()), 0);
  EXPECT_EQ(gander_status_missing(status.get()), 0);
  EXPECT_EQ(gander_status_unfinished(status.get()), 0);
  EXPECT_EQ(gander_status_warning_count(status.get()), 0u);
  ASSERT_EQ(gander_status_count(status.get()), 2u);
  EXPECT_EQ(gander_status_migration_version(status.get(), 1), 2);
  EXPECT_STREQ(gander_status_migration_name(status.get(), 1), "00002_nests.sql");
  EXPECT_STREQ(gander_status_migration_state(status.get(), 0), "applied");
  EXPECT_STREQ(gander_status_migration_state(status.get(), 1), "pending");
  EXPECT_EQ(gander_status_migration_out_of_order(status.get(), 1), 0);
  EXPECT_GT(gander_status_migration_applied_at(status.get(), 0), 1700000000000000);
  EXPECT_STRNE(gander_status_migration_applied_by(status.get(), 0), "");
  EXPECT_GT(gander_status_migration_duration(status.get(), 0), 0);
  EXPECT_EQ(std::strlen(gander_status_migration_checksum(status.get(), 0)), 64u);
  EXPECT_EQ(gander_status_migration_applied_at(status.get(), 1), 0);
}

TEST_F(CApiTest, StatusAndPlanShowAHalfRunMigration) {
  const Owned<gander_runner> birds =
      runner(files({{"1_steps.sql",
                     "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (id INTEGER);\n"
                     "CREATE TABLE b (id INTEGER);\nSELEC 3;\n"}}));
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, nullptr), GANDER_SQL);

  gander_status* raw = nullptr;
  ASSERT_EQ(gander_runner_status(birds.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_status> status(raw);
  EXPECT_EQ(gander_status_unfinished(status.get()), 1);
  EXPECT_STREQ(gander_status_migration_state(status.get(), 0), "active");
  EXPECT_EQ(gander_status_migration_statements_done(status.get(), 0), 2);
  EXPECT_EQ(gander_status_migration_statements_total(status.get(), 0), 3);
  EXPECT_EQ(gander_status_migration_direction(status.get(), 0), 1);
  EXPECT_STREQ(gander_status_migration_hint(status.get(), 0),
               "`MigrationRunner::up()` goes on after statement 2");
  EXPECT_THAT(gander_status_migration_detail(status.get(), 0), HasSubstr("syntax error"));

  gander_plan* raw_plan = nullptr;
  ASSERT_EQ(gander_runner_plan(birds.get(), GANDER_PLAN_UP, 0, &raw_plan, &error_), GANDER_OK);
  const Owned<gander_plan> plan(raw_plan);
  EXPECT_EQ(gander_plan_step_resumed_after(plan.get(), 0), 2);
  EXPECT_EQ(gander_plan_step_transactional(plan.get(), 0), 0);

  ASSERT_EQ(gander_runner_resolve(birds.get(), 1, GANDER_RESOLVE_ABANDON, "a test", &error_),
            GANDER_OK);
  EXPECT_EQ(gander_runner_resolve(birds.get(), 1, GANDER_RESOLVE_REDO, "again", &error_),
            GANDER_NOT_FOUND);
  take_error();
}

TEST_F(CApiTest, PlanShowsStatements) {
  const Owned<gander_runner> birds = runner(two_files());
  gander_plan* raw = nullptr;
  ASSERT_EQ(gander_runner_plan(birds.get(), GANDER_PLAN_UP, 1, &raw, &error_), GANDER_OK);
  const Owned<gander_plan> plan(raw);
  EXPECT_EQ(gander_plan_version(plan.get()), 0);
  EXPECT_EQ(gander_plan_version_after(plan.get()), 2);
  EXPECT_EQ(gander_plan_warning_count(plan.get()), 0u);
  ASSERT_EQ(gander_plan_count(plan.get()), 2u);
  EXPECT_EQ(gander_plan_step_version(plan.get(), 0), 1);
  EXPECT_STREQ(gander_plan_step_name(plan.get(), 0), "00001_birds.sql");
  EXPECT_EQ(gander_plan_step_direction(plan.get(), 0), GANDER_UP);
  EXPECT_EQ(gander_plan_step_transactional(plan.get(), 0), 1);
  EXPECT_STREQ(gander_plan_step_reason(plan.get(), 0), "pending");
  EXPECT_EQ(gander_plan_step_statement_count(plan.get(), 0), 2);
  EXPECT_THAT(gander_plan_step_sql(plan.get(), 0, 1), HasSubstr("INSERT INTO birds"));
  EXPECT_EQ(gander_plan_step_line(plan.get(), 0, 1), 3);
  EXPECT_STREQ(gander_plan_step_sql(plan.get(), 0, 2), "");

  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  ASSERT_EQ(gander_runner_plan_down_to(birds.get(), 0, 0, &raw, &error_), GANDER_OK);
  const Owned<gander_plan> down(raw);
  EXPECT_EQ(gander_plan_count(down.get()), 2u);
  EXPECT_EQ(gander_plan_step_direction(down.get(), 0), GANDER_DOWN);
  ASSERT_EQ(gander_runner_plan_up_to(birds.get(), 2, 0, &raw, &error_), GANDER_OK);
  const Owned<gander_plan> up_to(raw);
  EXPECT_EQ(gander_plan_count(up_to.get()), 0u);
  for (const int operation : {GANDER_PLAN_DOWN, GANDER_PLAN_REDO, GANDER_PLAN_RESET}) {
    ASSERT_EQ(gander_runner_plan(birds.get(), operation, 0, &raw, &error_), GANDER_OK);
    const Owned<gander_plan> other(raw);
    EXPECT_EQ(gander_plan_step_direction(other.get(), 0), GANDER_DOWN);
  }
  EXPECT_EQ(gander_runner_plan(birds.get(), GANDER_PLAN_UP_BY_ONE, 0, &raw, nullptr),
            GANDER_NOT_FOUND);
}

TEST_F(CApiTest, HistoryNamesWhoAndWhat) {
  ASSERT_EQ(gander_options_set_actor(options_.get(), "deploy@ci"), GANDER_OK);
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  gander_history* raw = nullptr;
  ASSERT_EQ(gander_runner_history(birds.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_history> history(raw);
  ASSERT_EQ(gander_history_count(history.get()), 2u);
  EXPECT_EQ(gander_history_id(history.get(), 0), 1);
  EXPECT_GT(gander_history_at(history.get(), 0), 1700000000000000);
  EXPECT_STREQ(gander_history_run_id(history.get(), 0), gander_history_run_id(history.get(), 1));
  EXPECT_STREQ(gander_history_event(history.get(), 0), "applied");
  EXPECT_EQ(gander_history_version(history.get(), 0), 1);
  EXPECT_STREQ(gander_history_name(history.get(), 0), "00001_birds.sql");
  EXPECT_EQ(std::strlen(gander_history_checksum(history.get(), 0)), 64u);
  EXPECT_EQ(gander_history_statements(history.get(), 0), 2);
  EXPECT_GT(gander_history_duration(history.get(), 0), 0);
  EXPECT_STREQ(gander_history_actor(history.get(), 0), "deploy@ci");
  EXPECT_EQ(gander_history_tool(history.get(), 0),
            std::string("gander ") + gander_library_version());
  EXPECT_STREQ(gander_history_detail(history.get(), 0), "");
}

TEST_F(CApiTest, DoctorTellsWhatTheLibraryTells) {
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  const Owned<gander_runner> again =
      runner(files({{"00001_birds.sql", "-- +goose Up\nCREATE TABLE birds (name TEXT);\n"},
                    {"00003_again.sql", "-- +goose Up\nCREATE TABLE birds (name TEXT);\n"}}));
  gander_doctor_report* raw = nullptr;
  ASSERT_EQ(gander_runner_doctor(again.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_doctor_report> report(raw);
  EXPECT_THAT(gander_doctor_report_server(raw), StartsWith("SQLite 3"));
  std::string found;
  for (size_t i = 0; i < gander_doctor_report_count(raw); ++i) {
    if (gander_doctor_report_severity(raw, i) != GANDER_SEVERITY_PROBLEM) continue;
    found += std::string(gander_doctor_report_check(raw, i)) + ": " +
             gander_doctor_report_message(raw, i);
    EXPECT_STRNE(gander_doctor_report_hint(raw, i), "");
  }
  EXPECT_EQ(found, "objects: 00003_again.sql:2: the table birds exists already");
  EXPECT_STREQ(gander_doctor_report_message(raw, 1000), "");
  EXPECT_EQ(gander_doctor_report_count(nullptr), 0u);
  EXPECT_EQ(gander_runner_doctor(nullptr, &raw, nullptr), GANDER_USAGE);
}

TEST_F(CApiTest, LockIsTold) {
  const Owned<gander_runner> birds = runner(two_files());
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  gander_lock* raw = nullptr;
  ASSERT_EQ(gander_runner_lock_status(birds.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_lock> lock(raw);
  EXPECT_STRNE(gander_lock_name(raw), "");
  EXPECT_EQ(gander_lock_held(raw), 0);
  EXPECT_EQ(gander_lock_count(raw), 0u);
  EXPECT_STREQ(gander_lock_holder_kind(raw, 0), "");
  EXPECT_EQ(gander_lock_holder_pid(raw, 0), 0);
  EXPECT_EQ(gander_lock_holder_expired(raw, 0), 0);
  EXPECT_EQ(gander_runner_release_lock(birds.get(), 0, nullptr, &error_), GANDER_OK);
}

TEST_F(CApiTest, EditsAreWarnedOfAndAccepted) {
  directory_.write("m/1_a.sql", "-- +goose Up\nCREATE TABLE a (id INTEGER);\n");
  gander_source* raw = nullptr;
  ASSERT_EQ(gander_source_directory(directory_.file("m").c_str(), &raw, &error_), GANDER_OK);
  const Owned<gander_source> source(raw);
  const Owned<gander_runner> birds = runner(source);
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  directory_.write("m/1_a.sql", "-- +goose Up\nCREATE TABLE a (id INTEGER, b TEXT);\n");

  gander_report* report = nullptr;
  ASSERT_EQ(gander_runner_up(birds.get(), &report, &error_), GANDER_OK);
  const Owned<gander_report> warned(report);
  ASSERT_EQ(gander_report_warning_count(warned.get()), 1u);
  EXPECT_THAT(gander_report_warning(warned.get(), 0), HasSubstr("has changed"));

  ASSERT_EQ(gander_options_set_strict(options_.get(), 1), GANDER_OK);
  const Owned<gander_runner> strict = runner(source);
  EXPECT_EQ(gander_runner_up(strict.get(), nullptr, nullptr), GANDER_EDITED);
  size_t accepted = 0;
  ASSERT_EQ(gander_runner_accept(strict.get(), 0, "harmless", &accepted, &error_), GANDER_OK);
  EXPECT_EQ(accepted, 1u);
  EXPECT_EQ(gander_runner_up(strict.get(), nullptr, nullptr), GANDER_OK);
}

TEST_F(CApiTest, BorrowsAHandle) {
  SqliteFile database(path());
  const Owned<gander_source> source = two_files();
  gander_runner* raw = nullptr;
  ASSERT_EQ(gander_runner_borrow(database.handle(), source.get(), nullptr, &raw, &error_),
            GANDER_OK);
  {
    const Owned<gander_runner> birds(raw);
    ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK);
  }
  EXPECT_TRUE(database.has_table("nests")) << "the handle stays open";
}

struct Heard {
  std::vector<std::string> events;
  gander_runner* cancelled = nullptr;
};

void hear(void* context, const gander_event* event) {
  auto* heard = static_cast<Heard*>(context);
  EXPECT_EQ(event->size, sizeof(gander_event));
  switch (event->kind) {
    case GANDER_EVENT_MIGRATION_STARTED:
      heard->events.push_back("start " + std::string(event->name) + " " +
                              std::to_string(event->index) + "/" + std::to_string(event->total));
      if (heard->cancelled != nullptr) gander_runner_cancel(heard->cancelled);
      break;
    case GANDER_EVENT_STATEMENT_STARTED:
      EXPECT_GT(event->bytes_total, 0);
      heard->events.push_back("line " + std::to_string(event->line) + " " +
                              std::string(event->sql, event->sql_size).substr(0, 6));
      break;
    case GANDER_EVENT_STATEMENT_FINISHED:
      heard->events.push_back("ran " + std::to_string(event->index));
      break;
    case GANDER_EVENT_MIGRATION_FINISHED:
      heard->events.push_back("done " + std::to_string(event->version));
      break;
    case GANDER_EVENT_WARNING:
      heard->events.push_back(std::string("warning ") + event->text);
      break;
    case GANDER_EVENT_LOCK_WAITING:
      heard->events.push_back(std::string("wait for ") + event->text);
      if (heard->cancelled != nullptr) gander_runner_cancel(heard->cancelled);
      break;
    default:
      break;
  }
}

TEST_F(CApiTest, TheObserverHearsOfEachStep) {
  Heard heard;
  ASSERT_EQ(gander_options_set_observer(options_.get(), hear, &heard), GANDER_OK);
  const Owned<gander_runner> birds = runner(two_files());
  options_.reset();  // copied by the runner
  ASSERT_EQ(gander_runner_up_by_one(birds.get(), nullptr, &error_), GANDER_OK);
  EXPECT_THAT(heard.events, ElementsAre("start 00001_birds.sql 1/1", "line 2 CREATE", "ran 1",
                                        "line 3 INSERT", "ran 2", "done 1"));
}

TEST_F(CApiTest, CancelStopsTheRun) {
  Heard heard;
  ASSERT_EQ(gander_options_set_observer(options_.get(), hear, &heard), GANDER_OK);
  const Owned<gander_runner> birds = runner(two_files());
  heard.cancelled = birds.get();
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, nullptr), GANDER_INTERRUPTED);
  heard.cancelled = nullptr;
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, nullptr), GANDER_OK);
}

TEST_F(CApiTest, WaitingIsHeardAndLimited) {
  Heard heard;
  ASSERT_EQ(gander_options_set_observer(options_.get(), hear, &heard), GANDER_OK);
  SqliteFile writer(path());
  writer.run("BEGIN IMMEDIATE");
  ASSERT_EQ(gander_options_set_wait(options_.get(), 0), GANDER_OK);
  const Owned<gander_runner> hasty = runner(two_files());
  EXPECT_EQ(gander_runner_up(hasty.get(), nullptr, &error_), GANDER_LOCKED);
  EXPECT_EQ(gander_error_retryable(take_error().get()), 1);
  EXPECT_TRUE(heard.events.empty());

  ASSERT_EQ(gander_options_set_wait(options_.get(), 600000), GANDER_OK);
  const Owned<gander_runner> patient = runner(two_files());
  heard.cancelled = patient.get();
  EXPECT_EQ(gander_runner_up(patient.get(), nullptr, nullptr), GANDER_INTERRUPTED);
  EXPECT_THAT(heard.events, ElementsAre("wait for another connection"));
  writer.run("ROLLBACK");
}

TEST_F(CApiTest, WaitingForTheDatabaseAndForSomebodyElse) {
  ASSERT_EQ(gander_options_set_wait(options_.get(), 50), GANDER_OK);
  ASSERT_EQ(gander_options_set_server_wait(options_.get(), 50), GANDER_OK);
  const Owned<gander_runner> waiter = runner(two_files());
  int migrated = 1;
  EXPECT_EQ(gander_runner_wait_until_reachable(waiter.get(), nullptr), GANDER_CONNECTION);
  EXPECT_EQ(gander_runner_wait_until_migrated(waiter.get(), &migrated, nullptr), GANDER_CONNECTION);
  EXPECT_EQ(migrated, 0);
  const Owned<gander_runner> other = runner(two_files());
  ASSERT_EQ(gander_runner_up_by_one(other.get(), nullptr, nullptr), GANDER_OK);
  EXPECT_EQ(gander_runner_wait_until_reachable(waiter.get(), nullptr), GANDER_OK);
  EXPECT_EQ(gander_runner_wait_until_migrated(waiter.get(), &migrated, nullptr), GANDER_OK);
  EXPECT_EQ(migrated, 0);
  ASSERT_EQ(gander_runner_up(other.get(), nullptr, nullptr), GANDER_OK);
  EXPECT_EQ(gander_runner_wait_until_migrated(waiter.get(), &migrated, nullptr), GANDER_OK);
  EXPECT_EQ(migrated, 1);
  EXPECT_EQ(gander_runner_wait_until_migrated(waiter.get(), nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_wait_until_reachable(nullptr, nullptr), GANDER_USAGE);
}

const char* answer(void* context, const char* name) {
  return std::strcmp(name, "TABLE_NAME") == 0 ? static_cast<const char*>(context) : nullptr;
}

TEST_F(CApiTest, TheEnvironmentCanBeGiven) {
  char value[] = "geese";
  ASSERT_EQ(gander_options_set_environment(options_.get(), answer, value), GANDER_OK);
  const Owned<gander_runner> birds =
      runner(files({{"1_a.sql",
                     "-- +goose ENVSUB ON\n-- +goose Up\nCREATE TABLE ${TABLE_NAME} (id "
                     "INTEGER);\n"}}));
  ASSERT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_OK)
      << gander_error_what(error_);
  EXPECT_TRUE(SqliteFile(path()).has_table("geese"));
}

TEST_F(CApiTest, OptionsReachTheRun) {
  gander_options* options = options_.get();
  ASSERT_EQ(gander_options_set_table(options, "my_versions"), GANDER_OK);
  ASSERT_EQ(gander_options_set_history(options, 0), GANDER_OK);
  ASSERT_EQ(gander_options_set_commit(options, GANDER_COMMIT_EACH), GANDER_OK);
  ASSERT_EQ(gander_options_set_commit(options, GANDER_COMMIT_AUTOMATIC), GANDER_OK);
  ASSERT_EQ(gander_options_set_commit(options, GANDER_COMMIT_ALL), GANDER_OK);
  ASSERT_EQ(gander_options_set_timeout(options, 60000), GANDER_OK);
  ASSERT_EQ(gander_options_set_down_by_version(options, 0), GANDER_OK);
  ASSERT_EQ(gander_options_set_check_foreign_keys(options, 0), GANDER_OK);
  ASSERT_EQ(gander_options_set_allow_missing(options, 1), GANDER_OK);
  ASSERT_EQ(gander_options_set_backup(options, 1), GANDER_OK);
  ASSERT_EQ(gander_options_set_restricted(options, 1), GANDER_OK);
  ASSERT_EQ(gander_options_set_check_all_first(options, 0), GANDER_OK);
  SqliteFile(path()).run("CREATE TABLE before (id INTEGER)");
  const Owned<gander_runner> birds = runner(two_files());
  gander_report* raw = nullptr;
  ASSERT_EQ(gander_runner_up(birds.get(), &raw, &error_), GANDER_OK);
  const Owned<gander_report> report(raw);
  SqliteFile backup(gander_report_backup(report.get()));
  EXPECT_TRUE(backup.has_table("before"));
  EXPECT_FALSE(backup.has_table("birds"));
  EXPECT_TRUE(SqliteFile(path()).has_table("my_versions"));
  EXPECT_FALSE(SqliteFile(path()).has_table("my_versions_history"));
}

TEST_F(CApiTest, ADatabaseNewerThanTheSourceIsToldAsChosen) {
  ASSERT_EQ(gander_runner_up(runner(two_files()).get(), nullptr, &error_), GANDER_OK);
  const Owned<gander_source> older =
      files({{"00001_birds.sql",
              "-- +goose Up\nCREATE TABLE birds (name TEXT);\n"
              "INSERT INTO birds VALUES ('greylag');\n-- +goose Down\nDROP TABLE birds;\n"}});
  const auto warnings = [&] {
    gander_report* raw = nullptr;
    EXPECT_EQ(gander_runner_up(runner(older).get(), &raw, &error_), GANDER_OK);
    return gander_report_warning_count(Owned<gander_report>(raw).get());
  };
  ASSERT_EQ(gander_options_set_newer(options_.get(), GANDER_NEWER_ALLOW), GANDER_OK);
  EXPECT_EQ(warnings(), 0u);
  ASSERT_EQ(gander_options_set_newer(options_.get(), GANDER_NEWER_WARN), GANDER_OK);
  EXPECT_EQ(warnings(), 1u);
  ASSERT_EQ(gander_options_set_newer(options_.get(), GANDER_NEWER_REFUSE), GANDER_OK);
  EXPECT_EQ(gander_runner_up(runner(older).get(), nullptr, nullptr), GANDER_EDITED);
}

TEST_F(CApiTest, AnUnknownTargetIsRefusedWhereTargetsAreExact) {
  EXPECT_EQ(gander_runner_up_to(runner(two_files()).get(), 7, nullptr, &error_), GANDER_OK);
  ASSERT_EQ(gander_options_set_exact_targets(options_.get(), 1), GANDER_OK);
  EXPECT_EQ(gander_runner_up_to(runner(two_files()).get(), 7, nullptr, nullptr), GANDER_NOT_FOUND);
  EXPECT_EQ(gander_runner_down_to(runner(two_files()).get(), 1, nullptr, &error_), GANDER_OK);
}

TEST_F(CApiTest, IsolateKeepsWhatAMigrationSetsFromTheNext) {
  const Owned<gander_source> source = files(
      {{"1_set.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA recursive_triggers = ON;\n"},
       {"2_see.sql",
        "-- +goose Up\nCREATE TABLE seen AS SELECT * FROM pragma_recursive_triggers;\n"}});
  const auto seen = [&](int isolate) {
    EXPECT_EQ(gander_options_set_isolate(options_.get(), isolate), GANDER_OK);
    const Owned<gander_runner> opened = runner(source);
    EXPECT_EQ(gander_runner_up(opened.get(), nullptr, &error_), GANDER_OK)
        << gander_error_what(error_);
    const std::string value = SqliteFile(path()).value("SELECT * FROM seen");
    SqliteFile(path()).run("DROP TABLE seen; DELETE FROM goose_db_version WHERE version_id > 0");
    return value;
  };
  EXPECT_EQ(seen(0), "1");
  EXPECT_EQ(seen(1), "0");
}

TEST_F(CApiTest, AnotherSetThanTheExpectedOneIsRefused) {
  ASSERT_EQ(gander_options_set_expect_sum(options_.get(), std::string(64, '0').c_str()), GANDER_OK);
  EXPECT_EQ(gander_runner_up(runner(two_files()).get(), nullptr, nullptr), GANDER_EDITED);
}

TEST_F(CApiTest, WithoutVersioningNothingIsRecorded) {
  ASSERT_EQ(gander_options_set_versioning(options_.get(), 0), GANDER_OK);
  ASSERT_EQ(gander_runner_up(runner(two_files()).get(), nullptr, &error_), GANDER_OK);
  EXPECT_FALSE(SqliteFile(path()).has_table("goose_db_version"));
}

TEST_F(CApiTest, NullArgumentsAreUsageErrors) {
  const Owned<gander_source> source = two_files();
  gander_runner* opened = nullptr;
  EXPECT_EQ(gander_runner_open(nullptr, source.get(), nullptr, &opened, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_open("sqlite:a.db", nullptr, nullptr, &opened, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_open("sqlite:a.db", source.get(), nullptr, nullptr, &error_),
            GANDER_USAGE);
  EXPECT_STRNE(gander_error_message(take_error().get()), "");
  EXPECT_EQ(gander_runner_borrow(nullptr, source.get(), nullptr, &opened, &error_), GANDER_USAGE);
  EXPECT_STRNE(gander_error_hint(take_error().get()), "");
  EXPECT_EQ(gander_runner_up(nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_version(nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_pending(nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_status(nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_validate(nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_validate(nullptr, 0, 0, nullptr, nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_accept(nullptr, 0, "", nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_resolve(nullptr, 1, 0, "", nullptr), GANDER_USAGE);
  gander_runner_cancel(nullptr);

  gander_source* made = nullptr;
  EXPECT_EQ(gander_source_directory(nullptr, &made, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_source_directory("", &made, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_source_directory("m", nullptr, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_source_files(nullptr, 1, &made, nullptr), GANDER_USAGE);
  const gander_file nameless = {nullptr, "", 0};
  EXPECT_EQ(gander_source_files(&nameless, 1, &made, nullptr), GANDER_USAGE);
  EXPECT_EQ(made, nullptr);

  EXPECT_EQ(gander_options_set_table(options_.get(), nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_options_set_strict(nullptr, 1), GANDER_USAGE);
}

TEST_F(CApiTest, UnknownNumbersAreUsageErrors) {
  const Owned<gander_runner> birds = runner(two_files());
  gander_plan* plan = nullptr;
  EXPECT_EQ(gander_runner_plan(birds.get(), 99, 0, &plan, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_runner_resolve(birds.get(), 1, 99, "x", nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_options_set_commit(options_.get(), 99), GANDER_USAGE);
  EXPECT_EQ(gander_options_set_newer(options_.get(), 99), GANDER_USAGE);
  EXPECT_EQ(gander_options_set_lint(options_.get(), 99), GANDER_USAGE);
  EXPECT_EQ(gander_options_set_lint(options_.get(), GANDER_LINT_ERROR), GANDER_OK);
  EXPECT_EQ(gander_options_set_timeout(options_.get(), -1), GANDER_USAGE);
}

TEST_F(CApiTest, ARuleOfTheProjectsOwnStopsARun) {
  gander_options* const options = options_.get();
  EXPECT_EQ(gander_options_set_lint(options, GANDER_LINT_ERROR), GANDER_OK);
  EXPECT_EQ(gander_options_set_lint_severity(options, "down-missing", GANDER_LINT_RULE_OFF),
            GANDER_OK);
  EXPECT_EQ(gander_options_set_lint_severity(options, "drop-table", 99), GANDER_USAGE);
  EXPECT_EQ(gander_options_set_lint_severity(options, nullptr, GANDER_LINT_RULE_NOTE),
            GANDER_USAGE);
  EXPECT_EQ(gander_options_set_lint_names(options, "^0"), GANDER_OK);
  EXPECT_EQ(gander_options_set_lint_names(options, nullptr), GANDER_USAGE);
  EXPECT_EQ(gander_options_add_lint_pattern(options, "no-tables", GANDER_LINT_RULE_ERROR,
                                            "create table", "no tables here", nullptr),
            GANDER_OK);
  EXPECT_EQ(gander_options_add_lint_pattern(options, "no-tables", GANDER_LINT_RULE_ERROR, nullptr,
                                            "x", nullptr),
            GANDER_USAGE);
  const Owned<gander_runner> birds = runner(two_files());
  EXPECT_EQ(gander_runner_up(birds.get(), nullptr, &error_), GANDER_INVALID_MIGRATION);
  EXPECT_STREQ(gander_error_message(error_), "no tables here (no-tables)");
  take_error();
  EXPECT_EQ(gander_options_set_lint_start_after(options, 1000), GANDER_OK);
  const Owned<gander_runner> again = runner(two_files());
  EXPECT_EQ(gander_runner_up(again.get(), nullptr, &error_), GANDER_OK);
}

TEST_F(CApiTest, AMalformedTableIsAnErrorOfOpening) {
  ASSERT_EQ(gander_options_set_table(options_.get(), "a.b.c"), GANDER_OK);
  gander_runner* opened = nullptr;
  const Owned<gander_source> source = two_files();
  EXPECT_EQ(gander_runner_open("sqlite::memory:", source.get(), options_.get(), &opened, nullptr),
            GANDER_USAGE);
  EXPECT_EQ(opened, nullptr);
}

TEST(CApi, GettersOfNothingGiveNothing) {
  EXPECT_EQ(gander_error_code(nullptr), 0);
  EXPECT_STREQ(gander_error_what(nullptr), "");
  EXPECT_STREQ(gander_error_hint(nullptr), "");
  EXPECT_EQ(gander_error_report(nullptr), nullptr);
  EXPECT_EQ(gander_report_count(nullptr), 0u);
  EXPECT_EQ(gander_report_version(nullptr), 0);
  EXPECT_STREQ(gander_report_migration_name(nullptr, 0), "");
  EXPECT_EQ(gander_report_migration_direction(nullptr, 0), 0);
  EXPECT_EQ(gander_report_migration_duration(nullptr, 0), 0);
  EXPECT_STREQ(gander_report_warning(nullptr, 0), "");
  EXPECT_EQ(gander_status_count(nullptr), 0u);
  EXPECT_STREQ(gander_status_migration_state(nullptr, 0), "");
  EXPECT_STREQ(gander_status_warning(nullptr, 0), "");
  EXPECT_EQ(gander_plan_count(nullptr), 0u);
  EXPECT_STREQ(gander_plan_warning(nullptr, 0), "");
  EXPECT_STREQ(gander_plan_step_sql(nullptr, 0, 0), "");
  EXPECT_EQ(gander_history_count(nullptr), 0u);
  EXPECT_STREQ(gander_history_event(nullptr, 0), "");
  EXPECT_EQ(gander_validation_count(nullptr), 0u);
  EXPECT_EQ(gander_validation_statements(nullptr, 0, GANDER_UP), 0);
  EXPECT_EQ(gander_validation_defect(nullptr, 0), nullptr);
}

TEST(CApi, FreeingNothingIsAllowed) {
  gander_error_free(nullptr);
  gander_options_free(nullptr);
  gander_source_free(nullptr);
  gander_runner_free(nullptr);
  gander_report_free(nullptr);
  gander_status_free(nullptr);
  gander_plan_free(nullptr);
  gander_history_free(nullptr);
  gander_validation_free(nullptr);
}

TEST(CApi, CodesHaveNames) {
  EXPECT_STREQ(gander_code_name(GANDER_OK), "ok");
  EXPECT_STREQ(gander_code_name(GANDER_IN_DOUBT), "in_doubt");
}

}  // namespace
}  // namespace gander::c
