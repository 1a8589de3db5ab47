// SPDX-License-Identifier: MIT
// Making and dropping a database of a MySQL server, from a session that is in none.
#pragma once

#include <memory>

#include "src/driver/administration.h"
#include "src/driver/driver.h"
#include "src/driver/mysql/url.h"

namespace gander::driver::mysql {

// Opens that session. Throws Error(usage) where the settings name no database.
std::unique_ptr<Administration> make_administration(const Settings& settings,
                                                    const SessionOptions& options);

}  // namespace gander::driver::mysql
