// SPDX-License-Identifier: MIT
// TransactionEnd: whether a statement has ended the transaction it stood in. The server's flag
// alone does not tell: behind BEGIN, COMMIT AND CHAIN or a procedure that commits and begins,
// another transaction is open. A savepoint does: it goes with its transaction.
#pragma once

#include <string>
#include <string_view>

#include "src/driver/implicit_commits.h"

namespace gander::driver::mysql {

class Connection;

// May it, by its words? What is not known may.
bool may_end_transaction(std::string_view sql);

class TransactionEnd final : public ImplicitCommits {
 public:
  // `connection` outlives it.
  explicit TransactionEnd(Connection& connection);

  bool may_end(const sql::Statement& statement) const override;
  bool mark() override;
  bool ended() override;
  void anchor() override;
  bool holds_tables() override { return holds_tables_; }
  void hold_open() override;
  bool take_back() override;
  void let_go() override;
  bool in_xa() override { return in_xa_; }

  // This has succeeded.
  void note(std::string_view sql);
  void note_begin() { holds_tables_ = anchored_ = false; }

 private:
  bool is_anchored();

  Connection& connection_;
  const std::string savepoint_;  // no script can know it
  const std::string anchor_;     // the same
  bool anchored_ = false;
  bool holds_tables_ = false;
  bool holds_open_ = false;  // by autocommit = 0, which was 1
  bool in_xa_ = false;
};

}  // namespace gander::driver::mysql
