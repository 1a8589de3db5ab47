// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/definition.h"

#include <algorithm>
#include <map>
#include <utility>

namespace gander::driver::sqlite {
namespace {

using schema::Object;
using schema::Property;
using sql::Token;
using Kind = Token::Kind;
using Tokens = Spelling::Tokens;

// A view of tokens that is read from the front.
class Cursor {
 public:
  explicit Cursor(Tokens tokens) : tokens_(tokens) {}

  bool done() const { return tokens_.empty(); }
  bool at(std::string_view word) const { return !done() && tokens_.front().is(word); }
  bool at(char symbol) const { return !done() && tokens_.front().is(symbol); }
  bool at_any(std::initializer_list<std::string_view> words) const {
    return !done() && tokens_.front().is_any(words);
  }
  bool at_name() const {
    if (done()) return false;
    const Kind kind = tokens_.front().kind;
    return kind == Kind::word || kind == Kind::quoted_name || kind == Kind::string;
  }
  const Token& peek() const { return tokens_.front(); }
  Token take() {
    const Token token = tokens_.front();
    tokens_ = tokens_.subspan(1);
    return token;
  }
  Tokens take(std::size_t count) {
    const Tokens taken = tokens_.first(count);
    tokens_ = tokens_.subspan(count);
    return taken;
  }
  bool accept(std::string_view word) {
    if (!at(word)) return false;
    take();
    return true;
  }
  bool accept(std::string_view word, std::string_view second) {
    if (tokens_.size() < 2 || !tokens_[0].is(word) || !tokens_[1].is(second)) return false;
    take(2);
    return true;
  }
  // The parenthesis that is next, with what is in it; all that is left if it is not closed.
  Tokens take_parenthesis() { return take(parenthesis()); }
  Tokens rest() const { return tokens_; }
  std::size_t size() const { return tokens_.size(); }

  void skip_name() {
    take();
    if (tokens_.size() < 2 || !at('.')) return;
    take(2);
  }

 private:
  std::size_t parenthesis() const {
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      depth += tokens_[i].is('(') ? 1 : tokens_[i].is(')') ? -1 : 0;
      if (depth == 0) return i + 1;
    }
    return tokens_.size();
  }

  Tokens tokens_;
};

// Without the parentheses around it.
Tokens inside(Tokens parenthesis) {
  if (parenthesis.size() < 2) return {};
  const bool closed = parenthesis.back().is(')');
  return parenthesis.subspan(1, parenthesis.size() - (closed ? 2 : 1));
}

// By commas that are in no parenthesis.
std::vector<Tokens> split(Tokens tokens) {
  std::vector<Tokens> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    depth += tokens[i].is('(') ? 1 : tokens[i].is(')') ? -1 : 0;
    if (depth > 0 || !tokens[i].is(',')) continue;
    parts.push_back(tokens.subspan(begin, i - begin));
    begin = i + 1;
  }
  parts.push_back(tokens.subspan(begin));
  return parts;
}

// Reads one row. Each read_x() leaves the object with nothing but its step where the text is not
// what it should be.
class Reader {
 public:
  Reader(const SchemaRow& row, const std::set<std::string>& columns)
      : row_(row), tokens_(tokens_of(row.sql)) {
    if (!has_doubtful_names(row)) return;
    names_ = columns;
    for (const Token& token : tokens_) {
      if (token.kind == Kind::word) names_.insert(folded(token.text));
      if (token.kind == Kind::quoted_name && token.text.front() != '"') {
        names_.insert(folded(sql::unquoted(token)));
      }
    }
    names_.insert(folded(row.name));
    names_.insert(folded(row.table));
  }

  Definition read() {
    Cursor cursor(tokens_);
    cursor.accept("create");
    if (!cursor.accept("temp")) cursor.accept("temporary");
    if (row_.type == "table" && cursor.accept("virtual", "table")) {
      read_virtual_table(cursor);
    } else if (row_.type == "table") {
      read_table(cursor);
    } else if (row_.type == "index") {
      read_index(cursor);
    } else if (row_.type == "view") {
      read_view(cursor);
    } else {
      read_trigger(cursor);
    }
    return std::move(made_);
  }

