// SPDX-License-Identifier: MIT
// MySQL, MariaDB and what speaks their protocol: the entry in the registry, and the driver from a
// URL, from goose's DSN, or from a borrowed MYSQL. The client library is loaded by the first
// connection; see client.h.
#pragma once

#include <memory>
#include <string_view>

#include "src/driver/engine.h"
#include "src/driver/mysql/url.h"

struct st_mysql;

namespace gander::driver::mysql {

extern const Engine kEngine;

// Throw Error(usage) for a malformed text. make_driver() takes both forms.
std::unique_ptr<Driver> make_driver(std::string_view url_or_dsn);
std::unique_ptr<Driver> make_driver(Settings settings);

// Throws Error(usage) for nullptr.
std::unique_ptr<Driver> make_driver(st_mysql* borrowed);

}  // namespace gander::driver::mysql
