// SPDX-License-Identifier: MIT
// Lexical rules: PostgreSQL 18 manual, 4.1; standard_conforming_strings is on.
#include "src/sql/scanner.h"

#include <algorithm>
#include <array>

namespace gander::sql {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_start(char c) {
  const char folded = static_cast<char>(c | 0x20);
  return (folded >= 'a' && folded <= 'z') || c == '_' || static_cast<signed char>(c) < 0;
}

bool is_name_byte(char c) { return is_name_start(c) || is_digit(c) || c == '$'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

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
class Body {
 public:
  void begin(const Token& token) {
    *this = Body();
    creates_ = token.is("create");
    queries_ = among(token, kQueryWords);
    quiet_ = among(token, kQuietWords);
    see(token);
  }

  void see(const Token& token) {
    if (token.is('(')) {
      ++parentheses_;
      if (name_before_) calls_ = true;
    }
    if (token.is(')') && parentheses_ > 0) --parentheses_;
    name_before_ = token.kind == Token::Kind::quoted_name ||
                   (token.kind == Token::Kind::word && !among(token, kNoFunctions));
    if (token.kind != Token::Kind::word || !creates_) return;
    ++words_;
    if (words_ <= 4 && (token.is("function") || token.is("procedure"))) routine_ = true;
    const bool typed = token.is("table") || token.is("view") || token.is("sequence");
    if (typed && words_ <= 6) typed_ = true;
    if (!typed_ && (token.is("temp") || token.is("temporary"))) temporary_ = true;
    if (token.is("pg_temp")) temporary_ = true;
    if (!routine_) return;
    if (depth_ > 0 && token.is("case")) ++depth_;
    if (depth_ > 0 && token.is("end")) --depth_;
    if (previous_begin_ && token.is("atomic")) ++depth_;
    previous_begin_ = token.is("begin");
  }

  bool open() const { return parentheses_ > 0 || depth_ > 0; }
  bool touches_session() const {
    return !(quiet_ || (creates_ && !temporary_) || (queries_ && !calls_));
  }
  // No later token changes the answers.
  bool decided() const { return quiet_ || (creates_ && words_ > 5); }

 private:
  int words_ = 0;
  int parentheses_ = 0;
  int depth_ = 0;  // of BEGIN ATOMIC and CASE
  bool quiet_ = false;
  bool creates_ = false;
  bool queries_ = false;
  bool calls_ = false;
  bool name_before_ = false;
  bool routine_ = false;
  bool typed_ = false;  // TABLE, VIEW or SEQUENCE seen
  bool temporary_ = false;
  bool previous_begin_ = false;
};

}  // namespace

bool Token::is(std::string_view keyword) const {
  return kind == Kind::word && text.size() == keyword.size() &&
         std::equal(text.begin(), text.end(), keyword.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

Token Scanner::take(Token::Kind kind, std::size_t end) {
  const std::size_t begin = at_;
  at_ = std::min(end, text_.size());
  return {kind, text_.substr(begin, at_ - begin), begin};
}

std::size_t Scanner::skip_comment(std::size_t from) const {
  int depth = 0;
  for (std::size_t i = from; i + 1 < text_.size(); ++i) {
    if (text_[i] == '/' && text_[i + 1] == '*') {
      ++depth;
      ++i;
    } else if (text_[i] == '*' && text_[i + 1] == '/') {
      ++i;
      if (--depth == 0) return i + 1;
    }
  }
  return text_.size();
}

void Scanner::skip_blanks() {
  while (at_ < text_.size()) {
    if (is_space(text_[at_])) {
      ++at_;
    } else if (text_.substr(at_, 2) == "--") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (text_.substr(at_, 2) == "/*") {
      at_ = skip_comment(at_);
    } else {
      return;
    }
  }
}

// `from` is behind the opening quote; a doubled quote needs no care, it closes and opens.
std::size_t Scanner::skip_quoted(std::size_t from, char quote, bool backslash) const {
  for (std::size_t i = from; i < text_.size(); ++i) {
    if (text_[i] == '\\' && backslash)
      ++i;
    else if (text_[i] == quote)
      return i + 1;
  }
  return text_.size();
}

// 0 when no dollar quote begins at `from`.
std::size_t Scanner::skip_dollar_quote(std::size_t from) const {
  std::size_t end = from + 1;
  if (end < text_.size() && is_digit(text_[end])) return 0;
  while (end < text_.size() && text_[end] != '$' && is_name_byte(text_[end])) ++end;
  if (end == text_.size() || text_[end] != '$') return 0;
  const std::string_view tag = text_.substr(from, end + 1 - from);
  const std::size_t close = text_.find(tag, end + 1);
  return close == std::string_view::npos ? text_.size() : close + tag.size();
}

Token Scanner::next() {
  skip_blanks();
  if (at_ == text_.size()) return take(Token::Kind::end, at_);
  const char c = text_[at_];
  if (is_name_start(c)) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_name_byte(text_[end])) ++end;
    const bool escapes = end == at_ + 1 && lower(c) == 'e';
    if (escapes && end < text_.size() && text_[end] == '\'') {
      return take(Token::Kind::string, skip_quoted(end + 1, '\'', true));
    }
    return take(Token::Kind::word, end);
  }
  if (c == '\'') return take(Token::Kind::string, skip_quoted(at_ + 1, c, false));
  if (c == '"') {
    std::size_t end = skip_quoted(at_ + 1, c, false);
    while (end < text_.size() && text_[end] == '"') end = skip_quoted(end + 1, c, false);
    return take(Token::Kind::quoted_name, end);
  }
  if (c == '$') {
    if (const std::size_t end = skip_dollar_quote(at_)) return take(Token::Kind::string, end);
  }
  if (is_digit(c)) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_name_byte(text_[end])) ++end;
    return take(Token::Kind::number, end);
  }
  return take(Token::Kind::symbol, at_ + 1);
}

Outline outline(std::string_view text) {
  Outline found;
  Scanner scanner(text);
  Body body;
  // The usual unit is one statement whose only `;` is its last byte: then its head says it all.
  const bool single = text.find(';') >= text.size() - std::min<std::size_t>(text.size(), 1);
  bool between = true;
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    if (token.is(';') && !body.open()) {
      if (!between && body.touches_session()) found.touches_session = true;
      between = true;
      continue;
    }
    if (!between) {
      body.see(token);
    } else {
      found.starts.push_back(token.offset);
      body.begin(token);
      if (among(token, kTransactionWords)) found.controls_transaction = true;
      between = false;
    }
    if (single && body.decided()) break;
  }
  if (!between && body.touches_session()) found.touches_session = true;
  return found;
}

}  // namespace gander::sql
