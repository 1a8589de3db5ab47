// SPDX-License-Identifier: MIT
// TrailTest: migrations that append to the row of `trail`, so a statement that ran twice or not at
// all shows.
#pragma once

#include <string>
#include <vector>

#include "tests/postgres/postgres_test.h"

namespace gander {

inline constexpr int kRunners = 20;

// Sessions of this database that are inside pg_sleep(). Their text is cut after 1 kB, so it does
// not tell.
inline constexpr const char* kSleepers =
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
    "current_database()";

inline std::vector<MemoryFile> trail_files() {
  return {{"00001_trail.sql",
           "-- +goose Up\nCREATE TABLE trail (steps text NOT NULL);\n"
           "INSERT INTO trail VALUES ('');\nUPDATE trail SET steps = steps || '1 ';\n"
           "-- +goose Down\nDROP TABLE trail;\n"},
          {"00002_more.sql",
           "-- +goose Up\nCREATE TABLE more (id int);\nUPDATE trail SET steps = steps || '2 ';\n"
           "-- +goose Down\nDROP TABLE more;\n"},
          {"00003_last.sql",
           "-- +goose Up\nUPDATE trail SET steps = steps || '3 ';\n"
           "-- +goose Down\nSELECT 1;\n"}};
}

inline std::vector<MemoryFile> stepwise_files() {
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_index.sql",
                   "-- +goose NO TRANSACTION\n-- +goose Up\n"
                   "UPDATE trail SET steps = steps || '4a ';\n"
                   "CREATE INDEX CONCURRENTLY more_id ON more (id);\n"
                   "UPDATE trail SET steps = steps || '4b ';\n"
                   "-- +goose Down\nDROP INDEX CONCURRENTLY more_id;\n"});
  return files;
}

class TrailTest : public PostgresTest {
 protected:
  std::string versions() const {
    return ask("SELECT string_agg(version_id::text, ' ' ORDER BY id) FROM goose_db_version");
  }
};

}  // namespace gander
