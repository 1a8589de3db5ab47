// SPDX-License-Identifier: MIT
#include "src/script/unit.h"

namespace gander::script {

void Unit::clear() {
  begin_ = end_ = 0;
  copied_ = substituted_ = false;
  copy_.clear();
  source_.clear();
  anchors_.resize(1);
}

void Unit::append(std::uint64_t begin, std::uint64_t end, sql::Place place) {
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
  if (gap) anchors_.push_back({copy_.size(), place, source().size()});
  copy_.append(window_.view(begin, end));
  if (substituted_) source_.append(window_.view(begin, end));
  end_ = end;
}

void Unit::append_substituted(const SubstitutedLine& line, std::string_view source,
                              sql::Place place) {
  if (line.text.empty()) return;
  bool first = empty();
  if (first) clear();
  copy_out();
  if (!substituted_) source_ = copy_;
  substituted_ = true;
  const std::size_t base = copy_.size();
  const std::size_t source_base = source_.size();
  const auto add = [&](std::size_t offset, std::size_t at, bool value) {
    anchors_.push_back({base + offset,
                        {place.line, place.column + static_cast<std::int64_t>(at)},
                        source_base + at,
                        value});
  };
  if (first) anchors_.clear();
  add(0, 0, false);
  for (const Replacement& replacement : line.replacements) {
    add(replacement.begin, replacement.source_begin, true);
    add(replacement.end, replacement.source_end, false);
  }
  copy_.append(line.text);
  source_.append(source);
}

void Unit::copy_out() {
  if (copied_) return;
  copy_.assign(text());
  copied_ = true;
}

void Unit::drop_front(std::size_t count) {
  if (count == 0) return;
  const std::size_t source_count = source_offset(count);
  std::span<const sql::Anchor> rest = anchors_from(count);
  anchors_.assign(rest.begin(), rest.end());
  if (substituted_) source_.erase(0, source_count);
  if (copied_) {
    copy_.erase(0, count);
  } else {
    begin_ += count;
  }
  if (copied_ ? copy_.empty() : begin_ == end_) clear();
}

sql::Place Unit::place(std::size_t offset) const {
  sql::Statement statement;
  statement.text = text();
  statement.anchors = anchors_;
  return statement.place(offset);
}

std::span<const sql::Anchor> Unit::anchors_from(std::size_t offset) {
  if (offset == 0) return anchors_;
  const std::size_t source = source_offset(offset);
  shifted_.clear();
  shifted_.push_back({0, place(offset), 0, sql::anchor_of(anchors_, offset).value});
  for (const sql::Anchor& anchor : anchors_) {
    if (anchor.offset <= offset) continue;
    shifted_.push_back(anchor);
    shifted_.back().offset -= offset;
    shifted_.back().source -= source;
  }
  return shifted_;
}

std::size_t Unit::source_offset(std::size_t offset) const {
  if (!substituted_) return offset;
  const sql::Anchor& anchor = sql::anchor_of(anchors_, offset);
  return anchor.value ? anchor.source : anchor.source + offset - anchor.offset;
}

std::string_view Unit::source_of(std::size_t begin, std::size_t end) const {
  if (!substituted_) return {};
  // An empty value at the very beginning is shown: the anchors count from there.
  const std::size_t from = begin == 0 ? 0 : source_offset(begin);
  std::size_t to = source_offset(end);
  const sql::Anchor& last = sql::anchor_of(anchors_, end);
  // Of a value that is cut the whole expression counts; what follows it has an anchor.
  if (last.value && end > last.offset) to = (&last + 1)->source;
  return std::string_view(source_).substr(from, to - from);
}

}  // namespace gander::script
