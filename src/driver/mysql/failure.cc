// SPDX-License-Identifier: MIT
#include "src/driver/mysql/failure.h"

#include <algorithm>
#include <charconv>

#include "src/driver/mysql/client.h"
#include "src/driver/mysql/url.h"

namespace gander::driver::mysql {
namespace {

struct Meaning {
  unsigned number;
  ErrorCode code;
  bool retryable;
  const char* hint;
};

constexpr const char* kReadOnlyHint =
    "connect to the primary server, or switch read_only and super_read_only off";
constexpr const char* kPrivilegeHint =
    "grant the user of the URL the privilege that the message names, or connect as another one";
constexpr const char* kKeyHint =
    "this server asks for a primary key in every table (sql_require_primary_key, "
    "innodb_force_primary_key): give the table one";
constexpr const char* kBinlogHint =
    "the server writes a binary log and asks for more than the usual rights for functions and "
    "triggers: have an administrator set log_bin_trust_function_creators = 1, or connect as one, "
    "or "
    "declare the function DETERMINISTIC, NO SQL or READS SQL DATA";

constexpr Meaning kMeanings[] = {
    {kLockTimeout, ErrorCode::locked, true,
     "another session holds a lock on the table: end it, or run again when it has left"},
    {kDeadlock, ErrorCode::sql, true, "another session wanted the same locks: run again"},
    {3572, ErrorCode::locked, true, "another session holds a lock (NOWAIT): run again"},
    {kInterrupted, ErrorCode::sql, false, "somebody cancelled the statement (KILL QUERY)"},
    {1969, ErrorCode::sql, false, "the statement ran longer than max_statement_time"},
    {3024, ErrorCode::sql, false, "the statement ran longer than max_execution_time"},
    {1290, ErrorCode::not_writable, false, kReadOnlyHint},
    {1792, ErrorCode::not_writable, false, kReadOnlyHint},
    {1836, ErrorCode::not_writable, false, kReadOnlyHint},
    {3989, ErrorCode::not_writable, false,
     "the database is read only: see ALTER DATABASE ... READ ONLY"},
    {1044, ErrorCode::not_writable, false, kPrivilegeHint},
    {1142, ErrorCode::not_writable, false, kPrivilegeHint},
    {1143, ErrorCode::not_writable, false, kPrivilegeHint},
    {1227, ErrorCode::not_writable, false, kPrivilegeHint},
    {1370, ErrorCode::not_writable, false, kPrivilegeHint},
    {1410, ErrorCode::not_writable, false, kPrivilegeHint},
    {1418, ErrorCode::sql, false, kBinlogHint},
    {1419, ErrorCode::not_writable, false, kBinlogHint},
    {1173, ErrorCode::sql, false, kKeyHint},
    {3750, ErrorCode::sql, false, kKeyHint},
    {1021, ErrorCode::storage, false, "free space on the server, then run again"},
    {1114, ErrorCode::storage, false, "free space on the server, then run again"},
    {1034, ErrorCode::storage, false, "the server reports a corrupted table: see its log"},
    {1712, ErrorCode::storage, false, "the server reports a corrupted index: see its log"},
    {1046, ErrorCode::sql, false, "name a database in the URL: mysql://user@host/database"},
    {1153, ErrorCode::sql, false,
     "the statement is larger than the server takes: raise its max_allowed_packet"},
};

constexpr const char* kRunAgain = "check the network and the server's log, then run again";
constexpr const char* kPlaceHint =
    "check that the server runs and that host, port and socket are right";
constexpr const char* kUserHint =
    "check the user name and the password, and from where the user may connect";

// Of servers and proxies before the session exists.
constexpr Meaning kConnectMeanings[] = {
    {1045, ErrorCode::connection, false, kUserHint},
    {1698, ErrorCode::connection, false, kUserHint},
    {1130, ErrorCode::connection, false, kUserHint},
    {1044, ErrorCode::connection, false, "grant the user the database, or name another one"},
    {1049, ErrorCode::connection, false, "create the database first: CREATE DATABASE name"},
    {1040, ErrorCode::connection, true, "wait for other clients to leave, then run again"},
    {1203, ErrorCode::connection, true, "wait for other clients to leave, then run again"},
    {1226, ErrorCode::connection, true, "wait for other clients to leave, then run again"},
    {1053, ErrorCode::connection, true, "the server is stopping: run again"},
    {1129, ErrorCode::connection, false, "the server has blocked this host: FLUSH HOSTS"},
    {1862, ErrorCode::connection, false, "the password has expired: set a new one"},
    {3159, ErrorCode::connection, false, "the server takes TLS alone: add tls=true to the URL"},
    {2002, ErrorCode::connection, true, kPlaceHint},
    {2003, ErrorCode::connection, true, kPlaceHint},
    {2005, ErrorCode::connection, true, kPlaceHint},
    {2006, ErrorCode::connection, true, kRunAgain},
    {2012, ErrorCode::connection, true, kRunAgain},
    {2013, ErrorCode::connection, true, kRunAgain},
    {2026, ErrorCode::connection, false,
     "check tls and ssl-ca in the URL, and the server's certificate"},
    {2059, ErrorCode::connection, false,
     "the client library lacks what the user's way of logging in takes: name its directory with "
     "plugin-dir in the URL"},
};

template <std::size_t N>
void apply(const Meaning (&table)[N], unsigned number, ErrorDetails* details) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const Meaning& entry) { return entry.number == number; });
  if (found == std::end(table)) return;
  details->code = found->code;
  details->retryable = found->retryable;
  details->hint = found->hint;
}

