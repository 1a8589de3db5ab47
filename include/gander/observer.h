// SPDX-License-Identifier: MIT
// Observer: what happens during a run, as typed events. The library itself prints nothing.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <chrono>
#include <cstdint>
#include <string_view>

#include "gander/export.h"
#include "gander/report.h"

namespace gander {

// Views and references in events are valid during the call only.

// The run waits, for one of these: the lock of another run; a lock on a table or another object,
// which any session may hold; SQLite's only writer; a server that is not up yet or takes no
// connection; the primary that a standby is to become; somebody else who migrates
// (MigrationRunner::wait_until_migrated()); the end of another session's transaction, which has
// changed the same row or is older than an index that is built CONCURRENTLY (PostgreSQL manual
// 53.12, pg_locks: locktype transactionid, virtualxid, tuple); readers of an SQLite database, which
// a COMMIT waits for outside of WAL mode (https://sqlite.org/lockingv3.html).
enum class WaitingFor : int {
  run = 0,
  table = 1,
  writer = 2,
  server = 3,
  primary = 4,
  migration = 5,
  transaction = 6,
  reader = 7
};

struct LockWaiting {
  std::string_view holder;  // who holds it, as far as the database tells, or why; may be empty
  std::chrono::milliseconds waited{0};
  std::chrono::milliseconds limit{0};
  WaitingFor what = WaitingFor::run;
};

struct MigrationStarted {
  std::int64_t version = 0;
  std::string_view name;  // base name of the file, or the function's name
  Direction direction = Direction::up;
  std::int64_t index = 0;          // 1-based place in this run
  std::int64_t total = 0;          // how many this run will execute
  std::int64_t statements = 0;     // in the section that runs
  std::int64_t resumed_after = 0;  // statements that an earlier run had already completed
  bool transactional = true;
};

struct StatementStarted {
  std::int64_t version = 0;
  std::int64_t number = 0;  // 1-based within the section
  std::int64_t total = 0;
  std::int64_t line = 0;
  std::string_view sql;
  // Bytes of the file read so far and in all: how far through the file the run is.
  std::int64_t bytes_done = 0;
  std::int64_t bytes_total = 0;
  // True: it is sent together with others (PostgreSQL, inside a transaction), so that nobody knows
  // when it runs. False: it runs now.
  bool deferred = false;
};

struct StatementFinished {
  std::int64_t version = 0;
  std::int64_t number = 0;
  std::chrono::nanoseconds duration{0};  // zero: not known (PostgreSQL, inside a transaction)
};

// A message of the server (PostgreSQL NOTICE) or of Gander (an edited file, an unknown version).
struct Message {
  enum class Kind {
    notice,
    warning,
    annotation,  // a warning of a comment that looks like an annotation, see exact_annotations
  };
  Kind kind = Kind::notice;
  std::string_view text;
  std::string_view severity = {};  // the server's own word: "NOTICE", "WARNING", "INFO" ...
};

// Derive, override what is of interest, and pass a pointer in Options. Calls come on the thread
// that runs the operation, in the order of the events. An exception thrown by an observer stops the
// run as a failure of the migration in progress.
class GANDER_EXPORT Observer {
 public:
  Observer();
  virtual ~Observer();
  virtual void lock_waiting(const LockWaiting& event);
  virtual void migration_started(const MigrationStarted& event);
  virtual void statement_started(const StatementStarted& event);
  virtual void statement_finished(const StatementFinished& event);
  // After the migration is committed and recorded. Migrations that share a commit are all reported
  // after it.
  virtual void migration_finished(const MigrationResult& result);
  virtual void message(const Message& event);
};

}  // namespace gander

#endif
