// SPDX-License-Identifier: MIT
#include "src/script/goose_reading.h"

#include <algorithm>
#include <utility>

#include "src/script/annotation.h"
#include "src/sql/space.h"

namespace gander::script {
namespace {

// A line of this length or more does not fit goose's buffer, its end counted.
constexpr std::size_t kBuffer = 4 * 1024 * 1024;

// The last word in front of the first that begins with two dashes ends with a semicolon.
bool ends_statement(std::string_view line) {
  bool ends = false;
  while (!(line = sql::trim_start(line)).empty()) {
    std::size_t size = 0;
    while (size < line.size() && sql::space_at_start(line.substr(size)) == 0) ++size;
    if (line.substr(0, 2) == "--") break;
    ends = line[size - 1] == ';';
    line.remove_prefix(size);
  }
  return ends;
}

class Reading {
 public:
  explicit Reading(Direction wanted) : wanted_(wanted) {}

  // False when goose gives up.
  bool take(std::string_view line);
  GooseReading finish();

 private:
  enum class Section { before_up, up, down };

  bool take_annotation(std::string_view line, bool* falls_through);
  bool begin_down();
  bool unfinished();
  void emit();
  bool fail(std::int64_t line, std::string why);

  Direction wanted_;
  GooseReading result_;
  Section section_ = Section::before_up;
  bool in_block_ = false;
  bool block_ended_ = false;  // its text goes out with the next line that is looked at
  std::string buffer_;
  std::int64_t line_ = 0;
  std::int64_t first_line_ = 0;
  std::int64_t block_line_ = 0;
};

bool Reading::fail(std::int64_t line, std::string why) {
  result_.error_line = line;
  result_.error = std::move(why);
  return false;
}

bool Reading::unfinished() {
  if (sql::trim(buffer_).empty()) return false;
  fail(first_line_, "sees no end of the statement that begins here: no line of it ends with ';'");
  return true;
}

void Reading::emit() {
  result_.statements.push_back({std::string(sql::trim(buffer_)), first_line_, line_});
  buffer_.clear();
}

bool Reading::begin_down() {
  if (section_ != Section::up || in_block_) {
    return fail(line_, "does not take '-- +goose Down' here");
  }
  if (unfinished()) return false;
  section_ = Section::down;
  return true;
}

bool Reading::take_annotation(std::string_view line, bool* falls_through) {
  switch (read_annotation(line).annotation) {
    case Annotation::up:
      if (section_ != Section::before_up) return fail(line_, "takes one '-- +goose Up' only");
      section_ = Section::up;
      return true;
    case Annotation::down:
      return begin_down();
    case Annotation::statement_begin:
      if (section_ == Section::before_up || in_block_) {
        return fail(line_, "does not take '-- +goose StatementBegin' here");
      }
      in_block_ = true;
      block_ended_ = false;
      block_line_ = line_;
      return true;
    case Annotation::statement_end:
      if (!in_block_) return fail(line_, "sees no '-- +goose StatementBegin' before this line");
      in_block_ = false;
      block_ended_ = *falls_through = true;
      return true;
    case Annotation::no_transaction:
    case Annotation::envsub_on:
    case Annotation::envsub_off:
      return true;
    case Annotation::none:
    case Annotation::bad:
      break;
  }
  return fail(line_,
              "takes every comment with '+goose' in it for an annotation, and knows none such");
}

bool Reading::take(std::string_view line) {
  ++line_;
  if (line.size() + 1 > kBuffer) return fail(line_, "takes no line of 4 MiB or more");
  if (line.substr(line.empty() ? 0 : line.size() - 1) == "\r") line.remove_suffix(1);
  const std::string_view trimmed = sql::trim(line);
  const bool comment = trimmed.substr(0, 2) == "--";
  if (section_ == Section::before_up && trimmed.empty()) return true;
  if (comment && line.find("+goose") != std::string_view::npos) {
    bool falls_through = false;
    if (!take_annotation(line, &falls_through)) return false;
    if (!falls_through) return true;
  }
  if (buffer_.empty() && (comment || line.empty())) return true;
  if (!block_ended_) {
    if (buffer_.empty()) first_line_ = line_;
    buffer_ += std::string(line) + "\n";
  }
  if (section_ == Section::before_up) return fail(line_, "takes only '--' comments before Up");
  if ((section_ == Section::up) != (wanted_ == Direction::up)) {
    buffer_.clear();
    block_ended_ = false;
    return true;
  }
  if (std::exchange(block_ended_, false) || (!in_block_ && ends_statement(line))) emit();
  return true;
}

GooseReading Reading::finish() {
  if (!result_.error.empty()) return std::move(result_);
  if (section_ == Section::before_up) {
    fail(1, "sees no '-- +goose Up'");
  } else if (in_block_) {
    fail(block_line_, "sees no '-- +goose StatementEnd' for this block");
  } else {
    unfinished();
  }
  return std::move(result_);
}

}  // namespace

GooseReading read_as_goose(std::string_view text, Direction direction) {
  Reading reading(direction);
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    GooseReading refused;
    refused.error_line = 1;
    refused.error = "does not pass over the byte order mark at the beginning of the file";
    return refused;
  }
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    if (!reading.take(text.substr(0, size))) break;
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return reading.finish();
}

}  // namespace gander::script
