// SPDX-License-Identifier: MIT
#include "src/store/journal.h"

#include <limits>
#include <utility>

namespace gander::store {
namespace {

const char* state_name(JournalState state) {
  switch (state) {
    case JournalState::active:
      return "active";
    case JournalState::failed:
      return "failed";
    case JournalState::undecided:
      return "ask";
  }
  return "ask";
}

[[noreturn]] void throw_corrupt(const std::string& table, const std::string& what) {
  throw Error(ErrorCode::in_doubt, "the journal " + table + " cannot be trusted: " + what,
              "look at the database and settle the migration with `MigrationRunner::resolve()`, or "
              "delete the row by hand");
}

// More statements than any file has; far from where adding one overflows.
constexpr std::int64_t kMostStatements = std::int64_t{1} << 53;

std::int64_t integer(const std::string& table, const Value& value, const char* column,
                     std::int64_t most = kMostStatements) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0 || *number > most) {
    throw_corrupt(table, std::string("the column ") + column + " does not hold a valid number");
  }
  return *number;
}

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

constexpr const char* kColumns =
    "version_id, direction, done, running, total, chain, before_image, state, owner, error";

// The state of a row that says that there is none any more. Stored: never rename.
constexpr const char* kFinished = "finished";

}  // namespace

Sha256 extend_chain(const std::string& chain) {
  Sha256 sha;
  sha.update(chain);
  sha.update("\n");
  return sha;
}

