// SPDX-License-Identifier: MIT
// Input: the bytes of one script, read forward once. A file, a string, or a test's fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gander {

class Input {
 public:
  virtual ~Input() = default;

  // Reads at most `capacity` bytes into `buffer`; 0 means the end. Throws Error (not_found,
  // storage) when the file cannot be read.
  virtual std::size_t read(char* buffer, std::size_t capacity) = 0;

  // Size in bytes as known at opening; progress only, the end is where read() returns 0.
  virtual std::int64_t size() const = 0;
};

// Views `text`, which must outlive the input.
std::unique_ptr<Input> string_input(std::string_view text);

// Opens a regular file (symbolic links are followed). Throws Error: invalid_migration when it
// cannot be opened or is not a regular file, naming the reason and what to do.
std::unique_ptr<Input> file_input(const std::string& path);

}  // namespace gander
