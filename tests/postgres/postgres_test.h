// SPDX-License-Identifier: MIT
// PostgresTest: a fixture with an empty database on the shared private server.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gander/gander.h"
#include "src/driver/driver.h"
#include "src/driver/postgres/engine.h"
#include "tests/support/postgres_server.h"

namespace gander {

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!testing_support::PostgresServer::available(&why)) GTEST_SKIP() << why;
    database_ = server().create_database();
  }

  static testing_support::PostgresServer& server() {
    return testing_support::PostgresServer::shared();
  }

  std::string url(const std::string& parameters = {}) const {
    return server().url(database_, parameters);
  }

  std::string ask(std::string_view sql) const { return testing_support::Client(url()).ask(sql); }

  // A session of the driver. `options_` may be changed before.
  std::unique_ptr<driver::Connection> connect(const std::string& parameters = {}) {
    drivers_.push_back(driver::postgres::make_driver(url(parameters)));
    return drivers_.back()->connect(options_);
  }

  MigrationRunner runner(std::vector<MemoryFile> files, Options options = {}) const {
    return MigrationRunner(open(url()), in_memory(std::move(files)), std::move(options));
  }

  driver::SessionOptions options_;
  std::string database_;

 private:
  std::vector<std::unique_ptr<driver::Driver>> drivers_;  // outlive their connections
};

// The Error that `work` must throw.
inline Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorCode::internal, "nothing was thrown");
}

// A statement as the script reader would give it, at line 1, column 1 of a file. `text` must
// outlive the use.
class Unit {
 public:
  explicit Unit(std::string_view text, sql::StatementKind kind = sql::StatementKind::ordinary)
      : anchor_{0, {1, 1}} {
    statement_.text = text;
    statement_.number = 1;
    statement_.kind = kind;
    statement_.anchors = {&anchor_, 1};
  }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
  operator const sql::Statement&() const { return statement_; }
  sql::Statement* operator->() { return &statement_; }

 private:
  sql::Anchor anchor_;
  sql::Statement statement_;
};

}  // namespace gander
