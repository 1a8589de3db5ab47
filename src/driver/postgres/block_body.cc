// SPDX-License-Identifier: MIT
#include "src/driver/postgres/block_body.h"

#include <algorithm>
#include <array>

#include "src/driver/postgres/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;
namespace {

// Statements of PL/pgSQL that touch no table, those that only compute apart.
constexpr std::array<std::string_view, 12> kOfLanguage = {"null", "raise",    "return", "get",
                                                          "open", "close",    "fetch",  "move",
                                                          "exit", "continue", "assert", "alias"};

class Reader {
 public:
  explicit Reader(std::string_view body) : words_(kLexicalRules, body) {}

  std::vector<BlockStatement> read() {
    while (!words_.at_end()) step();
    return std::move(found_);
  }

 private:
  void skip_to(std::string_view word) {
    int cases = 0;
    for (int depth = 0; !words_.at_end();) {
      const Token token = words_.take();
      depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
      // CASE within an expression has a THEN of its own.
      if (token.is("case")) ++cases;
      if (token.is("end") && cases > 0) --cases;
      if (depth <= 0 && cases == 0 && token.is(word)) return;
    }
  }

  void skip_statement() {
    for (int depth = 0; !words_.at_end();) {
      const Token token = words_.take();
      depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
      if (depth <= 0 && token.is(';')) return;
    }
  }

  // At the beginning of a statement.
  void step() {
    if (words_.accept(';')) return;
    if (words_.accept('<')) {  // <<label>>
      while (!words_.at_end() && !words_.accept('>')) words_.take();
      words_.accept('>');
      return;
    }
    if (words_.accept("declare")) {
      while (!words_.at_end() && !words_.peek().is("begin")) skip_statement();
      return;
    }
    if (words_.accept("begin")) {
      blocks_.push_back(false);
      return;
    }
    if (words_.accept("exception")) {
      if (!blocks_.empty()) blocks_.back() = true;
      return;
    }
    if (words_.accept("if")) return open("then");
    if (words_.accept("elsif") || words_.accept("elseif") || words_.accept("when")) {
      return skip_to("then");
    }
    if (words_.accept("else")) return;
    if (words_.accept("case")) {
      blocks_.push_back(true);
      while (!words_.at_end() && !words_.peek().is("when")) words_.take();
      return;
    }
    if (words_.accept("loop")) {
      blocks_.push_back(true);
      return;
    }
    if (words_.accept("for") || words_.accept("while") || words_.accept("foreach")) {
      return open("loop");
    }
    if (words_.accept("end")) {
      if (!blocks_.empty()) blocks_.pop_back();
      return skip_statement();
    }
    statement();
  }

  void open(std::string_view word) {
    blocks_.push_back(true);
    skip_to(word);
  }

  void statement() {
    const Token first = words_.peek();
    if (std::ranges::any_of(kOfLanguage, [&](std::string_view word) { return first.is(word); })) {
      return skip_statement();
    }
    BlockStatement found;
    found.begin = first.offset;
    found.dynamic = first.is("execute");
    found.sure = std::ranges::find(blocks_, true) == blocks_.end();
    bool assigns = false;
    Token previous;
    std::size_t taken = 0;
    for (int depth = 0; !words_.at_end();) {
      const Token token = words_.peek();
      found.end = token.offset;
      if (depth <= 0 && token.is(';')) break;
      depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
      if (taken < 6 && (token.is(':') || (taken == 1 && token.is('=')))) assigns = true;
      ++taken;
      previous = words_.take();
      if (words_.at_end()) found.end = previous.offset + previous.text.size();
    }
    words_.accept(';');
    if (!assigns) found_.push_back(found);
  }

  Words words_;
  std::vector<bool> blocks_;  // true: what is in it need not run
  std::vector<BlockStatement> found_;
};

}  // namespace

std::vector<BlockStatement> block_statements(std::string_view body) { return Reader(body).read(); }

BlockBody block_body(std::string_view statement) {
  Words words(kLexicalRules, statement);
  words.accept("do");
  BlockBody found;
  std::string language = "plpgsql";
  while (!words.done()) {
    const Token token = words.take();
    if (token.is("language")) {
      language = sql::unquoted(words.take());
    } else if (token.kind == Token::Kind::string) {
      const bool dollar = token.text.front() == '$';
      const std::size_t quote = dollar ? token.text.find('$', 1) + 1 : token.text.find('\'') + 1;
      found.offset = token.offset + quote;
      if (token.text.size() >= 2 * quote && (dollar || quote == 1)) {
        const std::size_t closing = dollar ? quote : 1;
        const std::string_view inner =
            token.text.substr(quote, token.text.size() - quote - closing);
        found.verbatim = dollar || inner.find('\'') == std::string_view::npos;
        found.text = found.verbatim ? std::string(inner) : sql::unquoted(token);
      }
    }
  }
  if (!sql::equals_keyword(language, "PLPGSQL")) found.text.clear();
  return found;
}

}  // namespace gander::driver::postgres
