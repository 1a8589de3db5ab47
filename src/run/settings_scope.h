// SPDX-License-Identifier: MIT
// SettingsScope: calls SessionSettings::enter() and, however the work ends, leave(), where a
// session has such settings.
#pragma once

#include "src/run/database.h"

namespace gander::run {

class SettingsScope {
 public:
  explicit SettingsScope(Database& database) : database_(database) { enter(database.connection()); }
  ~SettingsScope() {
    if (!database_.connected()) return;
    driver::SessionSettings* const settings = database_.connection().session_settings();
    if (settings != nullptr) settings->leave();
  }
  SettingsScope(const SettingsScope&) = delete;
  SettingsScope& operator=(const SettingsScope&) = delete;

  static void enter(driver::Connection& connection) {
    if (driver::SessionSettings* settings = connection.session_settings()) settings->enter();
  }

 private:
  Database& database_;
};

}  // namespace gander::run
