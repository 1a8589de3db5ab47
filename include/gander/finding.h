// SPDX-License-Identifier: MIT
// Finding and DoctorReport: what MigrationRunner::doctor() says about the next run. Plain values,
// safe to copy and keep.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <string>
#include <vector>

#include "gander/export.h"

namespace gander {

// What a finding means for the next run. The names (severity_name) are printed by `doctor --json`:
// never rename.
enum class Severity {
  ok,       // as it should be
  note,     // good to know
  warning,  // may delay or surprise
  problem,  // a run would fail, or would be in danger
};

GANDER_EXPORT const char* severity_name(Severity severity) noexcept;

struct Finding {
  Severity severity = Severity::ok;
  std::string check;    // which check found it, in snake_case: docs/json.md lists them
  std::string message;  // one sentence
  std::string hint;     // what to do; empty when there is nothing to do
};

struct DoctorReport {
  std::string server;  // "PostgreSQL 15.20", "SQLite 3.40.1"; empty if it could not be reached
  std::vector<Finding> findings;  // in the order of the checks

  GANDER_EXPORT std::int64_t count(Severity severity) const noexcept;
};

}  // namespace gander

#endif