// "... at line 3", which MySQL says in every language that it speaks with the number at the end.
std::int64_t line_of(std::string_view message) {
  const std::size_t end = message.find_last_of("0123456789");
  if (end == std::string_view::npos || end + 2 < message.size()) return 0;
  std::size_t begin = end;
  while (begin > 0 && message[begin - 1] >= '0' && message[begin - 1] <= '9') --begin;
  std::int64_t line = 0;
  std::from_chars(message.data() + begin, message.data() + end + 1, line);
  return line;
}

}  // namespace

bool announces_end(unsigned number) {
  constexpr unsigned kNumbers[] = {1053, 1152, 1184, 1317, 1927, 3032, 3169, 4031, 1047, 1080};
  return std::find(std::begin(kNumbers), std::end(kNumbers), number) != std::end(kNumbers);
}

Failure failure_of(unsigned number, std::string_view sqlstate, std::string_view message, bool lost,
                   const std::vector<std::string>& secrets) {
  Failure failure;
  ErrorDetails& details = failure.details;
  details.code = ErrorCode::sql;
  details.sqlstate = sqlstate;
  details.native_code = number;
  details.message = redact(std::string(message), secrets);
  if (lost) {
    details.code = ErrorCode::connection;
    details.message = "the connection to the server was lost: " + details.message;
    details.hint = kRunAgain;
    details.retryable = true;
    return failure;
  }
  apply(kMeanings, number, &details);
  if (number == kSyntax) failure.line = line_of(message);
  return failure;
}

ErrorDetails refused_connection(MYSQL* handle, const std::string& display, bool has_password,
                                const std::vector<std::string>& secrets) {
  const unsigned number = client().mysql_errno(handle);
  ErrorDetails details;
  details.sqlstate = client().mysql_sqlstate(handle);
  details.native_code = number;
  details.message =
      "cannot connect to " + display + ": " + redact(client().mysql_error(handle), secrets);
  details.hint = kRunAgain;
  apply(kConnectMeanings, number, &details);
  details.code = ErrorCode::connection;
  const bool refused = number == 1045 || number == 1698;
  if (refused && !has_password) {
    details.hint =
        "the user may need a password, and there is none: put it into the URL after the user's "
        "name and a colon, or into a file that option-file in the URL names";
  }
  return details;
}

}  // namespace gander::driver::mysql
