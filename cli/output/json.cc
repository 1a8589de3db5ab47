// SPDX-License-Identifier: MIT
#include "cli/output/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/advice.h"
#include "cli/options.h"
#include "cli/output/time.h"
#include "cli/redact.h"
#include "cli/secrets.h"
#include "src/base/version.h"
#include "src/driver/engine.h"

namespace gander::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

// What is not known is null, never "" or 0.
Json text_or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }
Json time_or_null(std::optional<Time> time) { return time ? Json(iso_time(*time)) : Json(); }
Json number_or_null(std::int64_t number) { return number == 0 ? Json() : Json(number); }

Json advised(const std::vector<std::string>& warnings) {
  Json texts = Json::array();
  for (const std::string& warning : warnings) texts.push_back(advice(warning));
  return texts;
}

// Milliseconds to three places.
Json milliseconds(std::chrono::nanoseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

Json object(const JsonHead& head) {
  Json json;
  json["format"] = kFormat;
  json["command"] = text_or_null(head.command);
  if (!head.database.empty()) json["database"] = head.database;
  return json;
}

// Database messages and file names need not be UTF-8; JSON must be.
std::string print(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json to_json(const MigrationResult& result) {
  return {{"version", result.version},
          {"name", result.name},
          {"direction", direction_name(result.direction)},
          {"empty", result.empty},
          {"statements", result.statements},
          {"resumed_after", result.resumed_after},
          {"duration_ms", milliseconds(result.duration)}};
}

Json to_json(const Report& report) {
  Json migrations = Json::array();
  for (const auto& result : report.migrations) migrations.push_back(to_json(result));
  Json notices = Json::array();
  for (const ServerNotice& notice : report.notices) {
    notices.push_back({{"severity", text_or_null(notice.severity)},
                       {"text", notice.text},
                       {"count", notice.count}});
  }
  return {{"version", report.version_known ? Json(report.version) : Json()},
          {"pending", report.version_known ? Json(report.pending) : Json()},
          {"migrations", std::move(migrations)},
          {"duration_ms", milliseconds(report.duration)},
          {"backup", text_or_null(report.backup)},
          {"warnings", advised(report.warnings)},
          {"notices", std::move(notices)}};
}

Json to_json(const MigrationStatus& status) {
  const bool unfinished =
      status.state == MigrationState::active || status.state == MigrationState::in_doubt;
  return {{"version", status.version},
          {"name", text_or_null(status.name)},
          {"state", migration_state_name(status.state)},
          {"out_of_order", status.out_of_order},
          {"applied_at", time_or_null(status.applied_at)},
          {"applied_by", text_or_null(status.applied_by)},
          {"duration_ms", status.duration.count() == 0 ? Json() : milliseconds(status.duration)},
          {"checksum", text_or_null(status.checksum)},
          {"statements_done", unfinished ? Json(status.statements_done) : Json()},
          {"statements_total", unfinished ? Json(status.statements_total) : Json()},
          {"direction", unfinished ? Json(direction_name(status.direction)) : Json()},
          {"detail", text_or_null(advice(status.detail))},
          {"hint", text_or_null(advice(status.hint))}};
}

Json to_json(const PlanStep& step, bool sql) {
  Json json = {{"version", step.version},
               {"name", step.name},
               {"direction", direction_name(step.direction)},
               {"transactional", step.transactional},
               {"function", step.function},
               {"statements", step.statement_count},
               {"resumed_after", step.resumed_after},
               {"reason", text_or_null(step.reason)}};
  if (!sql) return json;
  Json statements = Json::array();
  for (const auto& statement : step.statements) {
    statements.push_back({{"line", statement.line}, {"sql", statement.sql}});
  }
  json["sql"] = std::move(statements);
  return json;
}

Json to_json(const HistoryEntry& entry) {
  return {{"id", entry.id},
          {"at", time_or_null(entry.at)},
          {"run_id", text_or_null(entry.run_id)},
          {"event", history_event_name(entry.event)},
          {"version", entry.version},
          {"name", text_or_null(entry.name)},
          {"checksum", text_or_null(entry.checksum)},
          {"statements", entry.statements},
          {"duration_ms", milliseconds(entry.duration)},
          {"actor", text_or_null(entry.actor)},
          {"tool", text_or_null(entry.tool)},
          {"detail", text_or_null(advice(entry.detail))}};
}

Json to_json(const ErrorDetails& details) {
  return {{"code", error_code_name(details.code)},
          {"message", details.message},
          {"hint", text_or_null(advice(details.hint))},
          {"file", text_or_null(details.file)},
          {"line", number_or_null(details.line)},
          {"column", number_or_null(details.column)},
          {"source_line", text_or_null(details.source_line)},
          {"version", number_or_null(details.version)},
          {"statement", number_or_null(details.statement)},
          {"sql", text_or_null(details.sql)},
          {"sqlstate", text_or_null(details.sqlstate)},
          {"native_code", number_or_null(details.native_code)},
          {"detail", text_or_null(details.detail)},
          {"retryable", details.retryable}};
}

Json count_or_null(std::int64_t count) { return count < 0 ? Json() : Json(count); }
Json count_or_null(std::optional<std::int64_t> count) { return count ? Json(*count) : Json(); }

Json to_json(const std::vector<LockInTheWay>& others) {
  Json list = Json::array();
  for (const LockInTheWay& other : others) {
    list.push_back({{"session", other.session},
                    {"mode", text_or_null(other.mode)},
                    {"granted", other.granted},
                    {"open_ms", milliseconds(other.open)}});
  }
  return list;
}

Json to_json(const RehearsedLock& lock) {
  return {{"relation", lock.relation},
          {"original", text_or_null(lock.original)},
          {"kind", lock.kind},
          {"mode", lock.mode},
          {"stops", lock_stops_name(lock.stops)},
          {"held_ms", milliseconds(lock.held)},
          {"seen", lock.seen},
          {"rows", count_or_null(lock.rows)},
          {"bytes", count_or_null(lock.bytes)},
          {"in_the_way", to_json(lock.in_the_way)}};
}

Json to_json(const RehearsedStatement& statement) {
  Json locks = Json::array();
  for (const RehearsedLock& lock : statement.locks) locks.push_back(to_json(lock));
  Json rewritten = Json::array();
  for (const RewrittenRelation& one : statement.rewritten) {
    rewritten.push_back({{"relation", one.relation}, {"kind", one.kind}});
  }
  return {{"number", statement.number},
          {"line", statement.line},
          {"sql", statement.sql},
          {"duration_ms", milliseconds(statement.duration)},
          {"transaction", statement.transaction == 0 ? Json() : Json(statement.transaction)},
          {"polled", statement.polled},
          {"rows", count_or_null(statement.rows)},
          {"written", count_or_null(statement.written)},
          {"locks", std::move(locks)},
          {"rewritten", std::move(rewritten)},
          {"waits_for", to_json(statement.waits_for)}};
}

Json to_json(const std::vector<SchemaDifference>& differences) {
  Json list = Json::array();
  for (const SchemaDifference& one : differences) {
    Json properties = Json::array();
    for (const PropertyDifference& property : one.properties) {
      properties.push_back({{"name", property.name},
                            {"before", property.before ? Json(*property.before) : Json()},
                            {"after", property.after ? Json(*property.after) : Json()}});
    }
    list.push_back({{"change", schema_change_name(one.what)},
                    {"kind", one.kind},
                    {"name", text_or_null(one.name)},
                    {"parent", text_or_null(one.parent)},
                    {"properties", std::move(properties)}});
  }
  return list;
}

Json to_json(const Drift& drift) {
  const bool recorded = drift.version != 0 || drift.recorded_at.has_value();
  Json objects = Json::array();
  for (const DriftedObject& one : drift.objects) {
    objects.push_back({{"change", schema_change_name(one.what)},
                       {"kind", one.kind},
                       {"name", text_or_null(one.name)},
                       {"parent", text_or_null(one.parent)},
                       {"since", one.since}});
  }
  return {{"state", drift_state_name(drift.state)},
          {"version", recorded ? Json(drift.version) : Json()},
          {"recorded_at", time_or_null(drift.recorded_at)},
          {"reason", text_or_null(drift.reason)},
          {"objects", std::move(objects)}};
}

Json to_json(const Option& option) {
  return {{"name", option.name},
          {"letter", option.letter == 0 ? Json() : Json(std::string(1, option.letter))},
          {"value", text_or_null(option.value)},
          {"choices", text_or_null(option.choices)},
          {"help", option.help}};
}

}  // namespace

std::string json_report(const JsonHead& head, const Report& report) {
  Json json = object(head);
  json["report"] = to_json(report);
  return print(json);
}

std::string json_status(const JsonHead& head, const Status& status) {
  Json json = object(head);
  json["version"] = status.version;
  json["latest"] = status.latest;
  json["applied"] = status.applied;
  json["pending"] = status.pending;
  json["edited"] = status.edited;
  json["missing"] = status.missing;
  json["unfinished"] = status.unfinished;
  json["migrations"] = Json::array();
  for (const auto& migration : status.migrations) json["migrations"].push_back(to_json(migration));
  json["drift"] = to_json(status.drift);
  json["warnings"] = advised(status.warnings);
  return print(json);
}

std::string json_waited(const JsonHead& head, bool migrations, bool done,
                        std::chrono::nanoseconds waited) {
  Json json = object(head);
  json["reachable"] = true;
  json["migrated"] = migrations ? Json(done) : Json();
  json["waited_ms"] = milliseconds(waited);
  return print(json);
}

std::string json_version(const JsonHead& head, std::int64_t version) {
  Json json = object(head);
  json["version"] = version;
  return print(json);
}

std::string json_doctor(const JsonHead& head, const DoctorReport& report) {
  Json json = object(head);
  json["server"] = text_or_null(report.server);
  json["problems"] = report.count(Severity::problem);
  json["warnings"] = report.count(Severity::warning);
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"severity", severity_name(finding.severity)},
                        {"check", finding.check},
                        {"message", finding.message},
                        {"hint", text_or_null(advice(finding.hint))}});
  }
  json["findings"] = std::move(findings);
  return print(json);
}

