// SPDX-License-Identifier: MIT
// Failure: an error of the server or of libpq in Gander's terms. Which code it is follows from its
// SQLSTATE alone (https://www.postgresql.org/docs/current/errcodes-appendix.html), never from its
// text, which the server may translate.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "gander/error.h"

namespace gander::driver::postgres {

struct Failure {
  ErrorDetails details;
  std::int64_t position = 0;   // 1-based, in characters of the message that was sent; 0: not told
  std::int64_t copy_line = 0;  // 1-based line of COPY data; 0: not about COPY data
};

// `secrets` are masked in every text.
Failure failure_of(const PGresult* result, const std::vector<std::string>& secrets);

// "800 ms", "2.5 s".
std::string in_words(std::chrono::milliseconds time);

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
