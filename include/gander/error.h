// SPDX-License-Identifier: MIT
// Error: the one exception type that leaves the library, and the codes that say what to do next.
//
// What a program's own code throws within a run (a function migration, an observer) stops the run
// and leaves it as an Error, too, with that exception nested in it, of the type that it had.
//
// What is not a failure (pending, edited, unsafe) is a return value instead: see report.h.
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include "gander/export.h"

namespace gander {

struct Report;

// Chosen by what the caller does next, not by where the failure arose.
// The numbers reach the C ABI (gander/c.h) and `--json`: never renumber, only append.
enum class ErrorCode : int {
  usage = 1,      // an argument is wrong: a null handle, an empty path, an unknown URL scheme
  not_found = 2,  // a directory, file, version or next migration that is not there
  invalid_migration = 3,  // a file that cannot be understood, a duplicate version, a bad name
  out_of_order = 4,       // migrations older than the newest applied one are pending
  edited = 5,             // an applied migration is no longer what was applied (strict mode)
  locked = 6,             // another run holds the database and the wait is over
  sql = 7,                // the database refused a statement
  connection = 8,         // the database cannot be reached, or the connection was lost
  storage = 9,            // disk full, input/output error
  not_writable = 10,      // read-only file, replica, missing privilege
  in_doubt = 11,          // it cannot be proven whether a statement ran: see `status` and `resolve`
  interrupted = 12,       // MigrationRunner::cancel() or the deadline stopped the run
  unsupported = 13,       // this build or this database cannot do what was asked
  internal = 14,          // a defect in Gander, please report
};

// The name of a code in snake_case ("invalid_migration"), as `--json` prints it.
GANDER_EXPORT const char* error_code_name(ErrorCode code) noexcept;

// All that is known of one failure. Empty strings and zeros mean "not known".
struct ErrorDetails {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // one sentence in the user's words, without the place
  std::string hint;     // what to do, one sentence, in names of this library; or empty

  std::string file;         // the migration's file as the source names it
  std::int64_t line = 0;    // 1-based
  std::int64_t column = 0;  // 1-based, in bytes
  std::string source_line;  // the text of that line, without its line end

  std::int64_t version = 0;    // the migration that failed
  std::int64_t statement = 0;  // 1-based number of the statement within its section
  std::string sql;  // the text of that statement; what is longer than 2,000 bytes ends in …

  std::string sqlstate;          // PostgreSQL and MySQL; empty for SQLite
  std::int64_t native_code = 0;  // SQLite's extended result code, MySQL's error number
  std::string detail;            // the server's DETAIL, CONTEXT and constraint lines, if any
  bool retryable = false;        // the same call may succeed later with nothing changed
};

// Thread rule: immutable after construction, so it may cross threads.
//
//   try {
//     runner.up();
//   } catch (const gander::Error& error) {
//     log(error.what());                                  // file:line:col: message, caret, hint
//     if (error.code() == gander::ErrorCode::locked) ...  // another instance is at work
//     std::rethrow_if_nested(error);                      // what my own function has thrown
//   }
class GANDER_EXPORT Error : public std::runtime_error {
 public:
  explicit Error(ErrorDetails details);
  Error(ErrorCode code, std::string message, std::string hint = {});
  ~Error() override;
  Error(const Error&) noexcept;
  Error& operator=(const Error&) noexcept;

  [[nodiscard]] ErrorCode code() const noexcept;
  [[nodiscard]] const ErrorDetails& details() const noexcept;

  // What the run had done before it failed, or nullptr when it failed before its first migration
  // was decided on. Valid as long as this Error or a copy of it lives.
  [[nodiscard]] const Report* report() const noexcept;

  // What it was made of: the exception of a function migration, an observer or
  // Options::environment, which std::rethrow_if_nested() throws as well; or nullptr. An Error
  // thrown by such code is no cause: it leaves the run itself, with its place filled in.
  [[nodiscard]] std::exception_ptr cause() const noexcept;

  // The same error carrying the partial report of its run, another text, a cause.
  [[nodiscard]] Error with_report(Report report) const;
  [[nodiscard]] Error with_details(ErrorDetails details) const;
  [[nodiscard]] Error with_cause(std::exception_ptr cause) const;

 private:
  // Shared because copying an exception must not throw (C++ Core Guidelines E.16).
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace gander

#endif
