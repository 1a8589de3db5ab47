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
//   gander::testing::PostgresDatabases servers{"postgres://localhost/postgres", app_migrations()};
//   gander::testing::PostgresDatabase database = servers.make();
//   connect(database.url());                                   // dropped with `database`
//
// The template is made by whoever needs it first and kept, in a directory or on the server, under a
// name made from the checksums of all migrations, so that the tests of a suite share it though each
// runs in a process of its own, and an edited migration makes another one. Migrations that are C++
// functions have no checksum: with them the template lives no longer than the object.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

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
  // own in the system's directory for temporary files. (SQLite only.)
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

// A database on a server that exists as long as this object. Movable; a moved-from object has none.
class GANDER_EXPORT PostgresDatabase {
 public:
  // Takes the ownership of the database `name`; `server` is the URL to drop it with.
  PostgresDatabase(std::string server, std::string name);
  // Ends the sessions that are left in it. Swallows errors: a database that cannot be dropped
  // stays.
  ~PostgresDatabase();
  PostgresDatabase(PostgresDatabase&& other) noexcept;
  PostgresDatabase& operator=(PostgresDatabase&& other) noexcept;

  const std::string& name() const noexcept { return name_; }
  std::string url() const;

 private:
  void drop() noexcept;
  std::string server_;
  std::string name_;
};

// The same as SqliteDatabases, on a PostgreSQL server: each database is a CREATE DATABASE ...
// TEMPLATE. Thread rule: one thread at a time; any number of objects, in any processes, may share a
// server.
class GANDER_EXPORT PostgresDatabases {
 public:
  // `server`: a URL (postgres://...) whose database exists already and whose role may create
  // others. Connects and makes nothing yet. Throws Error(usage) for anything else than a URL.
  PostgresDatabases(std::string server, Source source, TemplateOptions options = {});
  ~PostgresDatabases();
  PostgresDatabases(PostgresDatabases&&) noexcept;
  PostgresDatabases& operator=(PostgresDatabases&&) noexcept;

  // A new database with a copy of the template. Throws what MigrationRunner::up() throws when the
  // template must be made first, and Error(connection, sql, unsupported).
  PostgresDatabase make();

  // The name of the template, made if it must be: gander_template_ and 32 hexadecimal digits. It
  // takes no connections. Drop the ones of old migrations with DROP DATABASE when you like.
  std::string template_name();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gander::testing

#endif
