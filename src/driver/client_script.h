// SPDX-License-Identifier: MIT
// ClientScriptSql: how an engine's own client (sqlite3, psql, mariadb) is told what Gander tells a
// connection, for a script that a person runs with it. Connection::client_script() gives it.
#pragma once

#include <string>
#include <string_view>

#include "src/base/table_name.h"

namespace gander::driver {

struct ClientScriptSql {
  std::string_view client;    // what people call it
  std::string_view preamble;  // lines that make it stop at the first error
  std::string_view begin;     // of a transaction that may write, with its semicolon

  // Statements that fail, and so stop the script, unless the condition is true; it is not NULL. The
  // message is in the error: letters and blanks, at most 60 of them.
  std::string (*guard)(const std::string& condition, std::string_view message);
  // The condition that there is no such table. The name is resolved.
  std::string (*absent)(const TableName& table);
  // The condition that takes the run lock for the session without waiting, and the statement that
  // gives it back; nullptr where write transactions are all there is.
  std::string (*take_lock)(const std::string& lock_key);
  std::string (*give_lock)(const std::string& lock_key);

  // Who runs it, as an expression; empty: the database knows nobody.
  std::string_view actor;

  // A statement, without the `;` at its end, that the client would cut at one in its middle: as it
  // takes it whole. nullptr: it cuts none.
  std::string (*whole)(const std::string& statement);
};

}  // namespace gander::driver
