// SPDX-License-Identifier: MIT
// Database: the open connection of a runner with its store and journal, and the way back to one
// when the connection is lost.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "src/driver/driver.h"
#include "src/driver/transaction.h"
#include "src/store/journal.h"
#include "src/store/store.h"

namespace gander::run {

class Database {
 public:
  // `driver` must outlive the session. Opens the connection.
  Database(driver::Driver& driver, driver::SessionOptions options, TableName table,
           store::Author author, bool keep_history)
      : driver_(driver),
        options_(std::move(options)),
        table_(std::move(table)),
        author_(std::move(author)),
        keep_history_(keep_history) {
    options_.tables = store::Names::unresolved(table_, driver_.dialect());
    open();
  }

  driver::Connection& connection() { return *connection_; }
  store::Store& store() { return *store_; }
  store::Journal& journal() { return *journal_; }
  const driver::Dialect& dialect() const { return driver_.dialect(); }
  driver::Driver& driver() { return driver_; }

  // False after a reopen() that failed: then only reopen() may be called.
  bool connected() const { return journal_ != nullptr; }

  // Takes the run lock, where the database has one; waits as SessionOptions say.
  void lock() {
    lock_wanted_ = true;
    driver::Locks* const locks = connection_->locks();
    if (locks != nullptr) lock_ = locks->lock(store_->names().lock_key);
  }
  bool locked() const { return lock_ != nullptr; }
  void unlock() {
    lock_wanted_ = false;
    lock_.reset();
  }
  // Throws store::Overtaken where another run may have worked meanwhile: see RunLock::fence().
  void fence() {
    if (lock_ != nullptr && !lock_->fence()) throw store::Overtaken{};
  }

  // After a lost connection: opens another one, takes the lock again if it was held, and reads the
  // applied set. The lock is what makes the reading trustworthy: as long as the old session may
  // still commit, the server keeps its lock (reliability of an unknown COMMIT). May be repeated
  // when it throws.
  void reopen() {
    if (store_ != nullptr && store_->firm() != nullptr) known_ = *store_->firm();
    lock_.reset();
    open();
    if (lock_wanted_) lock();
    store_->reload(known_);
  }

  // The journal through a session of its own, for as long as the main one can write no records
  // (ImplicitCommits::holds_tables). Begins and commits a transaction around `work`, which may be
  // known to be done when this returns. Throws Error, Overtaken.
  void write_beside(const std::function<void(store::Journal&)>& work) {
    if (beside_ == nullptr) beside_ = std::make_unique<Beside>(*this);
    driver::Transaction transaction(*beside_->connection);
    work(beside_->journal);
    transaction.commit();
  }

  // See Store::give_up_history().
  void give_up_history() {
    keep_history_ = false;
    store_->give_up_history();
  }

 private:
  struct Beside {
    explicit Beside(Database& of)
        : connection(of.driver_.connect(of.options_)),
          store(*connection, of.driver_.dialect(), of.store_->names().version_table, of.author_,
                of.keep_history_),
          journal(store) {}
    std::unique_ptr<driver::Connection> connection;
    store::Store store;
    store::Journal journal;
  };

  void open() {
    beside_.reset();
    journal_.reset();
    store_.reset();
    connection_.reset();
    connection_ = driver_.connect(options_);
    store_ = std::make_unique<store::Store>(*connection_, driver_.dialect(), table_, author_,
                                            keep_history_);
    journal_ = std::make_unique<store::Journal>(*store_);
  }

  driver::Driver& driver_;
  driver::SessionOptions options_;
  TableName table_;
  store::Author author_;
  bool keep_history_;
  bool lock_wanted_ = false;
  store::AppliedSet known_;  // what the store that a lost connection has taken along knew
  std::unique_ptr<driver::Connection> connection_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<Beside> beside_;
  std::unique_ptr<driver::RunLock> lock_;  // declared last: released before the connection closes
};

}  // namespace gander::run
