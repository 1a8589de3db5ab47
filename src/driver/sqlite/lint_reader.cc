// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/lint_reader.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "src/driver/driver.h"
#include "src/driver/sqlite/lexical.h"
#include "src/driver/sqlite/lint.h"
#include "src/driver/sqlite/reading.h"

namespace gander::driver::sqlite {

using sql::Outline;
using sql::Token;
using sql::Words;
namespace {

// More than the statements of files that make a schema come to.
constexpr std::size_t kMostBacklog = 1 << 20;
// INSERT after INSERT says nothing new.
constexpr int kMostInserts = 500;

std::size_t blanks_before(std::string_view text) {
  return Words(kLexicalRules, text).peek().offset;
}

// Behind the `;` that ends the first statement; SQLite does not say where the end of one is that it
// cannot read.
std::size_t end_of_statement(std::string_view text) {
  sql::Scanner scanner(kLexicalRules, text);
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.is(';')) return token.offset + 1;
  }
  return text.size();
}

sqlite3* handle_of(driver::Connection& connection) {
  return static_cast<sqlite3*>(connection.native_handle());
}

}  // namespace

LintReader::LintReader(const LintRequest& request)
    : request_(request), invents_(request.connection == nullptr && !request.together) {}

// --- files

void LintReader::begin(LintFile& file) {
  file_ = &file;
  state_ = {};
  read_schema();
  if (!request_.together) prepare_scratch();
  if (scratch_ != nullptr) start();
}

bool LintReader::idle() {
  read_schema();
  return request_.brief && names_.empty();
}

void LintReader::start() {
  scratch_->enforce_keys(keys_enforced_);
  if (file_->transactional) scratch_->run("BEGIN");
}

void LintReader::end() {
  if (scratch_ == nullptr) return;
  if (state_.ran) settle();
  if (scratch_->in_transaction() && scratch_->run("COMMIT")) scratch_->run("ROLLBACK");
}

void LintReader::read_schema() {
  if (std::exchange(schema_read_, true) || request_.connection == nullptr) return;
  std::set<std::string> own;
  for (const TableName& name : request_.own_tables) own.insert(folded(name.table));
  request_.connection->visit(
      "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT "
      "LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      [&](const Row& row) {
        if (own.contains(folded(row.text(2)))) return;
        schema_.push_back({std::string(row.text(0)), std::string(row.text(1)),
                           std::string(row.text(2)), std::string(row.text(3))});
        names_.insert(folded(row.text(1)));
      });
  int on = 0;
  sqlite3_db_config(handle_of(*request_.connection), SQLITE_DBCONFIG_ENABLE_FKEY, -1, &on);
  keys_enforced_ = on != 0;
}

// The state in which the next file begins.
void LintReader::prepare_scratch() {
  if (before_ == nullptr) {
    before_ = std::make_unique<LintScratch>();
    if (request_.brief) {
      scratch_ = std::make_unique<LintScratch>();
      return link_schema();
    }
    before_->make(schema_);
    scratch_ = std::make_unique<LintScratch>();
    scratch_->copy(*before_);
  } else if (invents_) {
    before_->copy(*scratch_);
  } else {
    scratch_ = std::make_unique<LintScratch>();
    scratch_->copy(*before_);
  }
  use_all_tables();
}

void LintReader::use_all_tables() {
  std::map<std::string, InUse> before = std::exchange(in_use_, {});
  made_.clear();
  added_.clear();
  children_.clear();
  for (const std::string& name : scratch_->texts(
           "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
           "ESCAPE '\\'")) {
    const auto old = before.find(folded(name));
    const bool loaded = invents_ && old != before.end() && old->second.loaded;
    in_use_.emplace(folded(name), InUse{.original = name, .loaded = loaded, .complete = true});
  }
  for (const auto& [name, table] : in_use_) note_parents(name);
}

void LintReader::note_parents(const std::string& table) {
  for (const std::string& parent :
       scratch_->texts("SELECT lower(\"table\") FROM pragma_foreign_key_list(" +
                       dialect().literal(table) + ")")) {
    children_[parent].insert(table);
  }
}

// What names what, so that of a big schema no more is made than files have to do with.
void LintReader::link_schema() {
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const SchemaRow& row = schema_[i];
    const std::string name = folded(row.name);
    objects_[name].rows.push_back(i);
    if (row.type == "table") in_use_.emplace(name, InUse{.original = row.name});
    sql::Scanner scanner(kLexicalRules, row.sql);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
      if (token.kind == Token::Kind::symbol || token.kind == Token::Kind::number) continue;
      const std::string other = folded(sql::unquoted(token));
      if (other == name || !names_.contains(other)) continue;
      objects_[name].linked.insert(other);
      objects_[other].linked.insert(name);
    }
  }
}