 private:
  // The object itself, at the front.
  Object& begin(std::string kind, std::string parent = {}) {
    Object& object = made_.objects.emplace_back();
    object.id = {std::move(kind), row_.name, std::move(parent)};
    object.steps = {{row_.sql, {}}};
    return object;
  }

  void note_mentions() {
    for (const Token& token : tokens_) {
      const bool may_name =
          token.kind == Kind::word || token.kind == Kind::string || token.kind == Kind::quoted_name;
      if (may_name) made_.mentions.insert(folded(sql::unquoted(token)));
    }
  }

  // What cannot be taken apart.
  void keep_whole() {
    made_.objects.resize(1);
    made_.objects[0].order.clear();
    made_.objects[0].properties = {{"definition", expression(tokens_)}};
  }

  Spelling spelling() { return Spelling(names_, &made_.uses); }
  std::string expression(Tokens tokens) { return spelling().add(tokens).take(); }
  // A text that may be a view's or a trigger's, whose functions nobody looks up before it is used.
  std::string query(Tokens tokens) { return Spelling(names_).add(tokens).take(); }

  static void skip_heading(Cursor& cursor) {
    if (cursor.accept("if", "not")) cursor.accept("exists");
    if (!cursor.done()) cursor.skip_name();
  }

  // (a, "b" COLLATE nocase DESC, lower(c)): what is one name is no string, whatever its quotes.
  std::string columns(Tokens parenthesis) {
    Spelling text = spelling();
    text.add("(");
    bool first = true;
    for (Tokens part : split(inside(parenthesis))) {
      if (!std::exchange(first, false)) text.add(",");
      Cursor cursor(part);
      const bool name =
          cursor.at_name() &&
          (part.size() == 1 || part[1].is_any({"collate", "asc", "desc", "autoincrement"}));
      if (name) {
        text.add_name(cursor.take());
        // The spelling of ASC depends on what stands before it.
        if (cursor.at("asc") && cursor.size() == 1) continue;
      }
      text.add(cursor.rest());
    }
    return text.add(")").take();
  }

  void read_table(Cursor cursor) {
    begin("table");
    cursor.accept("table");
    skip_heading(cursor);
    if (!cursor.at('(')) return keep_whole();
    const std::vector<Tokens> items = split(inside(cursor.take_parenthesis()));
    made_.objects.reserve(items.size() + 1);
    // An expression may speak of a column behind it.
    for (const Tokens& item : items) {
      if (!item.empty() && has_doubtful_names(row_)) {
        names_.insert(folded(sql::unquoted(item.front())));
      }
    }
    for (const Tokens& item : items) {
      Cursor part(item);
      const bool constraint = part.at_any({"constraint", "primary", "unique", "check", "foreign"});
      if (!part.at_name() || !(constraint ? read_constraints(part) : read_column(part))) {
        return keep_whole();
      }
    }
    std::vector<Property>& properties = made_.objects[0].properties;
    for (const Tokens& option : split(cursor.rest())) {
      if (!option.empty()) properties.push_back({folded_text(option), "yes"});
    }
    std::ranges::sort(properties, {}, &Property::name);
  }

  // "without rowid"
  std::string folded_text(Tokens tokens) {
    std::string text;
    for (const Token& token : tokens) text += (text.empty() ? "" : " ") + folded(token.text);
    return text;
  }

  bool read_column(Cursor cursor) {
    const std::string name = sql::unquoted(cursor.take());
    made_.columns.push_back(folded(name));
    made_.objects[0].order.push_back(name);
    Object column{.id = {"column", name, row_.name}, .properties = {}};
    column.properties.reserve(4);
    Tokens before = cursor.rest();
    while (!cursor.done() && !at_column_constraint(cursor)) {
      if (cursor.at('(')) {
        cursor.take_parenthesis();
      } else {
        cursor.take();
      }
    }
    const std::string type = type_of(before.first(before.size() - cursor.size()));
    if (!type.empty()) column.properties.push_back({"type", type});
    while (!cursor.done()) {
      if (!read_column_constraint(cursor, &column.properties)) return false;
    }
    std::ranges::stable_sort(column.properties, {}, &Property::name);
    made_.objects.push_back(std::move(column));
    return true;
  }

