// SPDX-License-Identifier: MIT
#include "gander/target.h"

#include <utility>

#include "src/driver/engine.h"

namespace gander {

Target::Target(std::unique_ptr<driver::Driver> driver) : driver_(std::move(driver)) {}
Target::~Target() = default;
Target::Target(Target&&) noexcept = default;
Target& Target::operator=(Target&&) noexcept = default;

std::string Target::display_name() const { return driver_->display_name(); }

Target open(std::string_view url) { return Target(driver::open_url(url)); }

Target open(std::string_view driver, std::string_view dbstring) {
  return Target(driver::open_dbstring(driver, dbstring));
}

}  // namespace gander
