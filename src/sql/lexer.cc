// SPDX-License-Identifier: MIT
#include "src/sql/lexer.h"

#include <algorithm>
#include <cstring>

#include "src/sql/skip.h"
#include "src/sql/space.h"

namespace gander::sql {

Lexer::Lexer(const Grammar& grammar)
    : grammar_(grammar),
      state_{grammar.lexical},
      special_(special_bytes(grammar.lexical)),
      body_(grammar.bodies) {}

void Lexer::restore_rules() {
  state_ = {grammar_.lexical};
  special_ = special_bytes(state_.rules);
  delimiter_.clear();
}

void Lexer::reset() {
  position_ = 0;
  mode_ = resume_ = Mode::start;
  tracking_ = first_word_ = executable_ = significant_ = backslash_ = false;
  comment_depth_ = 0;
  statements_ = 0;
  comment_at_ = kNowhere;
  opened_at_ = statement_at_ = first_at_ = escape_end_ = cut_ = 0;
  traits_ = {};
}

void Lexer::set_delimiter(std::string_view delimiter) {
  delimiter_ = delimiter == ";" ? std::string() : std::string(delimiter);
}

void Lexer::drop_front(std::size_t count) {
  auto drop = [count](std::size_t* offset) { *offset -= std::min(*offset, count); };
  for (std::size_t* offset : {&position_, &opened_at_, &statement_at_, &escape_end_, &cut_}) {
    drop(offset);
  }
  comment_at_ = kNowhere;
  traits_ = {};
}

Lexer::Stop Lexer::feed(std::string_view text, bool line_ends, std::size_t piece_limit) {
  text_ = text;
  line_ends_ = line_ends;
  Stop stop = Stop::end_of_text;
  bool going = true;
  while (going && position_ < text_.size()) {
    switch (mode_) {
      case Mode::start:
        going = lex_start(&stop, piece_limit);
        break;
      case Mode::code:
        going = lex_code(&stop);
        break;
      case Mode::quote:
        going = lex_quote();
        break;
      case Mode::line_comment:
        going = lex_line_comment();
        break;
      case Mode::block_comment:
        going = lex_block_comment();
        break;
      case Mode::dollar_quote:
        going = lex_dollar_quote();
        break;
      case Mode::rows_begin:
      case Mode::rows:
        going = lex_rows();
        break;
    }
  }
  return stop;
}

// Each lex function returns false to leave feed(): nothing more can be decided, or `*stop` is set.

bool Lexer::lex_start(Stop* stop, std::size_t piece_limit) {
  char c = text_[position_];
  if (is_ascii_space(c)) {
    ++position_;
    return true;
  }
  if (!delimiter_.empty() && c == delimiter_.front()) {
    if (undecided(delimiter_.size())) return false;
    if (at_delimiter()) {
      end_at_delimiter();
      *stop = Stop::delimiter;
      return false;
    }
  }
  if (static_cast<signed char>(c) < 0) {
    if (undecided(3)) return false;
    if (std::size_t n = space_at_start(text_.substr(position_))) {
      position_ += n;
      return true;
    }
  }
  if (c == '-' || c == '/' || c == '#') {
    if (undecided(kLookahead)) return false;
    std::size_t before = position_;
    if (open_comment()) return true;
    position_ = before;
  }
  if (!significant_) first_at_ = position_;
  if (c == ';' && delimiter_.empty()) {
    significant_ = true;
    cut_ = ++position_;
    return true;
  }
  if (cut_ >= piece_limit) {
    *stop = Stop::piece;
    return false;
  }
  return begin_statement();
}

bool Lexer::begin_statement() {
  std::size_t end = position_;
  while (end < text_.size() && is_name_byte(text_[end])) ++end;
  if (end == text_.size() && !line_ends_) return false;
  statement_at_ = position_;
  significant_ = true;
  tracking_ = first_word_ = plain_ = false;
  mode_ = Mode::code;
  if (at(0) == '/' && open_executable_comment()) {
    first_word_ = delimiter_.empty();
    return true;
  }
  if (end > position_ && delimiter_.empty()) {
    std::string_view word = text_.substr(position_, end - position_);
    plain_ = is_plain_keyword(word);
    tracking_ = (!plain_ || grammar_.bodies == Bodies::rows) && body_.begin(word);
    position_ = end;
  }
  return true;
}

bool Lexer::lex_code(Stop* stop) {
  if (tracking_ || first_word_ || executable_ || !delimiter_.empty()) {
    return lex_tracked_code(stop);
  }
  while (position_ < text_.size()) {
    position_ = skip_code(special_, text_, position_);
    if (position_ == text_.size()) return true;
    char c = text_[position_];
    if (c == '\'') {
      // Most of a big script is short strings; they do not take the way through feed().
      open_quote(c);
      if (!lex_quote()) return false;
    } else if (!contains(special_, c)) {
      ++position_;
    } else {
      return lex_special(c);
    }
    if (mode_ != Mode::code) return true;
  }
  return true;
}

bool Lexer::lex_tracked_code(Stop* stop) {
  char c = text_[position_];
  if (!delimiter_.empty() && c == delimiter_.front()) {
    if (undecided(delimiter_.size())) return false;
    if (at_delimiter()) {
      end_at_delimiter();
      *stop = Stop::delimiter;
      return false;
    }
  }
  if (is_name_byte(c) && delimiter_.empty()) {
    std::size_t end = position_ + 1;
    while (end < text_.size() && (is_name_byte(text_[end]) || text_[end] == '$')) ++end;
    if (end == text_.size() && !line_ends_) return false;
    std::string_view word = text_.substr(position_, end - position_);
    if (first_word_) {
      tracking_ = body_.begin(word);
      first_word_ = false;
    } else if (tracking_) {
      tracking_ = body_.word(word);
      if (tracking_ && body_.rows_follow()) mode_ = Mode::rows_begin;
    }
    position_ = end;
    return true;
  }
  if (executable_ && c == '*') {
    if (undecided(2)) return false;
    if (at(1) == '/') {
      executable_ = false;
      position_ += 2;
      return true;
    }
  }
  if (contains(special_, c)) return lex_special(c);
  if (tracking_ && !is_ascii_space(c)) body_.symbol(c);
  ++position_;
  return true;
}

// At a byte that may begin something else than code.
bool Lexer::lex_special(char c) {
  if (c == ';') return end_statement();
  if (c == '\'' || c == '"' || c == '`' || c == '[') {
    open_quote(c == '[' ? ']' : c);
    return true;
  }
  if (c == '$') return open_dollar_quote();
  if (undecided(kLookahead)) return false;
  if (open_comment()) return true;
  if (tracking_) body_.symbol(c);
  ++position_;
  return true;
}

bool Lexer::end_statement() {
  ++position_;
  if (executable_ && tracking_ && body_.semicolon()) tracking_ = false;
  if (executable_ || !delimiter_.empty()) return true;
  if (tracking_ && !body_.semicolon()) return true;
  cut_ = position_;
  add_traits(statement_at_, text_.substr(statement_at_, cut_ - statement_at_));
  tracking_ = first_word_ = false;
  mode_ = Mode::start;
  return true;
}

void Lexer::add_traits(std::size_t begin, std::string_view sql) {
  ++statements_;
  Traits traits;
  traits.kind = StatementKind::ordinary;
  if (!plain_) {
    const Words words(state_.rules, sql);
    traits = classify(grammar_, words);
    if (grammar_.follow != nullptr && grammar_.follow(words, &state_)) {
      traits.changes_reading = true;
      special_ = special_bytes(state_.rules);
    }
  }
  traits.move(begin);
  traits_ = traits_.kind == StatementKind::nothing ? traits : combine(traits_, traits);
}

bool Lexer::at_delimiter() const {
  return text_.compare(position_, delimiter_.size(), delimiter_) == 0;
}

void Lexer::end_at_delimiter() {
  cut_ = position_;
  if (mode_ == Mode::code) {
    add_traits(statement_at_, text_.substr(statement_at_, cut_ - statement_at_));
  }
  position_ += delimiter_.size();
  tracking_ = first_word_ = executable_ = false;
  mode_ = Mode::start;
}

void Lexer::open_quote(char close) {
  if (tracking_) body_.symbol(close);
  opened_at_ = position_;
  close_ = close;
  backslash_ = sql::has(state_.rules.backslashes, close);
  if (close == '\'' && !backslash_) {
    backslash_ = is_escape_string(state_.rules, text_, position_) ||
                 (escape_end_ != 0 && continues_string(text_, escape_end_, position_));
  }
  ++position_;
  mode_ = Mode::quote;
}

bool Lexer::lex_quote() {
  position_ = skip_to_either(text_, position_, close_, backslash_ ? '\\' : close_);
  if (position_ == text_.size()) return true;
  if (text_[position_] == '\\' && backslash_) {
    if (undecided(2)) return false;
    position_ += has(2) ? 2 : 1;
    return true;
  }
  // A doubled quote stands for itself; brackets cannot be doubled.
  if (close_ != ']') {
    if (undecided(2)) return false;
    if (at(1) == close_) {
      position_ += 2;
      return true;
    }
  }
  ++position_;
  escape_end_ = backslash_ && state_.rules.escape_strings ? position_ : 0;
  mode_ = Mode::code;
  return true;
}

// At a byte that may begin a comment, with all bytes at hand that matter.
bool Lexer::open_comment() {
  switch (comment_at(state_.rules, text_, position_)) {
    case Comment::none:
      return false;
    case Comment::executable:
      return mode_ == Mode::code && open_executable_comment();
    case Comment::line:
      resume_ = mode_;
      comment_at_ = position_;
      mode_ = Mode::line_comment;
      return true;
    case Comment::block:
      resume_ = mode_;
      opened_at_ = comment_at_ = position_;
      comment_depth_ = 1;
      position_ += 2;
      mode_ = Mode::block_comment;
      return true;
  }
  return false;
}

// /*!50100 and /*M!100100 begin code that others take for a comment.
bool Lexer::open_executable_comment() {
  if (comment_at(state_.rules, text_, position_) != Comment::executable) return false;
  position_ = executable_begin(text_, position_);
  executable_ = true;
  return true;
}

bool Lexer::lex_line_comment() {
  auto* newline = static_cast<const char*>(
      std::memchr(text_.data() + position_, '\n', text_.size() - position_));
  if (newline == nullptr) {
    position_ = text_.size();
    return true;
  }
  position_ = static_cast<std::size_t>(newline - text_.data()) + 1;
  mode_ = resume_;
  return true;
}

bool Lexer::lex_block_comment() {
  const bool nested = state_.rules.nested_comments;
  position_ = skip_to_either(text_, position_, '*', nested ? '/' : '*');
  if (position_ == text_.size()) return true;
  if (undecided(2)) return false;
  if (at(0) == '*' && at(1) == '/') {
    position_ += 2;
    if (--comment_depth_ == 0) mode_ = resume_;
  } else if (nested && at(0) == '/' && at(1) == '*') {
    position_ += 2;
    ++comment_depth_;
  } else {
    ++position_;
  }
  return true;
}

bool Lexer::open_dollar_quote() {
  std::size_t end = position_ + 1;
  while (end < text_.size() && is_tag_byte(state_.rules, text_[end])) ++end;
  if (end == text_.size() && !line_ends_) return false;
  end = dollar_tag_end(state_.rules, text_, position_);
  if (end == position_) {
    ++position_;
    return true;
  }
  if (tracking_) body_.symbol('$');
  dollar_tag_ = text_.substr(position_, end - position_);
  opened_at_ = position_;
  position_ = end;
  mode_ = Mode::dollar_quote;
  return true;
}

bool Lexer::lex_dollar_quote() {
  std::size_t found = text_.find(dollar_tag_, position_);
  if (found != std::string_view::npos) {
    position_ = found + dollar_tag_.size();
    mode_ = Mode::code;
    return true;
  }
  // The tag may be cut off at the end of an incomplete line.
  std::size_t tail = line_ends_ ? 0 : dollar_tag_.size() - 1;
  if (text_.size() - position_ > tail) position_ = text_.size() - tail;
  return false;
}

// Rows begin on the line of the FORMAT or on the next one, and end with their line.
bool Lexer::lex_rows() {
  if (mode_ == Mode::rows_begin) {
    const char c = text_[position_];
    if (c == ';') {
      mode_ = Mode::code;
      return true;
    }
    if (c == '\n') mode_ = Mode::rows;
    if (is_ascii_space(c)) {
      ++position_;
      return true;
    }
    mode_ = Mode::rows;
  }
  position_ = std::min(text_.find('\n', position_), text_.size());
  if (position_ == text_.size()) return true;
  cut_ = position_;
  add_traits(statement_at_, text_.substr(statement_at_, cut_ - statement_at_));
  tracking_ = first_word_ = false;
  mode_ = Mode::start;
  return true;
}

void Lexer::end_unit(std::string_view text) {
  if (!only_comment_open()) add_traits(statement_at_, text.substr(statement_at_));
}

Lexer::Open Lexer::open() const {
  switch (mode_) {
    case Mode::quote:
      return Open::quote;
    case Mode::dollar_quote:
      return Open::dollar_quote;
    case Mode::block_comment:
      return Open::comment;
    default:
      break;
  }
  if (between_statements()) return Open::nothing;
  return tracking_ && body_.missing() != nullptr ? Open::body : Open::statement;
}

std::size_t Lexer::open_at() const {
  Open what = open();
  bool token = what == Open::quote || what == Open::dollar_quote || what == Open::comment;
  return token ? opened_at_ : statement_at_;
}

std::vector<std::size_t> statement_starts(const Grammar& grammar, std::string_view unit) {
  std::vector<std::size_t> starts;
  Lexer lexer(grammar);
  std::size_t base = 0;
  // The lexer stops in front of what follows a cut, and that is all but the first.
  for (bool more = true, first = true; more; first = false) {
    more = lexer.feed(unit.substr(base), true, 1) == Lexer::Stop::piece;
    if (first && lexer.significant() && unit[lexer.first_at()] != ';') {
      starts.push_back(lexer.first_at());
    }
    if (!more) break;
    starts.push_back(base + lexer.position());
    base += lexer.cut();
    lexer.drop_front(lexer.cut());
  }
  return starts;
}

}  // namespace gander::sql
