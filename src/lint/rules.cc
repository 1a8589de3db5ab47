// SPDX-License-Identifier: MIT
#include "src/lint/rules.h"

namespace gander::linting {

using driver::LintRuleText;
using enum LintSeverity;

namespace rule {

const LintRuleText kInvalidFile = {"invalid-file", error, "a file that cannot be understood",
                                   "up refuses it before it runs anything.",
                                   "mend the file; gander validate checks it too"};

const LintRuleText kTransactionControl = {
    "transaction-control", error, "COMMIT, ROLLBACK or BEGIN in a file that runs in a transaction",
    "It ends the transaction that a run has put around the file: what stands before it stays when "
    "the rest fails, and the record of the file is not in the same transaction.",
    "leave it out, or begin the file with -- +goose NO TRANSACTION"};

const LintRuleText kOpenTransaction = {
    "open-transaction", error, "BEGIN without COMMIT",
    "What follows looks applied and is rolled back when the session ends.",
    "end it with COMMIT, or leave BEGIN out"};

const LintRuleText kRefusesTransaction = {
    "refuses-transaction", error, "a statement that no transaction takes, inside of one",
    "The database refuses it, and the run fails there.",
    "put it in a file of its own that begins with -- +goose NO TRANSACTION"};

const LintRuleText kDownMissing = {
    "down-missing", note, "no Down section", "The migration cannot be rolled back by down or redo.",
    "write what takes it back under -- +goose Down, or go forward only"};

const LintRuleText kUnusedAllow = {
    "unused-allow", warning, "a comment that allows what nothing finds",
    "It would hide the next statement of this kind that somebody puts there.", "take it out"};

const LintRuleText kAllowWithoutReason = {
    "allow-without-reason", warning, "a comment that allows without a reason",
    "Nobody can tell later whether it still holds, so it does not count.",
    "write -- gander:allow RULE and why"};

const LintRuleText kUnknownRule = {"unknown-rule", warning,
                                   "a comment that allows a rule which there is not",
                                   "It allows nothing.", "gander::lint_rules() lists the rules"};

}  // namespace rule

namespace {

constexpr const LintRuleText* kRules[] = {
    &rule::kInvalidFile,        &rule::kTransactionControl, &rule::kOpenTransaction,
    &rule::kRefusesTransaction, &rule::kDownMissing,        &rule::kUnusedAllow,
    &rule::kAllowWithoutReason, &rule::kUnknownRule,
};

}  // namespace

std::span<const LintRuleText* const> neutral_rules() { return kRules; }

}  // namespace gander::linting
