// SPDX-License-Identifier: MIT
// What one SQL statement is, told from its leading keywords. classify() is the entry point.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

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
  // PostgreSQL reads a message as a whole: what stands behind such a statement needs another one.
  bool changes_reading = false;
  // PostgreSQL: what it sets standard_conforming_strings to.
  std::optional<bool> conforming_strings;

  // The statement that they describe stands `offset` bytes further on.
  void move(std::size_t offset);
};

// `sql` is a single statement. Blanks and comments before it are passed over.
Traits classify(Grammar grammar, std::string_view sql);

// What a statement of the kind end_transaction does with the transaction.
enum class TransactionEnd {
  keeps,     // COMMIT, END
  undoes,    // ROLLBACK, ABORT
  chains,    // either, AND CHAIN: begins the next one
  prepares,  // PREPARE TRANSACTION, XA PREPARE
};
TransactionEnd transaction_end(Grammar grammar, std::string_view sql);

// The traits of a unit that holds both: what matters most for running it wins.
Traits combine(const Traits& first, const Traits& second);

// INSERT, UPDATE, DELETE: nearly all of a big script. They are ordinary and have no body.
bool is_plain_keyword(std::string_view word);

// ASCII case folding; `upper` is in upper case.
bool equals_keyword(std::string_view word, std::string_view upper);

}  // namespace gander::sql
