// SPDX-License-Identifier: MIT
// verify: whether every Down takes its migration back.
#include <fmt/format.h>

#include "cli/call.h"
#include "cli/command/handlers.h"
#include "cli/exit_code.h"
#include "cli/job.h"
#include "cli/output/differences.h"
#include "cli/output/error_text.h"
#include "cli/output/text.h"
#include "cli/secrets.h"

namespace gander::cli {
namespace {

Cell mark(Verdict verdict, bool unicode) {
  switch (verdict) {
    case Verdict::good:
      return {unicode ? "✓" : "ok", Color::green};
    case Verdict::irreversible:
      return {unicode ? "·" : "note", Color::dim};
    case Verdict::unchecked:
      return {unicode ? "?" : "not tried", Color::yellow};
    case Verdict::bad:
      break;
  }
  return {unicode ? "✗" : "BAD", Color::red};
}

std::string indented(std::string_view lines) {
  std::string text;
  for (std::size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
    text += fmt::format("    {}\n", lines.substr(0, end));
    lines.remove_prefix(end + 1);
  }
  return text;
}

std::string text_of(const VerifiedMigration& one, const Terminal& terminal) {
  const Cell sign = mark(one.verdict, terminal.unicode);
  std::string text =
      fmt::format("{} {}", paint(terminal, sign.color, sign.text), printable(one.name));
  if (one.verdict == Verdict::irreversible) text += ": irreversible";
  if (!one.detail.empty()) text += ": " + printable(one.detail);
  text += "\n";
  for (const std::string& note : one.notes) text += fmt::format("    {}\n", printable(note));
  if (one.error) text += indented(error_text(*one.error, terminal));
  return text + differences_text(one.differences, 4, terminal);
}

std::string summary(const Verification& verification) {
  const std::int64_t bad = verification.count(Verdict::bad);
  const std::int64_t good = verification.count(Verdict::good);
  const std::int64_t irreversible = verification.count(Verdict::irreversible);
  const std::int64_t untried = verification.count(Verdict::unchecked);
  std::string text =
      fmt::format("\n{} tried: {} taken back by Down",
                  count_text(good + bad + irreversible, "migration"), number_text(good));
  if (irreversible > 0) text += fmt::format(", {} irreversible", number_text(irreversible));
  if (bad > 0) text += fmt::format(", {} bad", number_text(bad));
  if (untried > 0) text += fmt::format("; {} not tried", number_text(untried));
  return text + ".\n";
}

}  // namespace

int run_verify(Call& call) {
  Console& console = call.console();
  Job job(call);
  Verification verification = job->verify({.rows = call.list("rows")});
  for (VerifiedMigration& one : verification.migrations) {
    if (one.error) one.error = secrets().hide(Error(*one.error)).details();
  }
  if (console.json()) {
    console.out(json_verified(call.head(), verification));
  } else {
    const Terminal& terminal = console.out_terminal();
    for (const VerifiedMigration& one : verification.migrations) {
      const bool told = one.verdict != Verdict::good || !one.notes.empty();
      if (told || !console.quiet()) console.out(text_of(one, terminal));
    }
    if (!console.quiet()) console.out(summary(verification));
  }
  return verification.ok() ? kExitDone : kExitDiffers;
}

}  // namespace gander::cli
