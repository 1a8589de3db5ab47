// SPDX-License-Identifier: MIT
// Stepwise where a statement may end the transaction it stands in (the MySQL family: each change of
// a schema commits, before it begins).
//
// A transaction is open for as long as the server lets it. Statements that only change rows run in
// it, so that a file of such alone is one transaction with its version row. Before a statement that
// may commit, its intent goes into the open transaction: the very commit that makes what stands
// before it durable makes the intent durable too, and no instant is left between them. Whether the
// transaction has ended is the server's word, whether by a commit the intent's.
//
// The outcome of a statement whose before-image tells it is written with what is written next.
#include <utility>

#include "src/base/user_code.h"
#include "src/run/executor.h"
#include "src/run/half_run.h"
#include "src/run/stepwise.h"
#include "src/sql/traits.h"

namespace gander::run {
namespace {

using sql::Statement;
using sql::StatementKind;

[[noreturn]] void refuse_prepared(const Statement& statement) {
  ErrorDetails details;
  details.code = ErrorCode::unsupported;
  details.message = "a prepared transaction cannot be followed by the journal";
  details.hint = "use COMMIT; the open transaction was rolled back";
  throw driver::statement_error(statement, 0, std::move(details));
}

}  // namespace

void Stepwise::step_flowing(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  if (commits_->in_xa()) return flow_xa(statement);
  switch (statement.kind) {
    case StatementKind::nothing:
      return;
    case StatementKind::begin_transaction:
      return flow_into_own_transaction();
    case StatementKind::end_transaction:
      return flow_out_of_own_transaction(statement);
    case StatementKind::session:
      // It may be done again: no intent is needed where it commits.
      if (transaction_ && commits_->may_end(statement)) settle_flow();
      return connection.run(statement);
    case StatementKind::bare:
      return flow_xa(statement);
    default:
      return commits_->holds_tables() ? flow_beside(statement) : flow(statement);
  }
}

void Stepwise::flow(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  const bool may_end = commits_->may_end(statement);
  if (!transaction_) begin();
  if (statement.opens_savepoint && !anchored_) {
    // What stands before it stays where a procedure goes back to it and commits.
    write_row(database_.journal(), row_now());
    commits_->anchor();
    anchored_ = true;
    done_at_anchor_ = row_.done;
  }
  bool marked = false;
  bool known = false;  // a change of the schema, which commits and begins no transaction
  if (may_end) {
    store::JournalRow intent = row_now();
    intent.running = intent.done + 1;
    driver::Witness* const witness = connection.witness();
    if (witness != nullptr) intent.before_image = witness->before_image(statement);
    known = !intent.before_image.empty();
    write_row(database_.journal(), intent);
    if (!known) marked = commits_->mark();
    if (!known && !marked) commit();
  }
  const auto ended = [&] {
    if (known) return !connection.in_transaction();
    return may_end && (!marked || commits_->ended());
  };
  try {
    connection.run(statement);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::connection && ended()) conclude_failed(statement, error);
    throw;
  }
  if (ended()) return conclude_ended(statement);
  if (keeps_open_ || own_transaction_) return;
  store::JournalRow done = row_now();
  done.done = statement.number;
  done.chain = chain_;
  write_row(database_.journal(), done);
  commit();
}

// The statement has succeeded and ended the transaction; it may have begun another one.
void Stepwise::conclude_ended(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  if (connection.in_transaction()) connection.commit();
  release_ended();
  // A statement that the witness knows is a change of the schema, which commits and nothing else.
  if (!row_.before_image.empty()) {
    outcome_ = statement.number;
    outcome_chain_ = chain_;
    return;
  }
  if (!was_committed() && !went_back()) {
    ErrorDetails details;
    details.code = ErrorCode::sql;
    details.message = "this statement has rolled the migration's transaction back";
    details.hint =
        "take the ROLLBACK out of what it calls, or put `-- +goose NO TRANSACTION` at "
        "the top of the file";
    throw driver::statement_error(statement, 0, std::move(details));
  }
  conclude([&] {
    store::JournalRow done = row_;
    done.done = statement.number;
    done.running = 0;
    done.chain = chain_;
    done.before_image.clear();
    database_.journal().advance(&row_, done);
  });
}

