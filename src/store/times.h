// SPDX-License-Identifier: MIT
// The times in our tables, as SQL that selects them as text, whatever DateStyle and TimeZone are.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "src/driver/driver.h"

namespace gander::store {

// tstamp of the version table in UTC, "2026-01-31 12:00:00", on a server with milliseconds. goose's
// table keeps no zone: on a server it is the session's, now as when the row was written. What is no
// time is given as it stands.
std::string tstamp_in_utc(const driver::Dialect& dialect);

// tstamp as it stands, to the second.
std::string tstamp_as_stored(const driver::Dialect& dialect);

// `at` of the history, which is kept in UTC: "2026-01-31 12:00:00.250".
std::string history_time(const driver::Dialect& dialect);

// The tstamp of a row that Gander has written, in UTC whatever zone sessions had then. `tstamp` is
// what tstamp_in_utc() gave, which takes the zone of now; `at` is what the history has of the same
// change, which took `duration`. They differ by the difference of the zones, in quarters of an
// hour. If they do not, somebody else has written the row since, and tstamp is given as it is.
std::string true_tstamp(std::string_view tstamp, std::string_view at,
                        std::chrono::nanoseconds duration);

}  // namespace gander::store
