// SPDX-License-Identifier: MIT
// OneMigrationTest: a fixture with a directory of one migration, which a test may write anew, and
// an SQLite file.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "gander/gander.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_directory.h"

namespace gander::testing_support {

class OneMigrationTest : public ::testing::Test {
 protected:
  void write(const std::string& text) { directory_.write("migrations/00001_steps.sql", text); }
  std::string path() const { return directory_.file("app.db"); }
  SqliteFile database() const { return SqliteFile(path()); }
  MigrationRunner runner(Options options = {}) const {
    return MigrationRunner(open("sqlite:" + path()), directory(directory_.path() / "migrations"),
                           std::move(options));
  }
  // The error that up() must throw.
  Error fail_up() const {
    try {
      runner().up();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "up succeeded";
    return Error(ErrorCode::internal, "");
  }
  // These columns of the journal's rows.
  std::vector<std::string> journal(const std::string& columns) const {
    return database().rows("SELECT " + columns + " FROM goose_db_version_journal");
  }

  TempDirectory directory_;
};

}  // namespace gander::testing_support
