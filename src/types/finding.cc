// SPDX-License-Identifier: MIT
// The names of severities, as `--json` prints them.
#include "gander/finding.h"

#include <algorithm>

namespace gander {

const char* severity_name(Severity severity) noexcept {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      return "problem";
  }
  return "unknown";
}

std::int64_t DoctorReport::count(Severity severity) const noexcept {
  return std::ranges::count(findings, severity, &Finding::severity);
}

}  // namespace gander