std::vector<JournalRow> Journal::rows() {
  store_.act_as_itself();
  std::vector<JournalRow> rows;
  if (!store_.journal_exists()) return rows;
  const std::string& table = store_.names().journal;
  // The newest row of each version.
  const std::string newest =
      " WHERE (version_id, number) IN (SELECT version_id, max(number) FROM " + table +
      " GROUP BY version_id) AND state <> '" + kFinished + "'";
  const driver::Rows found =
      store_.connection().query(std::string("SELECT ") + kColumns + " FROM " + table +
                                (appends() ? newest : "") + " ORDER BY version_id");
  for (const auto& cells : found.rows) {
    JournalRow row;
    row.version = integer(table, cells[0], "version_id", std::numeric_limits<std::int64_t>::max());
    const std::int64_t direction = integer(table, cells[1], "direction");
    if (row.version == 0) throw_corrupt(table, "no migration has the version 0");
    row.done = integer(table, cells[2], "done");
    row.running = integer(table, cells[3], "running");
    row.total = integer(table, cells[4], "total");
    row.chain = text(cells[5]);
    row.before_image = text(cells[6]);
    const std::string state = text(cells[7]);
    row.owner = text(cells[8]);
    row.error = text(cells[9]);
    const std::string where = "version " + std::to_string(row.version) + " has ";
    // A script that runs as a whole has the total 0, and is one step.
    if (row.total == 0 && row.done > 1) {
      throw_corrupt(table, where + std::to_string(row.done) + " of 0 statements done");
    }
    if (direction > 1) throw_corrupt(table, where + "an unknown direction");
    row.direction = direction == 1 ? Direction::up : Direction::down;
    if (row.running != 0 && row.running != row.done + 1) {
      throw_corrupt(table, where + "an intent that does not follow its last statement");
    }
    if ((row.done == 0) != row.chain.empty() || (!row.chain.empty() && row.chain.size() != 64)) {
      throw_corrupt(table, where + "a fingerprint that does not fit its statements");
    }
    if (state == "active") {
      row.state = JournalState::active;
    } else if (state == "failed") {
      row.state = JournalState::failed;
    } else if (state == "ask") {
      row.state = JournalState::undecided;
    } else {
      throw_corrupt(table, where + "the unknown state '" + state + "'");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<JournalRow> Journal::find(std::int64_t version) {
  for (JournalRow& row : rows()) {
    if (row.version == version) return std::move(row);
  }
  return std::nullopt;
}

void Journal::start(const JournalRow& row) { start_together({&row, 1}); }

void Journal::start_together(std::span<const JournalRow> rows) {
  store_.act_as_itself();
  if (appends()) {
    for (const JournalRow& row : rows) append(nullptr, row, state_name(JournalState::active));
    return;
  }
  change_rows(start_sql(rows), rows.size());
}

std::string Journal::start_sql(std::span<const JournalRow> rows) const {
  const driver::Dialect& dialect = store_.dialect();
  const std::string now(dialect.ledger().gives_times ? dialect.ledger().now : "");
  std::string insert =
      "INSERT INTO " + store_.names().journal + " (" +
      (now.empty() ? "" : "started_at, updated_at, ") +
      "version_id, direction, done, running, total, chain, before_image, state, run_id, owner, "
      "backend, error) VALUES ";
  for (const JournalRow& row : rows) {
    if (&row != rows.data()) insert += ", ";
    insert += values_of(row, now);
  }
  return dialect.ledger().unless_there(std::move(insert));
}

std::string Journal::values_of(const JournalRow& row, const std::string& now) const {
  const driver::Dialect& dialect = store_.dialect();
  return "(" + (now.empty() ? "" : now + ", " + now + ", ") + std::to_string(row.version) + ", " +
         std::to_string(static_cast<int>(row.direction)) + ", " + std::to_string(row.done) + ", " +
         std::to_string(row.running) + ", " + std::to_string(row.total) + ", " +
         dialect.literal(row.chain) + ", " + dialect.literal(row.before_image) + ", 'active', " +
         dialect.literal(store_.author().run_id) + ", " + dialect.literal(store_.author().actor) +
         ", " + dialect.literal(store_.connection().backend()) + ", '')";
}

void Journal::append(const JournalRow* from, const JournalRow& to, const std::string& state) {
  const std::optional<JournalRow> now = find(to.version);
  const bool same = from == nullptr ? !now
                                    : now && now->direction == from->direction &&
                                          now->done == from->done && now->running == from->running;
  if (!same) throw Overtaken{};
  const driver::Dialect& dialect = store_.dialect();
  const std::string time(dialect.ledger().now);
  const std::string& table = store_.names().journal;
  const std::string last = " FROM " + table + " WHERE version_id = " + std::to_string(to.version);
  store_.connection().execute(
      "INSERT INTO " + table +
      " (version_id, number, direction, done, running, total, chain, before_image, state, run_id, "
      "owner, backend, started_at, updated_at, error) SELECT " +
      std::to_string(to.version) + ", (SELECT max(number) + 1" + last + "), " +
      std::to_string(static_cast<int>(to.direction)) + ", " + std::to_string(to.done) + ", " +
      std::to_string(to.running) + ", " + std::to_string(to.total) + ", " +
      dialect.literal(to.chain) + ", " + dialect.literal(to.before_image) + ", '" + state + "', " +
      dialect.literal(store_.author().run_id) + ", " + dialect.literal(store_.author().actor) +
      ", " + dialect.literal(store_.connection().backend()) + ", " +
      (from == nullptr ? time : "(SELECT max(started_at)" + last + ")") + ", " + time + ", " +
      dialect.literal(to.error));
}

void Journal::change_rows(std::string change, std::size_t count) {
  driver::Connection& connection = store_.connection();
  const auto giving = store_.dialect().ledger().giving;
  const std::size_t changed =
      giving == nullptr ? static_cast<std::size_t>(connection.change(change))
                        : connection.query(giving(std::move(change), "version_id")).rows.size();
  if (changed < count) throw Overtaken{};
}

void Journal::compare_and_set(const JournalRow& row, const std::string& set) {
  store_.act_as_itself();
  change_rows(update_sql(row, set));
}

std::string Journal::update_sql(const JournalRow& row, const std::string& set) const {
  const driver::Dialect& dialect = store_.dialect();
  return "UPDATE " + store_.names().journal + " SET " + set +
         ", updated_at = " + std::string(dialect.ledger().now) +
         ", run_id = " + dialect.literal(store_.author().run_id) +
         ", owner = " + dialect.literal(store_.author().actor) +
         ", backend = " + dialect.literal(store_.connection().backend()) +
         " WHERE version_id = " + std::to_string(row.version) +
         " AND direction = " + std::to_string(static_cast<int>(row.direction)) +
         " AND done = " + std::to_string(row.done) +
         " AND running = " + std::to_string(row.running);
}

void Journal::advance(JournalRow* row, const JournalRow& to) {
  JournalRow active = to;
  active.state = JournalState::active;
  active.error.clear();
  store_.act_as_itself();
  if (appends()) {
    active.version = row->version;
    active.direction = row->direction;
    active.total = row->total;
    append(row, active, state_name(active.state));
  } else {
    change_rows(advance_sql(*row, active));
  }
  row->done = to.done;
  row->running = to.running;
  row->chain = to.chain;
  row->before_image = to.before_image;
  row->state = JournalState::active;
}

std::string Journal::advance_sql(const JournalRow& row, const JournalRow& to) const {
  const driver::Dialect& dialect = store_.dialect();
  return update_sql(
      row, "done = " + std::to_string(to.done) + ", running = " + std::to_string(to.running) +
               ", before_image = " + dialect.literal(to.before_image) + ", state = '" +
               state_name(to.state) + "', error = " + dialect.literal(to.error) +
               ", chain = " + dialect.literal(to.chain));
}

void Journal::complete(JournalRow* row, const std::string& chain, std::int64_t count) {
  JournalRow to = *row;
  to.done += count;
  to.running = 0;
  to.chain = chain;
  to.before_image.clear();
  advance(row, to);
}

void Journal::intend(JournalRow* row, const std::string& before_image) {
  JournalRow to = *row;
  to.running = row->done + 1;
  to.before_image = before_image;
  advance(row, to);
}

void Journal::withdraw(JournalRow* row) {
  if (appends()) {
    JournalRow to = *row;
    to.running = 0;
    to.before_image.clear();
    return advance(row, to);
  }
  compare_and_set(*row, "running = 0, before_image = '', state = 'active', error = ''");
  row->running = 0;
  row->state = JournalState::active;
}

void Journal::set_state(JournalRow* row, JournalState state, const std::string& error) {
  if (appends()) {
    store_.act_as_itself();
    JournalRow to = *row;
    to.error = error;
    append(row, to, state_name(state));
  } else {
    compare_and_set(*row, std::string("state = '") + state_name(state) +
                              "', error = " + store_.dialect().literal(error));
  }
  row->state = state;
  row->error = error;
}

void Journal::finish(const JournalRow& row) { finish_together({&row, 1}); }

void Journal::finish_together(std::span<const JournalRow> rows) {
  if (rows.empty()) return;
  store_.act_as_itself();
  if (appends()) {
    for (const JournalRow& row : rows) {
      JournalRow to = row;
      to.before_image.clear();
      to.error.clear();
      append(&row, to, kFinished);
    }
    return;
  }
  change_rows(finish_sql(rows), rows.size());
}

std::string Journal::finish_sql(std::span<const JournalRow> rows) const {
  std::string versions;
  for (const JournalRow& row : rows) {
    versions += (versions.empty() ? "" : ", ") + std::to_string(row.version);
  }
  const JournalRow& first = rows.front();
  return "DELETE FROM " + store_.names().journal + " WHERE version_id IN (" + versions +
         ") AND direction = " + std::to_string(static_cast<int>(first.direction)) +
         " AND done = " + std::to_string(first.done) +
         " AND running = " + std::to_string(first.running);
}

}  // namespace gander::store
