// SPDX-License-Identifier: MIT
// What lint has found, for people and in the formats of other programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/output/json.h"
#include "cli/output/terminal.h"
#include "gander/lint.h"

namespace gander::cli {

// A block for each finding and a last line; notes only with `verbose`.
std::string lint_text(const LintReport& report, bool verbose, const Terminal& terminal);

// docs/json.md has the shape.
std::string json_lint(const JsonHead& head, const LintReport& report);

// SARIF 2.1.0 (OASIS standard of 2020-03-27).
std::string sarif_lint(const LintReport& report, const std::vector<LintRule>& rules);

// Workflow commands: ::error file=...,line=...::message
std::string github_lint(const LintReport& report);

// An array of GitLab's code quality issues.
std::string gitlab_lint(const LintReport& report);

// A test case for each file that has findings, which fails if one of them is an error.
std::string junit_lint(const LintReport& report);

std::string rules_text(const std::vector<LintRule>& rules, const Terminal& terminal);
std::string json_rules(const JsonHead& head, const std::vector<LintRule>& rules);

}  // namespace gander::cli
