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

  // Does the session hold tables (LOCK TABLES), so that it can neither write the records nor begin
  // a transaction without giving them up?
  virtual bool holds_tables() = 0;
  // Is a transaction open that only XA ends, so that no other can begin?
  virtual bool in_xa() = 0;

 protected:
  ~ImplicitCommits() = default;
};

}  // namespace gander::driver