// The object with all that it names and that names it, and so on.
void LintReader::make_related(const std::string& name) {
  std::vector<SchemaRow> rows;
  std::vector<std::string> open = {name};
  while (!open.empty()) {
    const auto found = objects_.find(open.back());
    open.pop_back();
    if (found == objects_.end()) continue;
    const Linked object = std::move(found->second);
    objects_.erase(found);
    for (const std::size_t row : object.rows) rows.push_back(schema_[row]);
    open.insert(open.end(), object.linked.begin(), object.linked.end());
  }
  if (rows.empty()) return;
  before_->make(rows);
  scratch_->make(rows);
  for (const SchemaRow& row : rows) {
    if (row.type == "table") note_parents(folded(row.name));
  }
}

// --- units

// Where a run asks, units that name nothing that is in use are put off until one does: mostly none.
bool LintReader::put_off(const sql::Statement& unit) {
  if (!request_.brief || !file_->transactional) return false;
  sql::Scanner scanner(kLexicalRules, unit.text);
  bool first = true;
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (std::exchange(first, false) && token.is_any({"pragma", "vacuum", "attach", "detach"})) {
      return false;
    }
    if (token.kind == Token::Kind::symbol || token.kind == Token::Kind::number) continue;
    if (names_.contains(folded(sql::unquoted(token)))) return false;
  }
  backlog_bytes_ += unit.text.size();
  if (backlog_bytes_ > kMostBacklog) return false;
  // lint_place() costs more than all the rest here.
  const sql::Place begin = unit.place();
  const std::string_view line = unit.shown().substr(0, unit.shown().find('\n'));
  LintPlace place{begin.line, begin.column, {}, begin.line, unit.place(unit.text.size() - 1).line};
  place.source_line = std::string(static_cast<std::size_t>(begin.column - 1), ' ').append(line);
  backlog_.push_back({file_, std::string(unit.text), std::move(place)});
  return true;
}

// What files before this one have made is nobody's, and nothing is found in it.
void LintReader::run_put_off() {
  backlog_bytes_ = 0;
  LintFile unseen;
  LintFile* const file = file_;
  State state;
  for (PutOff& one : std::exchange(backlog_, {})) {
    const bool earlier = one.file != file;
    file_ = earlier ? &unseen : file;
    if (earlier) std::swap(state, state_);
    const sql::Anchor anchor{.place = {1, 1}};
    sql::Statement unit;
    unit.text = one.text;
    unit.anchors = {&anchor, 1};
    now_ = {&unit, 0, {}, {}, std::move(one.place)};
    read_text(one.text.c_str());
    if (earlier) std::swap(state, state_);
  }
  file_ = file;
}

void LintReader::read(const sql::Statement& unit) {
  if (put_off(unit)) return;
  if (scratch_ == nullptr) {
    prepare_scratch();
    start();
  }
  run_put_off();
  state_.ran = true;
  now_ = {&unit, 0, {}, {}, {}};
  const std::string text(unit.text);
  if (text.find('\0') == std::string::npos) read_text(text.c_str());
}

void LintReader::read_text(const char* text) {
  for (const char* at = text; *at != '\0';) {
    now_.begin = static_cast<std::size_t>(at - text);
    const char* tail = nullptr;
    Refusal why;
    const std::size_t length = end_of_statement(at);
    now_.text.assign(at, length);
    load_mentioned();
    scratch_->allow_quoted_texts(true);
    const StatementHandle compiled = scratch_->prepare(at, &tail, &why);
    const bool whole = compiled != nullptr || why.code == SQLITE_OK;
    const char* const next = whole ? tail : at + length;
    now_.text.assign(at, next);
    const Outline outline = sql::outline(Words(kLexicalRules, now_.text));
    if (outline.rest.at_end() && outline.verb == Outline::Verb::other) return;  // comments alone
    execute(outline);
    at = next;
  }
}

void LintReader::execute(const Outline& outline) {
  const Words words(kLexicalRules, now_.text);
  if (words.peek().is_any({"insert", "replace"})) {
    if (!copies() && ++state_.inserts > kMostInserts) return;
  }
  if (const std::optional<PragmaText> pragma = pragma_of(now_.text); pragma && pragma->sets) {
    if (look_at_pragma(*pragma)) return;
  }
  if (look_at_session()) return;
  look_before(outline);
  // Compiled once more, as what has been tried meanwhile has changed what it was compiled for.
  Refusal why;
  scratch_->allow_quoted_texts(false);
  StatementHandle compiled = scratch_->prepare(now_.text.c_str(), nullptr, &why);
  scratch_->allow_quoted_texts(true);
  if (compiled == nullptr && why.code != SQLITE_OK) {
    const Refusal strict = std::exchange(why, {});
    compiled = scratch_->prepare(now_.text.c_str(), nullptr, &why);
    if (compiled != nullptr) {
      const bool inserts = words.peek().is_any({"insert", "replace"});
      find(Rule::quoted_text, inserts ? LintSeverity::warning : LintSeverity::error,
           place(strict.offset < 0 ? 0 : static_cast<std::size_t>(strict.offset)),
           "a text in double quotes, which are for names: " + strict.message);
    }
  }
  if (compiled == nullptr) {
    if (why.code != SQLITE_OK) refused(outline, why);
    return;
  }
  const std::optional<Refusal> failure = scratch_->step(compiled.get());
  compiled.reset();
  if (failure) return refused(outline, *failure);
  if (scratch_->called_stand_in()) {
    state_.failed = true;
    find(
        Rule::untold, place(),
        "this needs a function or collation that the application registers: what it does cannot be "
        "told");
  }
  look_after(outline);
}