std::string json_lock(const JsonHead& head, const LockStatus& status, bool released) {
  Json json = object(head);
  json["lock"] = status.name;
  json["held"] = !released && status.held();
  Json holders = Json::array();
  for (const LockHolder& holder : status.holders) {
    holders.push_back({{"kind", lock_kind_name(holder.kind)},
                       {"pid", number_or_null(holder.pid)},
                       {"name", text_or_null(holder.name)},
                       {"since", time_or_null(holder.since)},
                       {"renewed_at", time_or_null(holder.renewed_at)},
                       {"expires_at", time_or_null(holder.expires_at)},
                       {"expired", holder.expired}});
  }
  json[released ? "released" : "holders"] = std::move(holders);
  return print(json);
}

std::string json_plan(const JsonHead& head, std::string_view operation, const Plan& plan,
                      bool sql) {
  Json json = object(head);
  json["operation"] = operation;
  json["version"] = plan.version;
  json["version_after"] = plan.version_after;
  json["steps"] = Json::array();
  for (const auto& step : plan.steps) json["steps"].push_back(to_json(step, sql));
  if (!plan.script.empty()) json["script"] = plan.script;
  json["warnings"] = advised(plan.warnings);
  return print(json);
}

std::string json_history(const JsonHead& head, const std::vector<HistoryEntry>& entries) {
  Json json = object(head);
  json["history"] = Json::array();
  for (const auto& entry : entries) json["history"].push_back(to_json(entry));
  return print(json);
}

