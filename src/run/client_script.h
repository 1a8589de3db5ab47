// SPDX-License-Identifier: MIT
// ClientScript: the tasks of a plan as a text that a person runs with the database's own client:
// what a run would send, its records, and guards that stop it where the plan does not fit.
//
// A migration in a transaction is one there as well. One without has its row of the journal: a
// statement shares a transaction with its entry, and one that cannot stands in doubt while it runs,
// so that a script that ends half way leaves what a run leaves, and `resolve` or the next run leads
// on.
#pragma once

#include <string>
#include <vector>

#include "src/run/database.h"
#include "src/run/task.h"

namespace gander::run {

class ClientScript {
 public:
  // `sql`: of the database's engine. The database has its applied set loaded, and outlives the
  // object. `keep_history`: its records go to the history.
  ClientScript(Database& database, const driver::ClientScriptSql& sql)
      : database_(database), sql_(sql) {}

  // `title`: the first line, without the signs of a comment. Throws Error(unsupported) for what no
  // script can carry: functions, values of variables, a migration that is half way.
  std::string write(const std::string& title, const std::vector<Task>& tasks);

 private:
  void write_beginning(const std::vector<Task>& tasks);
  void write_task(const Task& task);
  void write_transaction(const Task& task);
  void write_stepwise(const Task& task);
  void write_verbatim(const Task& task);
  void write_unit(const Task& task, const sql::Statement& statement, const std::string& text);
  void write_doubtful(const std::string& text);
  void complete(std::int64_t count);
  void write_record(const Task& task);
  void line(const std::string& statement) { text_ += statement + ";\n"; }
  void in_transaction(const std::string& statements);
  std::string one(const std::string& statement) const;

  Database& database_;
  const driver::ClientScriptSql& sql_;
  std::string text_;
  store::JournalRow row_;         // of the task in progress, as the script has left it
  std::string chain_;             // over all units of it so far
  bool own_transaction_ = false;  // the task has begun one
  std::int64_t own_units_ = 0;
};

}  // namespace gander::run