// What has run may have given the run lock away (RELEASE_ALL_LOCKS). The second time it is held
// again, and whether another run was there between, the row tells.
void Stepwise::conclude(const std::function<void()>& work) {
  const store::JournalRow row = row_;
  try {
    in_transaction(work);
  } catch (const store::Overtaken&) {
    row_ = row;
    in_transaction(work);
  }
}

// The statement has failed and ended the transaction. Returns for the error to be thrown on.
void Stepwise::conclude_failed(const Statement& statement, const Error& error) {
  driver::Connection& connection = database_.connection();
  // Whatever it has begun itself.
  connection.rollback();
  release_ended();
  if (!was_committed()) {
    if (!went_back()) return;
    conclude([&] {
      store::JournalRow intent = row_now();
      intent.running = intent.done + 1;
      database_.journal().advance(&row_, intent);
    });
  }
  driver::Witness* const witness = connection.witness();
  const bool clean = witness != nullptr && witness->judge(statement, row_.before_image) ==
                                               driver::Outcome::did_not_happen;
  conclude([&] {
    if (clean) return database_.journal().withdraw(&row_);
    database_.journal().set_state(&row_, store::JournalState::undecided, record_of(error));
  });
}

void Stepwise::release_ended() {
  if (transaction_) transaction_->release();
  transaction_.reset();
}

// A transaction that only XA ends takes no records in, and none can be written beside it: one
// intent stands for all of it, from XA START to XA COMMIT, and who dies between leaves a question.
void Stepwise::flow_xa(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  const bool first = !commits_->in_xa();
  if (first) {
    settle_flow();
    store::JournalRow intent = row_now();
    intent.running = intent.done + 1;
    in_transaction([&] { write_row(database_.journal(), intent); });
  }
  try {
    if (statement.kind != StatementKind::nothing) connection.run(statement);
  } catch (const Error& error) {
    if (first && error.code() != ErrorCode::connection) {
      in_transaction([&] { database_.journal().withdraw(&row_); });
    }
    throw;
  }
  if (commits_->in_xa()) return;
  store::JournalRow done = row_;
  done.done = statement.number;
  done.running = 0;
  done.chain = chain_;
  in_transaction([&] { write_row(database_.journal(), done); });
}

// Is the intent that was written last on the disk? Else the row is as it was before.
bool Stepwise::was_committed() {
  const std::optional<store::JournalRow> found = database_.journal().find(row_.version);
  const bool committed = found && found->direction == row_.direction && found->done == row_.done &&
                         found->running == row_.running;
  row_written_ = found.has_value();
  if (found) {
    row_ = *found;
  } else {
    row_.done = row_.running = 0;
  }
  return committed;
}

// Behind was_committed() that said no: a ROLLBACK TO in the statement has taken the intent back,
// and what stands before the script's savepoint was committed.
bool Stepwise::went_back() const {
  return anchored_ && row_written_ && row_.done == done_at_anchor_ && row_.running == 0;
}

// While the session holds tables it can neither write other ones nor begin a transaction: the
// records go through another session, and what the statement does is committed before they say that
// it is done, which keeps the tables.
void Stepwise::flow_beside(const Statement& statement) {
  driver::Connection& connection = database_.connection();
  driver::Witness* const witness = connection.witness();
  std::string image;
  if (witness != nullptr) image = witness->before_image(statement);
  database_.write_beside([&](store::Journal& journal) {
    store::JournalRow intent = row_now();
    intent.running = intent.done + 1;
    intent.before_image = image;
    write_row(journal, intent);
  });
  const auto settle = [&](bool happened, const Error* error) {
    database_.write_beside([&](store::Journal& journal) {
      if (happened) return journal.complete(&row_, chain_);
      journal.set_state(&row_, store::JournalState::undecided, record_of(*error));
    });
  };
  bool sent = false;
  try {
    commits_->hold_open();
    sent = true;
    connection.run(statement);
    if (connection.in_transaction()) connection.commit();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection) throw;
    // Rows are taken back, but not those of a table without transactions (MyISAM); of a statement
    // that changes more than rows the catalogue may tell.
    const bool taken_back = commits_->take_back();
    commits_->let_go();
    const bool undone =
        !commits_->may_end(statement) ||
        (witness != nullptr && witness->judge(statement, image) == driver::Outcome::did_not_happen);
    const bool clean = !sent || (taken_back && undone);
    if (!clean) settle(false, &error);
    if (clean) database_.write_beside([&](store::Journal& journal) { journal.withdraw(&row_); });
    throw;
  }
  settle(true, nullptr);
  commits_->let_go();
}

