// SPDX-License-Identifier: MIT
#include "src/script/splitter.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "src/sql/space.h"

namespace gander::script {
namespace {

// A part of a line is at least this long, so that what decides about a line is in its first part.
constexpr std::size_t kSmallestPart = 64;

std::size_t window_capacity(const Input& input, std::size_t limit) {
  std::int64_t size = input.size();
  // One byte more than the file: the read that finds its end needs room.
  bool small = size >= 0 && static_cast<std::uint64_t>(size) < limit;
  return small ? static_cast<std::size_t>(size) + 1 : limit;
}

bool begins_with_dashes(std::string_view line) {
  char c = line.empty() ? '\0' : line.front();
  bool may = c == '-' || sql::is_ascii_space(c) || static_cast<signed char>(c) < 0;
  return may && sql::trim_start(line).substr(0, 2) == "--";
}

}  // namespace

Splitter::Splitter(Input& input, ReadOptions options, std::optional<Direction> wanted,
                   Limits limits)
    : options_(std::move(options)),
      wanted_(wanted),
      limits_(limits),
      window_(input, window_capacity(input, limits.window)),
      unit_(window_),
      lexer_(*options_.grammar) {
  if (options_.grammar->statements_alone) limits_.piece = 1;
  if (options_.plain) section_ = Section::up;
}

bool Splitter::next(sql::Statement* statement) {
  drop_delivered();
  while (!finished_) {
    bool emitted = false;
    if (lexing_) {
      emitted = lex(statement);
    } else if (next_span()) {
      emitted = take_span(statement);
    } else {
      emitted = end_file(statement);
    }
    if (emitted) return true;
  }
  return false;
}

bool Splitter::active() const {
  if (failed_ || section_ == Section::before_up) return false;
  return !wanted_ || (*wanted_ == Direction::up) == (section_ == Section::up);
}

// Sets span_ to the next line, or to as much of a long line as is at hand. False at the end.
bool Splitter::next_span() {
  const bool first = span_.last;
  const std::uint64_t begin = span_.next;
  searched_ = std::max(searched_, begin);
  while (true) {
    std::string_view unread = window_.view(searched_, window_.end());
    if (!unread.empty()) {
      if (const void* found = std::memchr(unread.data(), '\n', unread.size())) {
        auto offset = static_cast<std::uint64_t>(static_cast<const char*>(found) - unread.data());
        std::uint64_t end = searched_ + offset;
        span_ = {begin, end, end + 1, first, true};
        searched_ = end + 1;
        break;
      }
    }
    searched_ = window_.end();
    if (window_.at_end_of_input()) {
      if (first && begin == window_.end()) return false;
      span_ = {begin, searched_, searched_, first, true};
      break;
    }
    bool long_enough = searched_ - begin >= std::max(limits_.window / 2, kSmallestPart);
    if (long_enough && (!first || may_be_split(window_.view(begin, searched_)))) {
      span_ = {begin, searched_, searched_, first, false};
      break;
    }
    window_.fill(unit_.in_window() ? std::min(unit_.window_begin(), begin) : begin);
  }
  if (first) {
    ++line_;
    line_begin_ = begin;
  }
  return true;
}

// True if a line that starts so can be taken in parts: it is plain SQL or data.
bool Splitter::may_be_split(std::string_view start) const {
  if (substituting_ && active()) return false;
  std::string_view text = sql::trim_start(start);
  if (text.size() < kSmallestPart / 2) return false;
  return text.front() != '-' && text.front() != '\\' &&
         !sql::equals_keyword(text.substr(0, 9), "DELIMITER");
}

bool Splitter::take_span(sql::Statement* statement) {
  if (window_.nul_at() < span_.next) refuse_nul();
  if (span_.first) return take_first_span(statement);
  if (role_ == Role::copy_data) return take_copy_data(statement);
  if (role_ == Role::sql) lexing_ = append_span();
  return false;
}

bool Splitter::take_first_span(sql::Statement* statement) {
  role_ = Role::skip;
  std::string_view line = span_text();
  bool dashes = begins_with_dashes(line);
  if (dashes && !options_.plain) {
    AnnotationLine annotation = read_annotation(line);
    if (annotation.annotation != Annotation::none) return take_annotation(annotation, statement);
  }
  if (!wanted_) look_at_line(line, dashes);
  if (section_ != Section::before_up && !active()) return false;
  if (copying_) {
    role_ = Role::copy_data;
    return take_copy_data(statement);
  }
  // goose's rule for what stands before a statement. A line of blanks is not left out.
  if (unit_.empty() && (line.empty() || dashes)) return false;
  if (lexer_.between_statements() && take_meta_line(line)) return false;
  role_ = Role::sql;
  lexing_ = append_span();
  return false;
}

// Appends the span to the unit. False if its variables cannot be substituted.
bool Splitter::append_span() {
  sql::Place place{line_, static_cast<std::int64_t>(span_.begin - line_begin_) + 1};
  std::string_view line = span_text();
  if (substituting_ && section_ != Section::before_up && needs_substitution(line)) {
    if (auto failure = substitute(line, options_.variables, &substituted_)) {
      fail_section(at_line("variable substitution failed: " + failure->cause,
                           "set the variable, correct the expression, or end the substitution "
                           "with '-- +goose ENVSUB OFF' before this line",
                           failure->offset + 1));
      return false;
    }
    if (!substituted_.replacements.empty()) {
      if (span_.next > span_.end) substituted_.text += '\n';
      unit_.append_substituted(substituted_, window_.view(span_.begin, span_.next), place);
      return true;
    }
  }
  unit_.append(span_.begin, span_.next, place);
  return true;
}

// Lines for a client program instead of the database: psql's and mysql's. True if it was one.
bool Splitter::take_meta_line(std::string_view line) {
  if (!active()) return false;
  std::string_view text = sql::trim_start(line);
  char first = text.empty() ? '\0' : text.front();
  if (first == '\\' || first == '.') return take_client_command(line);
  if (in_block_ || (first != 'd' && first != 'D')) return false;
  text = sql::trim_end(text);
  if (!options_.grammar->delimiter_lines || !sql::equals_keyword(text.substr(0, 9), "DELIMITER")) {
    return false;
  }
  if (text.size() > 9 && sql::space_at_start(text.substr(9)) == 0) return false;
  std::string_view delimiter = sql::trim(text.substr(9));
  std::size_t size = 0;
  while (size < delimiter.size() && sql::space_at_start(delimiter.substr(size)) == 0) ++size;
  delimiter = delimiter.substr(0, size);
  if (delimiter.empty() || delimiter.find('\\') != std::string_view::npos) {
    fail_section(at_line("DELIMITER needs a word without a backslash",
                         "write for example 'DELIMITER //', and 'DELIMITER ;' afterwards"));
    return true;
  }
  clear_unit();
  lexer_.set_delimiter(delimiter);
  return true;
}

// psql's backslash and the sqlite3 shell's dot begin no SQL statement of any database.
bool Splitter::take_client_command(std::string_view line) {
  const std::string_view text = sql::trim(line);
  const std::string name(text.substr(0, std::min(text.find_first_of(" \t"), text.size())));
  const bool backslash = text.front() == '\\';
  const bool letter = text.size() > 1 && ((text[1] | 0x20) >= 'a' && (text[1] | 0x20) <= 'z');
  if (!backslash && !letter) return false;
  const std::span<const std::string_view> passed = options_.grammar->client_lines;
  if (std::find(passed.begin(), passed.end(), name) != passed.end() && !in_block_) return true;
  std::string message =
      "'" + name + "' is a command of " + (backslash ? "psql" : "the sqlite3 shell") + ", not SQL";
  std::string hint = "remove the line, or write in SQL what it does";
  if (name == "\\.") {
    message = "'\\.' ends the data of COPY, and no COPY stands before it";
    hint = "remove the line, or put COPY ... FROM STDIN; before the data";
  } else if (name == "\\i" || name == "\\ir" || name == "\\include" || name == ".read") {
    hint = "put what that file holds into this one";
  } else if (name == "\\c" || name == "\\connect" || name == ".open") {
    hint = "remove the line: the database is the one that is being migrated";
  } else if (name == "\\copy") {
    hint = "use COPY ... FROM STDIN; with the rows behind it and a line '\\.' at their end";
  }
  fail_section(at_line(std::move(message), std::move(hint),
                       static_cast<std::size_t>(text.data() - line.data()) + 1));
  return true;
}

bool Splitter::take_copy_data(sql::Statement* statement) {
  if (span_.first && span_.last && span_text() == "\\.") {
    copying_ = false;
    return emit_copy_data(true, statement);
  }
  if (!append_span() || !span_.last || unit_.size() < limits_.piece) return false;
  return emit_copy_data(false, statement);
}

bool Splitter::emit_copy_data(bool last, sql::Statement* statement) {
  sql::Traits traits;
  traits.kind = sql::StatementKind::copy_from_stdin;
  return emit({unit_.size(), last, false, false, After::clear}, traits, statement);
}

bool Splitter::lex(sql::Statement* statement) {
  sql::Lexer::Stop stop = lexer_.feed(unit_.text(), span_.last, limits_.piece);
  if (section_ == Section::before_up && lexer_.significant()) fail_before_up();
  switch (stop) {
    case sql::Lexer::Stop::piece:
      // A statement follows, so a COPY has company.
      if (fail_copy_among_others() || fail_copy_in_block()) return false;
      if (options_.grammar->statements_alone) {
        return emit({lexer_.cut(), true, true, true, After::next}, lexer_.traits(), statement);
      }
      return emit({lexer_.cut(), false, !mid_unit_, false, After::lex_on}, lexer_.traits(),
                  statement);
    case sql::Lexer::Stop::delimiter:
      return end_at_delimiter(statement);
    case sql::Lexer::Stop::end_of_text:
      break;
  }
  lexing_ = false;
  if (!span_.last) return false;
  if (!wanted_) look_at_comment();
  return end_line(statement);
}

bool Splitter::end_line(sql::Statement* statement) {
  if (in_block_) {
    fail_copy_in_block();
    return false;
  }
  bool bare = lexer_.between_statements() && !lexer_.significant();
  if (bare && (mid_line_ || section_ == Section::before_up)) clear_unit();
  bool company = lexer_.statements() > 1 || !lexer_.only_comment_open();
  if (company && fail_copy_among_others()) return false;
  return lexer_.ended() && emit_unit(statement);
}

// Hands out what is left of the unit, which the lexer has seen to the end.
bool Splitter::emit_unit(sql::Statement* statement) {
  std::string_view text = unit_.text();
  bool copies = lexer_.traits().copies_from_stdin && !in_block_;
  copying_ = copies;
  return emit({text.size(), !copies, !mid_unit_, true, After::clear}, lexer_.traits(), statement);
}

bool Splitter::end_at_delimiter(sql::Statement* statement) {
  if (lexer_.significant()) {
    return emit({lexer_.cut(), true, true, true, After::restart}, lexer_.traits(), statement);
  }
  delivered_ = lexer_.position();
  after_ = After::restart;
  drop_delivered();
  return false;
}

// Hands out the front of the unit.
bool Splitter::emit(const Cut& cut, const sql::Traits& traits, sql::Statement* statement) {
  std::string_view whole = unit_.text().substr(0, cut.size);
  std::string_view text = cut.trim_start ? sql::trim_start(whole) : whole;
  std::size_t start = whole.size() - text.size();
  if (cut.trim_end) text = sql::trim_end(text);

  std::span<const sql::Anchor> anchors = unit_.anchors_from(start);
  while (anchors.size() > 1 && anchors.back().offset > text.size()) {
    anchors = anchors.first(anchors.size() - 1);
  }
  if (unit_.empty()) {
    empty_anchor_ = {0, {line_, 1}};
    anchors = {&empty_anchor_, 1};
  }
  bool in_window = unit_.in_window() && cut.size < unit_.size();
  std::uint64_t end = in_window ? unit_.window_begin() + cut.size : span_.next;

  statement->text = text;
  statement->source = unit_.source_of(start, start + text.size());
  statement->number = number_ + 1;
  statement->last_piece = cut.last_piece;
  statement->anchors = anchors;
  statement->kind = traits.kind;
  statement->transactions = traits.transactions;
  statement->opens_savepoint = traits.opens_savepoint;
  statement->drops_or_renames_table = traits.drops_or_renames_table;
  const auto within = [start](std::size_t at) {
    return at == sql::kNowhere ? sql::kNowhere : at - start;
  };
  statement->bare_at = within(traits.bare_at);
  statement->undo_at = within(traits.undo_at);
  statement->commands = options_.grammar->statements_alone ? 1 : lexer_.statements();
  statement->changes_reading = traits.changes_reading;
  statement->bytes_read = window_.file_offset(end);

  if (cut.trim_start) unit_place_ = anchors.front().place;
  direction_ = section_ == Section::down ? Direction::down : Direction::up;
  if (cut.last_piece) ++number_;
  delivered_ = cut.after == After::restart ? lexer_.position() : cut.size;
  after_ = cut.after;
  return true;
}

void Splitter::drop_delivered() {
  const After after = std::exchange(after_, After::nothing);
  switch (after) {
    case After::nothing:
      return;
    case After::clear:
      clear_unit();
      return;
    case After::lex_on:
    case After::next:
      mid_unit_ = after == After::lex_on;
      unit_.drop_front(delivered_);
      lexer_.drop_front(delivered_);
      return;
    case After::restart:
      unit_.drop_front(delivered_);
      lexer_.reset();
      mid_line_ = true;
      return;
  }
}

void Splitter::clear_unit() {
  unit_.clear();
  lexer_.reset();
  lexing_ = mid_unit_ = mid_line_ = false;
}

}  // namespace gander::script
