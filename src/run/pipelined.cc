// SPDX-License-Identifier: MIT
// The executor's way with a server that takes transactions one behind the other: migrations are
// sent without waiting for the answer to the one before, and their commits need not reach the disk
// before the next begins. Distance and disk then cost one wait a flight and not one a migration.
//
// Nothing is reported before it is known to be on the disk: the last commit of a flight waits for
// it, and takes all before it along. When one fails, the server passes over all that follow; when
// the connection or the server goes, what is left is a beginning of the flight, and the version
// table says how much.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "src/run/executor.h"
#include "src/run/held.h"

namespace gander::run {
namespace {

using Clock = std::chrono::steady_clock;

// A flight ends after so many migrations, or so much text: all of it waits in memory for its
// answer.
constexpr std::size_t kMostTasks = 100;
constexpr std::int64_t kMostBytes = 1024 * 1024;

struct Load {
  const Task* task = nullptr;
  std::vector<std::unique_ptr<Held>> statements;
};

// Nothing if the task must run by itself.
std::optional<Load> load(const Task& task, const driver::TransactionPipeline& pipeline) {
  if (task.mode != Mode::transaction || task.is_function()) return std::nullopt;
  if (task.script->bytes() > kMostBytes) return std::nullopt;
  Load load{&task, {}};
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  sql::Statement statement;
  while ((*statements)->next(&statement)) {
    if (statement.kind == sql::StatementKind::nothing) continue;
    if (!statement.last_piece || !pipeline.can_pipeline(statement)) return std::nullopt;
    load.statements.push_back(std::make_unique<Held>(statement));
  }
  if ((*statements)->checksum() != task.script->summary().checksum) return std::nullopt;
  return load;
}

}  // namespace

// The tasks on their way, and how far their answers have been told to the observer.
class Executor::Flight {
 public:
  Flight(Executor& executor, const driver::TransactionPipeline& pipeline,
         std::span<const Task> rest)
      : executor_(executor) {
    std::int64_t bytes = 0;
    while (loads_.size() < kMostTasks && loads_.size() < rest.size()) {
      const Task& task = rest[loads_.size()];
      // Whether the two halves of a redo happened could not be told after a loss.
      if (!loads_.empty() && task.migration == loads_.back().task->migration) break;
      std::optional<Load> next = load(task, pipeline);
      if (!next) break;
      bytes += task.script->bytes();
      if (!loads_.empty() && bytes > kMostBytes) break;
      loads_.push_back(std::move(*next));
      if (task.direction == Direction::up) versions_.push_back(task.migration->version);
    }
  }

  const std::vector<Load>& loads() const { return loads_; }
  const Task& task(std::size_t i) const { return *loads_[i].task; }
  std::size_t size() const { return loads_.size(); }
  // Versions that must not be there yet. They are looked for in a transaction of their own.
  const std::vector<std::int64_t>& versions() const { return versions_; }
  std::int64_t ahead() const { return versions_.empty() || !executor_.options_.versioning ? 0 : 1; }

  // How many of the tasks are committed.
  std::size_t committed(const driver::Landing& landed) const {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, landed.committed - ahead()));
  }
  std::size_t published() const { return published_; }

  // Tells what has come back since.
  void look(const driver::Landing& landed) {
    tell(landed);
    publish(static_cast<std::size_t>(std::max<std::int64_t>(0, landed.durable - ahead())),
            landed.elapsed);
  }

  // The first `count` tasks are committed for good.
  void publish(std::size_t count, const std::vector<std::chrono::nanoseconds>& elapsed) {
    for (; published_ < count; ++published_) {
      MigrationResult result = result_of(task(published_));
      const std::size_t at = published_ + static_cast<std::size_t>(ahead());
      if (at < elapsed.size()) result.duration = elapsed[at];
      executor_.publish(std::move(result));
    }
  }

 private:
  // The server works on one statement at a time: the next one begins when the last is answered.
  void tell(const driver::Landing& landed) {
    Observer* observer = executor_.options_.observer;
    while (observer != nullptr && at_ < loads_.size()) {
      const Load& load = loads_[at_];
      if (committed(landed) < at_ || landed.committed < ahead()) return;
      if (!begun_) {
        begun_ = true;
        tell_started(observer, *load.task, executor_.index_ + static_cast<std::int64_t>(at_),
                     executor_.total_, 0);
      }
      if (statement_ < load.statements.size()) {
        const sql::Statement& statement = load.statements[statement_]->statement;
        if (!watch_) watch_.emplace(observer, *load.task, statement);
        if (landed.answered <= told_) return;
        watch_->answered();
        watch_.reset();
        ++told_;
        ++statement_;
        continue;
      }
      if (committed(landed) == at_) return;
      ++at_;
      statement_ = 0;
      begun_ = false;
    }
  }

  Executor& executor_;
  std::vector<Load> loads_;
  std::vector<std::int64_t> versions_;
  std::size_t published_ = 0;
  std::size_t at_ = 0;         // the task that the observer knows to be running
  std::size_t statement_ = 0;  // its statement, and whether that was told
  bool begun_ = false;
  std::optional<StatementWatch> watch_;
  std::int64_t told_ = 0;  // statements of all tasks that have ended
};

