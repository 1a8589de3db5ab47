// SPDX-License-Identifier: MIT
// Http: requests to a server of ClickHouse, one at a time, over a connection that is kept.
//
// A request is sent once and never again: what has been sent may have been done.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/driver/clickhouse/url.h"

namespace gander::driver::clickhouse {

struct Request {
  std::string_view sql;
  std::vector<std::pair<std::string, std::string>> parameters;  // of the address, as they are
  std::chrono::milliseconds limit{0};                           // zero: none
  // Called some times a second while the server is silent. False gives the request up.
  std::function<bool()> wait;
};

struct Answer {
  int failure = 0;      // of libcurl's, 0: there is an answer
  std::string trouble;  // in its words
  bool unsent = false;  // the server was not reached, and has nothing of it
  bool given_up = false;

  long status = 0;
  std::int64_t exception = 0;  // X-ClickHouse-Exception-Code
  std::string body;
};

class Http {
 public:
  // `settings` must outlive it. Throws Error(unsupported).
  explicit Http(const Settings& settings);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  Answer send(const Request& request);

 private:
  struct Handles;
  void prepare(const Request& request, const std::string& url, Answer* answer);
  void perform(const Request& request, Answer* answer);
  std::string url_of(const Request& request) const;

  const Settings& settings_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace gander::driver::clickhouse
