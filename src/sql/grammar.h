// SPDX-License-Identifier: MIT
// Grammar: what must be known of a database's SQL to cut a file into statements and to tell what
// each of them is. An engine defines its own; classify() and the lexer go by it.
#pragma once

#include <span>
#include <string_view>

#include "src/sql/body.h"
#include "src/sql/lexical.h"
#include "src/sql/statement.h"
#include "src/sql/words.h"

namespace gander::sql {

struct Grammar {
  LexicalRules lexical;  // in a new session
  Bodies bodies = Bodies::none;

  // What the statement is; `nothing` where it is at most one that every database has: those that
  // begin and end transactions. nullptr: there are no others.
  StatementKind (*kind)(Words words) = nullptr;

  // Which setting a statement of the kind `session` is about, where the text before its first `=`
  // does not tell: USE a and USE b are about one. Empty: it does tell.
  std::string_view (*setting)(Words words) = nullptr;

  // Asked after each statement, but for INSERT, UPDATE and DELETE: changes `*state` where the
  // statement changes the rules for what stands behind it, or gives a setting that it remembers
  // another value. True if the server reads otherwise from here on. nullptr: nothing changes them.
  // `words` are read by the rules of `*state`.
  bool (*follow)(Words words, LexicalState* state) = nullptr;

  // Lines that begin so are for the client and go nowhere.
  std::span<const std::string_view> client_lines = {};
  bool delimiter_lines = false;         // DELIMITER //
  bool units_are_transactions = false;  // statements that are sent together run in one transaction
  // Each statement is sent on its own, those of a block or a line too: the server takes one at a
  // time, and a run goes on behind the last that it has completed.
  bool statements_alone = false;
};

// No more than what holds in every database.
inline constexpr Grammar kPlainGrammar = {};

}  // namespace gander::sql
