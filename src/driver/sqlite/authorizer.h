// SPDX-License-Identifier: MIT
// The authorizer of an owned SQLite handle: notices DROP TABLE, and refuses what restricted mode
// forbids. Never installed on a borrowed handle, whose application may have one of its own.
#pragma once

#include <string>

struct sqlite3;

namespace gander::driver::sqlite {

struct Authorization {
  // While it is true, what reaches outside of the database file or undermines it is refused:
  // ATTACH and DETACH, VACUUM INTO, load_extension() and other functions that touch files, and the
  // pragmas of kForbiddenPragmas. It is true for the statements of a script only, so that our own
  // may do what they must.
  bool restricting = false;
  // The table that the statement prepared last would drop; to be cleared before.
  std::string dropped_table;
};

// `authorization` must outlive the handle.
void install_authorizer(sqlite3* handle, Authorization* authorization);

}  // namespace gander::driver::sqlite
