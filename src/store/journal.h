// SPDX-License-Identifier: MIT
// Journal: how far a non-transactional migration has come, so that the next run goes on exactly
// there. One row a version in flight; usually the table is empty. docs/formats.md describes it.
//
// Every change is a compare-and-set on `done` and `running`: a run that finds the row changed by
// another throws Overtaken and looks again. Transactions are the caller's. Where the engine changes
// no rows (LedgerSql::appends) it is a look and a further row, which the run lock keeps together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gander/report.h"
#include "src/base/sha256.h"
#include "src/store/store.h"

namespace gander::store {

// Another run moved the same migration on. Not an error.
struct Overtaken {};

// undecided: what happened is not known, so the user is asked. The names are stored ("ask" for the
// last one): never rename.
enum class JournalState { active, failed, undecided };

struct JournalRow {
  std::int64_t version = 0;
  Direction direction = Direction::up;
  std::int64_t done = 0;     // statements completed
  std::int64_t running = 0;  // a statement started bare whose outcome is not recorded; 0 if none
  std::int64_t total = 0;    // statements of the section when it was started
  std::string chain;         // fingerprint of statements 1..done, see extend_chain()
  std::string before_image;  // what the driver noted before `running`
  JournalState state = JournalState::active;
  std::string owner;
  std::string error;
};

// Begins the chain over one more statement: feed its text (in pieces, if it comes so) and take the
// digest, which is the new chain. The chain over no statement is empty.
Sha256 extend_chain(const std::string& chain);

class Journal {
 public:
  explicit Journal(Store& store) : store_(store) {}

  // Throws Error(in_doubt) for a row that no version of Gander can have written.
  std::vector<JournalRow> rows();
  std::optional<JournalRow> find(std::int64_t version);

  // Throws Overtaken when the version has a row already.
  void start(const JournalRow& row);

  // The same for several rows of one direction, in one go: all or none.
  void start_together(std::span<const JournalRow> rows);

  // The row stands where `to` says: done, running, chain and before_image. The state is active.
  // Throws Overtaken unless it stands at row->done and row->running. Updates *row.
  void advance(JournalRow* row, const JournalRow& to);

  // The next `count` statements are complete; `chain` is the chain over all completed ones. Throws
  // Overtaken unless the row stands at row->done and row->running. Updates *row.
  void complete(JournalRow* row, const std::string& chain, std::int64_t count = 1);

  // Statement `done + 1` is about to run bare.
  void intend(JournalRow* row, const std::string& before_image);

  // The intended statement did not happen (or failed cleanly).
  void withdraw(JournalRow* row);

  void set_state(JournalRow* row, JournalState state, const std::string& error);

  // The section is complete, or given up.
  void finish(const JournalRow& row);
  // The same for rows that stand alike, but for their versions.
  void finish_together(std::span<const JournalRow> rows);

  // The same as texts, for a script that somebody else runs: start_together(); advance(), in the
  // state that `to` has; finish_together().
  std::string start_sql(std::span<const JournalRow> rows) const;
  std::string advance_sql(const JournalRow& row, const JournalRow& to) const;
  std::string finish_sql(std::span<const JournalRow> rows) const;

 private:
  // Runs a change of so many rows; Overtaken if there are none such, or not all.
  void change_rows(std::string change, std::size_t count = 1);
  std::string values_of(const JournalRow& row, const std::string& now) const;
  // "UPDATE ... SET set WHERE version and the row's done and running".
  std::string update_sql(const JournalRow& row, const std::string& set) const;
  // Runs it; Overtaken if there is no such row.
  void compare_and_set(const JournalRow& row, const std::string& set);
  bool appends() const { return store_.dialect().ledger().appends; }
  // Overtaken unless the journal has the row as `from` says, or none.
  void append(const JournalRow* from, const JournalRow& to, const std::string& state);

  Store& store_;
};

}  // namespace gander::store
