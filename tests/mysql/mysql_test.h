// SPDX-License-Identifier: MIT
// MysqlTest: a fixture with an empty database on the shared private server.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gander/gander.h"
#include "src/driver/driver.h"
#include "src/driver/mysql/engine.h"
#include "tests/support/mysql_server.h"

namespace gander {

class MysqlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!testing_support::MysqlServer::available(&why)) GTEST_SKIP() << why;
    database_ = server().create_database();
  }

  static testing_support::MysqlServer& server() { return testing_support::MysqlServer::shared(); }
  static bool is_oracle() { return testing_support::MysqlServer::is_oracle(); }

  std::string url(const std::string& parameters = {}) const {
    return server().url(database_, parameters);
  }

  std::string ask(std::string_view sql) const {
    return testing_support::MysqlClient(server().socket(), database_).ask(sql);
  }

  // A session of the driver. `options_` may be changed before.
  std::unique_ptr<driver::Connection> connect(const std::string& parameters = {}) {
    drivers_.push_back(driver::mysql::make_driver(url(parameters)));
    return drivers_.back()->connect(options_);
  }

  MigrationRunner runner(std::vector<MemoryFile> files, Options options = {}) const {
    return MigrationRunner(open(url()), in_memory(std::move(files)), std::move(options));
  }

  // Runs a statement as one of a migration's.
  static void run(driver::Connection& connection, std::string_view sql) {
    const sql::Anchor anchor{0, {1, 1}, 0, false};
    sql::Statement statement;
    statement.text = sql;
    statement.anchors = {&anchor, 1};
    statement.number = 1;
    connection.run(statement);
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

}  // namespace gander
