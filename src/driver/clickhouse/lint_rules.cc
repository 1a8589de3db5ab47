// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/lint_rules.h"

#include <array>
#include <cstddef>

#include "src/driver/clickhouse/lint.h"

namespace gander::driver::clickhouse {
namespace {

using enum LintSeverity;

// In the order of Rule.
constexpr std::array<LintRuleText, 25> kRules = {{
    {"mutation", warning, "ALTER TABLE ... UPDATE or DELETE of a table in use",
     "Every part that holds one of the rows is written anew as a whole, in the background and "
     "while "
     "other changes of the table wait behind it. Nothing takes it back.",
     "say IN PARTITION where the rows are in one; or insert new versions of the rows into a "
     "ReplacingMergeTree; or DELETE FROM, which only masks the rows"},
    {"mutations-apart", warning, "a second UPDATE or DELETE of the same table by another ALTER",
     "The same parts are written once more.", "one ALTER TABLE with both, a comma between"},
    {"update-all", warning, "UPDATE of every row", "The column is written anew in every part.",
     "say which rows; or add a column that computes the value, and leave the old one"},
    {"delete-all", error, "DELETE of every row", "Every row is gone.",
     "say which rows; or allow it with a comment that says why"},
    {"column-type", warning, "a column that gets another type",
     "It is written anew in every part. Numbers that do not fit the new type are cut to it without "
     "an error. A text that cannot be converted stops the work when the table has the new type "
     "already, and every later change of its rows fails behind it.",
     "add a column of the new type, fill it, and let readers change over; where only ENUM values "
     "are appended nothing is written, and a comment can allow that"},
    {"default-recomputed", warning, "ADD COLUMN with a default that differs from time to time",
     "Rows that are there already store no value: each query computes another one for them.",
     "MATERIALIZE COLUMN behind it in the same file, or a default that stays the same"},
    {"old-parts", warning, "an index or a projection that only new rows get",
     "Rows that are there already are not in it until their parts happen to be merged.",
     "MATERIALIZE INDEX or MATERIALIZE PROJECTION behind it in the same file"},
    {"constraint-unchecked", warning, "ADD CONSTRAINT to a table in use",
     "Rows that are there already are not looked at, and INSERTs that break it fail from that "
     "moment "
     "on.",
     "count the rows that break it first; then allow it with a comment that says so"},
    {"ttl-deletes", warning, "a TTL on a table in use",
     "Rows, or values of the column, that are past it already are gone at once.",
     "count what is past it first; then allow it with a comment that says so"},
    {"optimize-final", warning, "OPTIMIZE TABLE ... FINAL",
     "Every part is read and written anew, those that are merged already too.",
     "leave out FINAL, name a PARTITION, or read with FINAL where rows must be the last ones"},
    {"order-by", warning, "MODIFY ORDER BY without a column that is added",
     "Columns that hold values already cannot come into the key: the server refuses it.",
     "add the column in the same ALTER TABLE without a default; or make a new table and move the "
     "rows over"},
    {"drop-column", warning, "DROP COLUMN or CLEAR COLUMN",
     "Its values are gone, and what still names a dropped column fails.",
     "release what does not use it first; then allow it with a comment that says so"},
    {"rename-column", warning, "a column that gets another name",
     "What runs and names the old column fails from that moment on.",
     "add the new column as ALIAS of the old one and keep both for a release"},
    {"rename-table", warning, "a table that gets another name",
     "What runs and names the old table fails from that moment on. Materialized views that read it "
     "get nothing more, without an error; INSERTs fail where one of them writes into it.",
     "EXCHANGE TABLES leaves both names; a view under the old name serves those that read"},
    {"drop-table", error, "DROP TABLE, DROP DATABASE, or a table that is replaced",
     "Its rows are gone.",
     "rename it for a release, or allow it with a comment that says why nothing needs it"},
    {"drop-partition", error, "a partition that is dropped or replaced", "Its rows are gone.",
     "detach it for a release, or allow it with a comment that says why nothing needs it"},
    {"detach", warning, "DETACH",
     "What it held cannot be queried until somebody attaches it again.",
     "allow it with a comment that says who reads it no more"},
    {"drop-view", warning, "DROP VIEW",
     "A materialized view that was made without TO takes its rows along; one with TO writes "
     "nothing "
     "more into its table.",
     "see by SHOW CREATE which it is; then allow it with a comment that says so"},
    {"truncate", error, "TRUNCATE", "All rows are gone.",
     "DROP PARTITION of what must go, or allow it with a comment that says why"},
    {"inner-table", note, "a materialized view without TO",
     "Its rows are in a hidden table that goes with the view: its SELECT cannot be replaced by "
     "dropping and making it.",
     "make a table for the rows, and the view with TO"},
    {"log-engine", warning, "a table of the engine Log, TinyLog or StripeLog",
     "No later migration can change it: ALTER TABLE is refused, for columns as for rows.",
     "ENGINE = MergeTree ORDER BY"},
    {"memory-engine", warning, "a table of the engine Memory or Buffer",
     "Its rows are gone when the server starts again.", "ENGINE = MergeTree ORDER BY"},
    {"replica-name", warning, "a replicated table whose replica has a fixed name",
     "The second server that the file runs on is refused: that replica is there already.",
     "'{replica}', which each server has a value for"},
    {"cluster-mixed", warning, "some changes ON CLUSTER and some without",
     "What is without it happens on one server only, and the others differ from then on.",
     "ON CLUSTER everywhere, or nowhere where the database is a Replicated one"},
    {"password", warning, "a password in the file",
     "Everybody who can read the repository has it, and it stays in its history.",
     "IDENTIFIED WITH sha256_hash, or a value from outside: -- +goose ENVSUB ON"},
}};

}  // namespace

const LintRuleText& text_of(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

std::span<const LintRuleText> lint_rules() { return kRules; }

}  // namespace gander::driver::clickhouse
