// SPDX-License-Identifier: MIT
// Which statements commit is in MySQL 8.4 manual, 15.3.3, and MariaDB's "SQL statements that cause
// an implicit commit"; tests/mysql/statements.tsv is what servers do.
#include "src/driver/mysql/transaction_end.h"

#include "src/base/random.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/lexical.h"

namespace gander::driver::mysql {
namespace {

using sql::Words;

// Neither rows nor the session end a transaction.
bool stays(Words words) {
  return words.peek().is('(') ||
         words.accept_any({"insert",   "replace",  "update",    "delete",     "select",
                           "with",     "values",   "table",     "do",         "use",
                           "show",     "explain",  "desc",      "describe",   "handler",
                           "help",     "checksum", "savepoint", "release",    "signal",
                           "resignal", "get",      "prepare",   "deallocate", "kill"});
}

// SET autocommit, SET PASSWORD, SET [DEFAULT] ROLE, anywhere in a list.
bool set_ends(Words words) {
  if (words.accept("statement")) {
    // Of MariaDB: SET STATEMENT variable = value, ... FOR statement
    while (!words.done()) {
      const sql::Token word = words.take();
      if (word.is("autocommit")) return true;
      if (word.is("for")) return !stays(words);
    }
    return true;
  }
  while (!words.done()) {
    const sql::Token word = words.take();
    const std::string name = word.kind == sql::Token::Kind::quoted_name ? unquoted(word) : "";
    if (word.is_any({"autocommit", "password", "role"}) ||
        sql::equals_keyword(name, "AUTOCOMMIT")) {
      return true;
    }
  }
  return false;
}

bool is_temporary_table(Words words) {
  return words.accept("temporary") && words.accept_any({"table", "tables"});
}

}  // namespace

bool may_end_transaction(std::string_view sql) {
  Words words(kLexicalRules, sql);
  if (words.done()) return false;
  if (stays(words)) return false;
  if (words.accept("set")) return set_ends(words);
  if (words.accept_any({"create", "drop"})) return !is_temporary_table(words);
  // LOAD INDEX commits, LOAD DATA and LOAD XML write rows.
  if (words.accept("load")) return !words.peek().is_any({"data", "xml"});
  if (words.accept("rollback")) {
    words.accept("work");
    return !words.accept("to");
  }
  return true;
}

TransactionEnd::TransactionEnd(Connection& connection)
    : connection_(connection), savepoint_("gander_" + std::to_string(random_bits())) {}

bool TransactionEnd::may_end(const sql::Statement& statement) const {
  return may_end_transaction(statement.text);
}

bool TransactionEnd::mark() {
  const Reply reply = connection_.wire().exchange("SAVEPOINT " + savepoint_, Wire::Rowset::drop);
  if (!reply.failure) return true;
  // An engine in it knows none: MariaDB's sequences.
  if (reply.failure->number() == kSavepointsUnsupported) return false;
  connection_.fail(*reply.failure);
}

bool TransactionEnd::ended() {
  if (!connection_.in_transaction()) return true;
  const Reply reply =
      connection_.wire().exchange("RELEASE SAVEPOINT " + savepoint_, Wire::Rowset::drop);
  if (!reply.failure) return false;
  if (reply.failure->number() == kNoSavepoint) return true;
  connection_.fail(*reply.failure);
}

void TransactionEnd::note(std::string_view sql) {
  Words words(kLexicalRules, sql);
  if (words.accept("xa")) {
    if (words.accept_any({"start", "begin"})) in_xa_ = true;
    if (words.accept_any({"commit", "rollback"})) in_xa_ = false;
  } else if (words.accept("lock")) {
    if (words.accept_any({"table", "tables"})) holds_tables_ = true;
  } else if (words.accept("unlock")) {
    if (words.accept_any({"table", "tables"})) holds_tables_ = false;
  } else if (words.accept("start")) {
    if (words.accept("transaction")) holds_tables_ = false;
  } else if (words.accept("begin")) {
    if (!words.accept("not")) holds_tables_ = false;
  } else if (words.accept("flush")) {
    // FLUSH TABLES a, b WITH READ LOCK, or FOR EXPORT. Without names it is the whole server.
    words.accept_any({"local", "no_write_to_binlog"});
    if (!words.accept_any({"table", "tables"}) || words.peek().is("with")) return;
    while (!words.done()) {
      if (words.take().is_any({"lock", "export"})) holds_tables_ = true;
    }
  }
}

}  // namespace gander::driver::mysql
