// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/authorizer.h"

#include <sqlite3.h>

namespace gander::driver::sqlite {
namespace {

int restricted_verdict(int action, const char* first, const char* second) {
  switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return SQLITE_DENY;
    case SQLITE_PRAGMA:
      return first != nullptr && sqlite3_stricmp(first, "writable_schema") == 0 ? SQLITE_DENY
                                                                                : SQLITE_OK;
    case SQLITE_FUNCTION:
      return second != nullptr && sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY
                                                                                 : SQLITE_OK;
    default:
      return SQLITE_OK;
  }
}

int note_drops(void* dropped_table, int action, const char* first, const char*, const char*,
               const char*) {
  if (action == SQLITE_DROP_TABLE && first != nullptr) {
    *static_cast<std::string*>(dropped_table) = first;
  }
  return SQLITE_OK;
}

int restrict_only(void*, int action, const char* first, const char* second, const char*,
                  const char*) {
  return restricted_verdict(action, first, second);
}

int restrict_and_note(void* dropped_table, int action, const char* first, const char* second,
                      const char* database, const char* trigger) {
  note_drops(dropped_table, action, first, second, database, trigger);
  return restricted_verdict(action, first, second);
}

}  // namespace

void install_authorizer(sqlite3* handle, bool restricted, std::string* dropped_table) {
  if (dropped_table == nullptr) {
    sqlite3_set_authorizer(handle, restrict_only, nullptr);
  } else {
    sqlite3_set_authorizer(handle, restricted ? restrict_and_note : note_drops, dropped_table);
  }
}

}  // namespace gander::driver::sqlite
