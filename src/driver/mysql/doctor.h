// SPDX-License-Identifier: MIT
// What `gander doctor` asks a MySQL or MariaDB server: itself, our session, what the pending
// migrations need, and who could be in their way.
#pragma once

#include "src/driver/driver.h"

namespace gander::driver::mysql {

class Connection;

// Adds its findings to the report. Reads only.
void doctor_server(Connection& connection, const DoctorRequest& about, DoctorReport* report);

}  // namespace gander::driver::mysql