std::string json_validated(const JsonHead& head, const Validation& validation,
                           std::string_view dialect, std::string_view dialect_from) {
  Json json = object(head);
  json["dialect"] = dialect;
  json["dialect_from"] = dialect_from;
  json["valid"] = validation.defects.empty();
  json["migrations"] = Json::array();
  for (const auto& migration : validation.migrations) {
    json["migrations"].push_back({{"version", migration.version},
                                  {"name", migration.name},
                                  {"transactional", migration.transactional},
                                  {"function", migration.function},
                                  {"statements_up", migration.statements_up},
                                  {"statements_down", migration.statements_down},
                                  {"checksum", text_or_null(migration.checksum)}});
  }
  json["defects"] = Json::array();
  for (const auto& defect : validation.defects) json["defects"].push_back(to_json(defect));
  return print(json);
}

std::string json_created(const JsonHead& head, const std::string& path, std::int64_t version) {
  Json json = object(head);
  json["file"] = path;
  json["version"] = version;
  return print(json);
}

std::string json_renamed(const JsonHead& head,
                         const std::vector<std::pair<std::string, std::string>>& renamed,
                         const std::vector<std::int64_t>& accept) {
  Json json = object(head);
  json["renamed"] = Json::array();
  for (const auto& [from, to] : renamed) json["renamed"].push_back({{"from", from}, {"to", to}});
  json["accept"] = accept;
  return print(json);
}