  // The words of a type are names, whatever their quotes.
  std::string type_of(Tokens tokens) {
    Spelling text(names_);
    for (const Token& token : tokens) {
      if (token.kind == Kind::quoted_name || token.kind == Kind::string) {
        text.add_name(token);
      } else {
        text.add(Tokens(&token, 1));
      }
    }
    return text.take();
  }

  static bool at_column_constraint(const Cursor& cursor) {
    return cursor.at_any({"constraint", "primary", "not", "null", "unique", "check", "default",
                          "collate", "references", "generated", "as", "deferrable"});
  }

  bool read_column_constraint(Cursor& cursor, std::vector<Property>* properties) {
    Spelling text = spelling();
    while (cursor.accept("constraint")) {
      if (!cursor.at_name()) return false;
      const Token name = cursor.take();
      if (at_column_constraint(cursor) && !cursor.at("constraint")) {
        text.add("CONSTRAINT").add_name(name);
      }
    }
    if (cursor.done()) return true;
    std::string property;
    if (cursor.accept("primary", "key")) {
      property = "primary key";
      text.add("PRIMARY KEY");
      read_key_options(cursor, &text);
    } else if (cursor.accept("not", "null")) {
      property = "not null";
      text.add("NOT NULL");
      read_conflict(cursor, &text);
    } else if (cursor.accept("null")) {
      Spelling none = spelling();  // says what holds anyway
      read_conflict(cursor, &none);
      return true;
    } else if (cursor.accept("unique")) {
      property = "unique";
      text.add("UNIQUE");
      read_conflict(cursor, &text);
    } else if (cursor.at("check")) {
      property = "check";
      if (!read_check(cursor, &text)) return false;
    } else if (cursor.accept("default")) {
      property = "default";
      if (!read_default(cursor, &text)) return false;
    } else if (cursor.accept("collate")) {
      property = "collation";
      if (!cursor.at_name()) return false;
      const Token name = cursor.take();
      made_.uses.collations.insert(folded(sql::unquoted(name)));
      text.add_name(name);
    } else if (cursor.at("references")) {
      property = "references";
      if (!read_references(cursor, &text)) return false;
    } else if (cursor.at_any({"not", "deferrable"})) {
      property = "references";
      if (!read_deferral(cursor, &text)) return false;
    } else if (cursor.at_any({"generated", "as"})) {
      property = "generated";
      if (!read_generated(cursor, &text)) return false;
    } else {
      return false;
    }
    properties->push_back({property, text.take()});
    return true;
  }

  void read_key_options(Cursor& cursor, Spelling* text) {
    if (!cursor.accept("asc") && cursor.accept("desc")) text->add("DESC");
    read_conflict(cursor, text);
    if (cursor.accept("autoincrement")) text->add("AUTOINCREMENT");
  }

  void read_conflict(Cursor& cursor, Spelling* text) {
    if (cursor.size() < 3 || !cursor.accept("on", "conflict")) return;
    text->add("ON CONFLICT").add(cursor.take(1));
  }

  bool read_check(Cursor& cursor, Spelling* text) {
    cursor.take();
    if (!cursor.at('(')) return false;
    text->add("CHECK").add(cursor.take_parenthesis());
    read_conflict(cursor, text);
    return true;
  }

