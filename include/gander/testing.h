// SPDX-License-Identifier: MIT
// Freshly migrated databases for the tests of an application: migrated once, then copied.
//
//   gander::testing::SqliteDatabases databases{app_migrations()};
//   gander::testing::SqliteFile file = databases.make();       // a file of this test's own
//   connect(file.path());                                      // removed with `file`
//
//   sqlite3* handle = nullptr;
//   sqlite3_open(":memory:", &handle);
//   databases.load(handle);                                    // or in memory, by a copy of bytes
//
// The template is made by whoever needs it first and kept in a directory under a name made from the
// checksums of all migrations, so that the tests of a suite share it though each runs in a process
// of its own, and an edited migration makes another one. Migrations that are C++ functions have no
// checksum: with them the template lives no longer than the object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "gander/export.h"
#include "gander/options.h"
#include "gander/source.h"

struct sqlite3;

namespace gander::testing {

// Where templates are kept, and how they are made.
struct TemplateOptions {
  // A directory that only this user can write to; made if it is absent. Empty: one of the user's
  // own in the system's directory for temporary files.
  std::filesystem::path directory;

  // Anything else that decides what the migrations leave, such as the values of environment
  // variables that they use with ENVSUB: templates of another key are other templates.
  std::string key;

  // How to migrate.
  Options migration;
};

// A database file that exists as long as this object. Movable; a moved-from object has no file.
class GANDER_EXPORT SqliteFile {
 public:
  // Takes the ownership of a file.
  explicit SqliteFile(std::filesystem::path path);
  ~SqliteFile();
  SqliteFile(SqliteFile&& other) noexcept;
  SqliteFile& operator=(SqliteFile&& other) noexcept;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string url() const { return "sqlite:" + path_.string(); }

 private:
  void remove() noexcept;
  std::filesystem::path path_;
};

// Hands out databases with all migrations of a source applied. Thread rule: one thread at a time;
// any number of objects, in any processes, may share a directory.
class GANDER_EXPORT SqliteDatabases {
 public:
  // Reads and makes nothing yet.
  explicit SqliteDatabases(Source source, TemplateOptions options = {});
  ~SqliteDatabases();
  SqliteDatabases(SqliteDatabases&&) noexcept;
  SqliteDatabases& operator=(SqliteDatabases&&) noexcept;

  // A new file with a copy of the template. Throws what MigrationRunner::up() throws when the
  // template must be made first, and Error(storage).
  SqliteFile make();

  // Replaces the main database of an open handle, which must be outside a transaction, by a copy of
  // the template in memory. Throws as make() does.
  void load(sqlite3* handle);

  // The template itself, made if it must be. Do not write to it.
  std::filesystem::path template_path();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gander::testing
