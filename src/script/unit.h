// SPDX-License-Identifier: MIT
// Unit: the text of the statement in progress, with its places in the file.
//
// As long as the lines follow each other in the window the text is a view into it. A left-out line
// (an annotation) or a substituted one turns it into a copy. With the first substituted line begins
// a second copy, of the lines as the file has them. Views live until the window is filled or the
// unit changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/script/substitute.h"
#include "src/script/window.h"
#include "src/sql/statement.h"

namespace gander::script {

class Unit {
 public:
  explicit Unit(const Window& window) : window_(window) {}

  bool empty() const { return begin_ == end_ && copy_.empty(); }
  std::size_t size() const { return text().size(); }
  std::string_view text() const {
    if (copied_) return copy_;
    return begin_ == end_ ? std::string_view() : window_.view(begin_, end_);
  }

  void clear();

  // Appends the bytes [begin, end) of the window, which stand at `place`.
  void append(std::uint64_t begin, std::uint64_t end, sql::Place place);

  // Appends the result of substituting variables in the line that stands at `place` and reads
  // `source`, with its line end.
  void append_substituted(const SubstitutedLine& line, std::string_view source, sql::Place place);

  // Forgets the first `count` bytes.
  void drop_front(std::size_t count);

  // The text as the file has it, without the values of variables, which may be secrets.
  std::string_view source() const { return substituted_ ? std::string_view(source_) : text(); }
  std::size_t source_offset(std::size_t offset) const;
  // Statement::source of the bytes [begin, end).
  std::string_view source_of(std::size_t begin, std::size_t end) const;

  // The window must keep what stands at and after this offset, if the unit is not empty.
  bool in_window() const { return !copied_ && begin_ != end_; }
  std::uint64_t window_begin() const { return begin_; }

  sql::Place place(std::size_t offset) const;

  // The anchors of the text from `offset` on, offsets counted from there. Valid until the unit
  // changes.
  std::span<const sql::Anchor> anchors_from(std::size_t offset);

 private:
  void copy_out();

  const Window& window_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  bool copied_ = false;
  bool substituted_ = false;
  std::string copy_;
  std::string source_;
  std::vector<sql::Anchor> anchors_{1};  // the first one counts unless the unit is empty
  std::vector<sql::Anchor> shifted_;
};

}  // namespace gander::script
