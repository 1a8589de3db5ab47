// SPDX-License-Identifier: MIT
// What the server itself can tell about how a run would fare.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::clickhouse {

class Connection;

// Adds to the report. Reads only.
void doctor_server(Connection& connection, const DoctorRequest& about, DoctorReport* report);

}  // namespace gander::driver::clickhouse
