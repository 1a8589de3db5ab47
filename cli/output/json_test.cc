// SPDX-License-Identifier: MIT
#include "cli/output/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "src/types/time.h"

namespace gander::cli {
namespace {

using Json = nlohmann::ordered_json;

const JsonHead kHead{.command = "up", .database = "sqlite:app.db"};

TEST(Json, BeginsWithFormatCommandAndDatabase) {
  EXPECT_EQ(json_version(kHead, 7),
            "{\n"
            "  \"format\": 1,\n"
            "  \"command\": \"up\",\n"
            "  \"database\": \"sqlite:app.db\",\n"
            "  \"version\": 7\n"
            "}\n");
  EXPECT_FALSE(
      Json::parse(json_renamed({.command = "fix", .database = {}}, {}, {})).contains("database"));
}

TEST(Json, HoldsAReport) {
  Report report;
  report.version = 2;
  report.pending = 1;
  report.duration = std::chrono::microseconds{8125};
  report.warnings = {"careful"};
  report.notices = {{"NOTICE", "skipping", 2}, {"", "dropped", 1}};
  report.migrations.push_back({.version = 2,
                               .name = "2_b.sql",
                               .direction = Direction::down,
                               .empty = true,
                               .statements = 3,
                               .resumed_after = 1,
                               .duration = std::chrono::nanoseconds{1234567}});
  const Json json = Json::parse(json_report(kHead, report));
  EXPECT_EQ(json["report"].dump(),
            "{\"version\":2,\"pending\":1,\"migrations\":[{\"version\":2,\"name\":\"2_b.sql\","
            "\"direction\":\"down\",\"empty\":true,\"statements\":3,\"resumed_after\":1,"
            "\"duration_ms\":1.235}],\"duration_ms\":8.125,\"backup\":null,"
            "\"warnings\":[\"careful\"],\"notices\":[{\"severity\":\"NOTICE\","
            "\"text\":\"skipping\",\"count\":2},{\"severity\":null,\"text\":\"dropped\","
            "\"count\":1}]}");
}

TEST(Json, HoldsTheStatusOfAMigration) {
  Status status;
  status.version = 1;
  status.pending = 1;
  MigrationStatus& edited = status.migrations.emplace_back();
  edited.version = 1;
  edited.name = "1_a.sql";
  edited.state = MigrationState::edited;
  edited.applied_at = parse_time("2026-01-02 03:04:05");
  edited.applied_by = "me@host";
  edited.duration = std::chrono::milliseconds{2};
  edited.checksum = "ab";
  MigrationStatus& doubtful = status.migrations.emplace_back();
  doubtful.version = 2;
  doubtful.name = "2_b.sql";
  doubtful.state = MigrationState::in_doubt;
  doubtful.statements_done = 3;
  doubtful.statements_total = 5;
  doubtful.direction = Direction::down;
  doubtful.detail = "connection lost";
  doubtful.hint = "look";
  status.drift.state = DriftState::known;
  status.drift.version = 3;
  status.drift.objects.push_back({SchemaDifference::Kind::added, "index", "by_hand", "bird", 2});
  const Json json = Json::parse(json_status(kHead, status));
  EXPECT_EQ(json["drift"].dump(),
            "{\"state\":\"known\",\"version\":3,\"recorded_at\":null,\"reason\":null,"
            "\"objects\":[{\"change\":\"added\",\"kind\":\"index\",\"name\":\"by_hand\","
            "\"parent\":\"bird\",\"since\":2}]}");
  EXPECT_EQ(json["migrations"][0].dump(),
            "{\"version\":1,\"name\":\"1_a.sql\",\"state\":\"edited\",\"out_of_order\":false,"
            "\"applied_at\":\"2026-01-02T03:04:05.000Z\",\"applied_by\":\"me@host\","
            "\"duration_ms\":2.0,\"checksum\":\"ab\",\"statements_done\":null,"
            "\"statements_total\":null,\"direction\":null,\"detail\":null,\"hint\":null}");
  EXPECT_EQ(json["migrations"][1]["state"], "in_doubt");
  EXPECT_EQ(json["migrations"][1]["statements_done"], 3);
  EXPECT_EQ(json["migrations"][1]["direction"], "down");
  EXPECT_EQ(json["migrations"][1]["hint"], "look");
  EXPECT_EQ(json["migrations"][1]["applied_at"], nullptr);
  EXPECT_EQ(json["pending"], 1);
}

TEST(Json, HoldsAPlanWithItsSql) {
  Plan plan;
  plan.version_after = 1;
  plan.steps.push_back({.version = 1,
                        .name = "1_a.sql",
                        .statement_count = 1,
                        .statements = {{.line = 2, .sql = "SELECT 1;"}},
                        .reason = "pending"});
  const Json with = Json::parse(json_plan(kHead, "up", plan, true));
  EXPECT_EQ(with["operation"], "up");
  EXPECT_EQ(with["steps"][0]["sql"].dump(), "[{\"line\":2,\"sql\":\"SELECT 1;\"}]");
  const Json without = Json::parse(json_plan(kHead, "up", plan, false));
  EXPECT_FALSE(without["steps"][0].contains("sql"));
}

TEST(Json, HoldsHistoryAndValidation) {
  HistoryEntry entry;
  entry.event = HistoryEvent::accepted;
  const Json history = Json::parse(json_history(kHead, {entry}));
  EXPECT_EQ(history["history"][0]["event"], "accepted");
  EXPECT_EQ(history["history"][0]["actor"], nullptr);

  Validation validation;
  validation.migrations.emplace_back().statements_up = 2;
  validation.defects.emplace_back().message = "bad";
  const Json json = Json::parse(json_validated(kHead, validation, "any", "none"));
  EXPECT_EQ(json["valid"], false);
  EXPECT_EQ(json["migrations"][0]["statements_up"], 2);
  EXPECT_EQ(json["defects"][0]["message"], "bad");
}

TEST(Json, HoldsAnErrorAndWhatWasDoneBefore) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.message = "no";
  details.line = 3;
  Report report;
  report.version = 1;
  const Json json = Json::parse(json_error(kHead, details, 1, &report));
  EXPECT_EQ(json["error"]["code"], "sql");
  EXPECT_EQ(json["error"]["exit_code"], 1);
  EXPECT_EQ(json["error"]["line"], 3);
  EXPECT_EQ(json["error"]["hint"], nullptr);
  EXPECT_EQ(json["error"]["retryable"], false);
  EXPECT_EQ(json["report"]["version"], 1);
  EXPECT_EQ(Json::parse(json_error(kHead, details, 1, nullptr))["report"], nullptr);
}

TEST(Json, IsValidWhateverTheBytesAre) {
  ErrorDetails details;
  details.message = "\xFF\xC3(\x01\"\\";
  const Json json = Json::parse(json_error(kHead, details, 1, nullptr));
  EXPECT_NE(json["error"]["message"].get<std::string>().find('\x01'), std::string::npos);
}

TEST(Json, HidesPasswordsInTheConfiguration) {
  Config config;
  config.effective.push_back({"db", "postgres://me:s3cret@h/d", "--db"});
  const std::string text = json_config(kHead, config);
  EXPECT_EQ(text.find("s3cret"), std::string::npos);
  EXPECT_EQ(Json::parse(text)["settings"][0]["origin"], "--db");
}

TEST(Json, ListsTheCommands) {
  const Json json = Json::parse(json_commands({.command = "help", .database = {}}));
  EXPECT_EQ(json["commands"].size(), commands().size());
  EXPECT_EQ(json["commands"][0]["name"], "up");
}

}  // namespace
}  // namespace gander::cli
