// SPDX-License-Identifier: MIT
// The server of these tests: what the others rest on.
#include <gtest/gtest.h>

#include "tests/support/mysql_server.h"

namespace gander {
namespace {

using testing_support::MysqlClient;
using testing_support::MysqlServer;

TEST(MysqlServerTest, KeepsWhatWasCommittedThroughACrash) {
  std::string why;
  if (!MysqlServer::available(&why)) GTEST_SKIP() << why;
  MysqlServer server({"--innodb-flush-log-at-trx-commit=1"});
  const std::string database = server.create_database();
  MysqlClient client(server.socket(), database);
  EXPECT_EQ(client.ask("CREATE TABLE t (a INT, b TEXT) ENGINE=InnoDB; INSERT INTO t VALUES "
                       "(1, NULL), (2, 'x'); SELECT * FROM t ORDER BY a"),
            "1|\n2|x");
  client.ask("START TRANSACTION; INSERT INTO t VALUES (3, 'open')");
  server.stop(SIGKILL);
  EXPECT_THROW(client.ask("SELECT 1"), std::runtime_error);
  server.start();
  EXPECT_EQ(MysqlClient(server.socket(), database).ask("SELECT a FROM t ORDER BY a"), "1\n2");
}

TEST(MysqlServerTest, StandsStillWhileItIsFrozen) {
  std::string why;
  if (!MysqlServer::available(&why)) GTEST_SKIP() << why;
  MysqlServer& server = MysqlServer::shared();
  MysqlClient client(server.socket(), server.create_database());
  server.freeze();
  client.send("SELECT 'thawed'");
  server.thaw();
  EXPECT_EQ(client.collect(), "thawed");
  EXPECT_THROW(client.ask("SELECT 1; SELECT nowhere"), std::runtime_error);
}

}  // namespace
}  // namespace gander
