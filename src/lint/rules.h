// SPDX-License-Identifier: MIT
// The rules that hold for the files of any engine.
#pragma once

#include <span>

#include "src/driver/linter.h"

namespace gander::linting {

namespace rule {
extern const driver::LintRuleText kInvalidFile;
extern const driver::LintRuleText kTransactionControl;
extern const driver::LintRuleText kOpenTransaction;
extern const driver::LintRuleText kRefusesTransaction;
extern const driver::LintRuleText kDownMissing;
extern const driver::LintRuleText kUnusedAllow;
extern const driver::LintRuleText kAllowWithoutReason;
extern const driver::LintRuleText kUnknownRule;
extern const driver::LintRuleText kFileName;
extern const driver::LintRuleText kEditedMigration;
extern const driver::LintRuleText kDeletedMigration;
extern const driver::LintRuleText kInsertedMigration;
extern const driver::LintRuleText kDuplicateVersion;
}  // namespace rule

std::span<const driver::LintRuleText* const> neutral_rules();

}  // namespace gander::linting
