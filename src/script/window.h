// SPDX-License-Identifier: MIT
// Window: the part of a script that is in memory, with line ends normalised.
//
// Bytes are named by their offset in the normalised text: no BOM, and LF where the file has CR LF.
// A CR at the very end of the file is dropped too. fill() reads on and may move the bytes, so
// views live until the next fill(). Nothing here knows what a line or a statement is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "src/base/input.h"
#include "src/base/sha256.h"

namespace gander::script {

class Window {
 public:
  // `input` must outlive the window. `capacity` is what it starts with; it grows when more than
  // half of it has to be kept.
  Window(Input& input, std::size_t capacity);

  // Reads more, forgetting what stands before `keep_from`. False at the end of the input.
  bool fill(std::uint64_t keep_from);

  // Offset behind the last byte in memory.
  std::uint64_t end() const { return base_ + size_; }
  bool at_end_of_input() const { return at_end_; }

  std::string_view view(std::uint64_t begin, std::uint64_t end) const {
    return {buffer_.get() + (begin - base_), static_cast<std::size_t>(end - begin)};
  }

  // How many bytes of the file were read to get to `offset`. Exact unless CR LF pairs follow
  // within the window, when it is at most their number too high.
  std::int64_t file_offset(std::uint64_t offset) const {
    return raw_ - static_cast<std::int64_t>(end() - offset);
  }
  std::int64_t bytes_read() const { return raw_; }

  // Of the first NUL byte that has been read, or the greatest offset of all.
  std::uint64_t nul_at() const { return nul_at_; }
  enum class Encoding : std::uint8_t { utf8, utf16_little, utf16_big };
  // What the first bytes say: a byte order mark, or every other byte NUL.
  Encoding encoding() const { return encoding_; }

  // SHA-256 of the normalised text (with a CR at the end of the file), once fill() returned false.
  const std::string& checksum() const { return checksum_; }

  std::size_t capacity() const { return capacity_; }

 private:
  void make_room(std::size_t kept_from);
  void accept(std::size_t fresh);
  void look_for_nul(std::string_view text);
  void finish();

  Input& input_;
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::uint64_t base_ = 0;
  std::int64_t raw_ = 0;
  std::uint64_t nul_at_ = std::numeric_limits<std::uint64_t>::max();
  Encoding encoding_ = Encoding::utf8;
  std::array<char, 2> mark_{};  // the first bytes
  bool started_ = false;
  bool at_end_ = false;
  bool held_cr_ = false;  // buffer_[size_] is a CR whose successor is not known yet
  Sha256 sha_;
  std::string checksum_;
};

}  // namespace gander::script
