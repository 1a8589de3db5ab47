// SPDX-License-Identifier: MIT
// The authorizer of an owned SQLite handle: refuses what restricted mode forbids. Never installed
// on a borrowed handle, whose application may have one of its own.
#pragma once

struct sqlite3;

namespace gander::driver::sqlite {

// While `*restricting` is true, what reaches outside of the database file or undermines it is
// refused: ATTACH and DETACH, VACUUM INTO, load_extension() and other functions that touch files,
// and the pragmas of kForbiddenPragmas. It is true for the statements of a script only, so that our
// own may do what they must. It must outlive the handle.
void install_authorizer(sqlite3* handle, bool* restricting);

// What it says of one action, SQLITE_OK or SQLITE_DENY; the names are those that
// sqlite3_set_authorizer() gives.
int restricted_verdict(int action, const char* first, const char* second);

}  // namespace gander::driver::sqlite
