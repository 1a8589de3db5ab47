// SPDX-License-Identifier: MIT
// Which statements commit is in MySQL 8.4 manual, 15.3.3, and MariaDB's "SQL statements that cause
// an implicit commit"; tests/mysql/statements.tsv is what servers do.
#include "src/driver/mysql/transaction_end.h"

#include <utility>

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
    : connection_(connection),
      savepoint_("gander_" + std::to_string(random_bits())),
      anchor_(savepoint_ + "_first") {}

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
  if (reply.failure->number() == kNoSavepoint) return !is_anchored();
  connection_.fail(*reply.failure);
}

void TransactionEnd::anchor() {
  connection_.execute("SAVEPOINT " + anchor_);
  anchored_ = true;
}

// A savepoint can be seen only by what takes those behind it away as well: the script has gone back
// to one of its own, which it cannot do once more.
bool TransactionEnd::is_anchored() {
  if (!anchored_) return false;
  const Reply reply =
      connection_.wire().exchange("RELEASE SAVEPOINT " + anchor_, Wire::Rowset::drop);
  anchored_ = false;
  if (!reply.failure) {
    anchor();
    return true;
  }
  if (reply.failure->number() == kNoSavepoint) return false;
  connection_.fail(*reply.failure);
}

// START TRANSACTION would give the tables up.
void TransactionEnd::hold_open() {
  if ((connection_.wire().status() & SERVER_STATUS_AUTOCOMMIT) == 0) return;
  connection_.execute("SET autocommit = 0");
  holds_open_ = true;
}

// ER_WARNING_NOT_COMPLETE_ROLLBACK is all that ROLLBACK can warn of. DO clears what the statement
// before has left, because ROLLBACK does not.
bool TransactionEnd::take_back() {
  connection_.execute("DO 0");
  connection_.execute("ROLLBACK AND NO CHAIN NO RELEASE");
  return connection_.wire().handle()->warning_count == 0;
}

void TransactionEnd::let_go() {
  if (std::exchange(holds_open_, false)) connection_.execute("SET autocommit = 1");
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
