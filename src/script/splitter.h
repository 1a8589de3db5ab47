// SPDX-License-Identifier: MIT
// Splitter: the one engine behind scan() and StatementReader. It walks the lines of a script, acts
// on annotations, and hands out the statements of the sections that are wanted.
//
// Each line is skipped, copied as COPY data, or appended to the unit and lexed. A line longer than
// half the window is taken in parts, which never changes the result.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"
#include "src/script/annotation.h"
#include "src/script/reader.h"
#include "src/script/substitute.h"
#include "src/script/unit.h"
#include "src/script/window.h"
#include "src/sql/lexer.h"
#include "src/sql/statement.h"

namespace gander::script {

// Tests make both small.
struct Limits {
  std::size_t window = 1 << 18;
  std::size_t piece = kPieceBytes;
};

class Splitter {
 public:
  // Without a wanted direction both are handed out and a direction's own defects are kept for
  // section_error(); with one they are thrown. `input` must outlive the splitter.
  Splitter(Input& input, ReadOptions options, std::optional<Direction> wanted, Limits limits = {});

  // As StatementReader::next().
  bool next(sql::Statement* statement);

  // Of the statement that next() handed out last.
  Direction direction() const { return direction_; }

  bool transactional() const { return transactional_; }
  const std::optional<ErrorDetails>& section_error(Direction direction) const {
    return errors_[static_cast<std::size_t>(direction)];
  }
  // In the order of the file; complete when next() has returned false, and only without a wanted
  // direction.
  const std::vector<ErrorDetails>& lookalikes(Direction direction) const {
    return lookalikes_[static_cast<std::size_t>(direction)];
  }
  // The last statement has no `;`, which the grammar does not ask for.
  bool ends_open(Direction direction) const {
    return ends_open_[static_cast<std::size_t>(direction)];
  }
  const Window& window() const { return window_; }

 private:
  enum class Section : std::uint8_t { before_up, up, down };
  // What happens to the line in progress.
  enum class Role : std::uint8_t { skip, sql, copy_data };
  // What happens to the unit once its text has been handed out: lex_on goes on with the same unit,
  // next with another one that has been lexed up to where it begins.
  enum class After : std::uint8_t { nothing, clear, lex_on, next, restart };
  // A line, or a part of a long one: [begin, end) without the line end, [begin, next) with it.
  struct Span {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t next = 0;
    bool first = true;  // begins a line
    bool last = true;   // ends a line
  };
  // The front of the unit as it is handed out.
  struct Cut {
    std::size_t size = 0;
    bool last_piece = true;
    bool trim_start = true;
    bool trim_end = true;
    After after = After::clear;
  };

  bool next_span();
  bool may_be_split(std::string_view start) const;
  bool take_span(sql::Statement* statement);
  bool take_first_span(sql::Statement* statement);
  bool take_annotation(const AnnotationLine& line, sql::Statement* statement);
  bool take_meta_line(std::string_view line);
  bool take_client_command(std::string_view line);
  void look_for_lookalike(std::string_view comment, sql::Place place);
  void look_at_line(std::string_view line, bool dashes);
  void look_at_comment();
  void settle_heading(bool down_follows);
  void refuse_nul() const;
  void refuse_nul_in_rest_of_line();
  bool take_copy_data(sql::Statement* statement);
  bool append_span();
  bool lex(sql::Statement* statement);
  bool end_line(sql::Statement* statement);
  bool end_at_delimiter(sql::Statement* statement);

  void begin_up();
  bool begin_down(sql::Statement* statement);
  void begin_block();
  bool end_block(sql::Statement* statement);
  bool end_section(bool end_of_file, sql::Statement* statement);
  bool end_file(sql::Statement* statement);

  bool emit_unit(sql::Statement* statement);
  bool emit_copy_data(bool last, sql::Statement* statement);
  bool emit(const Cut& cut, const sql::Traits& traits, sql::Statement* statement);
  void drop_delivered();
  void clear_unit();
  bool active() const;
  std::string_view span_text() const { return window_.view(span_.begin, span_.end); }

  ErrorDetails defect(std::string message, std::string hint) const;
  ErrorDetails at_line(std::string message, std::string hint, std::size_t column = 1) const;
  ErrorDetails at_unit_start(std::string message, std::string hint) const;
  ErrorDetails at_unit(std::size_t offset, std::string message, std::string hint) const;
  void fail_section(ErrorDetails details);
  void fail_before_up();
  bool fail_copy_among_others();
  bool fail_copy_in_block();
  void fail_unfinished();

  ReadOptions options_;
  std::optional<Direction> wanted_;
  Limits limits_;
  Window window_;
  Unit unit_;
  sql::Lexer lexer_;

  Section section_ = Section::before_up;
  Direction direction_ = Direction::up;
  bool transactional_ = true;
  bool substituting_ = false;
  bool in_block_ = false;
  bool copying_ = false;  // within COPY data
  bool failed_ = false;   // the section has an error: what is left of it is skipped
  bool finished_ = false;
  std::array<std::optional<ErrorDetails>, 2> errors_;
  std::array<bool, 2> ends_open_ = {};
  std::array<std::vector<ErrorDetails>, 2> lookalikes_;
  // A comment in Up that is only a heading, and the statements before it.
  std::optional<ErrorDetails> heading_;
  std::int64_t heading_number_ = 0;

  Span span_;
  Role role_ = Role::skip;
  std::uint64_t searched_ = 0;  // no line end stands before this offset and behind span_
  std::uint64_t line_begin_ = 0;
  std::int64_t line_ = 0;
  std::int64_t up_line_ = 0;
  std::int64_t down_line_ = 0;
  std::int64_t block_line_ = 0;
  std::string block_text_;       // the StatementBegin line
  std::string outer_delimiter_;  // in force outside the block
  sql::Place unit_place_;  // of the unit whose first piece, or COPY command, was handed out last

  bool lexing_ = false;    // the unit holds bytes that the lexer has not seen
  bool mid_unit_ = false;  // a piece of the unit has been handed out
  bool mid_line_ = false;  // the unit began behind a delimiter
  std::int64_t number_ = 0;
  SubstitutedLine substituted_;
  sql::Anchor empty_anchor_;
  std::size_t delivered_ = 0;
  After after_ = After::nothing;
};

}  // namespace gander::script
