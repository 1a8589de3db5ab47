// SPDX-License-Identifier: MIT
// The names of severities of findings in files, as `--format json` prints them.
#include "gander/lint.h"

#include <algorithm>

namespace gander {

const char* lint_severity_name(LintSeverity severity) noexcept {
  switch (severity) {
    case LintSeverity::note:
      return "note";
    case LintSeverity::warning:
      return "warning";
    case LintSeverity::error:
      return "error";
  }
  return "unknown";
}

std::int64_t LintReport::count(LintSeverity severity) const noexcept {
  return std::ranges::count(findings, severity, &LintFinding::severity);
}

}  // namespace gander
