// SPDX-License-Identifier: MIT
// Source: where migrations come from. A directory, files compiled into the program, text in memory,
// C++ functions, or several of these joined.
//
//   auto migrations = gander::join({gander::directory("migrations"),
//                                   gander::functions({{.version = 7, .name = "fill_slugs",
//                                                       .up = fill_slugs}})});
//
// A source is read at the start of each operation of a MigrationRunner, before the database is
// connected. File names are VERSION_NAME.sql with VERSION a decimal number from 1 to 2^63-1,
// leading zeros allowed; versions order migrations by number, never by name.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gander/connection.h"
#include "gander/export.h"

namespace gander {

namespace source {
class Reader;
}

// A cheap-to-copy value. Thread rule: immutable, may be shared by any number of runners.
class GANDER_EXPORT Source {
 public:
  explicit Source(std::shared_ptr<const source::Reader> reader);
  ~Source();
  Source(const Source&);
  Source& operator=(const Source&);

  const source::Reader& reader() const noexcept { return *reader_; }

 private:
  // Shared: the same immutable listing rules serve every copy and every join.
  std::shared_ptr<const source::Reader> reader_;
};

struct DirectoryOptions {
  // A `.sql` file whose name has no version is an error (as in goose) or is passed over.
  bool ignore_unversioned = false;
  // Base names to leave out.
  std::vector<std::string> exclude;
};

// The `.sql` files of one directory, not of its subdirectories. Errors when read: not_found (no
// such directory, or no migration in it), invalid_migration (a name without a version, a duplicate
// version, an unreadable file). An empty path is a usage error at once.
[[nodiscard]] GANDER_EXPORT Source directory(std::filesystem::path path,
                                             DirectoryOptions options = {});

// One file compiled into the program; gander_embed() (CMake) writes the table and a function that
// returns the source.
struct EmbeddedFile {
  std::string_view name;  // base name, for example "00001_init.sql"
  std::string_view text;  // the file's bytes, unchanged
};

// `files` and what it refers to must outlive the source (static storage, as gander_embed() gives).
[[nodiscard]] GANDER_EXPORT Source embedded(std::span<const EmbeddedFile> files);

struct MemoryFile {
  std::string name;
  std::string text;
};

// Owns its texts. An empty list is a not_found error when read, as an empty directory is.
[[nodiscard]] GANDER_EXPORT Source in_memory(std::vector<MemoryFile> files);

// A migration that is a C++ function. It runs at its version's place among the SQL files.
struct FunctionMigration {
  std::int64_t version = 0;
  std::string name = {};  // words for people, as in a file name
  // Either may be empty: then only the version is recorded or removed. An exception that leaves
  // the function fails the migration. A run calls it once: it does not go on by itself after a
  // connection that was lost behind the call.
  std::function<void(Connection&)> up = {};
  std::function<void(Connection&)> down = {};
  // True: the call and the version row share one transaction. False: the function runs outside any
  // transaction, must bear being run again, and a crash inside it leaves the version in doubt.
  bool transactional = true;
};

[[nodiscard]] GANDER_EXPORT Source functions(std::vector<FunctionMigration> migrations);

// All migrations of all sources. A version in two of them is an invalid_migration error when read;
// a source that is empty on its own is not an error as long as another has migrations.
[[nodiscard]] GANDER_EXPORT Source join(std::vector<Source> sources);

}  // namespace gander

#endif
