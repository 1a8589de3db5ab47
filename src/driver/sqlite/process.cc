// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/process.h"

#include <dlfcn.h>
#include <sqlite3.h>
#include <sys/stat.h>

#if defined(__linux__)
#include <link.h>
#endif

#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "gander/error.h"

namespace gander::driver::sqlite {
namespace {

using Version = const char* (*)();

#if defined(__linux__)
struct Search {
  std::string version;  // of the other copy
  std::string object;   // where it is
};

// Each copy answers with the address of its own text.
int look_at(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (info->dlpi_name == nullptr || *info->dlpi_name == '\0') return 0;
  // RTLD_NOLOAD: of the objects that are there.
  void* object = ::dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
  if (object == nullptr) return 0;
  const auto version = reinterpret_cast<Version>(::dlsym(object, "sqlite3_libversion"));
  const bool other = version != nullptr && version() != sqlite3_libversion();
  if (other) search = {version(), info->dlpi_name};
  ::dlclose(object);
  return other ? 1 : 0;
}

Search find_other_copy() {
  Search search;
  ::dl_iterate_phdr(look_at, &search);
  return search;
}

bool is_open_here(const std::string& path) {
  namespace fs = std::filesystem;
  struct stat database{};
  if (::stat(path.c_str(), &database) != 0) return false;
  std::error_code failed;
  fs::directory_iterator at("/proc/self/fd", failed);
  for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
    struct stat facts{};
    if (::stat(at->path().c_str(), &facts) == 0 && facts.st_dev == database.st_dev &&
        facts.st_ino == database.st_ino) {
      return true;
    }
  }
  return false;
}
#endif

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::unsupported, std::move(message),
              "link Gander and everything that uses this database with the same shared SQLite, or "
              "migrate in a process of its own");
}

}  // namespace

void settle_process() noexcept {
  sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// The first member of every struct sqlite3 is the VFS that it was opened with, and each copy has
// VFSs of its own. Nothing else may be asked of a handle before.
void refuse_foreign_handle(sqlite3* handle) {
  const sqlite3_vfs* used = nullptr;
  std::memcpy(&used, static_cast<const void*>(handle), sizeof used);
  for (const sqlite3_vfs* own = sqlite3_vfs_find(nullptr); own != nullptr; own = own->pNext) {
    if (own == used) return;
  }
  refuse(std::string("the borrowed handle belongs to another copy of SQLite than the one that "
                     "Gander is linked with (") +
         sqlite3_libversion() + ")");
}

void refuse_second_sqlite(const std::string& path) {
#if defined(__linux__)
  if (path.empty() || !is_open_here(path)) return;
  const Search other = find_other_copy();
  if (other.version.empty()) return;
  refuse(path +
         " is open in this process, and two copies of SQLite are loaded, which do not see "
         "each other's locks: " +
         other.version + " from " + other.object + ", and " + sqlite3_libversion() + " in Gander");
#else
  (void)path;
#endif
}

}  // namespace gander::driver::sqlite
