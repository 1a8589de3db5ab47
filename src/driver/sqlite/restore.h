// SPDX-License-Identifier: MIT
// restore(): puts a backup in the place of a SQLite database, in one atomic step.
#pragma once

#include <filesystem>

namespace gander::driver::sqlite {

// The backup is checked (PRAGMA quick_check), copied beside `database`, flushed and renamed over
// it; it stays where it is. Where `database` is a symbolic link, what it points to is replaced.
// Owner and permissions are those of the database that is replaced, or it is not replaced. A crash
// leaves the old database or the new one; with `force` also the old one without its journal, so
// restore again.
//
// Refuses with Error(locked) while another connection has the database locked, and, unless `force`,
// when its last writer left a journal or a write-ahead log: what that holds would be lost. Other
// errors: not_found (no such backup), usage (not a SQLite database, or damaged), not_writable,
// storage. After any error the database is untouched.
void restore(const std::filesystem::path& backup, const std::filesystem::path& database,
             bool force);

}  // namespace gander::driver::sqlite
