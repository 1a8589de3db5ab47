// SPDX-License-Identifier: MIT
// validate(): the check of MigrationRunner::validate() for a program that has no database at hand,
// such as a job in CI.
//
//   assert(gander::validate(gander::directory("migrations")).defects.empty());
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gander/export.h"
#include "gander/report.h"
#include "gander/source.h"

namespace gander {

struct ValidateOptions {
  // Whose SQL the files hold: "sqlite", "postgres", "mysql" or "clickhouse". Quotes, comments and
  // the bodies of triggers and functions differ, and so does what refuses a transaction. Empty: it
  // is not known, and a file is only defective when it is so in every dialect.
  std::string dialect = {};

  // As Options::exact_annotations.
  bool exact_annotations = true;

  // Also name the files that goose v3.30.1 would refuse, or cut into other statements.
  bool goose = false;

  // As Options::environment.
  std::function<std::optional<std::string>(std::string_view name)> environment = {};
};

// Parses every file in both directions. A bad name or a duplicate version is thrown; defects inside
// files are returned, all of them. Nothing is connected. Throws Error(usage) for an unknown
// dialect.
[[nodiscard]] GANDER_EXPORT Validation validate(const Source& source,
                                                const ValidateOptions& options = {});

}  // namespace gander

#endif
