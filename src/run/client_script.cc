// SPDX-License-Identifier: MIT
#include "src/run/client_script.h"

#include <algorithm>
#include <set>
#include <utility>

#include "src/schema/print.h"
#include "src/sql/words.h"

namespace gander::run {
namespace {

using sql::Statement;
using sql::StatementKind;

[[noreturn]] void refuse(const Task& task, const std::string& why, const char* hint) {
  ErrorDetails details;
  details.code = ErrorCode::unsupported;
  details.file = task.migration->place;
  details.version = task.migration->version;
  details.message = "no script can be written of this migration: " + why;
  details.hint = hint;
  throw Error(std::move(details));
}

std::string title_of(const Task& task) {
  return "\n-- " + task.migration->name + ": version " + std::to_string(task.migration->version) +
         ", " + direction_name(task.direction) +
         (task.mode == Mode::transaction ? "" : ", not in one transaction") + "\n";
}

// A text in which no line end leads out of a comment.
std::string in_a_comment(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

constexpr std::string_view kElsewhere = "the database is not where this plan begins";

struct Unit {
  std::string text;    // its pieces joined
  std::string client;  // the same as clients read it: the rows of a COPY end in a line of their own
};

// Where the `;` at its end is, behind which only comments stand; npos where there is none.
std::size_t end_of(const std::string& statement, const sql::LexicalRules& rules) {
  sql::Scanner scanner(rules, statement);
  std::size_t end = std::string::npos;
  for (sql::Token token = scanner.next(); token.kind != sql::Token::Kind::end;
       token = scanner.next()) {
    end = token.text == ";" ? token.offset : std::string::npos;
  }
  return end;
}

template <typename Each>
void each_unit(const Task& task, const Each& each) {
  const std::unique_ptr<Script::Statements> statements = task.script->statements(task.direction);
  Statement statement;
  Unit unit;
  bool begun = false;
  while ((*statements)->next(&statement)) {
    if (!statement.source.empty()) {
      refuse(task, "the values of its variables are not to be seen",
             "run it from here, or have it hold its values itself");
    }
    const bool copies = statement.kind == StatementKind::copy_from_stdin;
    unit.text += statement.text;
    unit.client += statement.text;
    if (copies && !begun) unit.client += '\n';
    begun = !statement.last_piece;
    if (begun) continue;
    if (copies) unit.client += "\\.\n";
    each(statement, unit);
    unit = {};
  }
}

}  // namespace

std::string ClientScript::one(const std::string& statement) const {
  if (statement.ends_with("\\.\n")) return statement;
  const sql::LexicalRules& rules = database_.dialect().grammar().lexical;
  const std::size_t end = end_of(statement, rules);
  const std::string body = statement.substr(0, end);
  if (sql_.whole != nullptr && body.find(';') != std::string::npos) return sql_.whole(body);
  return end == std::string::npos ? schema::ended(statement, rules) : statement + "\n";
}

void ClientScript::in_transaction(const std::string& statements) {
  text_ += std::string(sql_.begin) + "\n" + statements + "COMMIT;\n";
}

std::string ClientScript::write(const std::string& title, const std::vector<Task>& tasks) {
  text_ = "-- " + in_a_comment(title) + "\n-- To be run with " + std::string(sql_.client) +
          ", which stops at the first error. What is done by then is recorded; make the plan anew "
          "then.\n";
  if (tasks.empty()) return text_ + "-- Nothing to do.\n";
  text_ += sql_.preamble;
  write_beginning(tasks);
  for (const Task& task : tasks) write_task(task);
  if (sql_.give_lock != nullptr) {
    text_ += "\n" + sql_.give_lock(database_.store().names().lock_key);
  }
  return text_;
}

// Nobody else is at work, and the database is where the plan begins; then the tables that are
// missing.
void ClientScript::write_beginning(const std::vector<Task>& tasks) {
  const store::Store& store = database_.store();
  const store::Names& names = store.names();
  std::set<std::int64_t> versions;
  for (const store::AppliedRow& row : store.applied().rows()) versions.insert(row.version);
  std::string list;
  for (const std::int64_t version : versions) {
    list += (list.empty() ? "" : ", ") + std::to_string(version);
  }
  if (sql_.take_lock != nullptr)
    text_ += sql_.guard(sql_.take_lock(names.lock_key), "another run is at work");
  const std::string table = " FROM " + names.version;
  if (!store.version_table_exists()) {
    text_ += sql_.guard(sql_.absent(names.version_table), kElsewhere);
  } else if (versions.empty()) {
    text_ += sql_.guard("NOT EXISTS (SELECT 1" + table + ")", kElsewhere);
  } else {
    text_ += sql_.guard("NOT EXISTS (SELECT 1" + table + " WHERE version_id NOT IN (" + list +
                            ")) AND (SELECT count(DISTINCT version_id)" + table +
                            ") = " + std::to_string(versions.size()),
                        kElsewhere);
  }
  const bool journaled =
      std::ranges::any_of(tasks, [](const Task& task) { return task.mode != Mode::transaction; });
  std::string tables;
  if (!store.version_table_exists()) tables += names.create_version + ";\n";
  if (versions.empty()) {
    tables += database_.dialect().ledger().add_zero_row(names.version) + ";\n";
  }
  if (store.wants_history() && !store.history_exists()) tables += names.create_history + ";\n";
  if (journaled && !store.journal_exists()) tables += names.create_journal + ";\n";
  if (store.journal_exists()) {
    text_ +=
        sql_.guard("NOT EXISTS (SELECT 1 FROM " + names.journal + ")", "a migration is half way");
  }
  if (!tables.empty()) in_transaction(tables);
}

void ClientScript::write_task(const Task& task) {
  if (task.is_function()) refuse(task, "it is a function", "run it from the program that has it");
  text_ += title_of(task);
  switch (task.mode) {
    case Mode::transaction:
      return write_transaction(task);
    case Mode::verbatim:
      return write_verbatim(task);
    case Mode::stepwise:
    case Mode::witnessed:
      return write_stepwise(task);
  }
}

void ClientScript::write_transaction(const Task& task) {
  const bool up = task.direction == Direction::up;
  text_ += std::string(sql_.begin) + "\n" +
           sql_.guard(std::string(up ? "NOT " : "") + "EXISTS (SELECT 1 FROM " +
                          database_.store().names().version +
                          " WHERE version_id = " + std::to_string(task.migration->version) + ")",
                      kElsewhere);
  each_unit(task, [&](const Statement& statement, const Unit& unit) {
    if (statement.kind != StatementKind::nothing) text_ += one(unit.client);
  });
  write_record(task);
  text_ += "COMMIT;\n";
}

void ClientScript::write_record(const Task& task) {
  const bool up = task.direction == Direction::up;
  const store::Store& store = database_.store();
  store::HistoryRecord record;
  record.event = up ? HistoryEvent::applied : HistoryEvent::reverted;
  record.version = task.migration->version;
  record.name = task.migration->name;
  record.checksum = task.checksum();
  record.statements = task.statement_count();
  record.stamp = task.stamp();
  record.detail = "run as a script that " + store.author().actor + " has planned";
  text_ += store.record_sql(task.direction, record, std::string(sql_.actor));
}

void ClientScript::write_stepwise(const Task& task) {
  chain_.clear();
  own_transaction_ = false;
  own_units_ = 0;
  row_ = {};
  row_.version = task.migration->version;
  row_.direction = task.direction;
  row_.total = task.statement_count();
  in_transaction(database_.journal().start_sql({&row_, 1}) + ";\n");
  each_unit(task, [&](const Statement& statement, const Unit& unit) {
    Sha256 chain = store::extend_chain(chain_);
    chain.update(unit.text);
    chain_ = chain.hex_digest();
    write_unit(task, statement, one(unit.client));
  });
  if (own_transaction_) {
    refuse(task, "it begins a transaction that it does not end", "add the missing COMMIT");
  }
  text_ += std::string(sql_.begin) + "\n";
  line(database_.journal().finish_sql({&row_, 1}));
  write_record(task);
  text_ += "COMMIT;\n";
}

// `count` more units are done; the chain is that over all of them.
void ClientScript::complete(std::int64_t count) {
  store::JournalRow to = row_;
  to.done += count;
  to.running = 0;
  to.chain = chain_;
  to.state = store::JournalState::active;
  to.error.clear();
  line(database_.journal().advance_sql(row_, to));
  row_ = to;
}

// It has an intent before and an outcome after: what happens to it in between only a person knows.
void ClientScript::write_doubtful(const std::string& text) {
  store::JournalRow to = row_;
  to.running = row_.done + 1;
  to.state = store::JournalState::undecided;
  to.error = "a script ended while statement " + std::to_string(to.running) + " was running";
  line(database_.journal().advance_sql(row_, to));
  row_ = to;
  text_ += text;
  complete(1);
}

void ClientScript::write_unit(const Task& task, const Statement& statement,
                              const std::string& text) {
  const bool together = database_.dialect().atomicity() == driver::Atomicity::migration;
  ++own_units_;
  switch (statement.kind) {
    case StatementKind::nothing:
      return own_transaction_ ? void() : complete(1);
    case StatementKind::begin_transaction:
      text_ += text;
      if (!together) return complete(1);
      if (own_transaction_) refuse(task, "its transactions are nested", "end one before the next");
      own_transaction_ = true;
      own_units_ = 1;
      return;
    case StatementKind::end_transaction:
      if (!own_transaction_ || !together) {
        complete(1);
        text_ += text;
        return;
      }
      own_transaction_ = false;
      complete(own_units_);
      text_ += text;
      return;
    case StatementKind::session:
      text_ += text;
      return own_transaction_ ? void() : complete(1);
    case StatementKind::bare:
      return write_doubtful(text);
    case StatementKind::ordinary:
    case StatementKind::copy_from_stdin:
      break;
  }
  if (own_transaction_) {
    text_ += text;
  } else if (together) {
    text_ += std::string(sql_.begin) + "\n" + text;
    complete(1);
    text_ += "COMMIT;\n";
  } else {
    write_doubtful(text);
  }
}

// Nothing can be recorded between its statements: one intent stands for all of them.
void ClientScript::write_verbatim(const Task& task) {
  row_ = {};
  row_.version = task.migration->version;
  row_.direction = task.direction;
  in_transaction(database_.journal().start_sql({&row_, 1}) + ";\n");
  store::JournalRow to = row_;
  to.running = 1;
  to.state = store::JournalState::undecided;
  to.error = "a script ended while it was running";
  line(database_.journal().advance_sql(row_, to));
  row_ = to;
  const bool wrapped = task.transactional();
  if (wrapped) text_ += std::string(sql_.begin) + "\n";
  each_unit(task, [&](const Statement& statement, const Unit& unit) {
    if (statement.kind != StatementKind::nothing) text_ += one(unit.client);
  });
  if (!wrapped) text_ += std::string(sql_.begin) + "\n";
  line(database_.journal().finish_sql({&row_, 1}));
  write_record(task);
  text_ += "COMMIT;\n";
}

}  // namespace gander::run
