// SPDX-License-Identifier: MIT
// The splitter's sections: what annotations and the end of the file do, and the errors.
#include <algorithm>
#include <utility>

#include "src/script/space.h"
#include "src/script/splitter.h"

namespace gander::script {
namespace {

// Longer texts are cut in errors; a column behind the cut shows no line at all.
constexpr std::size_t kLongestSourceLine = 4096;
constexpr std::size_t kLongestSql = 2000;

constexpr const char* kHowToStart =
    "put '-- +goose Up' on a line of its own before the first statement";

std::string clip(std::string_view line, std::size_t column) {
  if (column > kLongestSourceLine) return {};
  return std::string(line.substr(0, kLongestSourceLine));
}

}  // namespace

ErrorDetails Splitter::defect(std::string message, std::string hint) const {
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.message = std::move(message);
  details.hint = std::move(hint);
  details.file = options_.file;
  return details;
}

ErrorDetails Splitter::at_line(std::string message, std::string hint, std::size_t column) const {
  ErrorDetails details = defect(std::move(message), std::move(hint));
  details.line = line_;
  details.column = static_cast<std::int64_t>(column);
  details.source_line = clip(span_text(), column);
  return details;
}

ErrorDetails Splitter::at_unit(std::size_t offset, std::string message, std::string hint) const {
  ErrorDetails details = defect(std::move(message), std::move(hint));
  Place place = unit_.place(offset);
  details.line = place.line;
  details.column = place.column;
  details.statement = number_ + 1;
  std::string_view text = unit_.source();
  const std::size_t at = unit_.source_offset(offset);
  details.sql = trim(text).substr(0, kLongestSql);
  std::size_t begin = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  begin = begin == std::string_view::npos ? 0 : begin + 1;
  // The start of the line may have been handed out already.
  if (begin == 0 && unit_.place(0).column != 1) return details;
  std::string_view line = text.substr(begin);
  details.source_line =
      clip(line.substr(0, line.find('\n')), static_cast<std::size_t>(place.column));
  return details;
}

ErrorDetails Splitter::at_unit_start(std::string message, std::string hint) const {
  if (!mid_unit_) {
    std::string_view text = unit_.text();
    return at_unit(text.size() - trim_start(text).size(), std::move(message), std::move(hint));
  }
  ErrorDetails details = defect(std::move(message), std::move(hint));
  details.line = unit_place_.line;
  details.column = unit_place_.column;
  details.statement = number_ + 1;
  return details;
}

void Splitter::fail_section(ErrorDetails details) {
  if (wanted_) throw Error(std::move(details));
  errors_[section_ == Section::down ? 0 : 1] = std::move(details);
  failed_ = true;
  copying_ = false;
  role_ = Role::skip;
  clear_unit();
}

void Splitter::fail_before_up() {
  ErrorDetails details = at_unit(
      lexer_.first_at(), "the script must start with '-- +goose Up' annotation", kHowToStart);
  details.statement = 0;
  throw Error(std::move(details));
}

// The rows could not be told from the statements behind it. True if so.
bool Splitter::fail_copy_among_others() {
  if (in_block_ || !lexer_.traits().copies_from_stdin) return false;
  fail_section(at_unit_start("COPY ... FROM STDIN shares its line with other statements",
                             "put every statement on a line of its own"));
  return true;
}

bool Splitter::take_annotation(const AnnotationLine& line, Statement* statement) {
  switch (line.annotation) {
    case Annotation::none:
      return false;
    case Annotation::bad:
      throw Error(at_line(line.message, line.hint, line.column));
    case Annotation::up:
      begin_up();
      return false;
    case Annotation::down:
      return begin_down(statement);
    case Annotation::statement_begin:
      begin_block();
      return false;
    case Annotation::statement_end:
      return end_block(statement);
    case Annotation::no_transaction:
      transactional_ = false;
      return false;
    case Annotation::envsub_on:
      substituting_ = true;
      return false;
    case Annotation::envsub_off:
      substituting_ = false;
      return false;
  }
  return false;
}

void Splitter::begin_up() {
  if (section_ != Section::before_up) {
    throw Error(at_line(
        "duplicate '-- +goose Up' annotation, the first is on line " + std::to_string(up_line_),
        "a script has one Up section: remove this line, or move what follows it "
        "to a script of its own"));
  }
  section_ = Section::up;
  up_line_ = line_;
  clear_unit();
}

bool Splitter::begin_down(Statement* statement) {
  if (section_ == Section::before_up) {
    throw Error(at_line("the script must start with '-- +goose Up' annotation, not with Down",
                        "put '-- +goose Up' before this line, even if nothing is to be done"));
  }
  if (section_ == Section::down) {
    throw Error(at_line(
        "duplicate '-- +goose Down' annotation, the first is on line " + std::to_string(down_line_),
        "a script has one Down section: remove this line"));
  }
  if (in_block_) {
    throw Error(
        at_line("missing '-- +goose StatementEnd' annotation before '-- +goose Down', the "
                "block began on line " +
                    std::to_string(block_line_),
                "end the block with '-- +goose StatementEnd' on a line of its own"));
  }
  bool emitted = end_section(statement);
  section_ = Section::down;
  down_line_ = line_;
  number_ = 0;
  failed_ = copying_ = false;
  lexer_.set_delimiter({});
  if (!emitted) clear_unit();
  return emitted;
}

void Splitter::begin_block() {
  if (section_ == Section::before_up) {
    throw Error(
        at_line("'-- +goose StatementBegin' must be defined after '-- +goose Up' or "
                "'-- +goose Down' annotation",
                kHowToStart));
  }
  if (in_block_) {
    throw Error(at_line("'-- +goose StatementBegin' within the block that began on line " +
                            std::to_string(block_line_),
                        "end that block first: missing '-- +goose StatementEnd'"));
  }
  if (copying_ && active()) {
    fail_section(at_line("'-- +goose StatementBegin' within the data of COPY",
                         "end the data with a line that holds only '\\.'"));
  }
  in_block_ = true;
  block_line_ = line_;
  block_text_ = span_text();
  outer_delimiter_ = lexer_.delimiter();
  lexer_.set_delimiter({});
}

bool Splitter::end_block(Statement* statement) {
  if (!in_block_) {
    throw Error(
        at_line("'-- +goose StatementEnd' must be defined after "
                "'-- +goose StatementBegin'",
                "remove the line, or write '-- +goose StatementBegin' where the block "
                "begins"));
  }
  // An empty block is nothing; goose lets it swallow the line after it.
  bool emitted = false;
  if (active() && !trim_start(unit_.text()).empty()) {
    lexer_.end_unit(unit_.text());
    emitted = emit_unit(statement);
  }
  in_block_ = false;
  lexer_.set_delimiter(outer_delimiter_);
  if (!emitted) clear_unit();
  return emitted;
}

// What is left at the end of a section is nothing, a comment, or an error.
bool Splitter::end_section(Statement* statement) {
  if (!active()) return false;
  if (copying_) {
    ErrorDetails details = defect("the data of COPY is not ended by a line '\\.'",
                                  "add a line that holds only '\\.' after the last row");
    details.line = unit_place_.line;
    details.column = unit_place_.column;
    details.statement = number_ + 1;
    fail_section(std::move(details));
    return false;
  }
  if (unit_.empty()) return false;
  bool harmless = lexer_.between_statements() ||
                  // SQLite takes the end of its input for the end of a comment.
                  (options_.grammar == Grammar::sqlite && lexer_.only_comment_open());
  if (!harmless) {
    fail_unfinished();
    return false;
  }
  return lexer_.cut() > 0 && emit_unit(statement);
}

void Splitter::fail_unfinished() {
  std::string message;
  std::string hint;
  std::string_view text = unit_.text();
  switch (lexer_.open()) {
    case Lexer::Open::quote:
      message = "the quote that opens here is never closed";
      hint = "close it; a quote that belongs to the text is written twice";
      break;
    case Lexer::Open::dollar_quote:
      message = "the dollar quote that opens here is never closed";
      hint = "close it with " + lexer_.dollar_tag();
      break;
    case Lexer::Open::comment:
      message = "the comment that opens here is never closed";
      hint = "close it with '*/'";
      break;
    case Lexer::Open::body:
      message = std::string("unfinished statement: ") + lexer_.missing();
      hint =
          "complete it, or put the statement between '-- +goose StatementBegin' and "
          "'-- +goose StatementEnd' to have it sent as it stands";
      break;
    default: {
      bool usual = lexer_.delimiter().empty();
      std::int64_t last_line = unit_.place(trim_end(text).size()).line;
      message = usual ? "missing semicolon: the statement that begins here is not finished"
                      : "missing delimiter '" + lexer_.delimiter() +
                            "': the statement that begins here is not finished";
      hint = "end the statement, whose last line is line " + std::to_string(last_line) +
             ", with '" + (usual ? std::string(";") : lexer_.delimiter()) + "'";
      break;
    }
  }
  fail_section(at_unit(lexer_.open_at(), std::move(message), std::move(hint)));
}

bool Splitter::end_file(Statement* statement) {
  finished_ = true;
  if (section_ == Section::before_up) {
    ErrorDetails details =
        defect("the script must start with '-- +goose Up' annotation", kHowToStart);
    details.line = details.column = 1;
    throw Error(std::move(details));
  }
  if (in_block_) {
    ErrorDetails details = defect(
        "missing '-- +goose StatementEnd' annotation: the block that begins here is not "
        "ended",
        "end the block with '-- +goose StatementEnd' on a line of its own");
    details.line = block_line_;
    details.column = 1;
    details.source_line = block_text_;
    throw Error(std::move(details));
  }
  return end_section(statement);
}

}  // namespace gander::script