  // A name is a string here, unless it is TRUE, FALSE, NULL or a time; so "x", 'x' and x are one.
  bool read_default(Cursor& cursor, Spelling* text) {
    if (cursor.done()) return false;
    if (cursor.at('(')) {
      text->add(cursor.take_parenthesis());
      return true;
    }
    if (cursor.at('-') || cursor.at('+')) text->add(cursor.take(1));
    if (cursor.done()) return false;
    const Token& token = cursor.peek();
    const bool word =
        token.kind == Kind::word && !token.is_any({"true", "false", "null", "current_time",
                                                   "current_date", "current_timestamp"});
    if (!word && token.kind != Kind::quoted_name) {
      text->add(cursor.take(1));
      return true;
    }
    std::string literal = "'";
    for (const char c : sql::unquoted(cursor.take()))
      literal += c == '\'' ? "''" : std::string(1, c);
    text->add(literal + "'");
    return true;
  }

  bool read_references(Cursor& cursor, Spelling* text) {
    cursor.take();
    if (!cursor.at_name()) return false;
    text->add("REFERENCES").add_name(cursor.take());
    if (cursor.at('(')) text->add(columns(cursor.take_parenthesis()));
    while (cursor.at_any({"on", "match", "not", "deferrable"})) {
      if (cursor.at("on") && cursor.size() > 1 && cursor.rest()[1].is("conflict")) break;
      if (cursor.at("not") && cursor.size() > 1 && !cursor.rest()[1].is("deferrable")) break;
      if (cursor.at_any({"not", "deferrable"})) {
        if (!read_deferral(cursor, text)) return false;
        continue;
      }
      // ON DELETE SET NULL, ON DELETE NO ACTION: two words behind, else one.
      const bool on = cursor.at("on");
      std::size_t count = on ? 3 : 2;
      if (on && cursor.size() > 3 && cursor.rest()[2].is_any({"set", "no"})) count = 4;
      if (cursor.size() < count) return false;
      text->add(cursor.take(count));
    }
    return true;
  }

  bool read_deferral(Cursor& cursor, Spelling* text) {
    if (cursor.accept("not")) text->add("NOT");
    if (!cursor.accept("deferrable")) return false;
    text->add("DEFERRABLE");
    if (!cursor.accept("initially")) return true;
    if (cursor.done()) return false;
    text->add("INITIALLY").add(cursor.take(1));
    return true;
  }

  bool read_generated(Cursor& cursor, Spelling* text) {
    if (cursor.accept("generated")) cursor.accept("always");
    if (!cursor.accept("as") || !cursor.at('(')) return false;
    text->add("AS").add(cursor.take_parenthesis());
    const bool stored = cursor.accept("stored");
    if (!stored) cursor.accept("virtual");
    text->add(stored ? "STORED" : "VIRTUAL");
    return true;
  }

  // Commas between constraints of a table may be left out.
  bool read_constraints(Cursor cursor) {
    while (!cursor.done()) {
      std::string name;
      while (cursor.accept("constraint")) {
        if (!cursor.at_name()) return false;
        name = sql::unquoted(cursor.take());
      }
      if (cursor.done()) return true;
      if (!read_constraint(cursor, std::move(name))) return false;
    }
    return true;
  }

  bool read_constraint(Cursor& cursor, std::string name) {
    Spelling text = spelling();
    std::string kind;
    std::string shown;  // instead of a name
    if (cursor.accept("primary", "key")) {
      kind = "primary key";
      if (!cursor.at('(')) return false;
      text.add(columns(cursor.take_parenthesis()));
      read_conflict(cursor, &text);
    } else if (cursor.accept("unique")) {
      kind = "unique constraint";
      if (!cursor.at('(')) return false;
      shown = columns(cursor.take_parenthesis());
      text.add(shown);
      read_conflict(cursor, &text);
    } else if (cursor.at("check")) {
      kind = "check";
      if (!read_check(cursor, &text)) return false;
    } else if (cursor.accept("foreign", "key")) {
      kind = "foreign key";
      if (!cursor.at('(')) return false;
      shown = columns(cursor.take_parenthesis());
      if (!cursor.at("references")) return false;
      text.add(shown);
      if (!read_references(cursor, &text)) return false;
    } else {
      return false;
    }
    std::string definition = text.take();
    if (name.empty()) name = kind == "check" ? definition : shown;
    const int same = ++constraints_[kind + " " + folded(name)];
    if (same > 1) name += " #" + std::to_string(same);
    made_.objects.push_back({.id = {kind, std::move(name), row_.name},
                             .properties = {{"definition", std::move(definition)}}});
    return true;
  }

