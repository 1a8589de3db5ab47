// SPDX-License-Identifier: MIT
// StatementWitness: tells whether a statement happened whose answer nobody has seen.
//
// Each statement goes under an id of its own, which is recorded with the intent. What still runs
// under it is waited for (system.processes). What is in system.query_log under it is the server's
// own word; where the log has lost it, the catalogue is compared with what it was before. What
// neither can tell is unknown.
#pragma once

#include <string>

#include "src/driver/clickhouse/image.h"
#include "src/driver/witness.h"

namespace gander::driver::clickhouse {

class Connection;

class StatementWitness final : public Witness {
 public:
  // `connection` must outlive the witness.
  explicit StatementWitness(Connection& connection) : connection_(connection) {}

  // Never empty. The statement that is run next goes under the id in it.
  std::string before_image(const sql::Statement& statement) override;
  // Throws Error(sql) where a mutation that the statement has begun cannot come to its end, and
  // Error(interrupted) while it waits: the intent stays then, and is judged again.
  Outcome judge(const sql::Statement& statement, const std::string& before_image) override;

 private:
  Image look(const Effect& effect, const std::string& database);
  void wait_while_running(const std::string& id);
  Logged look_up(const Image& image);
  bool log_is_whole(const Image& image);
  Outcome settle_mutations(const sql::Statement& statement, const Effect& effect,
                           const Image& before);

  Connection& connection_;
};

}  // namespace gander::driver::clickhouse
