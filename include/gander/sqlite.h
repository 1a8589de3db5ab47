// SPDX-License-Identifier: MIT
// SQLite as a target: borrowed handles, and what a `sqlite:` URL may say.
//
//   sqlite:PATH[?name=value&...]
//     foreign_keys=on|off      off unless said (SQLite's own default). With `on`, enforcement stays
//                              on while migrations run. While it is on, by the URL or by a PRAGMA
//                              of the migration, a DROP TABLE that would delete or change rows of a
//                              child table is refused.
//     journal_mode, synchronous, cache_size, temp_store, mmap_size, auto_vacuum, page_size,
//     recursive_triggers, secure_delete, locking_mode, encoding, legacy_alter_table, trusted_schema
//                              the pragma of that name (https://sqlite.org/pragma.html); cache_size
//                              is 16 MiB while migrations run, unless said
//     _pragma=name(value)      the same in goose's spelling, any number of times
//     mode=ro|rw|rwc|memory, cache=shared|private, vfs=NAME, immutable=1
//                              as in SQLite's URI file names (https://sqlite.org/uri.html)
//     restricted=on            for untrusted files: the same as Options::restricted
//   goose's `_txlock`, `_time_format` and `_busy_timeout` are accepted and have no effect: every
//   transaction of Gander is BEGIN IMMEDIATE and waiting is Options::wait.
//
// SQLite 3.35 or newer.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <string>
#include <utility>
#include <vector>

#include "gander/export.h"
#include "gander/target.h"

struct sqlite3;

namespace gander {

// As the parameters of a URL. How long to wait for other writers is Options::wait.
struct SqliteOptions {
  bool read_only = false;
  bool create = true;  // make the file when it is absent; false: that is an error
  bool foreign_keys = false;
  bool restricted = false;
  // Pragmas to set when the database is opened, in this order: {{"journal_mode", "wal"}}. Those
  // that are listed above, and no others.
  std::vector<std::pair<std::string, std::string>> pragmas = {};
};

// A target by the path of its file, which is taken as it is: no character means anything else. Only
// ":memory:" is a database in memory; a file of that name is "./:memory:".
//
//   gander::sqlite("/var/lib/app/what? #1.db", {.foreign_keys = true})
//
// Errors: usage, for an empty path, one with a NUL byte, and a pragma that is not listed above.
[[nodiscard]] GANDER_EXPORT Target sqlite(const std::string& path,
                                          const SqliteOptions& options = {});

// A target on a handle that the application owns and keeps open for as long as the runner lives.
// The handle must not be inside a transaction when an operation starts. After each operation,
// failed ones included, no transaction is open and pragmas are as they were found; the busy
// handler and the progress handler are never touched.
// Thread rule: while an operation runs, no other thread may use the handle.
// The handle must come from the SQLite that Gander is linked with: one of another copy in the
// process is refused, and open() refuses a file that such a copy has open. Neither finds a copy
// that hides its functions (linked statically into a plugin): two copies of SQLite must not use one
// file in one process, see https://sqlite.org/howtocorrupt.html, section 2.2.1. Errors: usage for
// nullptr, unsupported for a handle of another copy of SQLite.
[[nodiscard]] GANDER_EXPORT Target borrow(sqlite3* handle);

}  // namespace gander

#endif
