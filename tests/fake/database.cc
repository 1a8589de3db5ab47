// SPDX-License-Identifier: MIT
#include "tests/fake/database.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

#include "gander/error.h"

namespace gander::driver::fake {
namespace {

[[noreturn]] void refuse(const std::string& sqlstate, const std::string& message) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.sqlstate = sqlstate;
  details.message = message;
  throw Error(std::move(details));
}

// Words, numbers, 'strings' (kept with their first quote) and single punctuation characters.
std::vector<std::string> tokens_of(std::string_view sql) {
  std::vector<std::string> tokens;
  const auto wordy = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  };
  for (std::size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++i;
    } else if (c == '\'' || c == '"') {
      std::string token(c == '\'' ? 1 : 0, c);
      for (++i; i < sql.size(); ++i) {
        if (sql[i] == c && (i + 1 >= sql.size() || sql[i + 1] != c)) break;
        if (sql[i] == c) ++i;
        token += sql[i];
      }
      ++i;
      tokens.push_back(std::move(token));
    } else if (wordy(c)) {
      const std::size_t start = i;
      while (i < sql.size() && wordy(sql[i])) ++i;
      tokens.emplace_back(sql.substr(start, i - start));
    } else {
      tokens.emplace_back(1, c);
      ++i;
    }
  }
  return tokens;
}

Value value_of(const std::string& token) {
  if (token.starts_with('\'')) return token.substr(1);
  if (token == "true") return std::int64_t{1};
  if (token == "false") return std::int64_t{0};
  if (!token.empty() && std::isdigit(static_cast<unsigned char>(token[0])) != 0) {
    return static_cast<std::int64_t>(std::stoll(token));
  }
  return std::string("now");  // a function of time
}

std::int64_t integer(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

// A statement taken apart from left to right.
class Cursor {
 public:
  explicit Cursor(std::string_view sql) : tokens_(tokens_of(sql)) {}

  bool done() const { return at_ >= tokens_.size(); }
  const std::string& peek() const {
    static const std::string nothing;
    return done() ? nothing : tokens_[at_];
  }
  std::string take() {
    if (done()) throw std::logic_error("the statement ends too early");
    return tokens_[at_++];
  }
  bool accept(const std::string& token) {
    if (peek() != token) return false;
    ++at_;
    return true;
  }
  void expect(const std::string& token) {
    if (!accept(token)) {
      throw std::logic_error("expected " + token + " and not " + peek());
    }
  }
  bool accept_words(std::initializer_list<const char*> words) {
    const std::size_t start = at_;
    for (const char* word : words) {
      if (!accept(word)) {
        at_ = start;
        return false;
      }
    }
    return true;
  }
  // An expression up to a comma, a closing bracket or a keyword of this level.
  std::vector<std::string> expression() {
    std::vector<std::string> out;
    int depth = 0;
    while (!done()) {
      const std::string& next = peek();
      if (depth == 0 && (next == "," || next == ")" || next == "WHERE" || next == "FROM")) break;
      if (next == "(") ++depth;
      if (next == ")") --depth;
      out.push_back(take());
    }
    return out;
  }

 private:
  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
};

Table& existing(Contents& contents, const std::string& name) {
  const auto table = contents.tables.find(name);
  if (table == contents.tables.end()) refuse("42P01", "no such table: " + name);
  return table->second;
}

// WHERE a = 1 AND b = 2: as a filter.
// column = value, or column IN (value, ...)
struct Condition {
  std::string column;
  std::vector<Value> values;
};

std::vector<Condition> conditions(Cursor& cursor) {
  std::vector<Condition> all;
  if (!cursor.accept("WHERE")) return all;
  do {
    Condition& condition = all.emplace_back();
    condition.column = cursor.take();
    if (cursor.accept_words({"IN", "("})) {
      do condition.values.push_back(value_of(cursor.take()));
      while (cursor.accept(","));
      cursor.expect(")");
    } else {
      cursor.expect("=");
      condition.values.push_back(value_of(cursor.take()));
    }
  } while (cursor.accept("AND"));
  return all;
}

bool matches(const Record& row, const std::vector<Condition>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Condition& condition) {
    return std::find(condition.values.begin(), condition.values.end(), row.at(condition.column)) !=
           condition.values.end();
  });
}

driver::Rows returned(std::size_t count) {
  driver::Rows rows;
  rows.rows.resize(count, {Value(std::int64_t{1})});
  return rows;
}

driver::Rows create_table(Contents& contents, Cursor& cursor) {
  const bool tolerant = cursor.accept_words({"IF", "NOT", "EXISTS"});
  const std::string name = cursor.take();
  if (contents.tables.contains(name)) {
    if (!tolerant) refuse("42P07", "table " + name + " already exists");
    return {};
  }
  contents.tables[name];
  return {};
}

