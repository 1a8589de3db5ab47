// SPDX-License-Identifier: MIT
#include "src/driver/postgres/message_shape.h"

#include <algorithm>
#include <array>

#include "src/driver/postgres/lexical.h"
#include "src/sql/body.h"
#include "src/sql/scanner.h"

namespace gander::driver::postgres {
namespace {

using sql::Token;

template <std::size_t N>
bool among(const Token& token, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return token.is(word); });
}

constexpr std::array<std::string_view, 7> kTransactionWords = {"begin",    "start", "commit", "end",
                                                               "rollback", "abort", "prepare"};

// First words of statements that leave nothing behind in the session, CREATE and queries apart.
// What a function called in one of them does is not seen: one that changes settings is called by
// SELECT.
constexpr std::array<std::string_view, 20> kQuietWords = {
    "alter",   "analyze", "cluster", "comment",   "copy",     "delete",   "drop",
    "grant",   "import",  "insert",  "lock",      "merge",    "reassign", "refresh",
    "reindex", "release", "revoke",  "savepoint", "truncate", "update"};

constexpr std::array<std::string_view, 3> kQueryWords = {"select", "values", "with"};

// Words that may stand before a parenthesis without being a function that could change the session.
constexpr std::array<std::string_view, 24> kNoFunctions = {
    "all",    "and",    "any",  "as",     "case", "coalesce", "count",  "else",
    "except", "exists", "from", "having", "in",   "max",      "min",    "not",
    "on",     "or",     "over", "select", "then", "union",    "values", "when"};

// Follows the tokens of one statement: does a `;` end it, and does it touch the session?
class Reading {
 public:
  void begin(const Token& token) {
    *this = Reading();
    creates_ = token.is("create");
    queries_ = among(token, kQueryWords);
    quiet_ = among(token, kQuietWords);
    in_body_ = creates_ && body_.begin(token.text);
    look_at(token);
  }

  void see(const Token& token) {
    if (in_body_) follow_body(token);
    look_at(token);
  }

  // At a `;`.
  bool ends() { return !in_body_ || body_.semicolon(); }
  bool touches_session() const {
    return !(quiet_ || (creates_ && !temporary_) || (queries_ && !calls_));
  }
  // No later token changes the answers.
  bool decided() const { return quiet_ || (creates_ && words_ > 5); }

 private:
  void follow_body(const Token& token) {
    if (token.kind == Token::Kind::word || token.kind == Token::Kind::number) {
      in_body_ = body_.word(token.text);
    } else {
      body_.symbol(token.text.front());
    }
  }

  void look_at(const Token& token) {
    if (token.is('(') && name_before_) calls_ = true;
    name_before_ = token.kind == Token::Kind::quoted_name ||
                   (token.kind == Token::Kind::word && !among(token, kNoFunctions));
    if (token.kind != Token::Kind::word || !creates_) return;
    ++words_;
    const bool typed = token.is("table") || token.is("view") || token.is("sequence");
    if (typed && words_ <= 6) typed_ = true;
    if (!typed_ && (token.is("temp") || token.is("temporary"))) temporary_ = true;
    if (token.is("pg_temp")) temporary_ = true;
  }

  int words_ = 0;
  bool quiet_ = false;
  bool creates_ = false;
  bool queries_ = false;
  bool calls_ = false;
  bool name_before_ = false;
  bool typed_ = false;  // TABLE, VIEW or SEQUENCE seen
  bool temporary_ = false;
  sql::Body body_{sql::Bodies::routines};
  bool in_body_ = false;
};

}  // namespace

MessageShape message_shape(std::string_view text) {
  MessageShape found;
  sql::Scanner scanner(kLexicalRules, text);
  Reading reading;
  // The usual unit is one statement whose only `;` is its last byte: then its head says it all.
  const bool single = text.find(';') >= text.size() - std::min<std::size_t>(text.size(), 1);
  bool between = true;
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.is(';') && (between || reading.ends())) {
      if (!between && reading.touches_session()) found.touches_session = true;
      between = true;
      continue;
    }
    if (!between) {
      reading.see(token);
    } else {
      found.starts.push_back(token.offset);
      reading.begin(token);
      if (among(token, kTransactionWords)) found.controls_transaction = true;
      between = false;
    }
    if (single && reading.decided()) break;
  }
  if (!between && reading.touches_session()) found.touches_session = true;
  return found;
}

}  // namespace gander::driver::postgres
