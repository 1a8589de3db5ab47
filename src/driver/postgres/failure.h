// SPDX-License-Identifier: MIT
// Failure: an error of the server or of libpq in Gander's terms. Which code it is follows from its
// SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), never from its text,
// which the server may translate. A user's SQL can raise every SQLSTATE (RAISE ... USING ERRCODE):
// what a run goes by needs what cannot be raised as well, the severity or the server's own
// function.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"

namespace gander::driver::postgres {

struct Failure {
  ErrorDetails details;
  std::int64_t position = 0;   // 1-based, in characters of the message that was sent; 0: not told
  std::int64_t copy_line = 0;  // 1-based line of COPY data; 0: not about COPY data
  bool fatal = false;          // the server has ended the session with it; not for SQL to raise
  bool nested = false;         // there is a CONTEXT, as of whatever a function does
  std::string function{};      // of the server's source that raised it; empty: not told
};

// `secrets` are masked in every text.
Failure failure_of(const PGresult* result, const std::vector<std::string>& secrets);

// What is left to say when the answer is whole: has the session ended with this?
void note_loss(bool lost, const PGconn* connection, const std::vector<std::string>& secrets,
               Failure* failure);

// Does this failure of `sql`, one unit of a script, say that the server refuses to run it in a
// transaction, and would run it outside of one?
bool refuses_transaction(const Failure& failure, std::string_view sql);

// A connection that broke, in libpq's words.
ErrorDetails lost_connection(const PGconn* connection, const std::vector<std::string>& secrets);

// A connection that could not be opened. Its SQLSTATE is read from the message, so the connection
// must have been told PQERRORS_VERBOSE.
ErrorDetails refused_connection(const PGconn* connection, const std::string& display,
                                const std::vector<std::string>& secrets);

// What a server says beside its answers; the text with its detail and hint, a line each.
struct Notice {
  std::string severity;  // in English, whatever the server speaks
  std::string text;
};
Notice notice_of(const PGresult* result);

}  // namespace gander::driver::postgres
