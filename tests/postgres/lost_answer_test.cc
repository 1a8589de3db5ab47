// SPDX-License-Identifier: MIT
// A connection that is cut at COMMIT: before the server has it, and after it has done it but before
// its answer arrives. The run cannot tell the two apart; the database can.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tests/postgres/trail.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using testing_support::TempDirectory;

enum class Cut { before_the_server_has_it, after_the_server_has_answered };

// Passes bytes between clients and the server, and cuts at the COMMIT that follows `mark`.
class Proxy {
 public:
  Proxy(std::string server, std::string mark, Cut cut)
      : server_(std::move(server)), mark_(std::move(mark)), cut_(cut) {
    const sockaddr_un address = address_in(directory_.path().string());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    acceptor_ = std::thread([this] { accept(); });
  }

  ~Proxy() {
    stop_ = true;
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::string url(const std::string& database) const {
    return "postgres://postgres@/" + database + "?host=" + directory_.path().string();
  }
  int cuts() const { return cuts_; }

 private:
  static sockaddr_un address_in(const std::string& directory) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = directory + "/.s.PGSQL.5432";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
  }

  static bool ready(int descriptor) {
    pollfd watched{descriptor, POLLIN, 0};
    return ::poll(&watched, 1, 20) > 0;
  }

  void accept() {
    while (!stop_) {
      if (!ready(listener_)) continue;
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client >= 0) threads_.emplace_back([this, client] { serve(client); });
    }
  }

  void serve(int client) {
    const sockaddr_un address = address_in(server_);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      while (!stop_ && pass(client, server)) {
      }
    }
    ::close(server);
    ::close(client);
  }

  // False: the connection ends.
  bool pass(int client, int server) {
    pollfd watched[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    ::poll(watched, 2, 20);
    if (watched[0].revents != 0) {
      const std::string message = read(client);
      if (message.empty()) return false;
      const std::size_t mark = message.find(mark_);
      seen_ = seen_ || mark != std::string::npos;
      const std::size_t from = mark == std::string::npos ? 0 : mark;
      const bool marked = seen_ && message.find("COMMIT", from) != std::string::npos && cuts_ == 0;
      if (marked) ++cuts_;
      if (marked && cut_ == Cut::before_the_server_has_it) return false;
      if (!write(server, message)) return false;
      if (marked) return swallow_answer(server);
    }
    if (watched[1].revents != 0) {
      const std::string answer = read(server);
      if (answer.empty() || !write(client, answer)) return false;
    }
    return true;
  }

  // Waits until the server has told of the COMMIT and says nothing more, and tells nobody.
  bool swallow_answer(int server) {
    std::string answer;
    int silent = 0;
    while (!stop_ && (answer.find("COMMIT") == std::string::npos || silent < 10)) {
      ++silent;
      if (!ready(server)) continue;
      const std::string more = read(server);
      if (more.empty()) break;
      answer += more;
      silent = 0;
    }
    return false;
  }

  static std::string read(int descriptor) {
    std::string bytes(1 << 18, '\0');
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

  static bool write(int descriptor, const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count =
          ::send(descriptor, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (count <= 0) return false;
      done += static_cast<std::size_t>(count);
    }
    return true;
  }

  TempDirectory directory_;
  std::string server_;
  std::string mark_;
  Cut cut_;
  std::atomic<bool> seen_{false};  // the mark
  int listener_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<int> cuts_{0};
  std::thread acceptor_;
  std::vector<std::thread> threads_;  // the acceptor's, until it ends
};

class LostAnswerTest : public TrailTest, public ::testing::WithParamInterface<Cut> {};

TEST_P(LostAnswerTest, MigrationIsAppliedOnce) {
  runner(trail_files()).up();
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_four.sql",
                   "-- +goose Up\nUPDATE trail SET steps = steps || '4 ';\n"
                   "-- +goose Down\nUPDATE trail SET steps = replace(steps, '4 ', '');\n"});
  const Proxy proxy(server().directory(), "'4 '", GetParam());
  MigrationRunner cut{open(proxy.url(database_)), in_memory(files)};
  const Report report = cut.up();
  EXPECT_EQ(proxy.cuts(), 1);
  ASSERT_EQ(report.migrations.size(), 1U);
  EXPECT_EQ(report.version, 4);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4 ");
  EXPECT_EQ(versions(), "0 1 2 3 4");
  EXPECT_EQ(ask("SELECT count(*) FROM goose_db_version_history WHERE version_id = 4"), "1");
}

TEST_P(LostAnswerTest, RollbackHappensOnce) {
  std::vector<MemoryFile> files = trail_files();
  files.push_back({"00004_four.sql",
                   "-- +goose Up\nUPDATE trail SET steps = steps || '4 ';\n"
                   "-- +goose Down\nUPDATE trail SET steps = steps || 'undone ';\n"});
  runner(files).up();
  const Proxy proxy(server().directory(), "'undone '", GetParam());
  MigrationRunner cut{open(proxy.url(database_)), in_memory(files)};
  EXPECT_EQ(cut.down().migrations.size(), 1U);
  EXPECT_EQ(proxy.cuts(), 1);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 4 undone ");
  EXPECT_EQ(versions(), "0 1 2 3");
}

TEST_P(LostAnswerTest, GroupIsAppliedOnce) {
  const Proxy proxy(server().directory(), "'3 '", GetParam());
  MigrationRunner cut{open(proxy.url(database_)), in_memory(trail_files())};
  EXPECT_EQ(cut.up().migrations.size(), 3U);
  EXPECT_EQ(proxy.cuts(), 1);
  EXPECT_EQ(ask("SELECT steps FROM trail"), "1 2 3 ");
  EXPECT_EQ(versions(), "0 1 2 3");
}

INSTANTIATE_TEST_SUITE_P(Cut, LostAnswerTest,
                         ::testing::Values(Cut::before_the_server_has_it,
                                           Cut::after_the_server_has_answered),
                         [](const auto& kind) {
                           return kind.param == Cut::before_the_server_has_it ? "BeforeTheServer"
                                                                              : "AfterTheServer";
                         });

}  // namespace
}  // namespace gander