driver::Rows insert(Contents& contents, Cursor& cursor) {
  Table& table = existing(contents, cursor.take());
  Record row;
  row.set("id", table.next_id);
  cursor.expect("(");
  std::vector<std::string> columns;
  do columns.push_back(cursor.take());
  while (cursor.accept(","));
  cursor.expect(")");
  // SELECT value, ... WHERE NOT EXISTS (SELECT 1 FROM t)
  const bool into_empty = cursor.accept("SELECT");
  if (into_empty && !table.rows.empty()) return {};
  if (!into_empty) {
    cursor.expect("VALUES");
    cursor.expect("(");
  }
  for (const std::string& column : columns) {
    row.set(column, value_of(cursor.expression().front()));
    cursor.accept(",");
  }
  if (!into_empty) cursor.expect(")");
  if (cursor.accept_words({"ON", "CONFLICT", "DO", "NOTHING"})) {
    for (const Record& known : table.rows) {
      if (known.at("version_id") == row.at("version_id")) return {};
    }
  }
  ++table.next_id;
  table.rows.push_back(std::move(row));
  return returned(1);
}

driver::Rows update(Contents& contents, Cursor& cursor) {
  Table& table = existing(contents, cursor.take());
  cursor.expect("SET");
  std::vector<std::pair<std::string, std::vector<std::string>>> changes;
  do {
    const std::string column = cursor.take();
    cursor.expect("=");
    changes.emplace_back(column, cursor.expression());
  } while (cursor.accept(","));
  const auto wanted = conditions(cursor);
  std::size_t count = 0;
  for (Record& row : table.rows) {
    if (!matches(row, wanted)) continue;
    ++count;
    const Record before = row;
    for (const auto& [column, expression] : changes) {
      const bool sum = expression.size() == 3 && expression[1] == "+";
      row.set(column,
              sum ? Value(integer(before.at(expression[0])) + integer(value_of(expression[2])))
                  : value_of(expression.front()));
    }
  }
  return returned(count);
}

driver::Rows remove(Contents& contents, Cursor& cursor) {
  Table& table = existing(contents, cursor.take());
  const auto wanted = conditions(cursor);
  const std::size_t before = table.rows.size();
  std::erase_if(table.rows, [&](const Record& row) { return matches(row, wanted); });
  return returned(before - table.rows.size());
}

// SELECT 1 / (CASE WHEN [NOT] EXISTS (SELECT 1 FROM t WHERE c IN (v, ...)) THEN 1 ELSE 0 END)
driver::Rows check(Contents& contents, Cursor& cursor) {
  while (!cursor.done() && cursor.peek() != "NOT" && cursor.peek() != "EXISTS") cursor.take();
  const bool negated = cursor.accept("NOT");
  while (!cursor.accept("FROM")) cursor.take();
  const Table& table = existing(contents, cursor.take());
  const auto wanted = conditions(cursor);
  const bool found = std::any_of(table.rows.begin(), table.rows.end(),
                                 [&](const Record& row) { return matches(row, wanted); });
  if (found == negated) refuse("22012", "division by zero");
  return returned(1);
}

driver::Rows select(Contents& contents, Cursor& cursor) {
  std::vector<std::string> columns;
  do {
    const std::vector<std::string> expression = cursor.expression();
    columns.push_back(expression.front() == "CAST" ? expression[2] : expression.front());
  } while (cursor.accept(","));
  cursor.expect("FROM");
  const Table& table = existing(contents, cursor.take());
  cursor.expect("ORDER");
  cursor.expect("BY");
  const std::string order = cursor.take();
  std::vector<const Record*> sorted;
  for (const Record& row : table.rows) sorted.push_back(&row);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Record* a, const Record* b) {
    return integer(a->at(order)) < integer(b->at(order));
  });
  driver::Rows rows;
  for (const Record* row : sorted) {
    std::vector<Value>& cells = rows.rows.emplace_back();
    for (const std::string& column : columns) cells.push_back(row->at(column));
  }
  return rows;
}

}  // namespace

const Value& Record::at(std::string_view column) const {
  static const Value null;
  for (const auto& [name, value] : cells) {
    if (name == column) return value;
  }
  return null;
}

void Record::set(const std::string& column, Value value) {
  for (auto& [name, held] : cells) {
    if (name == column) {
      held = std::move(value);
      return;
    }
  }
  cells.emplace_back(column, std::move(value));
}

bool is_bare(std::string_view sql) {
  return sql.starts_with("VACUUM") || sql.starts_with("CREATE INDEX CONCURRENTLY") ||
         sql.starts_with("DROP INDEX CONCURRENTLY") || sql.starts_with("CALL");
}

