// SPDX-License-Identifier: MIT
// Reading: a read transaction, unless one is open: queries within it see one state of the file.
#pragma once

#include <sqlite3.h>

#include "src/driver/driver.h"

namespace gander::driver::sqlite {

class Reading {
 public:
  Reading(driver::Connection& connection, sqlite3* handle)
      : connection_(connection), begun_(sqlite3_get_autocommit(handle) != 0) {
    if (!begun_) return;
    connection_.execute("BEGIN");
  }
  ~Reading() {
    if (begun_) connection_.rollback();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  driver::Connection& connection_;
  bool begun_;
};

}  // namespace gander::driver::sqlite
