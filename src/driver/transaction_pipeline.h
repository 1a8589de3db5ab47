// SPDX-License-Identifier: MIT
// TransactionPipeline: transactions that a driver sends one behind the other, without waiting for
// their answers.
//
//   open_pipeline(); { begin(); run() ...; commit_later(); } ...; close_pipeline();
//
// The server executes them in order and, when one fails, none of those behind it. Statements and
// their texts must live until close_pipeline() or rollback(). Any call may throw the error of an
// earlier one; then rollback() ends the pipeline, and landing() says what is committed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "gander/error.h"
#include "src/sql/statement.h"

namespace gander::driver {

struct Landing {
  std::int64_t answered = 0;   // statements given to run()
  std::int64_t committed = 0;  // that many of the transactions, from the first on
  std::int64_t durable = 0;    // of these, that many are known to be on the server's disk
  std::vector<std::chrono::nanoseconds> elapsed;  // of the committed ones
};

class TransactionPipeline {
 public:
  // May this statement be sent so?
  virtual bool can_pipeline(const sql::Statement& statement) const = 0;
  // False: not on this connection, and nothing has changed. `landed` is called on this thread by
  // the calls below when answers have come; an exception of it is thrown on.
  virtual bool open_pipeline(std::function<void()> landed) = 0;
  // The commit need not reach the disk before the next transaction begins; with `durable` it must,
  // and all before it with it.
  virtual void commit_later(bool durable) = 0;
  // Waits for all answers.
  virtual void close_pipeline() = 0;
  // What has come back so far, without waiting; after the end of a pipeline, in all.
  virtual Landing landing() = 0;
  // Does this error say that a statement cannot be sent so, which was not known before?
  virtual bool refused_pipeline(const Error& error) const = 0;
  // Returns when everything that this session has committed is on the server's disk.
  virtual void make_durable() = 0;

 protected:
  ~TransactionPipeline() = default;
};

}  // namespace gander::driver
