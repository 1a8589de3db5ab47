// SPDX-License-Identifier: MIT
#include "src/driver/mysql/lint_rules.h"

#include <array>
#include <cstddef>

#include "src/driver/mysql/lint.h"

namespace gander::driver::mysql {
namespace {

using enum LintSeverity;

// In the order of Rule.
constexpr std::array<LintRuleText, 16> kRules = {{
    {"table-copy", error, "an ALTER TABLE that copies the table",
     "All rows are copied while writers wait (ALGORITHM=COPY, LOCK=SHARED).",
     "plan a window, or a tool that copies beside the table, as gh-ost and pt-osc do"},
    {"check", error, "ADD CHECK to a table in use", "All rows are copied while writers wait.",
     "plan a window; there is no way around the copy"},
    {"foreign-key", error, "ADD FOREIGN KEY to a table in use",
     "All rows are copied while writers wait, unless foreign_key_checks is off, and then nothing "
     "is "
     "checked.",
     "plan a window; or SET foreign_key_checks = 0 for it where the rows are known to fit"},
    {"modify-column", warning, "MODIFY or CHANGE of a column",
     "What the new definition does not repeat is lost: NOT NULL, DEFAULT, COMMENT, CHARACTER SET. "
     "Another type, a smaller size, and ENUM values that are not appended copy the table while "
     "writers wait.",
     "repeat the whole definition as SHOW CREATE TABLE has it, and say ALGORITHM=INSTANT, so that "
     "it fails where it would copy"},
    {"add-column-not-null", error, "ADD COLUMN NOT NULL without a default",
     "Every old row gets 0, an empty text or a zero date, without an error.",
     "say the DEFAULT that old rows are to have, or add it nullable"},
    {"lock-requested", error, "LOCK=SHARED or LOCK=EXCLUSIVE",
     "Writers wait for the whole ALTER TABLE, with EXCLUSIVE readers too.",
     "LOCK=NONE, which fails where it cannot be had"},
    {"index-locks", warning, "a FULLTEXT or SPATIAL index on a table in use",
     "Writers wait until it is built (LOCK=SHARED).", "plan a window"},
    {"commits-between", warning, "several changes of tables in use in one file",
     "Each commits by itself: when one fails, those before it are done and cannot be rolled back.",
     "a file for each"},
    {"drop-column", warning, "DROP COLUMN",
     "Its values are gone, and what still names the column fails.",
     "release what does not use it first; then allow it with a comment that says so"},
    {"drop-table", error, "DROP TABLE or DROP DATABASE", "Its rows are gone.",
     "rename it for a release, or allow it with a comment that says why nothing needs it"},
    {"truncate", error, "TRUNCATE", "All rows are gone, and it cannot be rolled back.",
     "DELETE in batches what must go, or allow it with a comment that says why"},
    {"rename-column", warning, "a column that gets another name",
     "What runs and names the old column fails from that moment on.",
     "add the new column and keep both in step for a release"},
    {"rename-table", warning, "a table that gets another name",
     "What runs and names the old table fails from that moment on.",
     "leave a view under the old name"},
    {"update-all", warning, "UPDATE without WHERE",
     "Every row is locked until the end of the transaction.",
     "update in batches by key, each in a transaction of its own"},
    {"delete-all", error, "DELETE without WHERE", "Every row is gone.",
     "say which rows; or allow it with a comment that says why"},
    {"untold", warning, "a procedure that is called or a text that is prepared",
     "What it locks and changes cannot be told.",
     "write the statements out, or allow it with a comment that says what it does"},
}};

}  // namespace

const LintRuleText& text_of(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

std::span<const LintRuleText> lint_rules() { return kRules; }

}  // namespace gander::driver::mysql