// --- rows

void LintReader::load_mentioned() {
  now_.mentioned.clear();
  sql::Scanner scanner(kLexicalRules, now_.text);
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.is("vacuum") && token.offset == blanks_before(now_.text)) {
      std::vector<std::string> all;
      for (const auto& [name, table] : in_use_) all.push_back(name);
      for (const std::string& name : all) make_related(name);
      for (const std::string& name : all) load(name);
    }
    if (token.kind == Token::Kind::symbol || token.kind == Token::Kind::number) continue;
    const std::string name = folded(sql::unquoted(token));
    make_related(name);
    if (!in_use_.contains(name)) continue;
    now_.mentioned.insert(name);
    load(name);
  }
}

void LintReader::load(const std::string& table) {
  const auto found = in_use_.find(table);
  if (found == in_use_.end() || std::exchange(found->second.loaded, true)) return;
  if (invents_) {
    // Parents first: their keys are what the rows refer to.
    for (const auto& [parent, children] : children_) {
      if (children.contains(table)) load(parent);
    }
    scratch_->invent_rows(found->second.original);
  } else if (request_.connection != nullptr) {
    driver::Connection& connection = *request_.connection;
    const Reading reading(connection, handle_of(connection));
    found->second.complete = scratch_->copy_rows(handle_of(connection), found->second.original);
  }
  for (const std::string& child : descendants(table)) load(child);
}

// Rows of a table in use, into another one. An INSERT that SQLite makes a plain copy of pages tells
// the authorizer nothing of what it reads.
bool LintReader::copies() const {
  if (now_.mentioned.empty()) return false;
  Words words(kLexicalRules, now_.text);
  while (!words.at_end() && !words.peek().is("select")) words.take();
  return !words.at_end();
}

// --- findings and names

LintPlace LintReader::place(std::size_t at) const {
  if (now_.place) return *now_.place;
  const std::size_t blanks = blanks_before(now_.text);
  return lint_place(*now_.unit, now_.begin + blanks, now_.begin + now_.text.size(),
                    now_.begin + std::max(at, blanks));
}

void LintReader::find(Rule rule, LintSeverity severity, LintPlace place, std::string message) {
  file_->found.push_back({&text_of(rule), severity, std::move(place), std::move(message), {}, {}});
}

LintReader::Name LintReader::split(const std::string& written) {
  Words words(kLexicalRules, written);
  Name name{.schema = {}, .table = sql::unquoted(words.take())};
  if (!words.accept('.')) return name;
  name.schema = std::exchange(name.table, sql::unquoted(words.take()));
  return name;
}

std::string LintReader::resolve(const std::string& written) {
  if (written.empty()) return {};
  const Name name = split(written);
  if (!name.schema.empty()) return folded(name.schema) == "main" ? folded(name.table) : "";
  const bool temporary =
      scratch_->number("SELECT 1 FROM temp.sqlite_master WHERE lower(name) = lower(" +
                       dialect().literal(name.table) + ")") != 0;
  return temporary ? std::string() : folded(name.table);
}

bool LintReader::exists(const std::string& type, const std::string& name) {
  return scratch_->number(
             "SELECT 1 FROM main.sqlite_master WHERE type = " + dialect().literal(type) +
             " AND lower(name) = lower(" + dialect().literal(name) + ")") != 0;
}

namespace {

class SqliteLinter final : public Linter {
 public:
  explicit SqliteLinter(const LintRequest& request)
      : asked_(request.connection != nullptr), reader_(request) {}
  std::string server() const override {
    return asked_ ? "SQLite " + std::string(sqlite3_libversion()) : std::string();
  }
  void begin(LintFile& file) override { reader_.begin(file); }
  void add(const sql::Statement& unit) override { reader_.read(unit); }
  void end() override { reader_.end(); }
  bool idle() override { return reader_.idle(); }
  void pass_unknown() override { reader_.pass_unknown(); }

 private:
  const bool asked_;
  LintReader reader_;
};

}  // namespace

std::unique_ptr<Linter> make_linter(const LintRequest& request) {
  return std::make_unique<SqliteLinter>(request);
}

}  // namespace gander::driver::sqlite
