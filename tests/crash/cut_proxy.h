// SPDX-License-Identifier: MIT
// CutProxy: a TCP port in front of a server that passes every message on, and at a chosen one cuts
// the connection, after the whole message or in the middle of it.
//
// It knows where messages of the protocol begin and end, and nothing else of them
// (https://www.postgresql.org/docs/current/protocol-message-formats.html,
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace gander::crash {

enum class Protocol { postgres, mysql };

struct Cut {
  std::int64_t point = 0;  // number of the message in its direction, 1 is the first; 0: no cut
  bool reply = false;      // of the server's messages; otherwise of the client's
  bool half = false;       // in the middle of the message
  bool late = false;  // the server notices only a moment later: its session lives on until then

  // "12:cut-request", "12:cut-reply-half", "12:cut-request-late". Throws std::invalid_argument.
  static Cut parse(std::string_view text);
  std::string text() const;
};

class CutProxy {
 public:
  // Listens before the server whose socket this is.
  CutProxy(std::string server_socket, Protocol protocol);
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  int port() const { return port_; }

  // Passes messages on, in a process of its own, until stop().
  void start(const Cut& cut);
  void stop();

  // Since start(): messages seen in a direction, and whether the cut has happened.
  std::int64_t messages(bool replies) const;
  bool has_cut() const;

 private:
  struct Shared;

  std::string server_socket_;
  Protocol protocol_;
  int listener_ = -1;
  int port_ = 0;
  pid_t process_ = -1;
  Shared* shared_ = nullptr;  // with the process
};

}  // namespace gander::crash
