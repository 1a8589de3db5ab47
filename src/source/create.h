// SPDX-License-Identifier: MIT
// New migration files, and the renumbering of old ones: what `create` and `fix` do to a directory.
//
// The names are goose's. Files appear whole or not at all, and no file is ever overwritten.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gander::source {

struct CreateRequest {
  std::filesystem::path directory;
  std::string name;  // in words: see snake_name()
  // False: the version is `now` in UTC as YYYYMMDDhhmmss, or the first second after it that no file
  // of the directory has. True: one more than the last sequential version of the directory, at
  // least five digits. Two that create at the same time get two versions.
  bool sequential = false;
  // Make the directory, with its parents, when it is not there.
  bool make_directory = false;
  std::string extension = "sql";
  std::string text;  // of the new file
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
};

// The message of the error about a file that is there already.
inline constexpr const char* kFileExists = "the file exists already";

struct CreatedFile {
  std::filesystem::path path;
  std::int64_t version = 0;
};

// Throws Error: usage (a name without a letter or digit), not_found (no such directory),
// invalid_migration (sequential: a `.sql` file without a version; the file exists), storage and
// not_writable.
CreatedFile create_migration(const CreateRequest& request);

// Writes a file that appears whole or not at all; an existing one is an error. Its directory must
// exist. Throws as create_migration() does.
void write_new_file(const std::filesystem::path& path, std::string_view text);

// The same, but an existing file is replaced in one step: a reader sees the old text or the new
// one.
void replace_file(const std::filesystem::path& path, std::string_view text);

struct RenamedFile {
  std::string from;  // base names
  std::string to;
};

// Renames timestamped `.sql` and `.go` files to follow the last sequential one, in order of
// version. Everything is checked before the first rename. Throws as create_migration() does; after
// a failure the files that were renamed before it keep their new names.
std::vector<RenamedFile> fix_versions(const std::filesystem::path& directory);

// Letters and digits in lower case, everything between them one `_`: "Add Users!" is "add_users_".
// As in goose, leading separators go, a single trailing one stays and more than one go.
std::string snake_name(std::string_view words);

// Does the number read as a time YYYYMMDDhhmmss after 1970-01-01 00:00:00?
bool is_timestamp(std::int64_t version);

}  // namespace gander::source
