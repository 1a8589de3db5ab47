// SPDX-License-Identifier: MIT
// mark: the records say that migrations are applied, or pending, and nothing runs.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

MarkRequest request_of(const Call& call) {
  MarkRequest request;
  const bool applied = call.on("applied");
  if (applied == call.on("pending")) {
    throw Error(ErrorCode::usage, "mark needs one of --applied and --pending",
                "say what the records are to say of the migrations");
  }
  request.as = applied ? MarkAs::applied : MarkAs::pending;
  request.versions = call.version_arguments();
  request.to = call.version_option("to");
  request.all = call.on("all");
  request.force = call.on("force");
  const int ways = !request.versions.empty() + request.to.has_value() + request.all;
  if (ways != 1) {
    throw Error(ErrorCode::usage, "mark needs one of VERSION, --to and --all",
                "gander status lists the versions");
  }
  request.reason = call.reason();
  return request;
}

std::string text_of(const MarkReport& report, std::string_view as) {
  std::string text;
  if (!report.marked.empty()) {
    text +=
        fmt::format("Recorded as {}, nothing was run: {}.\n", as, fmt::join(report.marked, ", "));
  }
  if (!report.already.empty()) {
    text += fmt::format("Recorded as {} already: {}.\n", as, fmt::join(report.already, ", "));
  }
  return text.empty() ? "Nothing to mark.\n" : text;
}

}  // namespace

int run_mark(Call& call) {
  const MarkRequest request = request_of(call);
  Console& console = call.console();
  Job job(call);
  const MarkReport report = job->mark(request);
  for (const std::string& difference : report.differences) {
    console.warn("about the schema: " + printable(difference));
  }
  if (console.json()) {
    console.out(json_marked(call.head(), report, request.as));
  } else if (!console.quiet()) {
    console.out(text_of(report, mark_name(request.as)));
  }
  return kExitDone;
}

}  // namespace gander::cli
