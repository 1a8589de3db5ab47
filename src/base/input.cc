// SPDX-License-Identifier: MIT
#include "src/base/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "gander/error.h"

namespace gander {
namespace {

class StringInput final : public Input {
 public:
  explicit StringInput(std::string_view text)
      : rest_(text), size_(static_cast<std::int64_t>(text.size())) {}

  std::size_t read(char* buffer, std::size_t capacity) override {
    const std::size_t count = std::min(capacity, rest_.size());
    if (count > 0) std::memcpy(buffer, rest_.data(), count);
    rest_.remove_prefix(count);
    return count;
  }

  std::int64_t size() const override { return size_; }

 private:
  std::string_view rest_;
  std::int64_t size_;
};

[[noreturn]] void throw_unreadable(const std::string& path, const std::string& reason,
                                   const std::string& hint) {
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.message = "cannot read this file: " + reason;
  details.hint = hint;
  details.file = path;
  throw Error(std::move(details));
}

class FileInput final : public Input {
 public:
  explicit FileInput(const std::string& path) : path_(path) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) {
      throw_unreadable(path, std::strerror(errno),
                       "check that the file exists and that this user may read it");
    }
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(descriptor_);
      throw_unreadable(path, "it is not a regular file",
                       "a migration must be a plain file: remove it or rename it");
    }
    size_ = status.st_size;
  }

  ~FileInput() override { ::close(descriptor_); }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  std::size_t read(char* buffer, std::size_t capacity) override {
    for (;;) {
      const ssize_t count = ::read(descriptor_, buffer, capacity);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) throw_unreadable(path_, std::strerror(errno), "check the disk");
    }
  }

  std::int64_t size() const override { return size_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace

std::unique_ptr<Input> string_input(std::string_view text) {
  return std::make_unique<StringInput>(text);
}

std::unique_ptr<Input> file_input(const std::string& path) {
  return std::make_unique<FileInput>(path);
}

}  // namespace gander
