// SPDX-License-Identifier: MIT
// Failure: an error of the server or of the way to it in Gander's terms. Which code it is follows
// from its number (src/Common/ErrorCodes.cpp of ClickHouse), never from its text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gander/error.h"
#include "src/driver/clickhouse/http.h"

namespace gander::driver::clickhouse {

// Numbers of the server's.
inline constexpr std::int64_t kNoSuchColumn = 16;
inline constexpr std::int64_t kTableExists = 57;
inline constexpr std::int64_t kUnknownTable = 60;
inline constexpr std::int64_t kSyntax = 62;
inline constexpr std::int64_t kNoDatabase = 81;
inline constexpr std::int64_t kDatabaseExists = 82;
inline constexpr std::int64_t kUnknownSetting = 115;
inline constexpr std::int64_t kTimeout = 159;
inline constexpr std::int64_t kQueryIdInUse = 216;
inline constexpr std::int64_t kTableDropped = 218;  // in this moment
inline constexpr std::int64_t kUnfinished = 341;    // a mutation
inline constexpr std::int64_t kSessionNotFound = 372;
inline constexpr std::int64_t kSessionLocked = 373;
inline constexpr std::int64_t kSessionTimeout = 374;  // longer than the server grants
inline constexpr std::int64_t kCancelled = 394;
inline constexpr std::int64_t kDenied = 497;

struct Failure {
  ErrorDetails details;
  // Where in the text that was sent, as the server says; zeros: it does not.
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::int64_t position = 0;  // in bytes from 1, of texts of one line

  std::int64_t number() const { return details.native_code; }
};

bool has_failed(const Answer& answer);

// Of an answer that has failed. `secrets` are masked in every text.
Failure failure_of(const Answer& answer, const std::vector<std::string>& secrets);

}  // namespace gander::driver::clickhouse
