// SPDX-License-Identifier: MIT
// The authorizer of an owned SQLite handle: notices DROP TABLE, and refuses what restricted mode
// forbids. Never installed on a borrowed handle, whose application may have one of its own.
#pragma once

#include <string>

struct sqlite3;

namespace gander::driver::sqlite {

// `dropped_table`, when not null, receives the name of the table that a statement being prepared
// would drop; it must outlive the handle.
void install_authorizer(sqlite3* handle, bool restricted, std::string* dropped_table);

}  // namespace gander::driver::sqlite