std::string index_name(std::string_view sql) {
  const std::vector<std::string> tokens = tokens_of(sql);
  return tokens.size() > 3 ? tokens[3] : "";
}

std::string mark_of(std::string_view sql) {
  const std::vector<std::string> tokens = tokens_of(sql);
  const bool marks = tokens.size() > 1 && (tokens[0] == "MARK" || tokens[0] == "CALL");
  return marks ? tokens[1] : "";
}

SessionId Database::connect() {
  sessions_[++last_id_];
  return last_id_;
}

void Database::disconnect(SessionId id) {
  rollback(id);
  release_locks(id);
  sessions_.erase(id);
}

void Database::release_locks(SessionId id) {
  std::erase_if(locks_, [&](const auto& lock) { return lock.second == id; });
}

void Database::crash() {
  sessions_.clear();
  locks_.clear();
  writer_.reset();
}

bool Database::take_write_lock(SessionId id) {
  if (writer_ && *writer_ != id) return false;
  Session& session = sessions_.at(id);
  if (!writer_ && session.open && atomicity_ != Atomicity::none) {
    writer_ = id;
    session.work = committed_;
    session.writes = true;
  }
  return true;
}

bool Database::begin(SessionId id) {
  Session& session = sessions_.at(id);
  if (session.open) refuse("25001", "there is already a transaction in progress");
  if (!server_ && writer_) return false;
  session.open = true;
  return server_ || take_write_lock(id);
}

void Database::keep(SessionId id) {
  ++commits_;
  ++sessions_.at(id).own_commits;
}

void Database::commit(SessionId id) {
  Session& session = sessions_.at(id);
  if (!session.open) refuse("25P01", "there is no transaction in progress");
  if (session.writes) {
    committed_ = std::move(session.work);
    writer_.reset();
    keep(id);
  }
  session.open = session.writes = false;
}

void Database::rollback(SessionId id) {
  Session& session = sessions_.at(id);
  if (session.writes) writer_.reset();
  session.open = session.writes = false;
}

const Contents& Database::visible(SessionId id) const {
  const Session& session = sessions_.at(id);
  return session.writes ? session.work : committed_;
}

std::optional<driver::Rows> Database::run(SessionId id, std::string_view sql) {
  Session& session = sessions_.at(id);
  if (session.open && server_ && is_bare(sql)) {
    refuse("25001", "this cannot run inside a transaction block");
  }
  const bool reads = sql.starts_with("SELECT");
  if (!reads && !take_write_lock(id)) return std::nullopt;
  driver::Rows rows = execute(session.writes ? session.work : committed_, sql);
  if (!reads && !session.writes) keep(id);
  return rows;
}

driver::Rows Database::execute(Contents& contents, std::string_view sql) const {
  Cursor cursor(sql);
  if (cursor.accept_words({"CREATE", "TABLE"})) return create_table(contents, cursor);
  if (cursor.accept_words({"INSERT", "INTO"})) return insert(contents, cursor);
  if (cursor.accept("UPDATE")) return update(contents, cursor);
  if (cursor.accept_words({"DELETE", "FROM"})) return remove(contents, cursor);
  if (cursor.accept_words({"SELECT", "1", "/"})) return check(contents, cursor);
  if (cursor.accept("SELECT")) return select(contents, cursor);
  if (cursor.accept("VACUUM") || cursor.accept("SET") || cursor.accept("PRAGMA")) return {};
  if (cursor.accept_words({"CREATE", "INDEX", "CONCURRENTLY"})) {
    const std::string name = cursor.take();
    if (contents.indexes.contains(name)) refuse("42P07", "index " + name + " already exists");
    contents.indexes[name] = true;
    return {};
  }
  if (cursor.accept_words({"DROP", "INDEX", "CONCURRENTLY"})) {
    if (contents.indexes.erase(cursor.take()) == 0) refuse("42704", "there is no such index");
    return {};
  }
  if (cursor.accept("MARK") || cursor.accept("CALL")) {
    contents.trail.push_back(cursor.take());
    return {};
  }
  throw std::logic_error("the simulation does not know: " + std::string(sql));
}

bool Database::take_lock(SessionId id, const std::string& key) {
  return locks_.emplace(key, id).first->second == id;
}

void Database::release_lock(SessionId id, const std::string& key) {
  const auto lock = locks_.find(key);
  if (lock != locks_.end() && lock->second == id) locks_.erase(lock);
}

std::int64_t Database::change_token(SessionId id) const {
  return blind ? 1 : commits_ - sessions_.at(id).own_commits;
}

void Database::leave_invalid_index(std::string_view sql) {
  committed_.indexes.emplace(index_name(sql), false);
}

}  // namespace gander::driver::fake
