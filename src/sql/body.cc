// SPDX-License-Identifier: MIT
#include "src/sql/body.h"

#include <array>

#include "src/sql/lexical.h"

namespace gander::sql {

enum class Body::Word : std::uint8_t {
  other,
  after,
  alter_,
  aggregate,
  as,
  atomic,
  before,
  begin,
  call,
  case_,
  character,
  create,
  database,
  declare,
  delete_,
  do_,
  each,
  else_,
  elseif,
  end,
  event,
  explain,
  for_,
  format,
  from,
  function,
  handler,
  if_,
  index,
  insert,
  into,
  loop,
  not_,
  or_,
  plan,
  procedure,
  query,
  repeat,
  replace,
  return_,
  role,
  row,
  rule,
  schema,
  select,
  server,
  set,
  table,
  temp,
  temporary,
  then,
  trigger,
  until,
  update,
  user,
  values,
  view,
  while_,
  with,
};

namespace {

// A block on the stack of a stored program is named by its opener: 'b' BEGIN, 'i' IF, 'l' LOOP,
// 'w' WHILE, 'f' FOR, 'r' REPEAT, 'c' CASE as a statement, and this for CASE within an expression.
constexpr char kCaseExpression = 'e';

}  // namespace

Body::Word Body::word_of(std::string_view text) {
  struct Entry {
    std::string_view name;
    Word word;
  };
  static constexpr std::array<Entry, 58> kWords = {{
      {"AFTER", Word::after},
      {"ALTER", Word::alter_},
      {"AGGREGATE", Word::aggregate},
      {"AS", Word::as},
      {"ATOMIC", Word::atomic},
      {"BEFORE", Word::before},
      {"BEGIN", Word::begin},
      {"CALL", Word::call},
      {"CASE", Word::case_},
      {"CHARACTER", Word::character},
      {"CREATE", Word::create},
      {"DATABASE", Word::database},
      {"DECLARE", Word::declare},
      {"DELETE", Word::delete_},
      {"DO", Word::do_},
      {"EACH", Word::each},
      {"ELSE", Word::else_},
      {"ELSEIF", Word::elseif},
      {"END", Word::end},
      {"EVENT", Word::event},
      {"EXPLAIN", Word::explain},
      {"FOR", Word::for_},
      {"FORMAT", Word::format},
      {"FROM", Word::from},
      {"FUNCTION", Word::function},
      {"HANDLER", Word::handler},
      {"IF", Word::if_},
      {"INDEX", Word::index},
      {"INSERT", Word::insert},
      {"INTO", Word::into},
      {"LOOP", Word::loop},
      {"NOT", Word::not_},
      {"OR", Word::or_},
      {"PLAN", Word::plan},
      {"PROCEDURE", Word::procedure},
      {"QUERY", Word::query},
      {"REPEAT", Word::repeat},
      {"REPLACE", Word::replace},
      {"RETURN", Word::return_},
      {"ROLE", Word::role},
      {"ROW", Word::row},
      {"RULE", Word::rule},
      {"SCHEMA", Word::schema},
      {"SELECT", Word::select},
      {"SERVER", Word::server},
      {"SET", Word::set},
      {"TABLE", Word::table},
      {"TEMP", Word::temp},
      {"TEMPORARY", Word::temporary},
      {"THEN", Word::then},
      {"TRIGGER", Word::trigger},
      {"UNTIL", Word::until},
      {"UPDATE", Word::update},
      {"USER", Word::user},
      {"VALUES", Word::values},
      {"VIEW", Word::view},
      {"WHILE", Word::while_},
      {"WITH", Word::with},
  }};
  if (text.size() < 2 || text.size() > 9) return Word::other;
  char first = static_cast<char>(text.front() & ~0x20);
  for (const Entry& entry : kWords) {
    if (entry.name.front() == first && equals_keyword(text, entry.name)) return entry.word;
  }
  return Word::other;
}

void Body::reset() {
  state_ = State::none;
  last_ = Word::other;
  last_symbol_ = 0;
  semicolon_seen_ = end_seen_ = false;
  parentheses_ = depth_ = 0;
  header_ = statement_start_ = first_word_ = block_ended_ = false;
  declare_ = handler_ = until_ = false;
  blocks_.clear();
}

bool Body::begin(std::string_view text) {
  if (bodies_ == Bodies::none) return false;
  Word word = word_of(text);
  if (word == Word::other) return false;
  reset();
  last_ = word;
  if (word == Word::create) state_ = State::create;
  if (bodies_ == Bodies::triggers && word == Word::explain) state_ = State::explain;
  if (bodies_ == Bodies::rows) state_ = word == Word::insert ? State::insert : State::none;
  if (bodies_ != Bodies::programs) return state_ != State::none;

  if (word == Word::alter_) state_ = State::create;
  if (word == Word::begin) state_ = State::begin_not;
  // Some servers take these outside of stored programs too; for others no statement begins so.
  if (word == Word::if_ || word == Word::case_ || word == Word::loop || word == Word::while_ ||
      word == Word::repeat || word == Word::for_) {
    state_ = State::stored_program;
    statement_start_ = true;
    program_word(word);
  }
  return state_ != State::none;
}

bool Body::word(std::string_view text) {
  Word word = word_of(text);
  bool tracked = true;
  switch (bodies_) {
    case Bodies::triggers:
      tracked = trigger_word(word);
      break;
    case Bodies::routines:
      tracked = routine_word(word);
      break;
    case Bodies::programs:
      if (state_ == State::stored_program) {
        program_word(word);
      } else {
        tracked = create_program_word(word);
      }
      break;
    case Bodies::rows:
      tracked = insert_word(word);
      break;
    case Bodies::none:
      return false;
  }
  last_ = word;
  last_symbol_ = 0;
  if (!tracked) state_ = State::none;
  return tracked;
}

bool Body::trigger_word(Word word) {
  switch (state_) {
    case State::explain:
      if (word == Word::create) state_ = State::create;
      return word == Word::create || word == Word::query || word == Word::plan;
    case State::create:
      if (word == Word::trigger) state_ = State::trigger;
      header_ = true;
      return word == Word::trigger || word == Word::temp || word == Word::temporary;
    default:
      if (word == Word::begin) header_ = false;
      end_seen_ = semicolon_seen_ && word == Word::end;
      semicolon_seen_ = false;
      return true;
  }
}

bool Body::routine_word(Word word) {
  if (state_ == State::create) {
    if (word == Word::function || word == Word::procedure) state_ = State::sql_routine;
    if (word == Word::rule) state_ = State::rule;
    return state_ != State::create || word == Word::or_ || word == Word::replace;
  }
  // After a dot and after AS every keyword is a plain name.
  bool name = last_symbol_ == '.' || (last_symbol_ == 0 && last_ == Word::as);
  if (state_ == State::rule || name) return true;
  if (depth_ == 0) {
    bool adjacent = last_symbol_ == 0 && last_ == Word::begin;
    if (word == Word::atomic && adjacent) depth_ = 1;
  } else if (word == Word::case_) {
    ++depth_;
  } else if (word == Word::end) {
    --depth_;
  }
  return true;
}

bool Body::create_program_word(Word word) {
  if (state_ == State::begin_not) {
    if (word != Word::not_) return false;
    state_ = State::stored_program;
    blocks_.push_back('b');
    return true;
  }
  switch (word) {
    case Word::procedure:
    case Word::function:
    case Word::trigger:
    case Word::event:
      state_ = State::stored_program;
      header_ = true;
      return true;
    case Word::table:
    case Word::view:
    case Word::index:
    case Word::database:
    case Word::schema:
    case Word::user:
    case Word::role:
    case Word::server:
    case Word::temporary:
      return false;
    default:
      return true;  // OR REPLACE, DEFINER = name@host, AGGREGATE
  }
}

bool Body::insert_word(Word word) {
  if (parentheses_ > 0) return true;  // names of columns
  switch (word) {
    case Word::values:
    case Word::select:
    case Word::with:
    case Word::from:
      return false;
    case Word::format:
      // INSERT INTO format
      if (state_ == State::insert && last_ != Word::into) state_ = State::format;
      return true;
    default:
      if (state_ == State::format) state_ = State::rows;
      return true;
  }
}

bool Body::in_case_expression() const {
  return !blocks_.empty() && blocks_.back() == kCaseExpression;
}

// The words between the object's name and its body. Some statements may be the whole body; then
// IF and REPEAT behind them are functions.
void Body::program_header(Word word) {
  switch (word) {
    case Word::do_:
      header_ = false;
      statement_start_ = true;
      return;
    case Word::insert:
    case Word::update:
    case Word::delete_:
      // BEFORE INSERT, and BEFORE INSERT OR UPDATE, name the trigger's event.
      if (last_symbol_ == 0 &&
          (last_ == Word::before || last_ == Word::after || last_ == Word::or_)) {
        return;
      }
      header_ = false;
      return;
    case Word::set:
      if (last_ != Word::character) header_ = false;
      return;
    case Word::return_:
    case Word::select:
    case Word::call:
    case Word::replace:
      header_ = false;
      return;
    default:
      return;
  }
}

// True where `word` opens a block rather than being a function or a name.
bool Body::opens(Word word) const {
  if (word == Word::case_) return true;
  if (word == Word::for_) return statement_start_;  // no HANDLER FOR, no FOR EACH ROW
  if (statement_start_ || handler_) return true;
  if (!header_ || parentheses_ > 0) return false;
  // CREATE EVENT IF NOT EXISTS
  bool existence = last_symbol_ == 0 && (last_ == Word::procedure || last_ == Word::function ||
                                         last_ == Word::trigger || last_ == Word::event);
  return !existence;
}

void Body::open_block(Word word) {
  bool expression = word == Word::case_ && !statement_start_ && !header_ && !handler_;
  char name = kCaseExpression;
  if (!expression) {
    switch (word) {
      case Word::begin:
        name = 'b';
        break;
      case Word::if_:
        name = 'i';
        break;
      case Word::loop:
        name = 'l';
        break;
      case Word::while_:
        name = 'w';
        break;
      case Word::repeat:
        name = 'r';
        break;
      case Word::for_:
        name = 'f';
        break;
      default:
        name = 'c';
        break;
    }
    header_ = handler_ = false;
  }
  blocks_.push_back(name);
  statement_start_ = word == Word::begin || word == Word::loop || word == Word::repeat;
}

void Body::program_word(Word word) {
  bool at_start = statement_start_;
  bool after_end = block_ended_;
  bool name = last_symbol_ == '.' || last_symbol_ == '@';
  // The whole body is a loop, and this is its variable.
  const bool behind_for = header_ && last_ == Word::for_ && last_symbol_ == 0;
  if (behind_for && word != Word::each) open_block(Word::for_);
  first_word_ = at_start;
  block_ended_ = false;
  if (name) {
    statement_start_ = false;
    return;
  }
  switch (word) {
    case Word::begin:
    case Word::case_:
    case Word::if_:
    case Word::loop:
    case Word::while_:
    case Word::repeat:
    case Word::for_:
      if (after_end) return;  // END IF
      if (opens(word)) {
        open_block(word);
      } else {
        statement_start_ = false;
      }
      return;
    case Word::end:
      if (in_case_expression() || ((at_start || until_) && !blocks_.empty())) {
        block_ended_ = true;
        until_ = until_ && in_case_expression();
        blocks_.pop_back();
      }
      statement_start_ = false;
      return;
    case Word::then:
    case Word::else_:
      statement_start_ = !in_case_expression() && !blocks_.empty();
      return;
    case Word::do_:
      if (!header_) {
        statement_start_ = !blocks_.empty() && (blocks_.back() == 'w' || blocks_.back() == 'f');
        return;
      }
      break;
    case Word::atomic:
      // BEGIN NOT ATOMIC
      statement_start_ = last_ == Word::not_ && blocks_ == "b";
      return;
    case Word::until:
      until_ = at_start && !blocks_.empty() && blocks_.back() == 'r';
      break;
    case Word::declare:
      declare_ = at_start;
      break;
    case Word::handler:
      handler_ = declare_;
      break;
    case Word::set:
    case Word::select:
    case Word::insert:
    case Word::update:
    case Word::delete_:
    case Word::call:
      handler_ = false;
      break;
    default:
      break;
  }
  statement_start_ = false;
  if (header_) program_header(word);
}

void Body::symbol(char c) {
  if (c == '(') ++parentheses_;
  if (c == ')' && parentheses_ > 0) --parentheses_;
  if (state_ == State::format) state_ = State::insert;
  semicolon_seen_ = end_seen_ = false;
  block_ended_ = false;
  if (c == ':' && first_word_) {
    statement_start_ = true;  // a label
  } else {
    statement_start_ = false;
  }
  first_word_ = false;
  last_symbol_ = c;
}

bool Body::semicolon() {
  bool ends = true;
  switch (state_) {
    case State::trigger:
      ends = end_seen_ || header_;
      semicolon_seen_ = true;
      end_seen_ = false;
      break;
    case State::rule:
      ends = parentheses_ == 0;
      break;
    case State::sql_routine:
      ends = depth_ <= 0;
      break;
    case State::stored_program:
      ends = blocks_.empty();
      statement_start_ = true;
      break;
    default:
      break;
  }
  declare_ = handler_ = until_ = first_word_ = block_ended_ = false;
  last_symbol_ = ';';
  if (ends) reset();
  return ends;
}

const char* Body::missing() const {
  switch (state_) {
    case State::trigger:
      return "the trigger's body has no 'END;'";
    case State::rule:
      return parentheses_ > 0 ? "a '(' of the rule is not closed" : nullptr;
    case State::sql_routine:
      return depth_ > 0 ? "the BEGIN ATOMIC has no 'END'" : nullptr;
    case State::stored_program:
      return blocks_.empty() ? nullptr : "a block of the stored program has no 'END'";
    default:
      return nullptr;
  }
}

}  // namespace gander::sql
