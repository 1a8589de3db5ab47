// SPDX-License-Identifier: MIT
// PostgresServer: a private PostgreSQL on a unix socket in a temporary directory, and Client, a
// plain libpq session to look at what a test has done.
//
// The programs are those of GANDER_POSTGRES_BIN if that is set, otherwise the newest installed
// ones.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_directory.h"

struct pg_conn;

namespace gander::testing_support {

// One session. Throws std::runtime_error with the server's message when something fails.
class Client {
 public:
  explicit Client(const std::string& conninfo);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The rows as "a|b" lines, joined by newlines; NULL is empty.
  std::string ask(std::string_view sql);
  // Sends without waiting; collect() takes the answer.
  void send(std::string_view sql);
  std::string collect();

  pg_conn* handle() { return handle_; }

 private:
  pg_conn* handle_ = nullptr;
};

class PostgresServer {
 public:
  // False, with `why`, on a machine without the server's programs.
  static bool available(std::string* why);

  // The server that all tests of this process share, started by the first.
  static PostgresServer& shared();

  explicit PostgresServer(const std::vector<std::string>& settings = {});
  ~PostgresServer();

  // postgres://...; `parameters` as in "schema=a&role=b".
  std::string url(const std::string& database, const std::string& parameters = {}) const;
  // Makes an empty database and returns its name.
  std::string create_database();

  void stop(int signal);
  void start();
  // Stops all of its processes where they are, as a machine that hangs does, and lets them go on.
  void freeze();
  void thaw();
  std::string log() const;
  const std::string& directory() const { return directory_; }

 private:
  TempDirectory temp_;
  std::string directory_;
  std::vector<std::string> settings_;
  std::unique_ptr<Process> process_;
  int databases_ = 0;
  std::vector<pid_t> frozen_;
};

// PgBouncer before a server, on a socket of its own.
class PgBouncer {
 public:
  static bool available(std::string* why);
  explicit PgBouncer(const PostgresServer& server, const std::string& mode = "transaction");
  std::string url(const std::string& database, const std::string& parameters = {}) const;
  std::string directory() const { return temp_.path(); }

 private:
  TempDirectory temp_;
  std::unique_ptr<Process> process_;
};

}  // namespace gander::testing_support
