// SPDX-License-Identifier: MIT
// Body: knows, word by word, whether a `;` belongs to the body of a trigger, a routine or a rule
// and so does not end the statement. The lexer feeds it only statements that could have a body.
//
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gander::sql {

// Which bodies there are.
enum class Bodies : std::uint8_t {
  none,
  // CREATE TRIGGER ends with `; END ;`, or where no BEGIN came before the `;`: a trigger of another
  // database, counted without knowing that one.
  triggers,
  // BEGIN ATOMIC ... END of SQL routines, parentheses of CREATE RULE.
  routines,
  // Blocks of stored programs, BEGIN NOT ATOMIC.
  programs,
  // No semicolons but rows: INSERT ... FORMAT NAME, and they reach to the end of the line.
  rows,
};

class Body {
 public:
  explicit Body(Bodies bodies) : bodies_(bodies) {}

  void reset();

  // The first word of a statement. False: no statement that begins so has a body.
  bool begin(std::string_view word);

  // The next word. False: this statement has no body, nothing more need be fed.
  bool word(std::string_view word);

  // Any other token: an operator, the start of a string or of a quoted name.
  void symbol(char c);

  // A `;` outside of quotes. True: it ends the statement.
  bool semicolon();

  // The words so far are followed by rows, see Bodies::rows, if no `;` comes next.
  bool rows_follow() const { return state_ == State::rows; }

  // What an unfinished body lacks, for a message; nullptr when nothing is open.
  const char* missing() const;

 private:
  enum class State : std::uint8_t {
    none,
    explain,         // triggers: EXPLAIN [QUERY PLAN] seen
    create,          // CREATE seen
    trigger,         // triggers: in CREATE TRIGGER
    rule,            // routines: in CREATE RULE
    sql_routine,     // routines: in CREATE FUNCTION or PROCEDURE
    begin_not,       // programs: BEGIN seen, NOT may follow
    stored_program,  // programs: in CREATE PROCEDURE, FUNCTION, TRIGGER, EVENT
    insert,          // rows: in INSERT, before VALUES or a query
    format,          // rows: FORMAT seen
    rows,            // rows: the name of a format seen
  };
  enum class Word : std::uint8_t;

  static Word word_of(std::string_view text);
  bool trigger_word(Word word);
  bool routine_word(Word word);
  bool create_program_word(Word word);
  bool insert_word(Word word);
  void program_word(Word word);
  void program_header(Word word);
  bool opens(Word word) const;
  void open_block(Word word);
  bool in_case_expression() const;

  Bodies bodies_;
  State state_ = State::none;
  Word last_{};                  // the previous word
  char last_symbol_ = 0;         // 0 when the previous token was a word
  bool semicolon_seen_ = false;  // triggers: the previous token was `;`
  bool end_seen_ = false;        // triggers: the previous tokens were `; END`
  int parentheses_ = 0;
  int depth_ = 0;        // routines: open BEGIN ATOMIC and CASE
  bool header_ = false;  // triggers, programs: the body has not begun
  // Programs.
  bool statement_start_ = false;
  bool first_word_ = false;  // the previous word began a statement, so `:` makes it a label
  bool declare_ = false;
  bool handler_ = false;      // in DECLARE ... HANDLER, whose statement may be a block
  bool until_ = false;        // in REPEAT ... UNTIL, which END follows without a `;`
  bool block_ended_ = false;  // the previous word was END; a repeated opener may follow
  std::string blocks_;        // open blocks, innermost last; see kCaseExpression
};

}  // namespace gander::sql
