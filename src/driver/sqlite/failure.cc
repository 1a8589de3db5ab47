// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/failure.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "src/driver/sqlite/file_locks.h"
#include "src/driver/sqlite/place.h"

namespace gander::driver::sqlite {
namespace {

ErrorCode classify(int result) {
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorCode::locked;
    case SQLITE_READONLY:
      return ErrorCode::not_writable;
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return ErrorCode::storage;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorCode::connection;
    case SQLITE_INTERRUPT:
      return ErrorCode::interrupted;
    default:
      return ErrorCode::sql;
  }
}

// The processes that have the file locked: those that write and those that read.
struct LockedBy {
  std::string writers;
  std::string readers;
};

LockedBy locked_by(const std::string& path) {
  LockedBy by;
  for (const FileLock& lock : locks_of(path)) {
    std::string& list = lock.writes ? by.writers : by.readers;
    list += (list.empty() ? "" : ", ") + lock.holder.description();
  }
  return by;
}

// SQLite says "database is locked" for whoever is in the way, and a COMMIT that writes into the
// file itself has to wait for readers (https://sqlite.org/lockingv3.html).
void explain_lock(int result, const Circumstances& where, ErrorDetails* details) {
  if (result == SQLITE_BUSY_SNAPSHOT) {
    details->hint = "another connection wrote after this transaction had begun to read: run again";
    return;
  }
  if ((result & 0xff) == SQLITE_LOCKED) {
    details->hint =
        "another statement of this connection, or of one that shares its cache, still "
        "uses the table";
    return;
  }
  const auto [writers, readers] = locked_by(where.path);
  if (writers.empty() && (where.in_transaction || !readers.empty())) {
    details->hint =
        (readers.empty() ? "another connection" : readers) +
        " reads and has not finished: wait for it, or raise the limit with Options::wait; in "
        "WAL mode readers are in nobody's way";
    return;
  }
  details->hint = (writers.empty() ? "another connection" : writers) +
                  " is writing: wait for it, or raise the limit with Options::wait";
}

void explain_storage(int result, const Circumstances& where, ErrorDetails* details) {
  const std::string network = network_file_system(where.path);
  switch (result) {
    case SQLITE_IOERR_GETTEMPPATH:
      details->message = "SQLite finds no directory that it may write temporary files to";
      details->hint =
          "make /tmp writable, set SQLITE_TMPDIR to a directory that is, or put "
          "temp_store=memory into the database URL";
      return;
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
      details->hint = network.empty()
                          ? "the file system does not lock: put the database on another one"
                          : "locks fail on " + network + ": put the database on a local disk";
      return;
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMMAP:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMLOCK:
      details->hint = "WAL mode needs shared memory, which " +
                      (network.empty() ? "this file system" : network) +
                      " does not have: put the database on a local disk, or use "
                      "journal_mode=delete";
      return;
    default:
      break;
  }
  details->hint = (result & 0xff) == SQLITE_FULL
                      ? "make room on the disk that holds " +
                            (where.path.empty() ? "temporary files" : where.path) +
                            ", or raise PRAGMA max_page_count"
                      : "check the disk: its free space and its health";
}

void explain_unopened(int result, ErrorDetails* details) {
  if ((result & 0xff) == SQLITE_NOTADB) {
    details->hint =
        "check that the path is right: the file is no SQLite database, or it is "
        "encrypted (SQLCipher), which takes a handle of the application's own";
  } else if ((result & 0xff) == SQLITE_CORRUPT) {
    details->hint = "restore a backup, or rescue what can be read with sqlite3's .recover";
  } else {
    details->hint =
        "SQLite could not open a file that it needs: check the directory of the "
        "database, where its journal is";
  }
}

void explain_read_only(int result, ErrorDetails* details) {
  if (result == SQLITE_READONLY_DBMOVED) {
    details->hint = "the file was moved, replaced or deleted while it was open: run again";
  } else {
    details->hint = "check the permissions of the file and of its directory";
  }
}

}  // namespace

Obstacle in_the_way(const Circumstances& where) {
  const auto [writers, readers] = locked_by(where.path);
  if (!writers.empty()) return {writers + ", which writes", WaitingFor::writer};
  if (!where.in_transaction) return {"another connection", WaitingFor::writer};
  return {(readers.empty() ? "another connection" : readers) + ", which reads", WaitingFor::reader};
}

ErrorDetails failure_of(sqlite3* handle, const Circumstances& where) {
  ErrorDetails details;
  const int result = sqlite3_extended_errcode(handle);
  details.code = classify(result);
  details.message = sqlite3_errmsg(handle);
  details.native_code = result;
  details.retryable = details.code == ErrorCode::locked;
  switch (details.code) {
    case ErrorCode::locked:
      explain_lock(result, where, &details);
      break;
    case ErrorCode::storage:
      explain_storage(result, where, &details);
      break;
    case ErrorCode::connection:
      explain_unopened(result, &details);
      break;
    case ErrorCode::not_writable:
      explain_read_only(result, &details);
      break;
    default:
      break;
  }
  const int primary = result & 0xff;
  if ((primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY) && needs_shared_memory(handle)) {
    explain_read_only_wal(where.path, &details);
  }
  return details;
}

bool needs_shared_memory(sqlite3* handle) {
  const int result =
      sqlite3_exec(handle, "SELECT 1 FROM sqlite_master LIMIT 1", nullptr, nullptr, nullptr) & 0xff;
  return result == SQLITE_CANTOPEN || result == SQLITE_READONLY;
}

}  // namespace gander::driver::sqlite