std::string json_accepted(const JsonHead& head, const std::vector<std::int64_t>& versions) {
  Json json = object(head);
  json["accepted"] = versions;
  return print(json);
}

std::string json_sum(const JsonHead& head, const Sum& sum,
                     const std::vector<std::string>& differences) {
  Json json = object(head);
  json["digest"] = sum.digest;
  json["migrations"] = Json::array();
  for (const SumEntry& entry : sum.entries) {
    json["migrations"].push_back({{"name", entry.name}, {"checksum", entry.checksum}});
  }
  json["differences"] = differences;
  return print(json);
}

std::string json_marked(const JsonHead& head, const MarkReport& report, MarkAs as) {
  Json json = object(head);
  json["as"] = mark_name(as);
  json["marked"] = report.marked;
  json["already"] = report.already;
  json["differences"] = report.differences;
  return print(json);
}

std::string json_resolved(const JsonHead& head, std::int64_t version, std::string_view resolution) {
  Json json = object(head);
  json["version"] = version;
  json["resolution"] = resolution;
  return print(json);
}

std::string json_dump(const JsonHead& head, const std::string& file, std::string_view sql) {
  Json json = object(head);
  json["file"] = text_or_null(file);
  json["sql"] = file.empty() ? Json(sql) : Json();
  return print(json);
}

std::string json_loaded(const JsonHead& head, const std::string& file) {
  Json json = object(head);
  json["file"] = file;
  return print(json);
}

std::string json_diff(const JsonHead& head, const std::string& before, const std::string& after,
                      const SchemaComparison& comparison) {
  Json json = object(head);
  json["before"] = before;
  json["after"] = after;
  json["equal"] = comparison.equal();
  json["differences"] = to_json(comparison.differences);
  return print(json);
}

std::string json_verified(const JsonHead& head, const Verification& verification) {
  Json json = object(head);
  json["ok"] = verification.ok();
  json["migrations"] = Json::array();
  for (const VerifiedMigration& one : verification.migrations) {
    json["migrations"].push_back({{"version", one.version},
                                  {"name", one.name},
                                  {"verdict", verdict_name(one.verdict)},
                                  {"detail", text_or_null(one.detail)},
                                  {"differences", to_json(one.differences)},
                                  {"notes", one.notes},
                                  {"error", one.error ? to_json(*one.error) : Json()}});
  }
  return print(json);
}

std::string json_rehearsal(const JsonHead& head, const Rehearsal& rehearsal, int exit_code) {
  Json json = object(head);
  json["exit_code"] = exit_code;
  json["copy"] = rehearsal_copy_name(rehearsal.copy);
  json["server"] = rehearsal.server;
  json["version"] = rehearsal.version;
  json["version_after"] = rehearsal.version_after;
  json["migrations"] = Json::array();
  for (const RehearsedMigration& one : rehearsal.migrations) {
    Json statements = Json::array();
    for (const RehearsedStatement& each : one.statements) statements.push_back(to_json(each));
    json["migrations"].push_back({{"version", one.version},
                                  {"name", one.name},
                                  {"transactional", one.transactional},
                                  {"function", one.function},
                                  {"duration_ms", milliseconds(one.duration)},
                                  {"bytes_before", one.bytes_before},
                                  {"bytes_after", one.bytes_after},
                                  {"written", count_or_null(one.written)},
                                  {"statements", std::move(statements)}});
  }
  json["notes"] = advised(rehearsal.notes);
  json["error"] = rehearsal.error ? to_json(*rehearsal.error) : Json();
  return print(json);
}