// What stands before it is committed, as its BEGIN would do.
void Stepwise::flow_into_own_transaction() {
  settle_flow();
  own_transaction_ = true;
}

void Stepwise::flow_out_of_own_transaction(const Statement& statement) {
  const sql::TransactionEnd end =
      sql::transaction_end(database_.dialect().grammar().lexical, statement.text);
  if (end == sql::TransactionEnd::prepares) refuse_prepared(statement);
  if (end == sql::TransactionEnd::undoes) {
    end_transactions();
    if (row_written_ || flown_ > 0) was_committed();
  } else {
    settle_flow();
  }
  own_transaction_ = own_transaction_ && end == sql::TransactionEnd::chains;
}

// Commits what is open together with the word that it is done.
void Stepwise::settle_flow() {
  if (!transaction_) return;
  write_row(database_.journal(), row_now());
  commit();
}

// The row as it is to be when statements up to `flown_` are done and nothing is intended.
store::JournalRow Stepwise::row_now() const {
  store::JournalRow row = row_;
  row.done = flown_;
  row.running = 0;
  row.chain = flown_chain_;
  row.before_image.clear();
  return row;
}

void Stepwise::write_row(store::Journal& journal, const store::JournalRow& to) {
  // The script may have gone back to a savepoint, and the row with it.
  if (anchored_) was_committed();
  if (row_written_) return journal.advance(&row_, to);
  journal.start(to);
  row_ = to;
  row_written_ = true;
}

// Has another tool recorded the migration, so that what failed here matters to nobody? The applied
// set has been read again.
bool Stepwise::was_overtaken(const Task& task, const Error& error) {
  const bool up = task.direction == Direction::up;
  return error.code() == ErrorCode::sql && options_.versioning && database_.connected() &&
         !database_.connection().lost() &&
         database_.store().applied().contains(task.migration->version) == up;
}

// A function that is to have a transaction around it. Its intent stands in that transaction, and is
// there for others to see only if the function ends it.
void Stepwise::call_flowing(const std::function<void(Connection&)>& function) {
  driver::Connection& connection = database_.connection();
  begin();
  if (options_.versioning) {
    store::JournalRow intent = row_;
    intent.running = 1;
    write_row(database_.journal(), intent);
  }
  const bool marked = commits_->mark();
  called_ = true;
  try {
    function(*connection.lend());
  } catch (...) {
    const Error error = of_user_code(ErrorCode::sql, "the function migration");
    const bool ended = !marked || commits_->ended();
    if (ended) connection.rollback();
    if (ended) release_ended();
    end_transactions();
    // What it has committed before it failed stays, and nobody knows how much that is.
    if (options_.versioning && was_committed()) {
      conclude([&] {
        database_.journal().set_state(&row_, store::JournalState::undecided, record_of(error));
      });
    }
    throw error;
  }
  const bool ended = !marked || commits_->ended();
  if (ended || !options_.versioning) {
    if (connection.in_transaction()) connection.commit();
    release_ended();
  }
  if (!options_.versioning) return;
  chain_ = store::extend_chain("").hex_digest();
  if (ended) return conclude([&] { database_.journal().complete(&row_, chain_); });
  database_.journal().complete(&row_, chain_);
  commit();
}

}  // namespace gander::run
