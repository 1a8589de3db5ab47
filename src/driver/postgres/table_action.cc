// SPDX-License-Identifier: MIT
#include "src/driver/postgres/table_action.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "src/driver/postgres/bare_statement.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;
namespace {

using Kind = TableAction::Kind;

// PostgreSQL 18 manual, table 8.1, and names of the catalogue.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kAliases = {{
    {"int", "integer"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"int2", "smallint"},
    {"float8", "double precision"},
    {"float4", "real"},
    {"float", "double precision"},
    {"decimal", "numeric"},
    {"dec", "numeric"},
    {"bool", "boolean"},
    {"serial4", "serial"},
    {"serial8", "bigserial"},
    {"serial2", "smallserial"},
    {"bpchar", "char"},
    {"character", "char"},
    {"nchar", "char"},
}};

// Begin what may follow an expression in a column's definition.
constexpr std::array<std::string_view, 12> kAfterExpression = {
    "constraint", "not",       "null",    "check",      "unique",  "primary",
    "references", "generated", "collate", "deferrable", "default", "initially"};

constexpr std::array<std::string_view, 2> kAfterUsing = {"cascade", "restrict"};

bool at_any(const Words& words, const auto& keywords) {
  return std::ranges::any_of(keywords,
                             [&](std::string_view word) { return words.peek().is(word); });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// The sizes behind a type's name.
void read_modifiers(Words& words, TypeName* type) {
  if (!words.accept('(')) return;
  std::string modifier;
  while (!words.at_end() && !words.peek().is(')')) {
    const Token token = words.take();
    if (token.is(',')) {
      type->modifiers.push_back(std::exchange(modifier, {}));
    } else {
      modifier += token.text;
    }
  }
  words.accept(')');
  if (!modifier.empty()) type->modifiers.push_back(std::move(modifier));
}

void read_array(Words& words, TypeName* type) {
  if (words.accept("array")) type->array = true;
  while (words.accept('[')) {
    type->array = true;
    while (!words.at_end() && !words.accept(']')) words.take();
  }
}

}  // namespace

std::string folded(const Token& token) { return catalogue_name(token.text); }

TypeName read_type(Words& words) {
  TypeName type;
  if (!words.at_name()) return type;
  type.name = folded(words.take());
  if (words.accept('.')) {
    type.schema = std::exchange(type.name, words.at_name() ? folded(words.take()) : std::string());
  }
  if (type.schema == "pg_catalog") type.schema.clear();
  if (type.name == "double" && words.accept("precision")) type.name = "double precision";
  if (type.name == "national") type.name = folded(words.take());
  const bool varying = (type.name == "character" || type.name == "char" || type.name == "nchar" ||
                        type.name == "bit") &&
                       words.accept("varying");
  if (varying) type.name = type.name == "bit" ? "varbit" : "varchar";
  for (const auto& [alias, name] : kAliases) {
    if (type.name == alias) type.name = name;
  }
  if (type.name == "interval") {
    while (at_any(words, std::array<std::string_view, 7>{"year", "month", "day", "hour", "minute",
                                                         "second", "to"})) {
      words.take();
    }
  }
  read_modifiers(words, &type);
  if (words.accept("with")) {
    words.accept("time");
    words.accept("zone");
    type.name += "tz";
  } else if (words.accept("without")) {
    words.accept("time");
    words.accept("zone");
  }
  read_array(words, &type);
  return type;
}

namespace {

class Reader {
 public:
  Reader(Words words, std::string_view sql) : words_(std::move(words)), sql_(sql) {}

  std::vector<TableAction> actions() {
    words_.accept('*');
    do {
      begin();
      read_action();
      end();
    } while (words_.accept(','));
    return std::move(actions_);
  }

  std::vector<TableAction> elements() {
    if (!words_.accept('(')) return {};
    do {
      if (words_.peek().is(')') || words_.at_end()) break;
      begin();
      if (words_.peek().is("like")) {
        skip_to_end();
        actions_.pop_back();
        continue;
      }
      read_added();
      end();
    } while (words_.accept(','));
    return std::move(actions_);
  }

 private:
  TableAction& now() { return actions_.back(); }

  void begin() {
    actions_.emplace_back();
    now().offset = words_.peek().offset;
  }

  void end() {
    skip_to_end();
    const std::size_t from = std::min(now().offset, sql_.size());
    now().text = sql_.substr(from, words_.peek().offset - from);
  }

  void skip_to_end() {
    while (!at_end_of_action()) skip_one();
  }

  bool at_end_of_action() const {
    return words_.done() || words_.peek().is(',') || words_.peek().is(')');
  }