std::string json_imported(const JsonHead& head, std::string_view tool,
                          const std::vector<ImportedFile>& files,
                          const std::vector<std::string>& notes) {
  Json json = object(head);
  json["tool"] = tool;
  json["imported"] = Json::array();
  for (const ImportedFile& each : files) {
    json["imported"].push_back(
        {{"from", each.from}, {"file", each.file}, {"version", each.version}});
  }
  json["notes"] = notes;
  return print(json);
}

std::string json_adopted(const JsonHead& head, std::string_view tool, bool done,
                         const std::vector<std::int64_t>& versions) {
  Json json = object(head);
  json["tool"] = tool;
  json["done"] = done;
  json["adopted"] = versions;
  return print(json);
}

std::string json_whole_database(const JsonHead& head, std::string_view done, bool changed) {
  Json json = object(head);
  json[std::string(done)] = changed;
  return print(json);
}

std::string json_restored(const JsonHead& head, const std::string& backup,
                          const std::string& file) {
  Json json = object(head);
  json["backup"] = backup;
  json["file"] = file;
  return print(json);
}

std::string json_config(const JsonHead& head, const Config& config) {
  Json json = object(head);
  json["config_file"] = text_or_null(config.file);
  json["profile"] = text_or_null(config.profile);
  json["env_file"] = text_or_null(config.env_file);
  json["settings"] = Json::array();
  for (const auto& setting : config.effective) {
    const bool secret = setting.key == "db";
    json["settings"].push_back(
        {{"key", setting.key},
         {"value", secrets().hide(secret ? redacted(setting.value) : setting.value)},
         {"origin", setting.origin}});
  }
  json["warnings"] = config.warnings;
  return print(json);
}

std::string json_text(const JsonHead& head, std::string_view key, std::string_view text) {
  Json json = object(head);
  json[std::string(key)] = text;
  return print(json);
}

std::string json_commands(const JsonHead& head) {
  Json json = object(head);
  json["commands"] = Json::array();
  for (const Command& command : commands()) {
    Json entry = {{"name", command.name}, {"summary", command.summary}, {"when", command.when}};
    entry["arguments"] = Json::array();
    for (const Argument& argument : command.arguments) {
      entry["arguments"].push_back({{"name", argument.name},
                                    {"required", argument.required},
                                    {"many", argument.many},
                                    {"choices", text_or_null(argument.choices)},
                                    {"help", argument.help}});
    }
    entry["options"] = Json::array();
    for (const Option* option : options_of(command.verb))
      entry["options"].push_back(to_json(*option));
    json["commands"].push_back(std::move(entry));
  }
  json["exit_codes"] = Json::array();
  for (const ExitCodeText& code : exit_codes()) {
    json["exit_codes"].push_back({{"code", code.code}, {"text", code.text}});
  }
  return print(json);
}

std::string json_program() {
  Json json = object({.command = {}, .database = {}});
  json["gander"] = gander_version_string();
  json["engines"] = Json::array();
  for (const driver::Engine* engine : driver::engines()) {
    json["engines"].push_back({{"name", engine->name},
                               {"title", engine->title},
                               {"opens", engine->can_open()},
                               {"schemes", engine->schemes},
                               {"drivers", engine->drivers}});
  }
  return print(json);
}

std::string json_error(const JsonHead& head, const ErrorDetails& details, int exit_code,
                       const Report* report) {
  Json json = object(head);
  json["error"] = to_json(details);
  json["error"]["exit_code"] = exit_code;
  json["report"] = report == nullptr ? Json() : to_json(*report);
  return print(json);
}

}  // namespace gander::cli
