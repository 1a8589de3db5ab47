// SPDX-License-Identifier: MIT
#include "src/driver/client_script.h"

#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/lease.h"

namespace gander::driver::mysql {
namespace {

// There are no blocks outside of routines, and SIGNAL cannot be prepared in all of these servers: a
// table that cannot be there has the message for its name.
std::string guard(const std::string& condition, std::string_view message) {
  return "SET @gander_plan = IF(" + condition + ", 'DO 0', 'DO (SELECT 1 FROM `" +
         std::string(message) +
         "`)');\n"
         "PREPARE gander_plan FROM @gander_plan;\nEXECUTE gander_plan;\n"
         "DEALLOCATE PREPARE gander_plan;\n";
}

std::string absent(const TableName& table) {
  return "NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = " +
         (table.schema.empty() ? std::string("DATABASE()") : dialect().literal(table.schema)) +
         " AND table_name = " + dialect().literal(table.table) + ")";
}

std::string take_lock(const std::string& key) {
  return "GET_LOCK(" + LockNames(key).own + ", 0) = 1";
}

std::string give_lock(const std::string& key) {
  return "DO RELEASE_LOCK(" + LockNames(key).own + ");\n";
}

// The client takes each `;` outside of quotes for the end of a statement, that of a body as well.
std::string whole(const std::string& statement) {
  std::string delimiter = "//";
  while (statement.find(delimiter) != std::string::npos) delimiter += '/';
  return "DELIMITER " + delimiter + "\n" + statement + "\n" + delimiter + "\nDELIMITER ;\n";
}

}  // namespace

const ClientScriptSql kClientScript = {.client = "mariadb or mysql",
                                       .preamble = {},
                                       .begin = "START TRANSACTION;",
                                       .guard = guard,
                                       .absent = absent,
                                       .take_lock = take_lock,
                                       .give_lock = give_lock,
                                       .actor = "USER()",
                                       .whole = whole};

}  // namespace gander::driver::mysql