  void skip_one() {
    const Token& token = words_.peek();
    if (token.is("cascade")) now().cascade = true;
    if (token.is("concurrently")) now().concurrently = true;
    if (token.is('(')) return words_.skip_parentheses();
    if (token.is("not")) {
      words_.take();
      if (words_.accept("valid")) now().not_valid = true;
      if (words_.accept("enforced")) now().not_enforced = true;
      return;
    }
    words_.take();
  }

  std::string name() { return words_.at_name() ? folded(words_.take()) : std::string(); }

  void guard() {
    now().guarded = words_.peek().is("if");
    words_.skip_if_exists();
  }

  void read_action() {
    if (words_.accept("add")) return read_added();
    if (words_.accept("drop")) return read_dropped();
    if (words_.accept("alter")) return read_altered();
    if (words_.accept("validate")) {
      words_.accept("constraint");
      now().kind = Kind::validate;
      now().constraint = name();
    } else if (words_.accept("rename")) {
      read_renamed();
    } else if (words_.accept("attach")) {
      read_partition(Kind::attach);
    } else if (words_.accept("detach")) {
      read_partition(Kind::detach);
    } else if (words_.accept("set")) {
      read_set();
    } else if (words_.accept_any({"enable", "disable"})) {
      words_.accept_any({"replica", "always"});
      if (words_.peek().is("trigger")) now().kind = Kind::toggle_trigger;
    } else if (words_.accept("cluster") || words_.accept("reset")) {
      now().kind = Kind::cheap;
    }
  }

  void read_renamed() {
    if (words_.accept("to")) {
      now().kind = Kind::rename_table;
      now().new_name = name();
      return;
    }
    if (words_.accept("constraint")) return;
    words_.accept("column");
    now().kind = Kind::rename_column;
    now().column = name();
    words_.accept("to");
    now().new_name = name();
  }

  void read_partition(Kind kind) {
    words_.accept("partition");
    now().kind = kind;
    now().target = words_.name();
    now().is_default = words_.peek().is("default");
  }

  void read_set() {
    if (words_.accept_any({"logged", "unlogged"})) {
      now().kind = Kind::set_logged;
    } else if (words_.accept("tablespace")) {
      now().kind = Kind::set_tablespace;
      now().new_name = name();
    } else if (words_.accept("access")) {
      now().kind = Kind::set_access_method;
    } else if (words_.accept("schema")) {
      now().kind = Kind::set_schema;
      now().new_name = name();
    } else if (words_.accept("without")) {
      if (words_.peek().is("cluster")) now().kind = Kind::cheap;
    } else if (words_.accept('(')) {
      if (!words_.peek().is("user_catalog_table")) now().kind = Kind::cheap;
      while (!words_.at_end() && !words_.accept(')')) words_.take();
    }
  }

  void read_dropped() {
    const bool constraint = words_.accept("constraint");
    if (!constraint) words_.accept("column");
    guard();
    now().kind = constraint ? Kind::drop_constraint : Kind::drop_column;
    (constraint ? now().constraint : now().column) = name();
  }

  void read_altered() {
    if (words_.accept("constraint")) return;
    words_.accept("column");
    now().column = name();
    if (words_.accept("drop")) {
      if (words_.accept("not")) now().kind = Kind::drop_not_null;
      return;
    }
    if (words_.accept("set")) {
      if (words_.accept("not")) {
        now().kind = Kind::set_not_null;
      } else if (words_.accept("default")) {
        now().kind = Kind::set_default;
      } else if (words_.accept("expression")) {
        now().kind = Kind::set_expression;
      } else if (words_.accept("statistics")) {
        now().kind = Kind::cheap;
      } else if (words_.peek().is('(')) {
        now().kind = Kind::cheap;
      } else if (words_.accept("data")) {
        words_.accept("type");
        read_new_type();
      }
      return;
    }
    if (words_.accept("reset")) now().kind = Kind::cheap;
    if (words_.accept("type")) read_new_type();
  }

  void read_new_type() {
    now().kind = Kind::alter_type;
    now().type = read_type(words_);
    if (words_.accept("collate")) now().collation = words_.name();
    if (!words_.accept("using")) return;
    now().has_using = true;
    now().expression = expression(kAfterUsing);
  }

  // A column, or a constraint of the table.
  void read_added() {
    Words ahead = words_;
    if (ahead.accept("constraint")) {
      words_.take();
      guard();
      now().constraint = name();
      return read_constraint();
    }
    if (starts_constraint()) return read_constraint();
    words_.accept("column");
    guard();
    read_column();
  }

