// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/file_locks.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>

namespace gander::driver::sqlite {
namespace {

// The bytes whose write lock means that somebody writes (https://sqlite.org/c3ref, os.h): PENDING
// and RESERVED of the file, and WAL_WRITE_LOCK of its shared memory.
constexpr std::int64_t kPendingByte = 0x40000000;
constexpr std::int64_t kReservedByte = kPendingByte + 1;
constexpr std::int64_t kWalWriteByte = 120;
// Readers hold a shared lock on some bytes behind these, unless WAL mode lets everybody hold one
// for as long as the file is open.
constexpr std::int64_t kFirstSharedByte = kPendingByte + 2;
constexpr std::int64_t kLastSharedByte = kFirstSharedByte + 509;

struct FileId {
  unsigned major = 0;
  unsigned minor = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileId&) const = default;
};

bool identify(const std::string& path, FileId* id) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return false;
  *id = {major(facts.st_dev), minor(facts.st_dev), facts.st_ino};
  return true;
}

// One line of /proc/locks: "1: POSIX  ADVISORY  WRITE 4711 fd:01:131 1073741825 1073741825".
struct KernelLock {
  std::string kind;
  std::string mode;
  std::int64_t pid = 0;
  FileId file;
  std::int64_t first = 0;
  std::int64_t last = 0;

  bool covers(std::int64_t byte) const { return first <= byte && byte <= last; }
};

bool parse(const std::string& line, KernelLock* lock) {
  std::istringstream words(line);
  std::string number;
  std::string advice;
  std::string file;
  std::string last;
  // A blocked request has "->" before its kind.
  if (!(words >> number >> lock->kind >> advice >> lock->mode >> lock->pid >> file >> lock->first >>
        last)) {
    return false;
  }
  lock->last = last == "EOF" ? INT64_MAX : std::atoll(last.c_str());
  std::istringstream parts(file);
  char colon = 0;
  return static_cast<bool>(parts >> std::hex >> lock->file.major >> colon >> lock->file.minor >>
                           colon >> std::dec >> lock->file.inode);
}

std::string program_of(std::int64_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(in, name);
  return name;
}

}  // namespace

std::vector<FileLock> locks_of(const std::string& path) {
  std::vector<FileLock> found;
  FileId database;
  FileId memory;
  if (path.empty() || !identify(path, &database)) return found;
  const bool has_memory = identify(path + "-shm", &memory);
  std::ifstream in("/proc/locks");
  for (std::string line; std::getline(in, line);) {
    KernelLock lock;
    if (!parse(line, &lock) || lock.pid == ::getpid()) continue;
    // Open file description locks have no process: SQLite does not take them.
    if (lock.kind != "POSIX") continue;
    const bool exclusive = lock.mode == "WRITE";
    const bool writes =
        exclusive &&
        (lock.file == database ? lock.covers(kPendingByte) || lock.covers(kReservedByte)
                               : has_memory && lock.file == memory && lock.covers(kWalWriteByte));
    const bool reads = !exclusive && !has_memory && lock.file == database &&
                       lock.first <= kLastSharedByte && lock.last >= kFirstSharedByte;
    if (!writes && !reads) continue;
    const auto known =
        std::ranges::find(found, lock.pid, [](const FileLock& other) { return other.holder.pid; });
    if (known != found.end()) {
      known->writes = known->writes || writes;
      continue;
    }
    FileLock& added = found.emplace_back();
    added.writes = writes;
    added.holder.kind = LockHolder::Kind::file;
    added.holder.pid = std::max<std::int64_t>(lock.pid, 0);
    added.holder.name = program_of(lock.pid);
  }
  return found;
}

std::vector<LockHolder> file_locks(const std::string& path) {
  std::vector<LockHolder> holders;
  for (FileLock& lock : locks_of(path)) {
    if (lock.writes) holders.push_back(std::move(lock.holder));
  }
  return holders;
}

}  // namespace gander::driver::sqlite
