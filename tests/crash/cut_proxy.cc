// SPDX-License-Identifier: MIT
#include "tests/crash/cut_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gander::crash {
namespace {

// How much longer the server's session lives after a late cut.
constexpr useconds_t kLate = 60'000;

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

// How large the message is that begins with these bytes; 0: too few to tell.
std::size_t size_of_message(const std::string& bytes, Protocol protocol, bool startup) {
  const auto byte = [&](std::size_t i) {
    return std::size_t{static_cast<unsigned char>(bytes[i])};
  };
  if (protocol == Protocol::mysql) {
    return bytes.size() < 4 ? 0 : 4 + byte(0) + (byte(1) << 8U) + (byte(2) << 16U);
  }
  const std::size_t type = startup ? 0 : 1;
  if (bytes.size() < type + 4) return 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size * 256 + byte(type + i);
  return type + size;
}

// Bytes of one direction that wait until their message is complete.
struct Stream {
  std::string bytes;
  bool startup = false;  // PostgreSQL: the next message has no type byte

  // Takes one whole message, or nothing.
  std::string take(Protocol protocol) {
    const std::size_t size = size_of_message(bytes, protocol, startup);
    if (size == 0 || bytes.size() < size) return {};
    startup = false;
    std::string message = bytes.substr(0, size);
    bytes.erase(0, size);
    return message;
  }
};

struct Link {
  int client = -1;
  int server = -1;
  Stream requests;
  Stream replies;
};

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

int connect_to(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  ::close(socket);
  return -1;
}

}  // namespace

// Written by the proxy's process alone, read when it has ended or stands still.
struct CutProxy::Shared {
  std::int64_t requests = 0;
  std::int64_t replies = 0;
  bool cut = false;
};

namespace {

// The process of the proxy.
template <typename Shared>
class Passage {
 public:
  Passage(int listener, std::string server, Protocol protocol, const Cut& cut, Shared* shared)
      : listener_(listener),
        server_(std::move(server)),
        protocol_(protocol),
        cut_(cut),
        shared_(shared) {}

  [[noreturn]] void run() {
    for (;;) {
      std::vector<pollfd> watched = {{listener_, POLLIN, 0}};
      for (const Link& link : links_) {
        watched.push_back({link.client, POLLIN, 0});
        watched.push_back({link.server, POLLIN, 0});
      }
      if (::poll(watched.data(), watched.size(), -1) < 0) continue;
      std::size_t i = 1;
      for (auto link = links_.begin(); link != links_.end(); i += 2) {
        const bool open = (watched[i].revents == 0 || pass(*link, false)) &&
                          (watched[i + 1].revents == 0 || pass(*link, true));
        if (open) {
          ++link;
          continue;
        }
        close(*link);
        link = links_.erase(link);
      }
      if (watched[0].revents != 0) accept();
    }
  }

 private:
  void accept() {
    Link link;
    link.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (link.client < 0) return;
    const int on = 1;
    ::setsockopt(link.client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link.server = connect_to(server_);
    link.requests.startup = true;
    if (link.server < 0) {
      ::close(link.client);  // the server is away: so are we
      return;
    }
    links_.push_back(std::move(link));
  }

  static void close(Link& link) {
    if (link.client >= 0) ::close(link.client);
    if (link.server >= 0) ::close(link.server);
  }

  // Reads once and passes on what is complete. False: the link is at its end.
  bool pass(Link& link, bool reply) {
    std::array<char, 65536> buffer;
    const int from = reply ? link.server : link.client;
    const int to = reply ? link.client : link.server;
    const ssize_t size = ::recv(from, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    Stream& stream = reply ? link.replies : link.requests;
    stream.bytes.append(buffer.data(), static_cast<std::size_t>(size));
    for (std::string message = stream.take(protocol_); !message.empty();
         message = stream.take(protocol_)) {
      const std::int64_t number = ++(reply ? shared_->replies : shared_->requests);
      const bool here = number == cut_.point && reply == cut_.reply && !shared_->cut;
      if (here && cut_.half) message.resize(message.size() / 2);
      if (!send_all(to, message)) return false;
      if (!here) continue;
      shared_->cut = true;
      sever(link);
      return false;
    }
    return true;
  }

  // Half of the cuts show as "connection reset", half as an end of file.
  void sever(Link& link) {
    if (cut_.point % 2 == 0) {
      const linger reset = {1, 0};
      ::setsockopt(link.client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    ::close(std::exchange(link.client, -1));
    if (!cut_.late) return;
    const int server = std::exchange(link.server, -1);
    if (::fork() != 0) {
      ::close(server);
      return;
    }
    ::usleep(kLate);
    ::_exit(0);
  }

  int listener_;
  std::string server_;
  Protocol protocol_;
  Cut cut_;
  Shared* shared_;
  std::list<Link> links_;
};

}  // namespace

Cut Cut::parse(std::string_view text) {
  Cut cut;
  const std::size_t colon = text.find(':');
  const std::string_view number = text.substr(0, colon);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), cut.point);
  const std::string name(colon == std::string_view::npos ? text : text.substr(colon + 1));
  for (const bool reply : {false, true}) {
    for (const char* how : {"", "-half", "-late"}) {
      cut.reply = reply;
      cut.half = std::string_view(how) == "-half";
      cut.late = std::string_view(how) == "-late";
      if (error == std::errc() && cut.text() == std::string(number) + ":" + name) return cut;
    }
  }
  throw std::invalid_argument("not POINT:cut-request[-half|-late] or cut-reply...: " +
                              std::string(text));
}

std::string Cut::text() const {
  return std::to_string(point) + (reply ? ":cut-reply" : ":cut-request") + (half ? "-half" : "") +
         (late ? "-late" : "");
}

CutProxy::CutProxy(std::string server_socket, Protocol protocol)
    : server_socket_(std::move(server_socket)), protocol_(protocol) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener_ < 0 ||
      ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("cannot share memory");
  shared_ = new (memory) Shared;
}

CutProxy::~CutProxy() {
  stop();
  ::close(listener_);
  ::munmap(shared_, sizeof(Shared));
}

void CutProxy::start(const Cut& cut) {
  stop();
  *shared_ = {};
  process_ = ::fork();
  if (process_ < 0) fail("cannot fork");
  if (process_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGCHLD, SIG_IGN);
  Passage<Shared>(listener_, server_socket_, protocol_, cut, shared_).run();
}

void CutProxy::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(std::exchange(process_, -1), nullptr, 0);
}

std::int64_t CutProxy::messages(bool replies) const {
  return replies ? shared_->replies : shared_->requests;
}

bool CutProxy::has_cut() const { return shared_->cut; }

}  // namespace gander::crash
