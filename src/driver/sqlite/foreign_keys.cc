// SPDX-License-Identifier: MIT
// Foreign keys around migrations.
//
// `PRAGMA foreign_keys` has no effect inside a transaction, and with enforcement on a DROP TABLE
// deletes the table's rows first, which runs ON DELETE actions on its children
// (https://sqlite.org/foreignkeys.html, sections 2 and 5). A table rebuild (create new, copy, drop
// old, rename) would so empty the children in silence. Therefore enforcement is off while
// migrations run, as https://sqlite.org/lang_altertable.html section 7 advises, and the result is
// checked before COMMIT. Where the URL or the script has switched it on, such a DROP TABLE is
// refused: what counts is the state of the connection at that moment.
#include <sqlite3.h>

#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"

namespace gander::driver::sqlite {
namespace {

bool is_enforced(sqlite3* handle) {
  int on = 0;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &on);
  return on != 0;
}

bool is_same_name(const std::string& a, const std::string& b) {
  return sqlite3_stricmp(a.c_str(), b.c_str()) == 0;
}

}  // namespace

// RENAME lets the keys of other tables follow, so that a parent which is renamed, made anew and
// dropped under its second name leaves keys without a table. A key may name a table that a later
// migration creates; only what vanished in this one is its fault.
std::vector<IntegrityProblem> Connection::lost_parents(bool of_this_migration) {
  std::vector<IntegrityProblem> problems;
  if (of_this_migration && vanished_.empty()) return problems;
  const Rows rows = query(
      "SELECT m.name, f.\"table\", count(DISTINCT f.id) FROM sqlite_master AS m, "
      "pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f.\"table\" COLLATE NOCASE "
      "NOT IN (SELECT name FROM sqlite_master WHERE type IN ('table', 'view')) "
      "GROUP BY 1, 2 ORDER BY 1, 2");
  for (const auto& row : rows.rows) {
    const std::string& child = std::get<std::string>(row[0]);
    const std::string& parent = std::get<std::string>(row[1]);
    bool lost = !of_this_migration;
    for (const std::string& name : vanished_) lost = lost || is_same_name(name, parent);
    if (!lost) continue;
    problems.push_back(
        {"a foreign key of " + child + " names the table " + parent + ", which does not exist",
         std::get<std::int64_t>(row[2]),
         "rebuild " + child +
             " too, or make the new table under another name, drop the old one and "
             "rename the new one; where the key is to stay so, put the comment -- "
             "gander:allow-child-changes on the statement's line; the database is unchanged"});
  }
  return problems;
}

std::vector<IntegrityProblem> Connection::integrity_problems() {
  std::vector<IntegrityProblem> problems = lost_parents(true);
  vanished_.clear();
  try {
    const Rows rows = query(
        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 "
        "ORDER BY 1, 2");
    for (const auto& row : rows.rows) {
      problems.push_back({"references from " + std::get<std::string>(row[0]) +
                              " to missing rows of " + std::get<std::string>(row[1]),
                          std::get<std::int64_t>(row[2]),
                          {}});
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql) throw;
    // "foreign key mismatch": the schema itself cannot be checked.
    problems.push_back({error.details().message, 1, {}});
  }
  if (options_.hidden == nullptr) return problems;
  for (IntegrityProblem& problem : problems) {
    problem.what = options_.hidden->hide(problem.what);
    problem.hint = options_.hidden->hide(problem.hint);
  }
  return problems;
}

void Connection::refuse_silent_child_changes(const std::string& table) {
  if (!is_enforced(handle_)) return;
  const std::string name = dialect().literal(table);
  const Rows children = query(
      "SELECT m.name, f.\"from\", f.on_delete FROM sqlite_master AS m, "
      "pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f.\"table\" = " +
      name + " COLLATE NOCASE AND m.name <> " + name +
      " COLLATE NOCASE AND f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')");
  for (const auto& child : children.rows) {
    const std::string& child_table = std::get<std::string>(child[0]);
    const Rows used =
        query("SELECT 1 FROM " + dialect().quote(child_table) + " WHERE " +
              dialect().quote(std::get<std::string>(child[1])) + " IS NOT NULL LIMIT 1");
    if (used.rows.empty()) continue;
    throw Error(
        ErrorCode::sql,
        "DROP TABLE " + table + " would change rows of " + child_table + " (ON DELETE " +
            std::get<std::string>(child[2]) + ") because foreign keys are enforced",
        std::string("to rebuild the table, ") +
            (foreign_keys_on_ ? "leave foreign_keys=on out of the database URL, or " : "") +
            "put `-- +goose NO TRANSACTION` at the top of the file and PRAGMA foreign_keys = OFF "
            "before its BEGIN; where the rows are to change, put the comment -- "
            "gander:allow-child-changes on the statement's line");
  }
}

}  // namespace gander::driver::sqlite
