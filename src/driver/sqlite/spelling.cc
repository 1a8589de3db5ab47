// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/spelling.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "src/driver/sqlite/lexical.h"

namespace gander::driver::sqlite {
namespace {

using Kind = sql::Token::Kind;
using sql::Token;

// Keywords that are names where no keyword fits (%fallback of parse.y, SQLite 3.46).
constexpr std::string_view kFallback[] = {
    "ABORT",     "ACTION",    "AFTER",     "ALWAYS",    "ANALYZE",  "ASC",       "ATTACH",
    "BEFORE",    "BEGIN",     "BY",        "CASCADE",   "CAST",     "COLUMN",    "CONFLICT",
    "CURRENT",   "DATABASE",  "DEFERRED",  "DESC",      "DETACH",   "DO",        "EACH",
    "END",       "EXCLUDE",   "EXCLUSIVE", "EXPLAIN",   "FAIL",     "FIRST",     "FOLLOWING",
    "FOR",       "GENERATED", "GLOB",      "GROUPS",    "IF",       "IGNORE",    "IMMEDIATE",
    "INITIALLY", "INSTEAD",   "KEY",       "LAST",      "LIKE",     "MATCH",     "MATERIALIZED",
    "NO",        "NULLS",     "OF",        "OFFSET",    "OTHERS",   "PARTITION", "PLAN",
    "PRAGMA",    "PRECEDING", "QUERY",     "RAISE",     "RANGE",    "RECURSIVE", "REGEXP",
    "REINDEX",   "RELEASE",   "RENAME",    "REPLACE",   "RESTRICT", "ROLLBACK",  "ROW",
    "ROWS",      "SAVEPOINT", "TEMP",      "TEMPORARY", "TIES",     "TRIGGER",   "UNBOUNDED",
    "VACUUM",    "VIEW",      "VIRTUAL",   "WITH",      "WITHOUT"};

constexpr std::string_view kOperators[] = {"<=", ">=", "<>", "!=", "==", "||", "<<", ">>", "->"};

std::string upper(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return capitals;
}

bool is_keyword(std::string_view word) {
  return sqlite3_keyword_check(word.data(), static_cast<int>(word.size())) != 0;
}

bool is_plain(std::string_view name) {
  return !name.empty() && sql::is_name_byte(name.front()) && !sql::is_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) { return sql::is_name_byte(c); });
}

std::string in_quotes(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

// A name as an expression shows it. TRUE and FALSE are no keywords, but in quotes no booleans.
std::string spelled(std::string_view name) {
  const std::string small = folded(name);
  if (!is_plain(small) || small == "true" || small == "false") return in_quotes(small);
  if (!is_keyword(small)) return small;
  const std::string capitals = upper(small);
  return std::ranges::find(kFallback, capitals) == std::end(kFallback) ? in_quotes(small)
                                                                       : capitals;
}

// Does the token stand right behind the other one?
bool joins(const Token& before, const Token& token) {
  return before.text.data() + before.text.size() == token.text.data();
}

bool goes_on(const Token& before, const Token& token) {
  if (!joins(before, token)) return false;
  if (before.kind == Kind::word) {
    return (before.text == "x" || before.text == "X") && token.kind == Kind::string &&
           token.text.front() == '\'';
  }
  if (before.kind != Kind::number) {
    return before.is('.') && before.text.size() == 1 && token.kind == Kind::number;
  }
  if (token.is('.')) return before.text.find('.') == std::string_view::npos;
  const char last = before.text.back();
  const bool hex = before.text.starts_with("0x") || before.text.starts_with("0X");
  if (token.is('-') || token.is('+')) return !hex && (last == 'e' || last == 'E');
  return token.kind == Kind::number && (last == '.' || last == '-' || last == '+');
}

}  // namespace

std::string folded(std::string_view name) {
  std::string small(name);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return small;
}

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  tokens.reserve(sql.size() / 4);
  sql::Scanner scanner(kLexicalRules, sql);
  for (Token token = scanner.next(); token.kind != Kind::end; token = scanner.next()) {
    if (tokens.empty() || !goes_on(tokens.back(), token)) {
      tokens.push_back(token);
      continue;
    }
    Token& whole = tokens.back();
    whole.kind = whole.kind == Kind::word ? Kind::string : Kind::number;
    whole.text = sql.substr(whole.offset, whole.text.size() + token.text.size());
  }
  return tokens;
}

