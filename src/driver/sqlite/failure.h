// SPDX-License-Identifier: MIT
// What SQLite's result codes mean for the user: the code of the Error, and what to do.
#pragma once

#include <string>

#include "gander/error.h"
#include "gander/observer.h"

struct sqlite3;

namespace gander::driver::sqlite {

// Where a handle stood when it failed.
struct Circumstances {
  std::string path;             // of the database; empty in memory
  bool in_transaction = false;  // of this handle
};

// The last error of the handle. The text is SQLite's own, where it says what the matter is.
ErrorDetails failure_of(sqlite3* handle, const Circumstances& circumstances);

// Who keeps the handle waiting, as far as the system tells: writers if there are any; a COMMIT may
// also have to wait for readers.
struct Obstacle {
  std::string holder;
  WaitingFor what = WaitingFor::writer;
};
Obstacle in_the_way(const Circumstances& circumstances);

// Does even reading fail because SQLite may not write where the database is? So it is in WAL mode.
bool needs_shared_memory(sqlite3* handle);

}  // namespace gander::driver::sqlite
