// SPDX-License-Identifier: MIT
// The executor's way where each change of a schema commits by itself: of migrations that make one
// object each, the intents are written in one commit, before the first of them runs, and the
// records in one commit behind the last. By itself each would need two, which takes as long as the
// change.
//
// The rows of the journal are those of a migration that runs alone. A run that dies leaves one for
// each that it had not recorded, and the next run asks the witness about each.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "src/run/executor.h"
#include "src/run/held.h"

namespace gander::run {
namespace {

using Clock = std::chrono::steady_clock;

// One message holds the records of so many, and a run that dies leaves so many to be looked at.
constexpr std::size_t kMostTasks = 100;

// What is done is recorded after such a time, so that others see it.
constexpr std::chrono::seconds kRecordTime{1};

// The only statement of the file; nothing if it has several, or is another one than was checked.
std::unique_ptr<Held> only_statement(const Task& task) {
  if (task.mode != Mode::stepwise || task.is_function() || task.direction != Direction::up ||
      task.statement_count() != 1) {
    return nullptr;
  }
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  std::unique_ptr<Held> only;
  sql::Statement statement;
  while ((*statements)->next(&statement)) {
    if (statement.kind == sql::StatementKind::nothing) continue;
    if (only != nullptr || !statement.last_piece || statement.number != 1) return nullptr;
    only = std::make_unique<Held>(statement);
  }
  return (*statements)->checksum() == task.checksum() ? std::move(only) : nullptr;
}

}  // namespace

// Tasks of which the first `recorded` are done with, and the first `done` have run.
struct Executor::Batch {
  std::span<const Task> tasks;
  std::vector<std::unique_ptr<Held>> statements;
  std::vector<store::JournalRow> rows;  // as they are written
  std::vector<MigrationResult> results;
  std::size_t recorded = 0;
  std::size_t done = 0;
  bool running = false;  // tasks[done] may have been sent

