// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/lint_rules.h"

#include <array>
#include <cstddef>

#include "src/driver/sqlite/lint.h"

namespace gander::driver::sqlite {
namespace {

using enum LintSeverity;

// In the order of Rule.
constexpr std::array<LintRuleText, 37> kRules = {{
    {"drop-cascades", error, "DROP TABLE that takes rows of other tables along",
     "With foreign keys enforced SQLite deletes the rows first, and ON DELETE deletes or changes "
     "those that refer to them; where it may not, the statement fails. PRAGMA defer_foreign_keys "
     "does not stop that, and PRAGMA foreign_keys does nothing in a transaction.",
     "begin the file with -- +goose NO TRANSACTION and write PRAGMA foreign_keys = OFF; BEGIN; the "
     "rebuild; PRAGMA foreign_key_check; COMMIT; PRAGMA foreign_keys = ON"},
    {"child-rows", warning, "rows that others refer to are deleted or replaced",
     "With foreign keys enforced the rows that refer to them go or change too, or the statement "
     "fails; without it they refer to nothing.",
     "delete or change the rows that refer to them first, by their own statement"},
    {"trigger-lost", error, "a rebuilt table without its triggers",
     "DROP TABLE drops the triggers of the table, and RENAME brings none back.",
     "write CREATE TRIGGER again behind the rename"},
    {"index-lost", error, "a rebuilt table without its indexes",
     "DROP TABLE drops the indexes of the table, and RENAME brings none back.",
     "write CREATE INDEX again behind the rename"},
    {"constraint-lost", error, "a rebuilt table that holds to less than the old one",
     "CHECK, NOT NULL, UNIQUE, REFERENCES, DEFAULT, COLLATE, STRICT and WITHOUT ROWID are gone "
     "where the new definition does not repeat them.",
     "repeat them, as sqlite_schema has them"},
    {"autoincrement-lost", error, "numbers that AUTOINCREMENT has given are given again",
     "The highest number is in sqlite_sequence and goes with the old table; ids of deleted rows "
     "come back.",
     "keep AUTOINCREMENT, and before DROP TABLE copy the row of sqlite_sequence under the new "
     "table's name"},
    {"rowid-key-lost", warning, "a key that is no longer INTEGER PRIMARY KEY",
     "INTEGER PRIMARY KEY is the rowid, never NULL and numbered by itself; with any other type it "
     "is a column that takes NULL, with an index beside it.",
     "write INTEGER PRIMARY KEY, no other word for the type"},
    {"values-lost", error, "values that a copy leaves behind",
     "Columns that INSERT ... SELECT does not name become NULL or their default, SELECT * goes by "
     "the order of columns and not by names, and OR IGNORE leaves rows out in silence.",
     "name all columns on both sides, and leave OR IGNORE out"},
    {"values-converted", error, "values that become others by the type of the new column",
     "A column of numbers makes numbers of texts that look like them: '007' becomes 7, '1e3' "
     "becomes 1000.0.",
     "leave the type TEXT, or convert and check by a statement of its own"},
    {"rowids-moved", warning, "rowids that change",
     "Without INTEGER PRIMARY KEY a copy and VACUUM number the rows anew, and what has kept a "
     "rowid finds another row.",
     "refer to a key; or give the table an INTEGER PRIMARY KEY with the rowids as they are"},
    {"copy-fails", error, "old rows that the new constraint refuses",
     "The statement fails where a row breaks it, and goes well on an empty test database.",
     "fill or change such rows first, or let the SELECT do it: coalesce(column, '')"},
    {"view-broken", error, "a view that does not work any more",
     "SQLite looks its names up when it is used, and every RENAME and DROP COLUMN fails while one "
     "view is broken.",
     "DROP VIEW before the change and CREATE VIEW behind it"},
    {"references-lost", error, "foreign keys that name no table, or another one",
     "RENAME lets the keys of other tables follow: when the old table is renamed away, they go "
     "with "
     "it, and with legacy_alter_table they stay behind. Such a table can no longer be written.",
     "make the new table under another name, copy, drop the old one, and rename the new one"},
    {"unwritable", error, "a table that can no longer be written",
     "A trigger or key that names what does not exist is accepted, and then every INSERT, UPDATE "
     "or "
     "DELETE that it concerns fails.",
     "make what it names first"},
    {"add-column-not-null", error, "ADD COLUMN NOT NULL without a default",
     "SQLite refuses it as soon as the table has a row, and takes it on an empty test database.",
     "give a constant DEFAULT; or rebuild the table"},
    {"add-column-default", error, "ADD COLUMN with a default that is no constant",
     "SQLite refuses CURRENT_TIMESTAMP and expressions as soon as the table has a row, and takes "
     "them on an empty test database.",
     "add it without a default and fill it with UPDATE; or rebuild the table"},
    {"add-column-refused", error, "ADD COLUMN with what no column can be added with",
     "SQLite refuses PRIMARY KEY, UNIQUE and STORED here, and CHECK or a generated NOT NULL that "
     "rows break.",
     "add a plain column and CREATE UNIQUE INDEX; VIRTUAL instead of STORED; or rebuild the table"},
    {"add-column-references", error, "ADD COLUMN REFERENCES with a default",
     "SQLite refuses it while foreign keys are enforced; else every old row refers to that one "
     "row, "
     "unchecked.",
     "add it without a default, and fill it with UPDATE"},
    {"drop-column-used", error, "DROP COLUMN of what something else names",
     "SQLite refuses it while an index, a view, a trigger, a CHECK, a key or a generated column "
     "names the column.",
     "drop what names it first, and make it again without the column; or rebuild the table"},
    {"drop-column", warning, "DROP COLUMN",
     "Its values are gone, and what still names the column fails.",
     "release what does not use it first; then allow it with a comment that says so"},
    {"drop-table", error, "DROP TABLE", "Its rows are gone.",
     "rename it for a release, or allow it with a comment that says why nothing needs it"},
    {"drop-trigger", warning, "DROP TRIGGER of what is not made again",
     "What it kept right or wrote down is so no more, without an error.",
     "allow it with a comment that says what does its work now"},
    {"rename-table", warning, "a table that gets another name",
     "What runs and names the old table fails from that moment on.",
     "leave a view under the old name"},
    {"rename-column", warning, "a column that gets another name",
     "What runs and names the old column fails from that moment on.",
     "add the new column and keep both in step for a release"},
    {"unique-duplicates", error, "CREATE UNIQUE INDEX over rows that are there",
     "It fails where two rows have the same values, and goes well on an empty test database.",
     "find the duplicates first, and say in the file what becomes of them"},
    {"exists-otherwise", warning, "IF NOT EXISTS where another definition has that name",
     "Nothing is done, nothing is said, and the old definition stays.",
     "drop or rename the old one first, or take another name"},
    {"replace-clears", error, "REPLACE that empties columns which it does not name",
     "REPLACE deletes the old row and inserts a new one: columns without a value become NULL or "
     "their default.",
     "INSERT ... ON CONFLICT DO UPDATE SET, which changes what it names"},
    {"update-all", warning, "UPDATE without WHERE",
     "Every row is written anew, and nobody else writes until the transaction ends.",
     "say which rows; or allow it with a comment that says why"},
    {"delete-all", error, "DELETE without WHERE", "Every row is gone.",
     "say which rows; or allow it with a comment that says why"},
    {"pragma-without-effect", error, "a PRAGMA that does nothing in a transaction",
     "PRAGMA foreign_keys is ignored there, without an error, and what follows runs as if it were "
     "not there.",
     "begin the file with -- +goose NO TRANSACTION and put the PRAGMA outside of BEGIN and COMMIT"},
    {"not-in-transaction", error, "what SQLite refuses in a transaction",
     "journal_mode, synchronous, temp_store and DETACH cannot be changed or done there: an error, "
     "or no effect.",
     "begin the file with -- +goose NO TRANSACTION"},
    {"setting-needs-vacuum", warning, "a setting of the file that only a VACUUM makes true",
     "auto_vacuum and page_size stay as they are in a database that has a table, without an error, "
     "and encoding for good.",
     "VACUUM behind it in the same file, outside of transactions"},
    {"keys-left-off", warning, "PRAGMA foreign_keys = OFF that is not switched on again",
     "Gander switches it back for the next file; for others who run the file it stays off on that "
     "connection.",
     "PRAGMA foreign_keys = ON at the end of the file"},
    {"writable-schema", warning, "a setting that lets the schema or its checks be broken",
     "With writable_schema a wrong text in sqlite_schema makes the database unreadable, and with "
     "ignore_check_constraints rows come in that no CHECK would take.",
     "rebuild the table; or allow it with a comment that says what was tried"},
    {"quoted-text", error, "a text in double quotes",
     "Double quotes are for names. Where there is no such name SQLite takes it for a text, so that "
     "a "
     "column that is misspelled becomes its own name in every row; other builds of SQLite refuse "
     "it.",
     "'single quotes' for texts; for a column its right name"},
    {"fails", error, "a statement that SQLite refuses",
     "The run fails there, and so do the files behind it.", "mend the statement"},
    {"untold", warning, "what cannot be tried",
     "It needs a function or module that the application registers, a table that is not known, or "
     "much time: what it does cannot be told.",
     "look at it with the database and all files before it, or allow it with a comment that says "
     "what it does"},
}};

}  // namespace

const LintRuleText& text_of(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

std::span<const LintRuleText> lint_rules() { return kRules; }

}  // namespace gander::driver::sqlite
