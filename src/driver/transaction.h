// SPDX-License-Identifier: MIT
// Transaction: one that has begun, and that is rolled back unless it is committed.
#pragma once

#include <utility>

#include "src/driver/driver.h"

namespace gander::driver {

class Transaction {
 public:
  // `connection` outlives the transaction. Throws what begin() throws, and has left nothing open
  // then.
  explicit Transaction(Connection& connection) : connection_(connection) {
    try {
      connection_.begin();
    } catch (...) {
      connection_.rollback();
      throw;
    }
  }
  ~Transaction() { rollback(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // When it throws, the transaction is still to be rolled back.
  void commit() {
    connection_.commit();
    open_ = false;
  }
  void rollback() noexcept {
    if (std::exchange(open_, false)) connection_.rollback();
  }
  // The server has ended it by itself (ImplicitCommits): there is nothing to be rolled back.
  void release() noexcept { open_ = false; }

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace gander::driver
