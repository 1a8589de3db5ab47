// SPDX-License-Identifier: MIT
// mysql::Settings: what a database URL or goose's DSN says, and its form without secrets. Parsing
// only: nothing is connected and the client library not loaded. include/gander/mysql.h is the
// manual of both.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander::driver::mysql {

enum class Tls {
  off,
  preferred,  // where the server can, whoever it is
  required,   // whoever it is
  verified,   // with a certificate that a known authority has signed for this host
};

struct Settings {
  std::string user;
  std::string password;
  std::string host;  // not used where there is a socket
  unsigned port = 0;
  std::string socket;
  std::string database;

  Tls tls = Tls::off;
  bool tls_given = false;
  std::string tls_ca, tls_capath, tls_cert, tls_key, tls_cipher, tls_version;
  bool cleartext_password = false;
  std::string plugin_directory;

  std::string charset = "utf8mb4";
  std::string collation;
  std::chrono::milliseconds connect_timeout{0};  // zero: not given, as those that follow
  std::chrono::milliseconds read_timeout{0};
  std::chrono::milliseconds write_timeout{0};
  unsigned long max_packet = 0;
  bool compress = false;
  std::string option_file;
  // Variables to set in the session, and their values as SQL, in the order given.
  std::vector<std::pair<std::string, std::string>> variables;

  std::string display;               // the same with every secret as ***
  std::vector<std::string> secrets;  // never to be shown, see redact()

  // Is it this machine's, by a file?
  bool local() const { return !socket.empty(); }
};

// Both throw Error(usage), whose message repeats no value.
// mysql://[user[:password]@][host[:port]]/[database][?name=value&...]
Settings parse_url(std::string_view url);
// [user[:password]@][tcp(host[:port])|unix(/path)]/[database][?name=value&...]
Settings parse_dsn(std::string_view dsn);

// `message` with each secret replaced by ***.
std::string redact(std::string message, const std::vector<std::string>& secrets);

}  // namespace gander::driver::mysql
