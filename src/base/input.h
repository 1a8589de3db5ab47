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

  // The file_stamp() at opening, fit to be stored: 0 when the file changed so recently that a
  // further change might bear the same time, and for what is no file.
  virtual std::int64_t stamp() const { return 0; }
};

// Views `text`, which must outlive the input.
std::unique_ptr<Input> string_input(std::string_view text);

// Opens a regular file (symbolic links are followed). Throws Error: invalid_migration when it
// cannot be opened or is not a regular file, naming the reason and what to do.
std::unique_ptr<Input> file_input(const std::string& path);

// What the file system knows of a file, in one number: device, inode, size, times of change. A file
// whose stamp is the one that Input::stamp() once gave has the same bytes as then. 0 when there is
// no such file. Stamps are stored in the history; another way to make them costs only that files
// are read again.
std::int64_t file_stamp(const std::string& path);

// file_stamp() for many files: those of one directory in a row cost half, because the path to the
// directory is walked once.
class FileStamps {
 public:
  FileStamps() = default;
  ~FileStamps();
  FileStamps(const FileStamps&) = delete;
  FileStamps& operator=(const FileStamps&) = delete;

  std::int64_t of(std::string_view path);

 private:
  void enter(std::string_view directory);

  std::string directory_;  // with the slash at its end
  int descriptor_ = -1;
  std::string name_;
};

}  // namespace gander
