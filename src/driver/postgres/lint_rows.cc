// SPDX-License-Identifier: MIT
// Rows that a statement changes.
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_reader.h"
#include "src/sql/rows_changed.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

void LintReader::look_at_rows() {
  const sql::Words words(kLexicalRules, now_.text);
  if (!words.peek().is_any({"update", "delete", "with", "explain", "insert"})) return;
  for (const sql::RowsChanged& changed : sql::rows_changed(kLexicalRules, now_.text)) {
    if (!in_use(changed.table)) continue;
    const std::string what =
        std::string(changed.deletes ? "DELETE FROM " : "UPDATE ") + changed.table;
    if (changed.all && changed.deletes) {
      find(Rule::delete_all, changed.at, what + " has no condition: every row is gone");
    } else if (!world_.held.empty() && !changed.by_key && world_.in_transaction) {
      find(Rule::rows_behind_lock, changed.at,
           what + " runs while the lock on " + world_.held + " is held");
    } else if (changed.all) {
      find(Rule::update_all, changed.at,
           what + " has no condition: every row is locked and written anew");
    }
  }
}

}  // namespace gander::driver::postgres
