// SPDX-License-Identifier: MIT
// The times of the version table, set right by those of the history.
#pragma once

#include <chrono>

#include "gander/time.h"

namespace gander::store {

// The tstamp of a row that Gander has written, in UTC whatever zone sessions had then. `tstamp` is
// what LedgerSql::tstamp_in_utc gave, which takes the zone of now; `at` is what the history has of
// the same change, which took `duration`. They differ by the difference of the zones, in quarters
// of an hour. If they do not, somebody else has written the row since, and tstamp is given as it
// is.
Time true_tstamp(Time tstamp, Time at, std::chrono::nanoseconds duration);

}  // namespace gander::store
