// SPDX-License-Identifier: MIT
#include "src/base/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
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

// A file is left alone for this long before its times identify its contents: file systems keep time
// in steps, of two seconds at the most.
constexpr std::chrono::seconds kSettling{3};

std::chrono::nanoseconds since_epoch(const struct timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool settled(const struct stat& status, std::chrono::nanoseconds now) {
  return now - std::max(since_epoch(status.st_mtim), since_epoch(status.st_ctim)) >= kSettling;
}

// The numbers mixed into one (splitmix64's finaliser after each); never 0.
std::int64_t stamp_of(const struct stat& status) {
  std::uint64_t mixed = 0;
  for (const std::uint64_t number :
       {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
        static_cast<std::uint64_t>(status.st_size),
        static_cast<std::uint64_t>(since_epoch(status.st_mtim).count()),
        static_cast<std::uint64_t>(since_epoch(status.st_ctim).count())}) {
    mixed += number + 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    mixed ^= mixed >> 31;
  }
  return static_cast<std::int64_t>(mixed | 1);
}

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
    const std::chrono::nanoseconds opened = std::chrono::system_clock::now().time_since_epoch();
    if (::fstat(descriptor_, &status_) != 0 || !S_ISREG(status_.st_mode)) {
      ::close(descriptor_);
      throw_unreadable(path, "it is not a regular file",
                       "a migration must be a plain file: remove it or rename it");
    }
    settled_ = settled(status_, opened);
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

  std::int64_t size() const override { return status_.st_size; }
  std::int64_t stamp() const override { return settled_ ? stamp_of(status_) : 0; }

 private:
  std::string path_;
  int descriptor_ = -1;
  struct stat status_{};
  bool settled_ = false;
};

}  // namespace

std::unique_ptr<Input> string_input(std::string_view text) {
  return std::make_unique<StringInput>(text);
}

std::unique_ptr<Input> file_input(const std::string& path) {
  return std::make_unique<FileInput>(path);
}

std::int64_t file_stamp(const std::string& path) { return FileStamps().of(path); }

FileStamps::~FileStamps() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileStamps::enter(std::string_view directory) {
  if (descriptor_ >= 0) ::close(descriptor_);
  directory_ = directory;
  const std::string path = directory_.empty() ? "." : directory_;
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

std::int64_t FileStamps::of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t split = slash == std::string_view::npos ? 0 : slash + 1;
  if (descriptor_ < 0 || path.substr(0, split) != directory_) enter(path.substr(0, split));
  if (descriptor_ < 0) return 0;
  name_ = path.substr(split);
  struct stat status{};
  if (::fstatat(descriptor_, name_.c_str(), &status, 0) != 0 || !S_ISREG(status.st_mode)) return 0;
  return stamp_of(status);
}

}  // namespace gander
