// SPDX-License-Identifier: MIT
// The file of a database as a whole: what has to be so before it is replaced or removed, and how
// that is done. For restore.cc and administration.cc.
#pragma once

#include <sqlite3.h>
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gander/error.h"

namespace gander::driver::sqlite {

[[noreturn]] void fail_file(ErrorCode code, const std::filesystem::path& file, std::string message,
                            std::string hint);
// `code`: errno.
[[noreturn]] void fail_system(const std::filesystem::path& file, const char* what, int code);

using WholeFile = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
// Throws Error(connection).
WholeFile open_whole(const std::filesystem::path& file, int flags);

// The smallest page. Of less than a header SQLite makes an empty database, whatever it is.
inline constexpr off_t kSmallestDatabase = 512;

// 0 also where there is no such file.
off_t size_of(const std::filesystem::path& file);

std::filesystem::path beside(const std::filesystem::path& database, const std::string& suffix);

// The file that the path means: where a symbolic link points, whether there is anything or not. The
// link itself stays, and SQLite keeps the journals beside the file.
std::filesystem::path behind_links(std::filesystem::path path);

// Throws Error(usage) for what is there and is no regular file.
void refuse_other_kinds(const std::filesystem::path& database);

// Proves that no other connection is at work, and keeps the others out as long as the handle lives.
// Closing a connection in WAL mode removes journals by name: where by then they may be those of
// another database, let go of it before. A file that is no database has no connections. Throws
// Error(locked).
WholeFile lock_out_others(const std::filesystem::path& database);

// A journal that outlived its database would be played into the next one.
void remove_journals(const std::filesystem::path& database);

void sync_directory_of(const std::filesystem::path& database);

}  // namespace gander::driver::sqlite
