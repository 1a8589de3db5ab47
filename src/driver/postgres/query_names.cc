// SPDX-License-Identifier: MIT
// One pass over the tokens. A name stands for a relation behind FROM, JOIN, USING, INTO, UPDATE and
// TABLE, and behind the commas of a FROM list; the depth of parentheses tells which list a comma
// belongs to.
#include "src/driver/postgres/query_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/postgres/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;
namespace {

// End a FROM list.
constexpr std::array<std::string_view, 19> kListEnds = {
    "where",  "group", "having", "order",     "limit",  "offset", "fetch",
    "union",  "set",   "except", "intersect", "window", "for",    "returning",
    "select", "when",  "values", "do",        "default"};

// FROM within these belongs to the function.
constexpr std::array<std::string_view, 5> kOwnFrom = {"extract", "substring", "trim", "overlay",
                                                      "position"};

template <std::size_t N>
bool among(const Token& token, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return token.is(word); });
}

class Reader {
 public:
  explicit Reader(std::string_view sql) : words_(kLexicalRules, sql) {}

  QueryNames read() {
    while (words_.peek().kind != Token::Kind::end) step();
    for (const std::string& name : expressions_) found_.read.erase(name);
    std::erase_if(found_.written, [this](const QueryNames::Written& written) {
      return expressions_.contains(written.name);
    });
    return std::move(found_);
  }

 private:
  struct Level {
    bool list = false;      // within a FROM list
    bool own_from = false;  // FROM is an argument's word
  };
  using How = QueryNames::Written::How;

  Level& level() { return levels_.back(); }

  void step() {
    const Token& token = words_.peek();
    if (token.is('(')) {
      levels_.push_back({false, own_from_});
      own_from_ = false;
      take();
    } else if (token.is(')')) {
      if (levels_.size() > 1) levels_.pop_back();
      take();
    } else if (token.is(',')) {
      take();
      if (level().list) relation();
    } else if (token.is(';')) {
      levels_ = {{}};
      take();
    } else if (token.kind == Token::Kind::word) {
      word();
    } else if (token.kind == Token::Kind::quoted_name) {
      name();
    } else {
      take();
    }
  }

  Token take() {
    previous_ = words_.take();
    return previous_;
  }

  void word() {
    const Token token = words_.peek();
    const bool after_for = previous_.is("for") || previous_.is("key");
    if (among(token, kListEnds)) level().list = false;
    if (token.is("from") && !level().own_from && !previous_.is("distinct")) {
      const bool deletes = previous_.is("delete");
      take();
      if (deletes) return write(How::deleted);
      level().list = true;
      return relation();
    }
    if (token.is("join") || (token.is("table") && !previous_.is("create"))) {
      take();
      return relation();
    }
    if (token.is("using")) {
      take();
      if (words_.peek().is('(')) return;
      level().list = true;
      return relation();
    }
    if (token.is("into")) {
      const How how = previous_.is("merge") ? How::merged : How::inserted;
      const bool writes = previous_.is("insert") || how == How::merged;
      take();
      return writes ? write(how) : skip_target();
    }
    if (token.is("update") && !after_for && !previous_.is("on") && !previous_.is("then") &&
        !previous_.is("do")) {
      take();
      return write(How::updated);
    }
    if (after_for && (token.is("update") || token.is("share"))) found_.locks_rows = true;
    name();
  }

  // SELECT INTO makes a new table.
  void skip_target() {
    for (const char* word : {"temporary", "temp", "unlogged", "table"}) words_.accept(word);
    words_.name();
  }

  void name() {
    own_from_ = among(words_.peek(), kOwnFrom);
    if (words_.peek().is("with")) expressions_begin_ = true;
    const Token first = words_.peek();
    const std::string text = words_.name();
    if (text.empty()) {
      take();
      return;
    }
    previous_ = first;
    if (words_.peek().is('(')) found_.calls.insert(text);
    if (!words_.peek().is('(')) own_from_ = false;
    if (expressions_begin_ && begins_expression(words_)) expressions_.insert(text);
  }

  // WITH a AS (...), b (x, y) AS MATERIALIZED (...): what follows the name?
  static bool begins_expression(Words ahead) {
    ahead.skip_parentheses();
    if (!ahead.accept("as")) return false;
    ahead.accept("not");
    ahead.accept("materialized");
    return ahead.peek().is('(');
  }

  void relation() {
    words_.accept("only");
    words_.accept("lateral");
    if (words_.peek().is("rows")) return;
    if (words_.peek().is("select") || words_.peek().is("values")) return;
    const std::string text = words_.name();
    if (text.empty()) return;
    previous_ = {};
    if (words_.peek().is('(')) {
      found_.calls.insert(text);
    } else {
      found_.read.insert(text);
    }
  }

  void write(How how) {
    words_.accept("only");
    const std::string text = words_.name();
    if (text.empty()) return;
    previous_ = {};
    QueryNames::Written written{text, how, {}};
    if (how == How::updated) written.columns = columns();
    if (words_.peek().is('(')) words_.skip_parentheses();  // of INSERT
    found_.written.push_back(std::move(written));
  }

  // The alias and SET are passed over; what is assigned is looked at by the main loop, so only the
  // first names of each assignment are taken from a copy of the tokens.
  std::string columns() const {
    Words ahead = words_;
    while (!ahead.done() && !ahead.peek().is("set")) ahead.take();
    ahead.accept("set");
    std::string found;
    bool at_start = true;
    for (int depth = 0; !ahead.done();) {
      const Token token = ahead.take();
      if (depth == 0 && (token.is("where") || token.is("from") || token.is("returning"))) break;
      if (token.is('(') && !(at_start && depth == 0)) ++depth;
      if (token.is(')') && depth > 0) --depth;
      const bool name = token.kind == Token::Kind::word || token.kind == Token::Kind::quoted_name;
      if (depth == 0 && at_start && name)
        found += (found.empty() ? "" : ",") + std::string(token.text);
      if (token.is('=')) at_start = false;
      if (depth == 0 && token.is(',')) at_start = true;
    }
    return found;
  }

  Words words_;
  QueryNames found_;
  std::set<std::string> expressions_;
  std::vector<Level> levels_ = {{}};
  Token previous_;
  bool expressions_begin_ = false;  // WITH has been seen
  bool own_from_ = false;
};

}  // namespace

QueryNames query_names(std::string_view sql) { return Reader(sql).read(); }

}  // namespace gander::driver::postgres