  bool starts_constraint() const {
    Words ahead = words_;
    if (ahead.accept("check")) return ahead.peek().is('(');
    if (ahead.accept("foreign")) return ahead.peek().is("key");
    if (ahead.accept("primary")) return ahead.peek().is("key");
    if (ahead.accept("unique")) {
      return ahead.peek().is('(') || ahead.peek().is_any({"using", "nulls"});
    }
    if (ahead.accept("exclude")) return ahead.peek().is('(') || ahead.peek().is("using");
    return ahead.accept("not") && ahead.peek().is("null");
  }

  void read_constraint() {
    if (words_.accept("check")) {
      now().kind = Kind::add_check;
      now().expression = parenthesized();
    } else if (words_.accept("not")) {
      words_.accept("null");
      now().kind = Kind::add_not_null;
      now().column = name();
    } else if (words_.accept("foreign")) {
      words_.accept("key");
      now().kind = Kind::add_foreign_key;
      now().columns = names();
      if (words_.accept("references")) now().target = words_.name();
    } else if (words_.accept("exclude")) {
      now().kind = Kind::add_exclude;
    } else {
      const bool primary = words_.accept("primary");
      if (!words_.accept(primary ? "key" : "unique")) return;
      now().kind = primary ? Kind::add_primary_key : Kind::add_unique;
      if (words_.accept("nulls")) {
        words_.accept("not");
        words_.accept("distinct");
      }
      if (words_.accept("using")) {
        words_.accept("index");
        now().using_index = true;
        now().target = words_.name();
      } else {
        now().columns = names();
      }
    }
  }

  std::vector<std::string> names() {
    std::vector<std::string> found;
    if (!words_.accept('(')) return found;
    while (!words_.at_end() && !words_.accept(')')) {
      const Token token = words_.take();
      if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted_name) {
        found.push_back(folded(token));
      }
    }
    return found;
  }

  std::string_view parenthesized() {
    if (!words_.peek().is('(')) return {};
    const std::size_t from = words_.peek().offset;
    words_.skip_parentheses();
    return trimmed(sql_.substr(from, words_.peek().offset - from));
  }

  static std::string_view trimmed(std::string_view text) {
    const std::size_t last = text.find_last_of(')');
    return last == std::string_view::npos ? text : text.substr(0, last + 1);
  }

  // Up to one of the words that end it, or to the end of the action.
  std::string_view expression(std::span<const std::string_view> ends) {
    const std::size_t from = words_.peek().offset;
    while (!at_end_of_action()) {
      if (words_.peek().offset != from && at_any(words_, ends)) break;
      if (words_.peek().is('(')) {
        words_.skip_parentheses();
      } else {
        words_.take();
      }
    }
    return sql_.substr(from, words_.peek().offset - from);
  }

  void read_column() {
    now().kind = Kind::add_column;
    ColumnText& column = now().definition;
    column.name = now().column = name();
    column.type = read_type(words_);
    while (!at_end_of_action()) read_column_constraint(&column);
  }

  void read_column_constraint(ColumnText* column) {
    if (words_.accept("constraint")) {
      now().constraint = name();
    } else if (words_.accept("default")) {
      column->default_value = expression(kAfterExpression);
      if (lower(column->default_value).starts_with("null") && column->default_value.size() < 6) {
        column->default_value = {};
      }
    } else if (words_.accept("check")) {
      column->check = parenthesized();
    } else if (words_.accept("references")) {
      column->references = words_.name();
    } else if (words_.accept("unique")) {
      column->unique = true;
    } else if (words_.accept("primary")) {
      words_.accept("key");
      column->primary_key = true;
    } else if (words_.accept("collate")) {
      words_.name();
    } else if (words_.accept("generated")) {
      read_generated(column);
    } else if (words_.peek().is("not")) {
      words_.take();
      if (words_.accept("null")) column->not_null = true;
      if (words_.accept("valid")) now().not_valid = true;
    } else {
      skip_one();
    }
  }

  void read_generated(ColumnText* column) {
    words_.accept("always");
    if (words_.accept("by")) words_.accept("default");
    words_.accept("as");
    if (words_.accept("identity")) {
      column->identity = true;
      return;
    }
    parenthesized();
    column->stored = words_.accept("stored");
    column->virtual_ = !column->stored;
    words_.accept("virtual");
  }

  Words words_;
  std::string_view sql_;
  std::vector<TableAction> actions_;
};

}  // namespace

std::vector<TableAction> table_actions(Words words, std::string_view sql) {
  return Reader(std::move(words), sql).actions();
}

std::vector<TableAction> table_elements(Words words, std::string_view sql) {
  return Reader(std::move(words), sql).elements();
}

}  // namespace gander::driver::postgres
