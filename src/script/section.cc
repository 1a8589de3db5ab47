// SPDX-License-Identifier: MIT
// The splitter's sections: what annotations and the end of the file do, and the errors.
#include <algorithm>
#include <utility>

#include "src/base/clip.h"
#include "src/script/lookalike.h"
#include "src/script/splitter.h"
#include "src/sql/space.h"

namespace gander::script {
namespace {

// Longer texts are cut in errors; a column behind the cut shows no line at all.
constexpr std::size_t kLongestSourceLine = 4096;

constexpr const char* kHowToStart =
    "put '-- +goose Up' on a line of its own before the first statement";

std::string clip(std::string_view line, std::size_t column) {
  if (column > kLongestSourceLine) return {};
  return std::string(first_bytes(line, kLongestSourceLine));
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
  sql::Place place = unit_.place(offset);
  details.line = place.line;
  details.column = place.column;
  details.statement = number_ + 1;
  std::string_view text = unit_.source();
  const std::size_t at = unit_.source_offset(offset);
  details.sql = shown_sql(sql::trim(text));
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
    return at_unit(text.size() - sql::trim_start(text).size(), std::move(message), std::move(hint));
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
  // A misspelt annotation is the likeliest reason.
  ErrorDetails details = at_unit(
      lexer_.first_at(), "the script must start with '-- +goose Up' annotation", kHowToStart);
  details.statement = 0;
  refuse_nul_in_rest_of_line();
  if (!lookalikes_[1].empty()) throw Error(lookalikes_[1].front());
  throw Error(std::move(details));
}

// The rows could not be told from the statements behind it. True if so.
bool Splitter::fail_copy_among_others() {
  if (in_block_ || !lexer_.traits().copies_from_stdin) return false;
  fail_section(at_unit_start("COPY ... FROM STDIN shares its line with other statements",
                             "put every statement on a line of its own"));
  return true;
}

// In a block the rows would be sent as if they were SQL, which ends in an error of the server.
bool Splitter::fail_copy_in_block() {
  if (!in_block_ || !lexer_.traits().copies_from_stdin) return false;
  fail_section(at_unit_start(
      "COPY ... FROM STDIN and its data cannot stand between StatementBegin and StatementEnd",
      "put COPY outside of the block: it needs no marks, and a line '\\.' ends its data"));
  return true;
}

bool Splitter::take_annotation(const AnnotationLine& line, sql::Statement* statement) {
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

bool Splitter::begin_down(sql::Statement* statement) {
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
  settle_heading(true);
  bool emitted = end_section(false, statement);
  section_ = Section::down;
  down_line_ = line_;
  number_ = 0;
  failed_ = copying_ = false;
  lexer_.restore_rules();
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

bool Splitter::end_block(sql::Statement* statement) {
  if (!in_block_) {
    throw Error(
        at_line("'-- +goose StatementEnd' must be defined after "
                "'-- +goose StatementBegin'",
                "remove the line, or write '-- +goose StatementBegin' where the block "
                "begins"));
  }
  // An empty block is nothing; goose lets it swallow the line after it.
  bool emitted = false;
  if (active() && !sql::trim_start(unit_.text()).empty()) {
    lexer_.end_unit(unit_.text());
    if (!fail_copy_in_block()) emitted = emit_unit(statement);
  }
  in_block_ = false;
  lexer_.set_delimiter(outer_delimiter_);
  if (!emitted) clear_unit();
  return emitted;
}

// What is left at the end of a section is nothing, a comment, or an error.
bool Splitter::end_section(bool end_of_file, sql::Statement* statement) {
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
  // What a Down annotation within a comment means is anybody's guess.
  const bool comment_may_end = lexer_.rules().text_ends_comment && end_of_file;
  const bool harmless =
      lexer_.between_statements() || (comment_may_end && lexer_.only_comment_open());
  if (!harmless) {
    const bool may_end = lexer_.rules().text_ends_statement && lexer_.delimiter().empty() &&
                         lexer_.open() == sql::Lexer::Open::statement;
    if (!may_end) {
      fail_unfinished();
      return false;
    }
    ends_open_[section_ == Section::down ? 0 : 1] = true;
    lexer_.end_unit(unit_.text());
    return emit_unit(statement);
  }
  return lexer_.cut() > 0 && emit_unit(statement);
}

void Splitter::fail_unfinished() {
  std::string message;
  std::string hint;
  std::string_view text = unit_.text();
  switch (lexer_.open()) {
    case sql::Lexer::Open::quote:
      message = "the quote that opens here is never closed";
      hint = "close it; a quote that belongs to the text is written twice";
      break;
    case sql::Lexer::Open::dollar_quote:
      message = "the dollar quote that opens here is never closed";
      hint = "close it with " + lexer_.dollar_tag();
      break;
    case sql::Lexer::Open::comment:
      message = "the comment that opens here is never closed";
      hint = "close it with '*/'";
      break;
    case sql::Lexer::Open::body:
      message = std::string("unfinished statement: ") + lexer_.missing();
      hint = options_.plain
                 ? "complete it"
                 : "complete it, or put the statement between '-- +goose StatementBegin' and "
                   "'-- +goose StatementEnd' to have it sent as it stands";
      break;
    default: {
      bool usual = lexer_.delimiter().empty();
      std::int64_t last_line = unit_.place(sql::trim_end(text).size()).line;
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

bool Splitter::end_file(sql::Statement* statement) {
  finished_ = true;
  settle_heading(false);
  if (section_ == Section::before_up) {
    if (!lookalikes_[1].empty()) throw Error(lookalikes_[1].front());
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
  return end_section(true, statement);
}

void Splitter::look_for_lookalike(std::string_view comment, sql::Place place) {
  std::optional<Lookalike> found = find_lookalike(comment);
  if (!found || failed_) return;
  ErrorDetails details = defect(
      found->heading ? "this comment begins no Down section: what follows it belongs to Up"
                     : "this looks like the annotation '" + found->meant + "', and is none",
      "write '" + found->meant + "' on a line of its own, or other words if it is only a comment");
  details.line = place.line;
  details.column = place.column + static_cast<std::int64_t>(found->offset);
  details.source_line = std::string(static_cast<std::size_t>(place.column - 1), ' ');
  details.source_line += comment;
  std::vector<ErrorDetails>& known = lookalikes_[section_ == Section::down ? 0 : 1];
  if (!known.empty() && known.back().line == details.line) return;
  if (!found->heading) {
    known.push_back(std::move(details));
  } else if (section_ == Section::up && !heading_) {
    heading_ = std::move(details);
    heading_number_ = number_;
  }
}

// What stands before a statement, and the lines that the lexer does not take for comments.
void Splitter::look_at_line(std::string_view line, bool dashes) {
  if (copying_ || span_.end - span_.begin > kLongestSourceLine) return;
  const bool skipped = dashes && unit_.empty();
  if (skipped) {
    look_for_lookalike(line, {line_, 1});
  } else if (lexer_.only_comment_open() && !lexer_.between_statements()) {
    // Within a comment of several lines, where prose may name a command.
    if (sql::trim_start(line).substr(0, 1) == "+") look_for_lookalike(line, {line_, 1});
  } else if (!lexer_.within_token() && may_begin_lookalike(line)) {
    look_for_lookalike(line, {line_, 1});
  }
}

// The last comment that the lexer has found in this line.
void Splitter::look_at_comment() {
  const std::size_t at = lexer_.take_comment();
  if (at == sql::kNowhere) return;
  std::string_view comment = unit_.source().substr(unit_.source_offset(at));
  comment = comment.substr(0, std::min(comment.find('\n'), kLongestSourceLine));
  // To find a place costs a walk through the unit: not for every comment.
  if (find_lookalike(comment)) look_for_lookalike(comment, unit_.place(at));
}

// A heading counts when statements follow it and no Down section does.
void Splitter::settle_heading(bool down_follows) {
  if (heading_ && !down_follows && number_ > heading_number_) {
    lookalikes_[1].push_back(std::move(*heading_));
  }
  heading_.reset();
}

// How much of a long line is at hand depends on how the file was read; what is said of it must not.
// The unit is gone afterwards.
void Splitter::refuse_nul_in_rest_of_line() {
  std::uint64_t end = span_.next;
  for (bool more = !span_.last; more;) {
    const std::string_view unread = window_.view(end, window_.end());
    const std::size_t line_end = unread.find('\n');
    more = line_end == std::string_view::npos && !window_.at_end_of_input();
    end += std::min(line_end, unread.size());
    if (more) window_.fill(end);
  }
  if (window_.nul_at() < end) refuse_nul();
}

void Splitter::refuse_nul() const {
  const auto utf16 = [&](const char* order) {
    ErrorDetails details =
        defect(std::string("the file is encoded in UTF-16 (") + order + "-endian), not in UTF-8",
               "save it as UTF-8: in an editor, or with `iconv -f UTF-16 -t UTF-8`");
    details.line = details.column = 1;
    return details;
  };
  if (window_.encoding() == Window::Encoding::utf16_little) throw Error(utf16("little"));
  if (window_.encoding() == Window::Encoding::utf16_big) throw Error(utf16("big"));
  ErrorDetails details =
      defect("there is a NUL byte (zero) in the file, which no SQL text may hold",
             "remove it; if the file is meant to be binary, it is no script");
  details.line = line_;
  details.column = static_cast<std::int64_t>(window_.nul_at() - line_begin_) + 1;
  throw Error(std::move(details));
}

}  // namespace gander::script
