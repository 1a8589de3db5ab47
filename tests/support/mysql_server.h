// SPDX-License-Identifier: MIT
// MysqlServer: a private MariaDB on a unix socket, with its files in memory where the machine has
// room, and MysqlClient, a plain session to look at what a test has done.
//
// The programs are the installed mariadbd and mariadb-install-db; or GANDER_MYSQLD, a mysqld of
// MySQL 8 or newer (or a script that becomes one).
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_directory.h"

struct st_mysql;

namespace gander::testing_support {

// One session. Throws std::runtime_error with the server's number and message when something fails.
class MysqlClient {
 public:
  MysqlClient(const std::string& socket, const std::string& database);
  ~MysqlClient();
  MysqlClient(const MysqlClient&) = delete;
  MysqlClient& operator=(const MysqlClient&) = delete;

  // One or several statements. The rows of the last result as "a|b" lines, joined by newlines; NULL
  // is empty.
  std::string ask(std::string_view sql);
  // Sends without waiting; collect() takes the answer.
  void send(std::string_view sql);
  std::string collect();

  st_mysql* handle() { return handle_; }

 private:
  [[noreturn]] void fail() const;

  st_mysql* handle_ = nullptr;
};

class MysqlServer {
 public:
  // False, with `why`, on a machine without the server's programs.
  static bool available(std::string* why);
  // Is it MySQL of Oracle's rather than MariaDB?
  static bool is_oracle();

  // The server that all tests of this process share, started by the first.
  static MysqlServer& shared();

  // `settings`: options of mariadbd, "--sync-binlog=1". Unless said otherwise a commit does not
  // wait for the disk, and there is no binary log.
  explicit MysqlServer(const std::vector<std::string>& settings = {});
  ~MysqlServer();

  // mysql://...; `parameters` as in "charset=latin1&tls=false".
  std::string url(const std::string& database, const std::string& parameters = {}) const;
  // As goose's DBSTRING.
  std::string dsn(const std::string& database) const;
  // Makes an empty database and returns its name.
  std::string create_database();

  // SIGTERM: in peace; SIGKILL: as a crash does.
  void stop(int signal);
  void start();
  // Stops it where it is, as a machine that hangs does, and lets it go on.
  void freeze() const;
  void thaw() const;
  std::string log() const;
  const std::string& socket() const { return socket_; }

 private:
  void initialize() const;

  TempDirectory temp_;
  std::string directory_;
  std::string socket_;
  std::vector<std::string> settings_;
  std::unique_ptr<Process> process_;
  int databases_ = 0;
};

}  // namespace gander::testing_support
