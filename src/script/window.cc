// SPDX-License-Identifier: MIT
#include "src/script/window.h"

#include <algorithm>
#include <cstring>

namespace gander::script {
namespace {

// Removes the CR of every CR LF in [text, text + size) and returns the new size.
std::size_t remove_carriage_returns(char* text, std::size_t size) {
  char* end = text + size;
  auto* cr = static_cast<char*>(std::memchr(text, '\r', size));
  if (cr == nullptr) return size;
  char* out = cr;
  while (cr != nullptr) {
    bool pair = cr + 1 < end && cr[1] == '\n';
    if (!pair) *out++ = '\r';
    char* rest = cr + 1;
    cr = static_cast<char*>(std::memchr(rest, '\r', static_cast<std::size_t>(end - rest)));
    char* stop = cr != nullptr ? cr : end;
    std::memmove(out, rest, static_cast<std::size_t>(stop - rest));
    out += stop - rest;
  }
  return static_cast<std::size_t>(out - text);
}

}  // namespace

Window::Window(Input& input, std::size_t capacity)
    : input_(input),
      capacity_(std::max<std::size_t>(capacity, 8)),
      // Left uninitialised: a thousand small files must not pay for a thousand cleared windows.
      buffer_(new char[capacity_]) {}

bool Window::fill(std::uint64_t keep_from) {
  if (at_end_) return false;
  make_room(static_cast<std::size_t>(keep_from - base_));
  std::size_t before = size_;
  while (size_ == before && !at_end_) {
    std::size_t used = size_ + (held_cr_ ? 1 : 0);
    std::size_t got = input_.read(buffer_.get() + used, capacity_ - used);
    raw_ += static_cast<std::int64_t>(got);
    if (got == 0) {
      finish();
    } else {
      accept(got);
    }
  }
  return size_ != before;
}

void Window::make_room(std::size_t kept_from) {
  std::size_t kept = size_ - kept_from;
  std::size_t used = kept + (held_cr_ ? 1 : 0);
  if (used > capacity_ / 2) {
    capacity_ *= 2;
    std::unique_ptr<char[]> bigger(new char[capacity_]);
    std::memcpy(bigger.get(), buffer_.get() + kept_from, used);
    buffer_ = std::move(bigger);
  } else if (kept_from > 0) {
    std::memmove(buffer_.get(), buffer_.get() + kept_from, used);
  }
  base_ += kept_from;
  size_ = kept;
}

void Window::accept(std::size_t fresh) {
  char* text = buffer_.get() + size_;
  fresh += held_cr_ ? 1 : 0;
  if (!started_) {
    // A byte order mark may arrive in parts.
    static constexpr std::string_view kMark = "\xEF\xBB\xBF";
    std::size_t seen = std::min(fresh, kMark.size());
    bool may_be_mark = std::string_view(text, seen) == kMark.substr(0, seen);
    while (may_be_mark && seen < kMark.size()) {
      std::size_t got = input_.read(text + fresh, 1);
      if (got == 0) break;
      raw_ += 1;
      fresh += 1;
      seen += 1;
      may_be_mark = std::string_view(text, seen) == kMark.substr(0, seen);
    }
    if (may_be_mark && seen == kMark.size()) {
      fresh -= seen;
      std::memmove(text, text + seen, fresh);
    }
    started_ = true;
  }
  held_cr_ = fresh > 0 && text[fresh - 1] == '\r';
  if (held_cr_) fresh -= 1;
  std::size_t kept = remove_carriage_returns(text, fresh);
  if (held_cr_) text[kept] = '\r';
  sha_.update({text, kept});
  look_for_nul({text, kept});
  size_ += kept;
}

void Window::look_for_nul(std::string_view text) {
  if (text.empty() || nul_at_ < end()) return;
  for (std::size_t i = 0; i < text.size() && end() + i < mark_.size(); ++i) {
    mark_[end() + i] = text[i];
  }
  const void* nul = std::memchr(text.data(), '\0', text.size());
  if (nul == nullptr) return;
  nul_at_ = end() + static_cast<std::uint64_t>(static_cast<const char*>(nul) - text.data());
  if (nul_at_ > 3) return;
  const std::string_view mark(mark_.data(), mark_.size());
  if (mark == "\xFF\xFE" || nul_at_ == 1) encoding_ = Encoding::utf16_little;
  if (mark == "\xFE\xFF" || nul_at_ == 0) encoding_ = Encoding::utf16_big;
}

void Window::finish() {
  at_end_ = true;
  if (held_cr_) sha_.update("\r");
  held_cr_ = false;
  checksum_ = sha_.hex_digest();
}

}  // namespace gander::script
