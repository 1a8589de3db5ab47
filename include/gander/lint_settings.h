// SPDX-License-Identifier: MIT
// LintSettings: what a project has decided about lint, for lint() and for runs alike. Plain values,
// safe to copy and keep.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <string>
#include <vector>

#include "gander/export.h"

namespace gander {

// The names (lint_severity_name) are printed by `lint --format json`: never rename.
enum class LintSeverity {
  note,     // good to know
  warning,  // may hurt: depends on the data, on the traffic, or on what the text does not tell
  error,    // hurts a database in use, or fails
};

GANDER_EXPORT const char* lint_severity_name(LintSeverity severity) noexcept;

struct LintRuleSeverity {
  std::string rule;
  LintSeverity severity = LintSeverity::warning;
};

// A rule of the project's own, about statements that begin like its pattern.
struct LintPattern {
  std::string id;  // small letters, digits and "-"; no rule is called so
  LintSeverity severity = LintSeverity::error;

  // Words, symbols, names and texts as the database's SQL has them, with blanks between where it
  // needs none either; comments do not count, nor does the case of words. `*` is any one of them,
  // `...` any number, `a|b` either. It begins where the statement begins, and what follows is free:
  // "create table ... serial|bigserial". In a list of statements (a block, a body that is no text)
  // each is held against it.
  std::string statement;

  std::string message;  // what is found, one sentence
  std::string hint = {};
};

struct LintSettings {
  // Rules that are not reported.
  std::vector<std::string> allow = {};

  // Rules whose findings are another severity than usual.
  std::vector<LintRuleSeverity> severities = {};

  // Files up to this version are not judged; what they make is known to those behind them.
  std::int64_t start_after = 0;

  // What the name of every file has to match, as an extended regular expression of POSIX
  // ("^[0-9]{14}_[a-z0-9_]+\\.sql$"); empty: any will do.
  std::string names = {};

  std::vector<LintPattern> patterns = {};
};

}  // namespace gander

#endif
