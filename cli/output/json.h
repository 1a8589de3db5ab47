// SPDX-License-Identifier: MIT
// What --json prints. docs/json.md describes every shape; "format" is 1 until one of them changes
// in a way that could break a reader. Keys are only ever added.
//
// Each function returns one object as text with a line end. json.cc and lint_report.cc alone use
// nlohmann-json.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/config.h"
#include "gander/error.h"
#include "gander/finding.h"
#include "gander/lock.h"
#include "gander/migration_runner.h"
#include "gander/rehearsal.h"
#include "gander/report.h"
#include "gander/schema.h"
#include "gander/sum.h"

namespace gander::cli {

// What stands at the top of every object.
struct JsonHead {
  std::string_view command;
  std::string database;  // without secrets; empty: the command has none
};

std::string json_report(const JsonHead& head, const Report& report);
std::string json_status(const JsonHead& head, const Status& status);
std::string json_version(const JsonHead& head, std::int64_t version);
std::string json_doctor(const JsonHead& head, const DoctorReport& report);
// `released`: the holders are those from whom the lock was taken.
std::string json_lock(const JsonHead& head, const LockStatus& status, bool released);
std::string json_plan(const JsonHead& head, std::string_view operation, const Plan& plan, bool sql);
std::string json_history(const JsonHead& head, const std::vector<HistoryEntry>& entries);
std::string json_validated(const JsonHead& head, const Validation& validation,
                           std::string_view dialect, std::string_view dialect_from);
std::string json_created(const JsonHead& head, const std::string& path, std::int64_t version);
// `accept`: the versions that databases which know the files by their old numbers have to accept.
std::string json_renamed(const JsonHead& head,
                         const std::vector<std::pair<std::string, std::string>>& renamed,
                         const std::vector<std::int64_t>& accept);
std::string json_accepted(const JsonHead& head, const std::vector<std::int64_t>& versions);
// `differences` is empty when the sum was written or fits.
std::string json_sum(const JsonHead& head, const Sum& sum,
                     const std::vector<std::string>& differences);
std::string json_marked(const JsonHead& head, const MarkReport& report, MarkAs as);
std::string json_resolved(const JsonHead& head, std::int64_t version, std::string_view resolution);
// `file` is empty where the text went to standard output, and then the text is in the object.
std::string json_dump(const JsonHead& head, const std::string& file, std::string_view sql);
std::string json_loaded(const JsonHead& head, const std::string& file);
std::string json_diff(const JsonHead& head, const std::string& before, const std::string& after,
                      const SchemaComparison& comparison);
std::string json_verified(const JsonHead& head, const Verification& verification);
std::string json_rehearsal(const JsonHead& head, const Rehearsal& rehearsal, int exit_code);
struct ImportedFile {
  std::string from;
  std::string file;
  std::int64_t version = 0;
};
std::string json_imported(const JsonHead& head, std::string_view tool,
                          const std::vector<ImportedFile>& files,
                          const std::vector<std::string>& notes);
// `done`: false when it was only said what would be done.
std::string json_adopted(const JsonHead& head, std::string_view tool, bool done,
                         const std::vector<std::int64_t>& versions);
// `done`: "created" or "dropped".
std::string json_whole_database(const JsonHead& head, std::string_view done, bool changed);
std::string json_restored(const JsonHead& head, const std::string& backup, const std::string& file);
// `migrations`: whether they were waited for; `done`: false when the time was over first.
std::string json_waited(const JsonHead& head, bool migrations, bool done,
                        std::chrono::nanoseconds waited);
std::string json_config(const JsonHead& head, const Config& config);
// One long text under one key: help, completion, man.
std::string json_text(const JsonHead& head, std::string_view key, std::string_view text);
std::string json_commands(const JsonHead& head);
// The program and the engines that it knows.
std::string json_program();

// `report` may be nullptr.
std::string json_error(const JsonHead& head, const ErrorDetails& details, int exit_code,
                       const Report* report);

}  // namespace gander::cli
