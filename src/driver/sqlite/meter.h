// SPDX-License-Identifier: MIT
// sqlite::Meter: what SQLite tells of each statement: rows, the lock on the file, and tables whose
// content was written anew.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "src/driver/driver.h"
#include "src/driver/meter.h"
#include "src/sql/statement.h"

struct sqlite3;

namespace gander::driver::sqlite {

class Connection;

class Meter final : public driver::Meter {
 public:
  // Connection and handle outlive it. `path`: of the file.
  Meter(Connection& connection, sqlite3* handle, std::string path);

  void begin(Unit unit) override;
  std::vector<RehearsedStatement> take() override;
  std::int64_t size() override;
  std::int64_t written() override;
  void look_around(std::vector<RehearsedMigration>* migrations) override;
  std::string server() override;
  bool shares_database(driver::Connection& other) override;
  std::vector<std::string> notes(RehearsalCopy copy) override;

  // Since begin().
  bool measures() const { return measures_; }
  void measure(const sql::Statement& statement, const std::function<void()>& run);
  // In the transaction that is about to be committed.
  void before_commit();
  void transaction_ended() { in_transaction_ = false; }

 private:
  // A table or an index.
  struct Known {
    std::string kind;
    std::int64_t root = 0;     // page
    std::int64_t columns = 0;  // with stored values
  };

  std::map<std::string, Known> relations();
  std::int64_t ask(const char* pragma);
  void note_lock(bool vacuum, RehearsedStatement* result);
  void compare_tables(RehearsedStatement* result);

  Connection& connection_;
  sqlite3* handle_;
  const std::string path_;
  bool measures_ = false;
  Unit unit_ = Unit::statement;
  bool wal_ = false;
  std::map<std::string, Known> known_;
  std::int64_t schema_version_ = 0;
  std::vector<RehearsedStatement> statements_;
  bool in_transaction_ = false;  // of the statement measured last
  std::int64_t transactions_ = 0;
  std::string mode_;  // of the lock, in the transaction in progress
};

}  // namespace gander::driver::sqlite