Spelling& Spelling::add(Tokens tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) add_token(tokens, i);
  return *this;
}

Spelling& Spelling::add(std::string_view text) {
  append(text, text == "("   ? Sort::open
               : text == ")" ? Sort::close
               : text == "," ? Sort::comma
                             : Sort::keyword);
  return *this;
}

Spelling& Spelling::add_name(const Token& token) {
  append(spelled(sql::unquoted(token)), Sort::word);
  return *this;
}

void Spelling::add_token(Tokens tokens, std::size_t at) {
  const Token& token = tokens[at];
  const Token* const before = at > 0 ? &tokens[at - 1] : nullptr;
  const Token* const behind = at + 1 < tokens.size() ? &tokens[at + 1] : nullptr;
  const bool collation = before != nullptr && before->is("collate");
  if (collation && uses_ != nullptr) uses_->collations.insert(folded(sql::unquoted(token)));
  switch (token.kind) {
    case Kind::word: {
      // The order that is there without it.
      const bool ends = behind == nullptr || behind->is(',') || behind->is(')') ||
                        behind->is(';') ||
                        behind->is_any({"nulls", "limit", "rows", "range", "groups"});
      const bool follows = before != nullptr && !before->is(',') && !before->is('(') &&
                           !before->is('.') && !before->is_any({"select", "as", "by"});
      if (token.is("asc") && ends && follows) return;
      const bool keyword = is_keyword(token.text) && !collation;
      if (uses_ != nullptr && !keyword && behind != nullptr && behind->is('(')) {
        uses_->functions.insert(folded(token.text));
      }
      return append(keyword ? upper(token.text) : folded(token.text),
                    keyword ? Sort::keyword : Sort::word);
    }
    case Kind::quoted_name: {
      const std::string name = sql::unquoted(token);
      const bool is_name = token.text.front() != '"' || names_.contains(folded(name)) ||
                           collation ||
                           (before != nullptr && (before->is("as") || before->is('.')));
      return append(is_name ? spelled(name) : in_quotes(name), Sort::word);
    }
    case Kind::string: {
      const bool blob = token.text.front() != '\'';
      return append(blob ? folded(token.text) : std::string(token.text), Sort::literal);
    }
    case Kind::number:
      return append(folded(token.text), Sort::literal);
    case Kind::symbol:
    case Kind::end:
      break;
  }
  const char c = token.text.front();
  append(token.text, c == '('   ? Sort::open
                     : c == ')' ? Sort::close
                     : c == ',' ? Sort::comma
                     : c == ';' ? Sort::comma
                     : c == '.' ? Sort::dot
                                : Sort::symbol);
}

// Whether a blank stands before it: decided by the tokens alone.
bool Spelling::stand_apart(std::string_view text, Sort sort) const {
  if (text_.empty() || last_ == Sort::open || last_ == Sort::dot || unary_) return false;
  switch (sort) {
    case Sort::close:
    case Sort::comma:
    case Sort::dot:
      return false;
    case Sort::open:
      return last_ != Sort::word;  // f(x), but IN (x)
    case Sort::symbol: {
      if (last_ != Sort::symbol) return true;
      const std::string pair = last_symbol_ + std::string(text);
      return pair != "->>" && std::ranges::find(kOperators, pair) == std::end(kOperators);
    }
    case Sort::word:
    case Sort::keyword:
    case Sort::literal:
      return true;
  }
  return true;
}

void Spelling::append(std::string_view text, Sort sort) {
  const bool apart = stand_apart(text, sort);
  const bool sign = sort == Sort::symbol && (text == "-" || text == "+" || text == "~");
  unary_ = sign && (text_.empty() || last_ == Sort::open || last_ == Sort::comma ||
                    last_ == Sort::keyword || last_ == Sort::symbol);
  if (apart) text_ += ' ';
  text_ += text;
  if (apart || sort != Sort::symbol) last_symbol_.clear();
  if (sort == Sort::symbol) last_symbol_ += text;
  last_ = sort;
}

}  // namespace gander::driver::sqlite
