// SPDX-License-Identifier: MIT
#include "tests/fake/dialect.h"

namespace gander::driver::fake {
namespace {

// The fake keeps no types.
std::string create_version(const std::string& name) {
  return "CREATE TABLE " + name + " (id, version_id, is_applied, tstamp)";
}

}  // namespace

const LedgerSql kLedger = {.create_version = create_version,
                           .truth = "true",
                           .identity = "COUNTED",
                           .time = "TIME",
                           .integer = "INTEGER",
                           .now = "now",
                           .tstamp_in_utc = "tstamp",
                           .tstamp_as_stored = "tstamp",
                           .history_time = "at",
                           .tstamp_has_zone = false};

}  // namespace gander::driver::fake
