// SPDX-License-Identifier: MIT
#include "src/script/unit.h"

namespace gander::script {

void Unit::clear() {
  begin_ = end_ = 0;
  copied_ = substituted_ = false;
  copy_.clear();
  anchors_.resize(1);
}

void Unit::append(std::uint64_t begin, std::uint64_t end, Place place) {
  if (begin == end) return;
  if (empty()) {
    clear();
    begin_ = begin;
    end_ = end;
    anchors_.front() = {0, place};
    return;
  }
  if (!copied_ && begin == end_) {
    end_ = end;
    return;
  }
  bool gap = begin != end_;
  copy_out();
  if (gap) anchors_.push_back({copy_.size(), place});
  copy_.append(window_.view(begin, end));
  end_ = end;
}

void Unit::append_substituted(std::string_view text, Place place) {
  if (text.empty()) return;
  bool first = empty();
  if (first) clear();
  copy_out();
  if (first) {
    anchors_.front() = {0, place};
  } else {
    anchors_.push_back({copy_.size(), place});
  }
  copy_.append(text);
  substituted_ = true;
}

void Unit::copy_out() {
  if (copied_) return;
  copy_.assign(text());
  copied_ = true;
}

void Unit::drop_front(std::size_t count) {
  if (count == 0) return;
  std::span<const Anchor> rest = anchors_from(count);
  anchors_.assign(rest.begin(), rest.end());
  if (copied_) {
    copy_.erase(0, count);
  } else {
    begin_ += count;
  }
  if (copied_ ? copy_.empty() : begin_ == end_) clear();
}

Place Unit::place(std::size_t offset) const {
  Statement statement;
  statement.text = text();
  statement.anchors = anchors_;
  return statement.place(offset);
}

std::span<const Anchor> Unit::anchors_from(std::size_t offset) {
  if (offset == 0) return anchors_;
  shifted_.clear();
  shifted_.push_back({0, place(offset)});
  for (const Anchor& anchor : anchors_) {
    if (anchor.offset > offset) shifted_.push_back({anchor.offset - offset, anchor.place});
  }
  return shifted_;
}

}  // namespace gander::script
