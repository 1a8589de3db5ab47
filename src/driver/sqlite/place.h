// SPDX-License-Identifier: MIT
// The place of a database file: why it cannot be opened there, and what its file system lacks.
#pragma once

#include <string>

#include "gander/error.h"

namespace gander::driver::sqlite {

// None of these opens the file: closing it would drop the locks that this process has on it.

// Puts into message and hint why the file at `path` could not be opened, where that can be seen: no
// directory, a directory, a name that is too long, `~`, permissions. False: nothing was found.
bool explain_unopened_file(const std::string& path, bool must_exist, ErrorDetails* details);

// The hint after a first read that failed because SQLite could not open a file: the database is in
// WAL mode and this user cannot make its -shm file, which even reading takes
// (https://sqlite.org/wal.html#readonly). False: that is not the reason.
bool explain_read_only_wal(const std::string& path, ErrorDetails* details);

// The file system is mounted read-only, and the database has no journal or log with something in
// it: it may be read with immutable=1.
bool is_at_rest(const std::string& path);

// The name of the network file system that holds `path` ("NFS"), or empty. WAL needs memory that
// all users of a database share, and locks are known not to hold there.
std::string network_file_system(const std::string& path);
// The same for what statfs(2) says.
std::string network_file_system_of(unsigned long magic);

}  // namespace gander::driver::sqlite