  std::size_t size() const { return rows.size(); }
  std::span<const store::JournalRow> rows_of(std::size_t from, std::size_t to) const {
    return std::span(rows).subspan(from, to - from);
  }
};

bool Executor::run_batch(std::span<const Task> rest) {
  driver::Connection& connection = database_.connection();
  driver::ImplicitCommits* const commits = connection.implicit_commits();
  driver::Witness* const witness = connection.witness();
  if (commits == nullptr || witness == nullptr || !options_.versioning) return false;
  if (commits->holds_tables() || commits->in_xa()) return false;
  Batch batch;
  while (batch.statements.size() < std::min(kMostTasks, rest.size())) {
    std::unique_ptr<Held> held = only_statement(rest[batch.statements.size()]);
    if (held == nullptr || !witness->only_makes(held->statement)) break;
    batch.statements.push_back(std::move(held));
  }
  if (batch.statements.size() < 2) return false;
  batch.tasks = rest.first(batch.statements.size());
  try {
    if (intend_batch(&batch)) work_through(&batch);
  } catch (const store::Overtaken&) {
    // Another run is at one of them. Which, each task finds out for itself.
    forget_work();
    alone_ = 1;
  } catch (const Error& error) {
    leave_batch(&batch, error);
  } catch (...) {
    forget_work();
    throw;
  }
  return true;
}

// False: the first of the tasks are to be run by themselves.
bool Executor::intend_batch(Batch* batch) {
  driver::Connection& connection = database_.connection();
  store::Store& store = database_.store();
  cancel_.throw_if_stopped();
  driver::Transaction transaction(connection);
  database_.fence();
  store.refresh();
  store.ensure_tables();
  store.ensure_journal();
  keep_course(store, Direction::up);
  std::vector<sql::Statement> fresh;
  const std::vector<store::JournalRow> known = database_.journal().rows();
  const auto is_fresh = [&](const Task& task) {
    const std::int64_t version = task.migration->version;
    return !store.applied().contains(version) &&
           std::ranges::find(known, version, &store::JournalRow::version) == known.end();
  };
  while (fresh.size() < batch->tasks.size() && is_fresh(batch->tasks[fresh.size()])) {
    fresh.push_back(batch->statements[fresh.size()]->statement);
  }
  std::vector<std::string> images;
  if (fresh.size() > 1) images = connection.witness()->images_ahead(fresh);
  for (std::string& image : images) {
    if (image.empty()) break;
    store::JournalRow row;
    row.version = batch->tasks[batch->rows.size()].migration->version;
    row.direction = Direction::up;
    row.total = row.running = 1;
    row.before_image = std::move(image);
    batch->rows.push_back(std::move(row));
  }
  if (batch->rows.size() < 2) {
    // Not to be looked at again before one comes that may begin a batch.
    const auto may_begin = [&](std::size_t i) {
      return i < images.size() ? !images[i].empty() : is_fresh(batch->tasks[i]);
    };
    for (alone_ = 1; static_cast<std::size_t>(alone_) < batch->tasks.size(); ++alone_) {
      if (may_begin(static_cast<std::size_t>(alone_))) break;
    }
    return false;
  }
  database_.journal().start_together(batch->rows);
  transaction.commit();
  store.settle();
  return true;
}

void Executor::work_through(Batch* batch) {
  driver::Connection& connection = database_.connection();
  Clock::time_point next_record = Clock::now() + kRecordTime;
  while (batch->done < batch->size()) {
    cancel_.throw_if_stopped();
    database_.fence();
    const Task& task = batch->tasks[batch->done];
    const sql::Statement& statement = batch->statements[batch->done]->statement;
    tell_started(options_.observer, task,
                 index_ + static_cast<std::int64_t>(batch->done - batch->recorded), total_, 0);
    const Clock::time_point start = Clock::now();
    StatementWatch watch(options_.observer, task, statement);
    batch->running = true;
    connection.run(statement);
    batch->running = false;
    ++batch->done;
    batch->results.push_back(result_of(task));
    batch->results.back().duration = Clock::now() - start;
    watch.finished(connection);
    note_warnings(task.migration->place);
    if (Clock::now() < next_record) continue;
    record_batch(batch, {});
    next_record = Clock::now() + kRecordTime;
  }
  record_batch(batch, {});
}

// Those that are done get their records, in one commit with what `besides` does.
void Executor::record_batch(Batch* batch, const std::function<void()>& besides) {
  store::Store& store = database_.store();
  std::vector<store::HistoryRecord> records;
  for (std::size_t i = batch->recorded; i < batch->done; ++i) {
    const Task& task = batch->tasks[i];
    records.push_back({HistoryEvent::applied, task.migration->version, task.migration->name,
                       task.checksum(), task.statement_count(), batch->results[i].duration, "",
                       task.stamp()});
  }
  if (records.empty() && !besides) return;
  driver::Transaction transaction(database_.connection());
  database_.fence();
  store.refresh();
  database_.journal().finish_together(batch->rows_of(batch->recorded, batch->done));
  store.record_together(records);
  if (besides) besides();
  transaction.commit();
  store.settle();
  publish_batch(batch, batch->done);
}

void Executor::publish_batch(Batch* batch, std::size_t count) {
  while (batch->recorded < count) {
    const std::size_t i = batch->recorded++;
    ++index_;
    publish(i < batch->done ? std::move(batch->results[i]) : result_of(batch->tasks[i]));
  }
}

// Keeps what is done, and takes the other intents back. What has failed is run by itself, as if it
// had never been in a batch; so is all that could not be recorded, which finds out why.
void Executor::leave_batch(Batch* batch, const Error& error) {
  forget_work();
  bool lost = can_reconnect(error);
  if (!lost && batch->size() > 0 && error.code() != ErrorCode::connection) {
    try {
      record_batch(batch, [&] { take_back(batch, error); });
    } catch (const Error& second) {
      lost = can_reconnect(second);
      forget_work();
    } catch (const store::Overtaken&) {
      forget_work();
    }
  }
  if (lost) {
    try {
      reconnect();
    } catch (const Error& last) {
      throw in_migration(last, *batch->tasks[batch->recorded].migration);
    }
    std::size_t known = batch->recorded;
    while (known < batch->tasks.size() && is_done(batch->tasks[known])) ++known;
    publish_batch(batch, known);
  }
  if (batch->recorded == batch->tasks.size()) return;
  const Task& task = batch->tasks[batch->recorded];
  const ErrorCode code = error.code();
  const bool ends = error.cause() != nullptr || code == ErrorCode::interrupted ||
                    code == ErrorCode::locked || code == ErrorCode::storage ||
                    code == ErrorCode::connection;
  if (!lost && ends && !Retry::concerns(error)) fail(task, error);
  alone_ = 1;
}

// The intents of those that have not been done.
void Executor::take_back(Batch* batch, const Error& error) {
  store::Journal& journal = database_.journal();
  std::size_t first = batch->done;
  if (batch->running) {
    store::JournalRow& row = batch->rows[first];
    const driver::Outcome outcome = database_.connection().witness()->judge(
        batch->statements[first]->statement, row.before_image);
    if (outcome != driver::Outcome::did_not_happen) {
      ++first;
      // Of what was interrupted the next run finds out more.
      if (error.code() != ErrorCode::interrupted) {
        journal.set_state(&row, store::JournalState::undecided, record_of(error));
      }
    }
  }
  journal.finish_together(batch->rows_of(first, batch->size()));
}

}  // namespace gander::run
