// SPDX-License-Identifier: MIT
#include "src/driver/postgres/failure.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/conninfo.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/libpq.h"
#include "src/driver/postgres/message_shape.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {
namespace {

struct Meaning {
  std::string_view sqlstate;  // a class (two characters) or a whole code
  ErrorCode code;
  bool retryable;
  const char* hint;
};

// The first entry that is a prefix of the SQLSTATE counts.
constexpr Meaning kMeanings[] = {
    {"08", ErrorCode::connection, true, "check the network and the server's log, then run again"},
    {"25006", ErrorCode::not_writable, false,
     "connect to the primary server, or unset default_transaction_read_only for this role"},
    {"25P03", ErrorCode::connection, true,
     "idle_in_transaction_session_timeout ended the session: raise it for this role"},
    {"3F000", ErrorCode::sql, false,
     "create the schema first, or name another one with Options::schema"},
    {"40001", ErrorCode::sql, true, "another session changed the same rows: run again"},
    {"40P01", ErrorCode::sql, true, "another session wanted the same locks: run again"},
    {"42501", ErrorCode::not_writable, false,
     "grant this role the privilege, or let it own the object; Options::role names another role"},
    {"53100", ErrorCode::storage, false, "free space on the server, then run again"},
    {"53300", ErrorCode::connection, true, "wait for other clients to leave, then run again"},
    {"55P03", ErrorCode::locked, true,
     "another session holds a lock on the table: end it, or run again when it has left"},
    {"57014", ErrorCode::sql, false,
     "somebody cancelled the statement, or it ran longer than statement_timeout, which "
     "Options::statement_timeout raises"},
    {"57P01", ErrorCode::connection, true, "the server ended the session: run again"},
    {"57P02", ErrorCode::connection, true, "the server crashed and recovers: run again"},
    {"57P03", ErrorCode::connection, true, "the server is starting or stopping: run again"},
    {"57P05", ErrorCode::connection, true,
     "idle_session_timeout ended the session: raise it for this role"},
    {"58030", ErrorCode::storage, false, "check the server's disk and its log"},
    {"XX001", ErrorCode::storage, false, "the server reports corrupted data: see its log"},
    {"XX002", ErrorCode::storage, false, "the server reports a corrupted index: see its log"},
};

constexpr const char* kActiveTransaction = "25001";
constexpr const char* kInvalidTermination = "2D000";
constexpr const char* kOutsideHint =
    "put `-- +goose NO TRANSACTION` at the top of the file, best with this statement alone in it";

constexpr Meaning kConnectMeanings[] = {
    {"28", ErrorCode::connection, false,
     "check the user name, the password (URL, PGPASSWORD or ~/.pgpass) and pg_hba.conf"},
    {"3D000", ErrorCode::connection, false, "create the database first: createdb NAME"},
};

template <std::size_t N>
const Meaning* meaning_of(const Meaning (&table)[N], std::string_view sqlstate) {
  const auto* found = std::find_if(std::begin(table), std::end(table), [&](const Meaning& entry) {
    return sqlstate.starts_with(entry.sqlstate);
  });
  return found == std::end(table) ? nullptr : found;
}

void apply(const Meaning* meaning, ErrorDetails* details) {
  if (meaning == nullptr) return;
  details->code = meaning->code;
  details->retryable = meaning->retryable;
  if (details->hint.empty()) details->hint = meaning->hint;
}

std::string field(const PGresult* result, int code) {
  const char* text = libpq().PQresultErrorField(result, code);
  return text == nullptr ? std::string() : text;
}

// ERROR ends a statement; FATAL and PANIC end the session, and no SQL can raise them. Servers that
// name the severity in their own language alone are believed.
bool ends_session(const PGresult* result) {
  const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity != "ERROR" && (!severity.empty() || field(result, PG_DIAG_SEVERITY) != "ERROR");
}

// The one place in which the server refuses a transaction (xact.c; its name before PostgreSQL 11).
bool is_refusal(const Failure& failure) {
  return failure.details.sqlstate == kActiveTransaction &&
         (failure.function == "PreventInTransactionBlock" ||
          failure.function == "PreventTransactionChain");
}

// Where a procedure's COMMIT or ROLLBACK is refused (spi.c).
bool is_refused_end(const Failure& failure) {
  return failure.details.sqlstate == kInvalidTermination &&
         (failure.function == "_SPI_commit" || failure.function == "_SPI_rollback");
}

bool runs_a_procedure(std::string_view sql) {
  if (message_shape(sql).starts.size() != 1) return false;
  sql::Words words(kLexicalRules, sql);
  return words.accept("call") || words.accept("do");
}

void add_line(std::string* text, const std::string& label, const std::string& line) {
  if (line.empty()) return;
  if (!text->empty()) *text += '\n';
  *text += label + line;
}

// CONTEXT says "COPY birds, line 3, column id: ..." in every language that PostgreSQL speaks with
// these commas; the number is the first one after the first comma.
std::int64_t line_of_copy(const std::string& context) {
  if (!context.starts_with("COPY ")) return 0;
  const std::size_t comma = context.find(", ");
  if (comma == std::string::npos) return 0;
  const std::size_t digit = context.find_first_of("0123456789", comma);
  const std::size_t end = context.find_first_of(",:\n", comma + 1);
  return digit == std::string::npos || digit > end ? 0 : std::atoll(context.c_str() + digit);
}

// libpq's messages end in a newline, and may hold several lines: one for each address tried.
std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\t') continue;
    if (text[i] == '\n') {
      out += "; ";
      while (i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\t')) ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// Takes "57P03: " out of "FATAL:  57P03: the database system is starting up" and cuts LOCATION off.
std::string take_sqlstate(std::string* message) {
  std::string sqlstate;
  for (std::size_t at = message->find(":  "); at != std::string::npos;
       at = message->find(":  ", at + 1)) {
    const std::string_view rest = std::string_view(*message).substr(at + 3);
    if (!is_sqlstate(rest.substr(0, 5)) || rest.substr(5, 2) != ": ") continue;
    sqlstate = rest.substr(0, 5);
    message->erase(at + 3, 7);
  }
  for (std::size_t line = message->find("\nLOCATION:"); line != std::string::npos;
       line = message->find("\nLOCATION:")) {
    message->erase(line, std::min(message->find('\n', line + 1), message->size()) - line);
  }
  return sqlstate;
}

}  // namespace

Failure failure_of(const PGresult* result, const std::vector<std::string>& secrets) {
  Failure failure;
  ErrorDetails& details = failure.details;
  details.code = ErrorCode::sql;
  details.sqlstate = field(result, PG_DIAG_SQLSTATE);
  details.message = redact(field(result, PG_DIAG_MESSAGE_PRIMARY), secrets);
  if (details.message.empty()) {
    details.message = redact(one_line(libpq().PQresultErrorMessage(result)), secrets);
  }
  details.hint = redact(field(result, PG_DIAG_MESSAGE_HINT), secrets);
  const std::string context = field(result, PG_DIAG_CONTEXT);
  add_line(&details.detail, "", field(result, PG_DIAG_MESSAGE_DETAIL));
  add_line(&details.detail, "constraint: ", field(result, PG_DIAG_CONSTRAINT_NAME));
  add_line(&details.detail, "context: ", context);
  add_line(&details.detail, "in: ", field(result, PG_DIAG_INTERNAL_QUERY));
  details.detail = redact(std::move(details.detail), secrets);
  failure.fatal = ends_session(result);
  failure.nested = !context.empty();
  failure.function = field(result, PG_DIAG_SOURCE_FUNCTION);
  const Meaning* meaning = meaning_of(kMeanings, details.sqlstate);
  const bool raised = meaning != nullptr && meaning->code == ErrorCode::connection;
  if (!raised || failure.fatal) apply(meaning, &details);
  if (is_refusal(failure) && details.hint.empty()) details.hint = kOutsideHint;
  failure.position = std::atoll(field(result, PG_DIAG_STATEMENT_POSITION).c_str());
  failure.copy_line = line_of_copy(context);
  return failure;
}

void note_loss(bool lost, const PGconn* connection, const std::vector<std::string>& secrets,
               Failure* failure) {
  if (!lost) return;
  ErrorDetails& details = failure->details;
  if (details.sqlstate.empty()) {
    details = lost_connection(connection, secrets);
    return;
  }
  // Poolers say some of these as an ERROR, and hang up.
  const Meaning* meaning = meaning_of(kMeanings, details.sqlstate);
  if (meaning != nullptr && meaning->code == ErrorCode::connection) apply(meaning, &details);
}

// A function of the user's may run into the server's refusal as well, of a VACUUM in it: that has a
// CONTEXT. So has one of REINDEX on a partitioned table, which is known by its words.
bool refuses_transaction(const Failure& failure, std::string_view sql) {
  const bool told = !failure.function.empty();
  const bool refusing = bare_statement(sql).kind != BareStatement::Kind::unknown;
  if (failure.details.sqlstate == kActiveTransaction) {
    return told ? is_refusal(failure) && (refusing || !failure.nested) : refusing;
  }
  // What the procedure did until then was rolled back.
  if (failure.details.sqlstate != kInvalidTermination || !runs_a_procedure(sql)) return false;
  return !told || is_refused_end(failure);
}

ErrorDetails lost_connection(const PGconn* connection, const std::vector<std::string>& secrets) {
  ErrorDetails details;
  details.code = ErrorCode::connection;
  details.message = "the connection to the server was lost: " +
                    redact(one_line(libpq().PQerrorMessage(connection)), secrets);
  details.hint = "check the network and the server's log, then run again";
  details.retryable = true;
  return details;
}

ErrorDetails refused_connection(const PGconn* connection, const std::string& display,
                                const std::vector<std::string>& secrets) {
  ErrorDetails details;
  std::string message = libpq().PQerrorMessage(connection);
  details.code = ErrorCode::connection;
  details.sqlstate = take_sqlstate(&message);
  details.message = "cannot connect to " + (display.empty() ? "the database" : display) + ": " +
                    redact(one_line(std::move(message)), secrets);
  apply(meaning_of(kMeanings, details.sqlstate), &details);
  apply(meaning_of(kConnectMeanings, details.sqlstate), &details);
  details.code = ErrorCode::connection;
  if (libpq().PQconnectionNeedsPassword(connection) != 0) {
    details.hint =
        "the server asks for a password, and there is none: put it into the URL after the user's "
        "name and a colon, or into PGPASSWORD or ~/.pgpass";
    details.retryable = false;
  } else if (details.sqlstate.empty()) {
    const bool choosy = display.find("target_session_attrs=") != std::string::npos;
    details.hint = choosy
                       ? "check that hosts and ports are right, and that one of the servers runs "
                         "and is what target_session_attrs asks for"
                       : "check that the server runs and that host and port are right";
    details.retryable = true;
  }
  return details;
}

Notice notice_of(const PGresult* result) {
  Notice notice;
  notice.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  notice.text = field(result, PG_DIAG_MESSAGE_PRIMARY);
  add_line(&notice.text, "detail: ", field(result, PG_DIAG_MESSAGE_DETAIL));
  add_line(&notice.text, "hint: ", field(result, PG_DIAG_MESSAGE_HINT));
  return notice;
}

}  // namespace gander::driver::postgres