bool Executor::run_pipeline(std::span<const Task> rest) {
  driver::Connection& connection = database_.connection();
  driver::TransactionPipeline* const pipeline = connection.pipeline();
  if (pipeline == nullptr) return false;
  Flight flight(*this, *pipeline, rest);
  if (flight.size() < 2) return false;
  try {
    if (!pipeline->open_pipeline([&] { flight.look(pipeline->landing()); })) return false;
    send(&flight, *pipeline);
  } catch (const Error& error) {
    // More may have landed by the time that the pipeline has come to rest.
    connection.rollback();
    forget_work();
    settle_flight(&flight, pipeline->landing(), error);
    return true;
  } catch (...) {
    connection.rollback();
    forget_work();
    keep_committed(&flight, flight.committed(pipeline->landing()));
    throw;
  }
  if (options_.versioning) database_.store().settle();
  flight.look(pipeline->landing());
  index_ += static_cast<std::int64_t>(flight.size());
  return true;
}

void Executor::send(Flight* flight, driver::TransactionPipeline& pipeline) {
  driver::Connection& connection = database_.connection();
  store::Store& store = database_.store();
  cancel_.throw_if_stopped();
  if (flight->ahead() > 0) {
    connection.begin();
    store.confirm_ahead(flight->versions());
    pipeline.commit_later(false);
  }
  for (std::size_t i = 0; i < flight->size(); ++i) {
    cancel_.throw_if_stopped();
    const Task& task = flight->task(i);
    connection.begin();
    open_work();
    if (options_.versioning) keep_course(store, task.direction);
    for (const std::unique_ptr<Held>& held : flight->loads()[i].statements) {
      connection.run(held->statement);
    }
    if (options_.versioning) {
      store.record(task.direction, {task.direction == Direction::up ? HistoryEvent::applied
                                                                    : HistoryEvent::reverted,
                                    task.migration->version,
                                    task.migration->name,
                                    task.checksum(),
                                    task.statement_count(),
                                    {},
                                    "",
                                    task.stamp(),
                                    true,
                                    true});
    }
    if (!options_.versioning || !store.keeps_history()) connection.take_elapsed();
    pipeline.commit_later(i + 1 == flight->size());
  }
  pipeline.close_pipeline();
}

// After an error and the rollback: keeps and tells what is committed, and leaves index_ at the task
// to go on with, or throws for good.
void Executor::settle_flight(Flight* flight, const driver::Landing& landed, const Error& error) {
  if (can_reconnect(error)) return land_after_loss(flight);
  if (error.code() == ErrorCode::connection) fail(flight->task(flight->published()), error);
  const std::size_t committed = flight->committed(landed);
  if (!keep_committed(flight, committed)) return;
  if (committed == flight->size()) return;
  const Task& task = flight->task(committed);
  if (error.code() == ErrorCode::interrupted) throw in_migration(error, *task.migration);
  if (landed.committed < flight->ahead()) {
    // Somebody has applied one of them. Which, each task finds out for itself.
    alone_ = static_cast<std::int64_t>(flight->size());
    if (error.code() != ErrorCode::sql) fail(task, error);
    return;
  }
  if (is_done(task)) {
    ++index_;
    return;
  }
  // What the server did not take so, it takes one by one; what others stood in the way of, too.
  driver::Connection& connection = database_.connection();
  if (!Retry::concerns(error) && !connection.is_unprepared(error) &&
      !connection.pipeline()->refused_pipeline(error)) {
    fail(task, error);
  }
  alone_ = 1;
}

// After a lost connection or a crashed server: some first ones of the flight are there, and the
// others have left nothing. The task that comes next is run by itself, which bounds the losses.
void Executor::land_after_loss(Flight* flight) {
  for (int losses = 1;; ++losses) {
    try {
      reconnect();
    } catch (const Error& error) {
      throw in_migration(error, *flight->task(flight->published()).migration);
    }
    std::size_t done = flight->published();
    while (options_.versioning && done < flight->size() && is_done(flight->task(done))) ++done;
    try {
      if (done > flight->published()) database_.connection().pipeline()->make_durable();
    } catch (const Error& error) {
      if (!can_reconnect(error) || losses >= kReconnects) throw;
      continue;
    }
    flight->publish(done, {});
    index_ += static_cast<std::int64_t>(done);
    alone_ = 1;
    return;
  }
}

// These are committed. Once they are on the disk too they are reported. False: the connection was
// lost over it, which is dealt with.
bool Executor::keep_committed(Flight* flight, std::size_t committed) {
  if (committed > flight->published()) {
    try {
      database_.connection().pipeline()->make_durable();
    } catch (const Error& error) {
      if (!can_reconnect(error)) throw;
      land_after_loss(flight);
      return false;
    }
    flight->publish(committed, database_.connection().pipeline()->landing().elapsed);
  }
  index_ += static_cast<std::int64_t>(committed);
  return true;
}

}  // namespace gander::run
