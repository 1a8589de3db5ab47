// SPDX-License-Identifier: MIT
// sql_mode decides what a backslash and a double quote mean (MySQL 8.4 manual, 7.1.11). Its value
// is followed through the statements of a file as far as their text tells it. Of the modes only
// those are remembered that matter here, so @@sql_mode stands for what the file has set of them.
#include "src/driver/mysql/lexical.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace gander::driver::mysql {
namespace {

using sql::LexicalState;
using sql::Token;
using sql::Words;
using Value = std::optional<std::string>;  // nullopt: the text does not tell it

constexpr std::string_view kSqlMode = "sql_mode";
constexpr int kDeepest = 16;  // of parentheses within each other

// In the order in which the server lists them, with their bits for a mode that is a number.
struct Mode {
  std::string_view name;
  unsigned long bit;
  bool ansi_quotes;  // means ANSI_QUOTES as well
};
constexpr std::array<Mode, 8> kModes = {{{"ANSI_QUOTES", 4, true},
                                         {"POSTGRESQL", 256, true},
                                         {"ORACLE", 512, true},
                                         {"MSSQL", 1024, true},
                                         {"DB2", 2048, true},
                                         {"MAXDB", 4096, true},
                                         {"ANSI", 262144, true},
                                         {"NO_BACKSLASH_ESCAPES", 1048576, false}}};

std::string folded(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

bool lists(std::string_view modes, std::string_view name) {
  while (!modes.empty()) {
    std::string_view one = modes.substr(0, modes.find(','));
    modes.remove_prefix(std::min(one.size() + 1, modes.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (sql::equals_keyword(one, name)) return true;
  }
  return false;
}

// The value that the server shows for one that it was given, without the modes of no matter here.
std::string shown(std::string_view given) {
  unsigned long bits = 0;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), bits);
  const bool number = failed == std::errc() && end == given.data() + given.size();
  const auto is_set = [&](const Mode& mode) {
    return number ? (bits & mode.bit) != 0 : lists(given, mode.name);
  };
  bool ansi_quotes = false;
  for (const Mode& mode : kModes) ansi_quotes = ansi_quotes || (mode.ansi_quotes && is_set(mode));
  std::string modes = ansi_quotes ? "ANSI_QUOTES" : "";
  for (const Mode& mode : kModes) {
    if (&mode != &kModes.front() && is_set(mode)) {
      modes += (modes.empty() ? "" : ",") + std::string(mode.name);
    }
  }
  return modes;
}

sql::LexicalRules rules_with(std::string_view modes) {
  sql::LexicalRules rules = kLexicalRules;
  const bool ansi_quotes = lists(modes, "ANSI_QUOTES");
  if (ansi_quotes) rules.names = "\"`";
  if (lists(modes, "NO_BACKSLASH_ESCAPES")) {
    rules.backslashes = {};
  } else if (ansi_quotes) {
    rules.backslashes = "'";
  }
  return rules;
}

// Reads assignments, all by the values that there were before the statement.
class Reading {
 public:
  Reading(const Words& words, const LexicalState& state) : words_(words), state_(state) {}

  // By the name of the setting: sql_mode, or a variable with its `@`.
  std::vector<std::pair<std::string, Value>> assignments() {
    if (words_.accept("set")) {
      // Of MariaDB: for one statement, which has been read by then.
      if (!words_.peek().is("statement")) read_list();
    } else if (words_.accept("select")) {
      read_select();
    }
    return std::move(found_);
  }

 private:
  // A variable, or nothing that can be told.
  struct Name {
    std::string text;
    bool of_session = true;
  };

  void read_list() {
    bool of_session = true;  // until GLOBAL, which holds for what follows it, too
    do {
      if (words_.accept_any({"global", "persist", "persist_only"})) of_session = false;
      if (words_.accept_any({"session", "local"})) of_session = true;
      const bool marked = words_.peek().is('@');
      const Name name = variable();
      const bool ours = name.of_session && (of_session || marked);
      if (assigns()) {
        Value value = expression();
        if (ours) found_.emplace_back(name.text, std::move(value));
      }
      skip_expression();
    } while (words_.accept(','));
  }

  // SELECT @a := @@sql_mode; SELECT @@sql_mode INTO @a.
  void read_select() {
    if (words_.peek().is('@')) {
      Words ahead = words_;
      const Name name = variable();
      if (name.text.starts_with('@') && assigns()) {
        found_.emplace_back(name.text, expression());
        return;
      }
      words_ = ahead;
    }
    Value value = expression();
    if (words_.accept("into")) found_.emplace_back(variable().text, std::move(value));
  }

  // = or :=
  bool assigns() {
    words_.accept(':');
    return words_.accept('=');
  }

  void skip_expression() {
    while (!words_.done() && !words_.peek().is(',')) {
      if (words_.peek().is('(')) {
        words_.skip_parentheses();
      } else {
        words_.take();
      }
    }
  }

  // @a, @`a b`, @@sql_mode, @@session.sql_mode, sql_mode.
  Name variable() {
    Name name;
    if (words_.accept('@')) {
      if (!words_.accept('@')) return {"@" + folded(user_name()), true};
      if (words_.accept_any({"global", "persist", "persist_only"})) name.of_session = false;
      words_.accept_any({"session", "local"});
      words_.accept('.');
    }
    if (words_.at_name()) name.text = folded(unquoted(words_.take()));
    return name;
  }

  // Letters, digits, `_`, `$` and dots, without blanks between them.
  std::string user_name() {
    const Token first = words_.take();
    if (first.kind == Token::Kind::string || first.kind == Token::Kind::quoted_name) {
      return unquoted(first);
    }
    std::string name(first.text);
    std::size_t end = first.offset + first.text.size();
    const auto goes_on = [&] {
      const Token& next = words_.peek();
      const bool part = words_.at_name() || next.kind == Token::Kind::number || next.is('.');
      return next.offset == end && part;
    };
    while (goes_on()) {
      const Token part = words_.take();
      name += part.text;
      end += part.text.size();
    }
    return name;
  }

  Value expression() {
    if (++depth_ > kDeepest) return std::nullopt;
    Value value = operand();
    --depth_;
    const bool ends = words_.done() || words_.peek().is(',') || words_.peek().is(')') ||
                      words_.peek().is_any({"into", "from", "as"});
    return ends ? value : std::nullopt;
  }

  Value operand() {
    const Token& next = words_.peek();
    if (next.is('(')) return in_parentheses();
    if (next.is('@')) return setting(variable());
    if (next.kind == Token::Kind::string) {
      std::string text;
      while (words_.peek().kind == Token::Kind::string) text += unquoted(words_.take());
      return text;
    }
    if (next.kind == Token::Kind::number) return std::string(words_.take().text);
    if (!words_.at_name()) return std::nullopt;
    const Token word = words_.take();
    if (words_.peek().is('(')) return call(word);
    return word.is("default") ? Value("") : Value(unquoted(word));
  }

  Value in_parentheses() {
    words_.accept('(');
    words_.accept("select");
    Value value = expression();
    return words_.accept(')') ? value : std::nullopt;
  }

  Value setting(const Name& name) const {
    if (!name.of_session) return name.text == kSqlMode ? Value("") : std::nullopt;
    const auto found = state_.settings.find(name.text);
    if (found != state_.settings.end()) return found->second;
    return name.text == kSqlMode ? Value("") : std::nullopt;
  }

  Value call(const Token& function) {
    std::vector<Value> values;
    words_.accept('(');
    do {
      values.push_back(expression());
    } while (words_.accept(','));
    if (!words_.accept(')')) return std::nullopt;
    for (const Value& value : values) {
      if (!value) return std::nullopt;
    }
    if (function.is("concat")) return joined(values, 0, "");
    if (function.is("concat_ws")) return joined(values, 1, *values[0]);
    if (function.is("replace") && values.size() == 3) {
      return replaced(*values[0], *values[1], *values[2]);
    }
    return std::nullopt;
  }

  static std::string joined(const std::vector<Value>& values, std::size_t from,
                            std::string_view between) {
    std::string text;
    for (std::size_t i = from; i < values.size(); ++i) {
      if (i > from) text += between;
      text += *values[i];
    }
    return text;
  }

  static std::string replaced(std::string text, const std::string& old, const std::string& by) {
    if (old.empty()) return text;
    for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at)) {
      text.replace(at, old.size(), by);
      at += by.size();
    }
    return text;
  }

  Words words_;
  const LexicalState& state_;
  int depth_ = 0;
  std::vector<std::pair<std::string, Value>> found_;
};

}  // namespace

bool follow(Words words, LexicalState* state) {
  if (!words.peek().is("set") && !words.peek().is("select")) return false;
  const sql::LexicalRules before = state->rules;
  for (auto& [name, value] : Reading(words, *state).assignments()) {
    if (name == kSqlMode) {
      // What cannot be told changes nothing: most often it is the mode of before.
      if (!value) continue;
      value = shown(*value);
      state->rules = rules_with(*value);
    }
    if (value && (name == kSqlMode || name.starts_with('@'))) {
      state->settings[name] = std::move(*value);
    } else {
      state->settings.erase(name);
    }
  }
  return state->rules != before;
}

}  // namespace gander::driver::mysql
