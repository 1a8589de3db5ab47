// SPDX-License-Identifier: MIT
#include "src/sql/scanner.h"

#include <algorithm>

#include "src/sql/space.h"

namespace gander::sql {
namespace {

bool is_name_start(char c) { return is_name_byte(c) && !is_digit(c); }

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

bool is_quote(char c) { return c == '\'' || c == '"' || c == '`' || c == '['; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_name_byte(text[at]) || text[at] == '$')) ++at;
  return at;
}

}  // namespace

bool Token::is(std::string_view keyword) const {
  return kind == Kind::word && text.size() == keyword.size() &&
         std::equal(text.begin(), text.end(), keyword.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

bool Token::is_any(std::initializer_list<std::string_view> keywords) const {
  return std::any_of(keywords.begin(), keywords.end(),
                     [this](std::string_view keyword) { return is(keyword); });
}

std::string unquoted(const Token& token) {
  const char open = token.text.empty() ? '\0' : token.text.front();
  if (!is_quote(open)) return std::string(token.text);
  const char close = open == '[' ? ']' : open;
  std::string plain;
  for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
    plain += token.text[i];
    if (token.text[i] == close) ++i;
  }
  return plain;
}

Token Scanner::take(Token::Kind kind, std::size_t end) {
  const std::size_t begin = at_;
  at_ = std::min(end, text_.size());
  return {kind, text_.substr(begin, at_ - begin), begin};
}

void Scanner::skip_blanks() {
  while (at_ < text_.size()) {
    if (is_letter(text_[at_])) return;
    if (const std::size_t blank = space_at_start(text_.substr(at_))) {
      at_ += blank;
    } else if (!skip_comment()) {
      return;
    }
  }
}

bool Scanner::skip_comment() {
  if (executable_ && text_.substr(at_, 2) == "*/") {
    executable_ = false;
    at_ += 2;
    return true;
  }
  switch (comment_at(*rules_, text_, at_)) {
    case Comment::none:
      return false;
    case Comment::line:
      at_ = std::min(text_.find('\n', at_), text_.size());
      return true;
    case Comment::block:
      at_ = block_comment_end(*rules_, text_, at_);
      return true;
    case Comment::executable:
      at_ = executable_begin(text_, at_);
      executable_ = true;
      return true;
  }
  return false;
}

// At a quote, or at the E before one.
Token Scanner::quoted() {
  const std::size_t quote = is_quote(text_[at_]) ? at_ : at_ + 1;
  const char open = text_[quote];
  bool backslashes = has(rules_->backslashes, open);
  if (open == '\'') {
    backslashes = backslashes || is_escape_string(*rules_, text_, quote) ||
                  continues_string(text_, escape_end_, quote);
  }
  const bool name = has(rules_->names, open);
  const Token token = take(name ? Token::Kind::quoted_name : Token::Kind::string,
                           quote_end(text_, quote, backslashes));
  escape_end_ = backslashes && rules_->escape_strings ? at_ : 0;
  return token;
}

Token Scanner::next() {
  skip_blanks();
  if (at_ == text_.size()) return take(Token::Kind::end, at_);
  const char c = text_[at_];
  if (is_name_start(c)) {
    const std::size_t end = word_end(text_, at_ + 1);
    const bool escapes = end == at_ + 1 && end < text_.size() && text_[end] == '\'';
    if (escapes && is_escape_string(*rules_, text_, end)) return quoted();
    return take(Token::Kind::word, end);
  }
  if (is_quote(c) && has(rules_->quotes, c)) return quoted();
  if (c == '$') {
    if (const std::size_t behind = dollar_tag_end(*rules_, text_, at_); behind != at_) {
      const std::string_view tag = text_.substr(at_, behind - at_);
      const std::size_t close = text_.find(tag, behind);
      const bool closed = close != std::string_view::npos;
      return take(Token::Kind::string, closed ? close + tag.size() : text_.size());
    }
  }
  if (is_digit(c)) return take(Token::Kind::number, word_end(text_, at_ + 1));
  return take(Token::Kind::symbol, at_ + 1);
}

std::vector<Token> tokens_of(const LexicalRules& rules, std::string_view text) {
  std::vector<Token> tokens;
  Scanner scanner(rules, text);
  for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
    tokens.push_back(token);
  }
  return tokens;
}

}  // namespace gander::sql
