// SPDX-License-Identifier: MIT
// An option file of MySQL's clients (~/.my.cnf), which is read only where a URL names it.
#pragma once

#include "src/driver/mysql/url.h"

namespace gander::driver::mysql {

// Takes from Settings::option_file what the URL does not say: user, password, host, port, socket,
// database, character set and what concerns TLS, of the groups client, client-mariadb, mysql and
// gander. Throws Error(usage, not_found).
void read_option_file(Settings* settings);

}  // namespace gander::driver::mysql
