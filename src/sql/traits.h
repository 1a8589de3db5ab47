// SPDX-License-Identifier: MIT
// What one SQL statement is, told from its leading keywords. classify() is the entry point.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/sql/grammar.h"
#include "src/sql/statement.h"

namespace gander::sql {

struct Traits {
  StatementKind kind = StatementKind::nothing;
  TransactionSteps transactions;
  bool opens_savepoint = false;
  bool copies_from_stdin = false;
  bool drops_or_renames_table = false;
  // Where the first statement stands that refuses a transaction, and the first that undoes one
  // (ROLLBACK, ABORT; not TO a savepoint).
  std::size_t bare_at = kNowhere;
  std::size_t undo_at = kNowhere;
  // A message is read as a whole: what stands behind such a statement needs another one.
  bool changes_reading = false;

  // The statement that they describe stands `offset` bytes further on.
  void move(std::size_t offset);
};

// `words` are those of a single statement, from its first on. They may be read by other rules than
// the grammar's own.
Traits classify(const Grammar& grammar, const Words& words);
inline Traits classify(const Grammar& grammar, std::string_view sql) {
  return classify(grammar, Words(grammar.lexical, sql));
}

// A name for what a statement of the kind `session` sets: a later one with the same name replaces
// it.
std::string setting_of(const Grammar& grammar, std::string_view sql);

// What a statement of the kind end_transaction does with the transaction.
enum class TransactionEnd {
  keeps,     // COMMIT, END
  undoes,    // ROLLBACK, ABORT
  chains,    // either, AND CHAIN: begins the next one
  prepares,  // PREPARE TRANSACTION, XA PREPARE
};
TransactionEnd transaction_end(const LexicalRules& rules, std::string_view sql);

// The traits of a unit that holds both: what matters most for running it wins.
Traits combine(const Traits& first, const Traits& second);

// INSERT, UPDATE, DELETE: nearly all of a big script. They are ordinary and have no body.
bool is_plain_keyword(std::string_view word);

}  // namespace gander::sql
