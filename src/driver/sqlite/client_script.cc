// SPDX-License-Identifier: MIT
#include "src/driver/client_script.h"

#include "src/driver/sqlite/dialect.h"

namespace gander::driver::sqlite {
namespace {

// SQLite raises errors of one's own in triggers alone; the name of a constraint is in its message.
std::string guard(const std::string& condition, std::string_view message) {
  return "CREATE TEMP TABLE gander_plan (holds INTEGER CONSTRAINT \"" + std::string(message) +
         "\" CHECK (holds));\nINSERT INTO temp.gander_plan SELECT " + condition +
         ";\nDROP TABLE temp.gander_plan;\n";
}

std::string absent(const TableName& table) {
  return "NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(" +
         dialect().literal(table.table) + "))";
}

}  // namespace

const ClientScriptSql kClientScript = {.client = "sqlite3",
                                       .preamble = ".bail on\n",
                                       .begin = "BEGIN IMMEDIATE;",
                                       .guard = guard,
                                       .absent = absent,
                                       .take_lock = nullptr,
                                       .give_lock = nullptr,
                                       .actor = {},
                                       .whole = nullptr};

}  // namespace gander::driver::sqlite
