// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/place.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/vfs.h>
#endif

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace gander::driver::sqlite {
namespace {

namespace fs = std::filesystem;

// SQLite's unix VFS takes absolute names of up to 512 bytes, and adds "-journal" to them.
constexpr std::size_t kLongestName = 512 - 8;

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// The first directory on the way to `directory` that is not there.
fs::path first_missing(const fs::path& directory) {
  fs::path missing = directory;
  std::error_code ignored;
  for (fs::path at = directory; !at.empty() && !fs::exists(at, ignored); at = at.parent_path()) {
    missing = at;
    if (at == at.parent_path()) break;
  }
  return missing;
}

}  // namespace

bool explain_unopened_file(const std::string& path, bool must_exist, ErrorDetails* details) {
  if (path.empty()) return false;
  const auto say = [&](std::string message, std::string hint) {
    details->message = std::move(message);
    details->hint = std::move(hint);
    return true;
  };
  const std::string cannot = "cannot open the database " + path + ": ";
  const fs::path directory = directory_of(path);
  struct stat facts{};
  const bool there = ::stat(path.c_str(), &facts) == 0;
  const int why = there ? 0 : errno;
  if (there && S_ISDIR(facts.st_mode))
    return say(cannot + "it is a directory", "name a file in it");
  if (there && !S_ISREG(facts.st_mode)) {
    return say(cannot + "it is no regular file", "name a file");
  }
  std::error_code ignored;
  const std::size_t length = fs::absolute(path, ignored).string().size();
  if (length > kLongestName || why == ENAMETOOLONG) {
    return say(cannot + "its name with all directories has " + std::to_string(length) +
                   " bytes, and SQLite takes " + std::to_string(kLongestName),
               "move it to a directory with a shorter name");
  }
  if (!there && path.starts_with("~") && !fs::exists(directory, ignored)) {
    return say(cannot + "there is no directory " + directory.string() +
                   ", and Gander does not take ~ for your home",
               "write $HOME, and let the shell expand it");
  }
  if (!there && why == ENOENT && !fs::exists(directory, ignored)) {
    return say(cannot + "there is no directory " + first_missing(directory).string(),
               "make it, or correct the path");
  }
  if (!there && why == ENOTDIR) {
    return say(cannot + "a part of its directory is a file", "correct the path");
  }
  if (!there && why == ENOENT && fs::is_symlink(path, ignored)) {
    const std::string to = fs::read_symlink(path, ignored).string();
    if (must_exist || !fs::exists(directory_of(directory / to), ignored)) {
      return say(cannot + "it is a symbolic link to " + to + ", which does not exist",
                 "mount or make what it points to, or correct the link");
    }
  }
  if (!there && why == ENOENT && must_exist) {
    return say(cannot + "there is no such file", "mode=ro and mode=rw do not create one");
  }
  if (!there && why == ELOOP) {
    return say(cannot + "its symbolic links go in a circle", "correct the links");
  }
  if ((there && ::access(path.c_str(), R_OK) != 0) || why == EACCES) {
    return say(cannot + "this user may not read it",
               "check the permissions of the file and of all directories on the way to it");
  }
  if (!there && ::access(directory.c_str(), W_OK | X_OK) != 0) {
    return say(cannot + "this user may not create a file in " + directory.string() +
                   (errno == EROFS ? ", which is read-only" : ""),
               "check the permissions of that directory");
  }
  return false;
}

bool explain_read_only_wal(const std::string& path, ErrorDetails* details) {
  if (path.empty() || ::access(path.c_str(), R_OK) != 0) return false;
  const std::string directory = directory_of(path).string();
  const std::string memory = path + "-shm";
  const bool writable = ::access(memory.c_str(), F_OK) == 0
                            ? ::access(memory.c_str(), W_OK) == 0
                            : ::access(directory.c_str(), W_OK | X_OK) == 0;
  if (writable) return false;
  details->code = ErrorCode::not_writable;
  details->hint = "in WAL mode SQLite has to write " + memory +
                  " even to read, which this user may not: let them write to " + directory +
                  "; if nobody writes to the database meanwhile, put immutable=1 into its URL; or "
                  "leave WAL mode (PRAGMA journal_mode = DELETE) before it becomes read-only";
  return true;
}

bool is_at_rest(const std::string& path) {
  struct statvfs facts{};
  if (path.empty() || ::statvfs(path.c_str(), &facts) != 0 || (facts.f_flag & ST_RDONLY) == 0) {
    return false;
  }
  for (const char* suffix : {"-wal", "-journal"}) {
    std::error_code absent;
    const std::uintmax_t size = fs::file_size(path + suffix, absent);
    if (!absent && size > 0) return false;
  }
  return true;
}

std::string network_file_system_of(unsigned long magic) {
  // linux/magic.h and statfs(2).
  switch (magic & 0xFFFFFFFFUL) {
    case 0x6969:
      return "NFS";
    case 0x517B:
      return "SMB";
    case 0xFF534D42:
      return "CIFS";
    case 0xFE534D42:
      return "SMB2";
    case 0x01021997:
      return "9P";
    case 0x00C36400:
      return "Ceph";
    case 0x5346414F:
      return "AFS";
    default:
      return {};
  }
}

std::string network_file_system(const std::string& path) {
#if defined(__linux__)
  struct statfs facts{};
  if (!path.empty() &&
      (::statfs(path.c_str(), &facts) == 0 || ::statfs(directory_of(path).c_str(), &facts) == 0)) {
    return network_file_system_of(static_cast<unsigned long>(facts.f_type));
  }
#else
  (void)path;
#endif
  return {};
}

}  // namespace gander::driver::sqlite
