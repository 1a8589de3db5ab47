// SPDX-License-Identifier: MIT
// doctor: what would make the next run fail, wait or surprise.
#include <fmt/format.h>

#include <algorithm>

#include "cli/advice.h"
#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/text.h"

namespace gander::cli {
namespace {

// A paragraph behind blanks; in one line where there is no terminal.
std::string on_terminal(const std::string& text, int indent, const Terminal& terminal) {
  if (terminal.width > 0) return wrapped(text, indent, terminal.width);
  return std::string(static_cast<std::size_t>(indent), ' ') + text;
}

Cell mark(Severity severity, bool unicode) {
  switch (severity) {
    case Severity::ok:
      return {unicode ? "✓" : "ok", Color::green};
    case Severity::note:
      return {unicode ? "·" : "note", Color::dim};
    case Severity::warning:
      return {unicode ? "!" : "warn", Color::yellow};
    case Severity::problem:
      break;
  }
  return {unicode ? "✗" : "FAIL", Color::red};
}

std::string text_of(const DoctorReport& report, bool verbose, const Terminal& terminal) {
  std::string text;
  for (const Finding& finding : report.findings) {
    const Cell sign = mark(finding.severity, terminal.unicode);
    const std::string pad(terminal.unicode ? 0 : 4 - sign.text.size(), ' ');
    const int indent = terminal.unicode ? 2 : 5;
    const std::string message = printable(finding.check) + ": " + printable(finding.message);
    text += paint(terminal, sign.color, sign.text) + pad + " " +
            on_terminal(message, indent, terminal).substr(static_cast<std::size_t>(indent)) + "\n";
    const bool told = finding.severity >= Severity::warning || verbose;
    if (told && !finding.hint.empty()) {
      text += on_terminal("try: " + printable(advice(finding.hint)), 4, terminal) + "\n";
    }
  }
  const bool untold = std::ranges::any_of(
      report.findings, [](const Finding& finding) { return finding.check == "locks_untold"; });
  const std::int64_t problems = report.count(Severity::problem);
  const std::int64_t warnings = report.count(Severity::warning);
  return text +
         (problems + warnings == 0
              ? std::string(untold ? "\nNothing that can be told stands in the way of a run.\n"
                                   : "\nNothing stands in the way of a run.\n")
              : fmt::format("\n{}, {}.\n", count_text(problems, "problem"),
                            count_text(warnings, "warning")));
}

}  // namespace

int run_doctor(Call& call) {
  Console& console = call.console();
  Job job(call);
  const DoctorReport report = job->doctor();
  if (console.json()) {
    console.out(json_doctor(call.head(), report));
  } else if (!console.quiet()) {
    console.out(text_of(report, console.verbose(), console.out_terminal()));
  }
  return report.count(Severity::problem) > 0 ? kExitProblem : kExitDone;
}

}  // namespace gander::cli
