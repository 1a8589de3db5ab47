// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/authorizer.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace gander::driver::sqlite {
namespace {

// Settings that corrupt a database, reach other files, or hold for the whole process.
constexpr std::array kForbiddenPragmas = {"writable_schema",
                                          "schema_version",
                                          "trusted_schema",
                                          "temp_store_directory",
                                          "data_store_directory",
                                          "lock_proxy_file",
                                          "mmap_size",
                                          "soft_heap_limit",
                                          "hard_heap_limit",
                                          "key",
                                          "rekey",
                                          "hexkey",
                                          "hexrekey",
                                          "textkey",
                                          "textrekey"};

// Of SQLite itself and of its shell, which a build may have compiled in.
constexpr std::array kForbiddenFunctions = {"load_extension", "fts3_tokenizer", "readfile",
                                            "writefile",      "edit",           "fsdir"};

template <std::size_t N>
bool contains(const std::array<const char*, N>& names, const char* name) {
  return name != nullptr && std::any_of(names.begin(), names.end(), [name](const char* other) {
           return sqlite3_stricmp(name, other) == 0;
         });
}

}  // namespace

int restricted_verdict(int action, const char* first, const char* second) {
  switch (action) {
    case SQLITE_ATTACH:
      // VACUUM attaches a database without a name for its work. The name is null where it is not a
      // literal.
      return first != nullptr && *first == '\0' ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_DETACH:
      return SQLITE_DENY;
    case SQLITE_PRAGMA:
      // Without a value it only asks.
      return second != nullptr && contains(kForbiddenPragmas, first) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_FUNCTION:
      return contains(kForbiddenFunctions, second) ? SQLITE_DENY : SQLITE_OK;
    default:
      return SQLITE_OK;
  }
}

namespace {

int authorize(void* restricting, int action, const char* first, const char* second, const char*,
              const char*) {
  return *static_cast<const bool*>(restricting) ? restricted_verdict(action, first, second)
                                                : SQLITE_OK;
}

}  // namespace

void install_authorizer(sqlite3* handle, bool* restricting) {
  sqlite3_set_authorizer(handle, authorize, restricting);
}

}  // namespace gander::driver::sqlite