  // The arguments are the module's own language: all but blanks and comments counts.
  void read_virtual_table(Cursor cursor) {
    note_mentions();
    Object& table = begin("virtual table");
    skip_heading(cursor);
    if (!cursor.accept("using") || !cursor.at_name()) return keep_whole();
    made_.module = folded(sql::unquoted(cursor.take()));
    table.properties.push_back({"module", made_.module});
    if (!cursor.at('(')) return;
    std::string arguments;
    for (const Tokens& part : split(inside(cursor.take_parenthesis()))) {
      if (!arguments.empty()) arguments += ", ";
      const Token* before = nullptr;
      for (const Token& token : part) {
        const bool words =
            before != nullptr && before->kind != Kind::symbol && token.kind != Kind::symbol;
        arguments += (words ? " " : "") + std::string(token.text);
        before = &token;
      }
    }
    table.properties.push_back({"arguments", arguments});
  }

  void read_index(Cursor cursor) {
    Object& index = begin("index", row_.table);
    index.steps[0].needs = {{"table", row_.table, ""}};
    if (cursor.accept("unique")) index.properties.push_back({"unique", "yes"});
    cursor.accept("index");
    skip_heading(cursor);
    if (!cursor.accept("on") || !cursor.at_name()) return keep_whole();
    cursor.take();
    if (!cursor.at('(')) return keep_whole();
    index.properties.push_back({"columns", columns(cursor.take_parenthesis())});
    if (cursor.accept("where")) index.properties.push_back({"where", expression(cursor.rest())});
  }

  void read_view(Cursor cursor) {
    note_mentions();
    Object& view = begin("view");
    cursor.accept("view");
    skip_heading(cursor);
    if (cursor.at('(')) {
      view.properties.push_back({"columns", columns(cursor.take_parenthesis())});
    }
    if (!cursor.accept("as")) return keep_whole();
    view.properties.push_back({"definition", query(cursor.rest())});
  }

  void read_trigger(Cursor cursor) {
    Object& trigger = begin("trigger", row_.table);
    trigger.steps[0].needs = {
        {"table", row_.table, ""}, {"view", row_.table, ""}, {"virtual table", row_.table, ""}};
    cursor.accept("trigger");
    skip_heading(cursor);
    const Tokens all = cursor.rest();
    const auto body = std::ranges::find_if(all, [](const Token& t) { return t.is("begin"); });
    const Tokens head = all.first(static_cast<std::size_t>(body - all.begin()));
    if (body == all.end()) return keep_whole();
    const auto when = std::ranges::find_if(head, [](const Token& t) { return t.is("when"); });
    Tokens event = head.first(static_cast<std::size_t>(when - head.begin()));
    // What is there without it.
    const auto each = std::ranges::find_if(event, [](const Token& t) { return t.is("for"); });
    if (event.end() - each == 3) event = event.first(event.size() - 3);
    std::string text = query(event);
    if (!event.empty() && event.front().is_any({"delete", "insert", "update"})) {
      text = "BEFORE " + text;
    }
    trigger.properties.push_back({"event", std::move(text)});
    if (when != head.end()) {
      const auto at = static_cast<std::size_t>(when - head.begin());
      trigger.properties.push_back({"when", query(head.subspan(at + 1))});
    }
    trigger.properties.push_back({"body", query(all.subspan(head.size()))});
  }

  const SchemaRow& row_;
  const std::vector<Token> tokens_;
  std::set<std::string> names_;
  std::map<std::string, int> constraints_;
  Definition made_;
};

}  // namespace

bool has_doubtful_names(const SchemaRow& row) { return row.sql.find('"') != std::string::npos; }

Definition definition_of(const SchemaRow& row, const std::set<std::string>& columns) {
  return Reader(row, columns).read();
}

}  // namespace gander::driver::sqlite
