// SPDX-License-Identifier: MIT
// Sessions of the fake engine. Here they are all in one file; docs/new-engine.md says what a real
// engine puts into files of its own.
#pragma once

#include <memory>
#include <string>

#include "src/driver/driver.h"
#include "tests/fake/network.h"

namespace gander::driver::fake {

// `network` must outlive the driver. `deferring`: statements inside a transaction are collected and
// sent together. `name`: as it is shown.
std::unique_ptr<Driver> make_driver(Network& network, bool deferring, std::string name);

}  // namespace gander::driver::fake
