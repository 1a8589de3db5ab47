// SPDX-License-Identifier: MIT
// Lexer: follows quotes, comments and bodies through the text of one unit and says where SQL
// statements end. feed() is the entry point; it is called with ever more text of the same unit.
//
// It does not know lines of a file, annotations, or sections, and it validates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/sql/body.h"
#include "src/sql/grammar.h"
#include "src/sql/lexical.h"
#include "src/sql/skip.h"
#include "src/sql/statement.h"
#include "src/sql/traits.h"

namespace gander::sql {

class Lexer {
 public:
  enum class Stop : std::uint8_t {
    end_of_text,  // everything that could be decided was
    piece,        // a statement begins behind a cut that is `piece_limit` or more into the unit
    delimiter,    // the DELIMITER in force was found: see cut() and position()
  };
  // What is open at the end of the text.
  enum class Open : std::uint8_t { nothing, statement, quote, comment, dollar_quote, body };

  // `grammar` must outlive the lexer.
  explicit Lexer(const Grammar& grammar);

  // Forgets the unit. The delimiter stays, and what statements have changed of the rules.
  void reset();
  // As a new session reads: the grammar's rules, and no DELIMITER.
  void restore_rules();

  // Lexes on to the end of `text`, whose already lexed part must be unchanged. Unless `line_ends`,
  // what depends on the bytes to come is left for the next call.
  Stop feed(std::string_view text, bool line_ends, std::size_t piece_limit);

  // The first `count` bytes were dropped from the unit.
  void drop_front(std::size_t count);

  // A `;` was seen at the top level, and nothing but blanks and comments after it; no block
  // comment is open.
  bool ended() const { return cut_ > 0 && between_statements(); }
  // No statement is in progress, and no block comment is open.
  bool between_statements() const {
    return mode_ == Mode::start || (mode_ == Mode::line_comment && resume_ == Mode::start);
  }
  // Holds something to run (or a lone `;`).
  bool significant() const { return significant_; }

  // End of the last complete statement: behind its `;`, in front of its delimiter. 0 if none.
  std::size_t cut() const { return cut_; }
  std::size_t position() const { return position_; }

  Open open() const;
  // Where what is open began; for a statement its first byte.
  std::size_t open_at() const;
  // Where the first thing to run began, while nothing has been dropped from the unit.
  std::size_t first_at() const { return first_at_; }
  const std::string& dollar_tag() const { return dollar_tag_; }
  const char* missing() const { return body_.missing(); }
  // No statement is in progress though a comment may be open.
  bool only_comment_open() const {
    return between_statements() || (mode_ == Mode::block_comment && resume_ == Mode::start);
  }

  // Traits of the complete statements up to cut() that have not been dropped.
  const Traits& traits() const { return traits_; }
  // Takes the statement in progress for complete.
  void end_unit(std::string_view text);
  // Complete statements of the unit, dropped ones included.
  std::int64_t statements() const { return statements_; }

  // Where the last comment begins that has been found since the last call; kNowhere if none has.
  std::size_t take_comment() { return std::exchange(comment_at_, kNowhere); }
  // Within a literal, a quoted name or a comment of several lines.
  bool within_token() const {
    return mode_ == Mode::quote || mode_ == Mode::dollar_quote || mode_ == Mode::block_comment ||
           mode_ == Mode::rows;
  }

  // The rules in force behind what has been lexed.
  const LexicalRules& rules() const { return state_.rules; }

  // Of DELIMITER; empty or ";" for the usual rule.
  void set_delimiter(std::string_view delimiter);
  const std::string& delimiter() const { return delimiter_; }

 private:
  enum class Mode : std::uint8_t {
    start,
    code,
    quote,
    line_comment,
    block_comment,
    dollar_quote,
    rows_begin,  // behind INSERT ... FORMAT NAME
    rows,
  };

  bool lex_start(Stop* stop, std::size_t piece_limit);
  bool begin_statement();
  bool lex_code(Stop* stop);
  bool lex_tracked_code(Stop* stop);
  bool lex_special(char c);
  bool lex_quote();
  bool lex_line_comment();
  bool lex_block_comment();
  bool lex_dollar_quote();
  bool lex_rows();

  bool open_comment();
  bool open_executable_comment();
  bool open_dollar_quote();
  void open_quote(char close);
  bool end_statement();
  void add_traits(std::size_t begin, std::string_view sql);
  bool at_delimiter() const;
  void end_at_delimiter();
  bool has(std::size_t count) const { return position_ + count <= text_.size(); }
  bool undecided(std::size_t count) const { return !line_ends_ && !has(count); }
  char at(std::size_t offset) const {
    return position_ + offset < text_.size() ? text_[position_ + offset] : '\0';
  }

  const Grammar& grammar_;
  LexicalState state_;
  ByteSet special_;  // of state_.rules
  Body body_;
  std::string delimiter_;

  std::string_view text_;  // during feed()
  bool line_ends_ = false;

  std::size_t position_ = 0;
  Mode mode_ = Mode::start;
  Mode resume_ = Mode::start;  // after a comment
  bool tracking_ = false;      // the statement's words go to body_
  bool first_word_ = false;    // the next word is the statement's first
  bool executable_ = false;    // in /*! ... */
  bool plain_ = false;         // an INSERT, UPDATE or DELETE: ordinary without a closer look
  bool significant_ = false;
  char close_ = 0;          // of the open quote
  bool backslash_ = false;  // escapes in the open quote
  int comment_depth_ = 0;
  std::string dollar_tag_;
  std::size_t opened_at_ = 0;  // of the quote or comment
  std::size_t comment_at_ = kNowhere;
  std::size_t statement_at_ = 0;  // of the statement in progress
  std::size_t first_at_ = 0;
  std::size_t escape_end_ = 0;  // behind the last E'...', 0 if none
  std::size_t cut_ = 0;
  Traits traits_;
  std::int64_t statements_ = 0;
};

// Where the statements of a unit begin.
std::vector<std::size_t> statement_starts(const Grammar& grammar, std::string_view unit);

}  // namespace gander::sql
