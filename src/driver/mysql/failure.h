// SPDX-License-Identifier: MIT
// Failure: an error of the server or of the client library in Gander's terms. Which code it is
// follows from its number
// (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html,
// https://mariadb.com/kb/en/mariadb-error-code-reference/), never from its text, which the server
// may translate. A user's SQL can raise every number (SIGNAL ... SET MYSQL_ERRNO): that the session
// has ended is told by its socket alone.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"

namespace gander::driver::mysql {

// Numbers of the server's.
inline constexpr unsigned kLockTimeout = 1205;            // ER_LOCK_WAIT_TIMEOUT
inline constexpr unsigned kDeadlock = 1213;               // ER_LOCK_DEADLOCK
inline constexpr unsigned kNoSavepoint = 1305;            // ER_SP_DOES_NOT_EXIST
inline constexpr unsigned kSavepointsUnsupported = 1178;  // ER_CHECK_NOT_IMPLEMENTED
inline constexpr unsigned kInterrupted = 1317;            // ER_QUERY_INTERRUPTED
inline constexpr unsigned kSyntax = 1064;                 // ER_PARSE_ERROR

struct Failure {
  ErrorDetails details;
  std::int64_t line = 0;  // 1-based, of the text that was sent; 0: not told

  unsigned number() const { return static_cast<unsigned>(details.native_code); }
};

// `secrets` are masked in every text. `lost`: the session has ended with it.
Failure failure_of(unsigned number, std::string_view sqlstate, std::string_view message, bool lost,
                   const std::vector<std::string>& secrets);

// A connection that could not be opened.
ErrorDetails refused_connection(MYSQL* handle, const std::string& display, bool has_password,
                                const std::vector<std::string>& secrets);

// Do servers close the connection behind an error with this number?
bool announces_end(unsigned number);

}  // namespace gander::driver::mysql
