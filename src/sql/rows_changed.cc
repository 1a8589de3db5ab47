// SPDX-License-Identifier: MIT
#include "src/sql/rows_changed.h"

#include <utility>

namespace gander::sql {
namespace {

bool is_value(const Words& words) {
  return words.peek().kind == Token::Kind::string || words.peek().kind == Token::Kind::number;
}

// A conjunct `column = value`, `column IN (value, ...)` or `column BETWEEN value AND value`.
bool names_keys(Words words) {
  Token previous;
  for (int depth = 0; !words.done();) {
    const Token token = words.peek();
    if (token.is("returning") && depth == 0) break;
    if (depth == 0 && token.is("or")) return false;
    const bool name =
        previous.kind == Token::Kind::word || previous.kind == Token::Kind::quoted_name;
    previous = words.take();
    if (token.is('(')) ++depth;
    if (token.is(')') && --depth < 0) break;
    if (depth != 0 && !token.is('(')) continue;
    if (!name) continue;
    Words ahead = words;
    if (token.is('=')) {
      ahead.accept('-');
      if (!is_value(ahead)) continue;
      ahead.take();
      // `a = 1 + b` compares with another column.
      const bool ends = ahead.done() || ahead.peek().is("and") || ahead.peek().is(')') ||
                        ahead.peek().is(':') || ahead.peek().is("returning");
      if (ends) return true;
    }
    if (token.is("in") && ahead.accept('(') && is_value(ahead)) return true;
    if (token.is("between") && is_value(ahead)) return true;
  }
  return false;
}

class Reader {
 public:
  Reader(const LexicalRules& rules, std::string_view sql) : words_(rules, sql) {}

  std::vector<RowsChanged> read() {
    Token previous;
    while (!words_.at_end()) {
      const Token token = words_.peek();
      const bool starts = previous.kind == Token::Kind::end || previous.is('(') ||
                          previous.is(')') || previous.is("analyze") || previous.is("verbose");
      previous = words_.take();
      if (!starts) continue;
      if (token.is("update")) change(token, false);
      if (token.is("delete") && words_.accept("from")) change(token, true);
    }
    return std::move(found_);
  }

 private:
  void change(const Token& at, bool deletes) {
    Words ahead = words_;
    ahead.accept("only");
    RowsChanged changed;
    changed.table = ahead.name();
    changed.at = at.offset;
    changed.deletes = deletes;
    // FOR UPDATE (OF ...) has no table here.
    if (changed.table.empty()) return;
    changed.all = true;
    for (int depth = 0; !ahead.done(); ahead.take()) {
      const Token& token = ahead.peek();
      if (token.is('(')) ++depth;
      if (token.is(')') && --depth < 0) break;
      if (depth != 0 || !token.is("where")) continue;
      ahead.take();
      changed.all = always_holds(ahead);
      changed.by_key = names_keys(ahead);
      break;
    }
    found_.push_back(std::move(changed));
  }

  Words words_;
  std::vector<RowsChanged> found_;
};

}  // namespace

bool always_holds(Words words) {
  int parentheses = 0;
  while (words.accept('(')) ++parentheses;
  if (words.accept("true")) {
  } else if (is_value(words)) {
    const bool number = words.peek().kind == Token::Kind::number;
    const std::string left(words.take().text);
    if (words.accept('=')) {
      if (!is_value(words) || words.take().text != left) return false;
    } else if (!number || left == "0") {
      return false;
    }
  } else {
    return false;
  }
  for (; parentheses > 0; --parentheses) words.accept(')');
  return words.done() || words.peek().is(')') || words.peek().is(',') ||
         words.peek().is_any({"returning", "settings"});
}

std::vector<RowsChanged> rows_changed(const LexicalRules& rules, std::string_view sql) {
  return Reader(rules, sql).read();
}

}  // namespace gander::sql
