// SPDX-License-Identifier: MIT
// ImplicitCommits: for engines where a statement may end the transaction it stands in
// (Atomicity::statement): what can be known of that before and after.
#pragma once

#include "src/sql/statement.h"

namespace gander::driver {

class ImplicitCommits {
 public:
  // May this statement, whether it succeeds or fails, end the transaction that is open? Told from
  // its words; true where they do not say.
  virtual bool may_end(const sql::Statement& statement) const = 0;

  // Marks the transaction that is open. ended() then says whether it is another one now, or none:
  // the server's word, and nothing that a script can imitate. Asked after run() has returned or has
  // thrown what is no Error(connection); whether the end was a commit, the records tell. Neither
  // changes what is open. mark() is false where this transaction cannot be marked.
  [[nodiscard]] virtual bool mark() = 0;
  virtual bool ended() = 0;

  // Marks it also where no ROLLBACK TO of the script's reaches: before its first SAVEPOINT. From
  // then on ended() does not take for an end what only goes back to one of those.
  virtual void anchor() = 0;

  // Does the session hold tables (LOCK TABLES), so that it can neither write the records nor begin
  // a transaction without giving them up?
  virtual bool holds_tables() = 0;
  // While it holds them: what the next statement changes is committed by commit(), or taken back by
  // take_back(), and not before. take_back() is false where some of it stays, because a table knows
  // no transactions. Behind either let_go() makes the session what it was.
  virtual void hold_open() = 0;
  [[nodiscard]] virtual bool take_back() = 0;
  virtual void let_go() = 0;
  // Is a transaction open that only XA ends, so that no other can begin?
  virtual bool in_xa() = 0;

 protected:
  ~ImplicitCommits() = default;
};

}  // namespace gander::driver
