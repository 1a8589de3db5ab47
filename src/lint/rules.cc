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

const LintRuleText kFileName = {
    "file-name", warning, "a file whose name is not as the project has it",
    "Names that are all alike sort, are found, and are not numbered in two ways.",
    "rename it while no database has applied it"};

const LintRuleText kEditedMigration = {
    "edited-migration", error, "a migration that was merged has another text",
    "Databases that have applied it keep what the old text made, new ones get the new: they are "
    "not the same any more. up tells it, and with strict refuses to run.",
    "bring the old text back and write a new migration"};

const LintRuleText kDeletedMigration = {
    "deleted-migration", error, "a migration that was merged is gone",
    "Databases that have applied it have a version that nobody can roll back or explain.",
    "bring it back; gander squash puts one file in the place of many"};

const LintRuleText kInsertedMigration = {
    "inserted-migration", error, "a new migration with a version below the newest merged one",
    "A database that has the newer one already refuses to run it, or with allow_missing runs both "
    "in another order than a new database.",
    "give it a version above the newest one"};

const LintRuleText kDuplicateVersion = {
    "duplicate-version", error, "a new migration with the version of another one that was merged",
    "After the merge two files have one version, and nothing runs.",
    "give it a version above the newest one"};

}  // namespace rule

namespace {

constexpr const LintRuleText* kRules[] = {
    &rule::kInvalidFile,        &rule::kTransactionControl, &rule::kOpenTransaction,
    &rule::kRefusesTransaction, &rule::kDownMissing,        &rule::kUnusedAllow,
    &rule::kAllowWithoutReason, &rule::kUnknownRule,        &rule::kFileName,
    &rule::kEditedMigration,    &rule::kDeletedMigration,   &rule::kInsertedMigration,
    &rule::kDuplicateVersion,
};

}  // namespace

std::span<const LintRuleText* const> neutral_rules() { return kRules; }

}  // namespace gander::linting
