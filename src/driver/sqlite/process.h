// SPDX-License-Identifier: MIT
// SQLite in this process: its configuration, and other copies of it.
//
// Two copies of SQLite in one process (one linked statically, one from a plugin, from Python or Qt)
// do not see each other's locks, because POSIX gives them to the process, and when one closes a
// file the other's locks on it are gone (https://sqlite.org/howtocorrupt.html, section 2.2.1). A
// handle of one copy cannot be used by another.
#pragma once

#include <string>

struct sqlite3;

namespace gander::driver::sqlite {

// For the program, never for the library, whose host has its own settings. SQLite then neither
// counts the memory that it uses nor locks a mutex on each use of a connection, which together cost
// a tenth of a run. To be called before any other use of SQLite; a connection then belongs to one
// thread at a time. Has no effect where SQLite was built without threads.
void settle_process() noexcept;

// Throws Error(unsupported) when the handle was not made by the SQLite that Gander is linked with.
void refuse_foreign_handle(sqlite3* handle);

// Throws Error(unsupported) when another copy of SQLite is loaded and something in this process has
// the file open that this copy knows nothing of. A copy that hides its functions is not found.
void refuse_second_sqlite(const std::string& path);

}  // namespace gander::driver::sqlite
