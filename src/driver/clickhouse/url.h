// SPDX-License-Identifier: MIT
// clickhouse::Settings: what a database URL or goose's DSN says, and its form without secrets.
// Parsing only: nothing is connected and libcurl not loaded.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gander::driver::clickhouse {

struct Settings {
  std::string user = "default";
  std::string password;
  std::string host = "127.0.0.1";
  unsigned port = 0;  // settled by parsing
  std::string database;

  bool secure = false;       // HTTPS
  bool skip_verify = false;  // whoever the server is
  std::string authority, certificate, key;

  std::chrono::milliseconds connect_timeout{10'000};
  // Settings of the server's, sent with each request, in the order given.
  std::vector<std::pair<std::string, std::string>> parameters;

  std::string display;               // the same with every secret as ***
  std::vector<std::string> secrets;  // never to be shown, see redact()
};

// The ports of the native protocol, which clients that speak it are given.
bool is_native_port(unsigned port);

// Both throw Error(usage), whose message repeats no value.
// clickhouse://[user[:password]@][host[:port]]/[database][?name=value&...], clickhouses:// for
// HTTPS
Settings parse_url(std::string_view url);
// The same, and tcp://, http:// and https://
Settings parse_dsn(std::string_view dsn);

// `message` with each secret replaced by ***.
std::string redact(std::string message, const std::vector<std::string>& secrets);

}  // namespace gander::driver::clickhouse
