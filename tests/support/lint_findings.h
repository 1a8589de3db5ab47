// SPDX-License-Identifier: MIT
// Findings as one text: "drop-table@3 update-all@5?", `?` for a warning; notes are left out.
#pragma once

#include <string>

#include "gander/lint.h"

namespace gander::testing_support {

inline std::string findings_by_line(const LintReport& report) {
  std::string found;
  for (const LintFinding& finding : report.findings) {
    if (finding.severity == LintSeverity::note) continue;
    found += (found.empty() ? "" : " ") + finding.rule + "@" + std::to_string(finding.line) +
             (finding.severity == LintSeverity::warning ? "?" : "");
  }
  return found;
}

}  // namespace gander::testing_support
