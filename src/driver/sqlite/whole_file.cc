// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace gander::driver::sqlite {

namespace fs = std::filesystem;

void fail_file(ErrorCode code, const fs::path& file, std::string message, std::string hint) {
  ErrorDetails details;
  details.code = code;
  details.file = file.string();
  details.message = std::move(message);
  details.hint = std::move(hint);
  throw Error(std::move(details));
}

void fail_system(const fs::path& file, const char* what, int code) {
  const bool refused = code == EACCES || code == EPERM || code == EROFS;
  fail_file(refused ? ErrorCode::not_writable : ErrorCode::storage, file,
            fmt::format("{}: {}", what, std::strerror(code)), "the database is as it was");
}

WholeFile open_whole(const fs::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  WholeFile handle(raw, &sqlite3_close);
  if (code != SQLITE_OK) {
    fail_file(ErrorCode::connection, file,
              fmt::format("cannot be opened: {}", sqlite3_errstr(code)),
              "check the path and its permissions");
  }
  return handle;
}

off_t size_of(const fs::path& file) {
  struct stat status{};
  return ::stat(file.c_str(), &status) == 0 ? status.st_size : 0;
}

fs::path beside(const fs::path& database, const std::string& suffix) {
  return database.string() + suffix;
}

fs::path behind_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as the kernel
  std::error_code none;
  for (int i = 0; fs::is_symlink(fs::symlink_status(path, none)); ++i) {
    if (i == kMostLinks) fail_system(path, "cannot be followed", ELOOP);
    const fs::path to = fs::read_symlink(path);
    path = to.is_absolute() ? to : path.parent_path() / to;
  }
  return path;
}

void refuse_other_kinds(const fs::path& database) {
  std::error_code none;
  const fs::file_status status = fs::status(database, none);
  if (!fs::exists(status) || fs::is_regular_file(status)) return;
  fail_file(ErrorCode::usage, database,
            fs::is_directory(status) ? "this is a directory" : "this is no regular file",
            "name the file of the database");
}

WholeFile lock_out_others(const fs::path& database) {
  WholeFile handle = open_whole(database, SQLITE_OPEN_READWRITE);
  // In WAL mode only exclusive locking meets the connections that are open and idle.
  const int code = sqlite3_exec(handle.get(), "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
                                nullptr, nullptr, nullptr);
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    fail_file(ErrorCode::locked, database, "another program uses the database",
              "stop the programs that use it");
  }
  return handle;
}

void remove_journals(const fs::path& database) {
  for (const char* suffix : {"-journal", "-wal", "-shm"}) {
    const fs::path file = beside(database, suffix);
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
      fail_system(file, "cannot be removed", errno);
    }
  }
}

void sync_directory_of(const fs::path& database) {
  const fs::path directory = database.has_parent_path() ? database.parent_path() : fs::path(".");
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace gander::driver::sqlite
