// SPDX-License-Identifier: MIT
#include "src/driver/postgres/elapsed.h"

#include <charconv>
#include <string>
#include <string_view>

namespace gander::driver::postgres {
namespace {

// The column by which the answer is known among the rows that are thrown away.
constexpr std::string_view kColumn = "gander elapsed";

}  // namespace

driver::Connection::ElapsedSql elapsed_sql() {
  return {
      "greatest(0, 1e9 * extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.now()))"
      "::bigint",
      "duration_ns AS \"" + std::string(kColumn) + "\""};
}

std::optional<std::chrono::nanoseconds> elapsed_of(const PGresult* result) {
  const Libpq& pq = libpq();
  if (pq.PQntuples(result) != 1 || pq.PQfname(result, 0) != kColumn) return std::nullopt;
  const std::string_view digits(pq.PQgetvalue(result, 0, 0),
                                static_cast<std::size_t>(pq.PQgetlength(result, 0, 0)));
  std::int64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return std::chrono::nanoseconds(count);
}

}  // namespace gander::driver::postgres
