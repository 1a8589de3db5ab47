// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/restore.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "gander/error.h"
#include "src/driver/sqlite/whole_file.h"

namespace gander::driver::sqlite {
namespace {

namespace fs = std::filesystem;

bool has_bytes(const fs::path& file) { return size_of(file) > 0; }

void check_backup(const fs::path& backup) {
  std::error_code error;
  if (!fs::is_regular_file(backup, error)) {
    fail_file(ErrorCode::not_found, backup, "there is no such backup",
              "the path is what `gander up --backup` printed");
  }
  for (const char* suffix : {"-wal", "-journal"}) {
    const fs::path file = backup.string() + suffix;
    if (!has_bytes(file)) continue;
    fail_file(ErrorCode::usage, backup,
              fmt::format("a part of it is in {}", file.filename().string()),
              "open it once with the program that wrote it, so that it is whole by itself");
  }
  const WholeFile handle = open_whole(backup, SQLITE_OPEN_READONLY);
  std::string problem;
  const auto first_row = [](void* target, int, char** values, char**) {
    auto& text = *static_cast<std::string*>(target);
    if (text.empty() && values[0] != nullptr) text = values[0];
    return 0;
  };
  const int code =
      sqlite3_exec(handle.get(), "PRAGMA quick_check(1)", first_row, &problem, nullptr);
  if (code == SQLITE_OK && size_of(backup) < kSmallestDatabase) {
    problem = has_bytes(backup) ? "the file is too short" : "the file is empty";
  }
  if (code == SQLITE_OK && problem == "ok") return;
  if (code != SQLITE_OK) problem = sqlite3_errmsg(handle.get());
  fail_file(ErrorCode::usage, backup, fmt::format("not a sound SQLite database: {}", problem),
            "choose another backup");
}

void refuse_hot(const fs::path& database) {
  for (const char* suffix : {"-wal", "-journal"}) {
    const fs::path file = beside(database, suffix);
    if (!has_bytes(file)) continue;
    fail_file(ErrorCode::locked, database,
              fmt::format("{} is not empty: the database is in use, or its last writer was killed",
                          file.filename().string()),
              "stop the programs that use it; --force throws that file away");
  }
}

// A descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int descriptor) : descriptor_(descriptor) {
    if (descriptor_ < 0) fail_system(path, "cannot be opened", errno);
  }
  ~File() { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

void write_all(const fs::path& path, int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_system(path, "cannot be written", errno);
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

void copy_bytes(const fs::path& from, const File& source, const fs::path& to, const File& target) {
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const ssize_t count = ::read(source.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_system(from, "cannot be read", errno);
    if (count == 0) return;
    write_all(to, target.get(), buffer.data(), static_cast<std::size_t>(count));
  }
}

// The copy gets the owner and the permissions of the file it replaces. A program that runs as that
// owner might not be able to open it otherwise. Where there is none, those of the backup if it can
// be.
void copy_file(const fs::path& from, const fs::path& to, const fs::path& replaced) {
  const bool replaces = fs::exists(replaced);
  const fs::path& model = replaces ? replaced : from;
  const File source(from, ::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  const File target(to, ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  copy_bytes(from, source, to, target);
  struct stat wanted{};
  struct stat made{};
  if (::stat(model.c_str(), &wanted) != 0) fail_system(model, "cannot be read", errno);
  if (::fstat(target.get(), &made) != 0) fail_system(to, "cannot be read", errno);
  if (wanted.st_gid != made.st_gid &&
      ::fchown(target.get(), static_cast<uid_t>(-1), wanted.st_gid) != 0 && replaces) {
    fail_system(model, "its group cannot be given to the restored file", errno);
  }
  if (wanted.st_uid != made.st_uid &&
      ::fchown(target.get(), wanted.st_uid, static_cast<gid_t>(-1)) != 0 && replaces) {
    fail_system(model, "its owner cannot be given to the restored file: run as that user", errno);
  }
  if (::fchmod(target.get(), wanted.st_mode & 07777U) != 0) {
    fail_system(to, "its permissions cannot be set", errno);
  }
  if (::fsync(target.get()) != 0) fail_system(to, "cannot be flushed to disk", errno);
}

// Removes the copy unless it has become the database.
struct Leftover {
  fs::path path;
  ~Leftover() { ::unlink(path.c_str()); }
};

}  // namespace

void restore(const fs::path& backup, const fs::path& named, bool force) {
  const fs::path database = behind_links(named);
  check_backup(backup);
  refuse_other_kinds(database);
  const bool exists = fs::exists(database);
  if (exists && fs::equivalent(backup, database)) {
    fail_file(ErrorCode::usage, backup, "this is the database itself, not a backup of it",
              "the path is what `gander up --backup` printed");
  }
  if (!force) refuse_hot(database);
  const Leftover copy{beside(database, fmt::format("-restore-{}", ::getpid()))};
  copy_file(backup, copy.path, database);
  // With a hot journal, opening the database would play it back; --force throws it away instead.
  if (exists && !force) {
    refuse_hot(database);
    lock_out_others(database);
  }
  remove_journals(database);
  if (::rename(copy.path.c_str(), database.c_str()) != 0) {
    fail_system(database, "cannot be replaced", errno);
  }
  sync_directory_of(database);
}

}  // namespace gander::driver::sqlite
