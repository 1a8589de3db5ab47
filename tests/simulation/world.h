// SPDX-License-Identifier: MIT
// World: runners, a database and a network between them, all driven by one seeded scheduler. The
// same seed gives the same schedule. In it, processes are killed, connections lost before or after
// the request was carried out, and the server crashes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/fake/network.h"
#include "tests/simulation/fiber.h"

namespace gander::simulation {

using driver::fake::Database;
using driver::fake::Killed;
using driver::fake::Record;
using driver::fake::Request;
using driver::fake::SessionId;
using driver::fake::Table;

// A program on some machine. At most one request is under way.
struct Process {
  std::unique_ptr<Fiber> fiber;
  std::deque<Request> requests;  // handed to the network, not yet known to be carried out
  bool killed = false;
};

struct Rates {  // of what goes wrong, a request, in thousandths
  std::uint32_t kill = 0;
  std::uint32_t lose = 0;
  std::uint32_t crash = 0;
};

class World final : public driver::fake::Network {
 public:
  World(std::uint32_t seed, bool server) : database(server), random_(seed) {}

  // Starts a process; `body` must not throw anything but Killed.
  void start(std::function<void()> body);
  // Runs all processes to their ends. False: they got nowhere.
  bool run();

  // --- for connections, on the fiber of their process --------------------------------------------
  Database& target() override { return database; }
  void pause() override;  // throws Killed
  SessionId connect() override;
  driver::Rows carry_out(SessionId session, std::deque<Request> requests) override;
  bool has_client(SessionId session) const override;
  void close(SessionId session) noexcept override;

  // A number below `bound`.
  std::uint32_t pick(std::size_t bound) {
    return static_cast<std::uint32_t>(random_() % static_cast<std::uint32_t>(bound));
  }
  bool chance(std::uint32_t thousandths) { return pick(1000) < thousandths; }

  Database database;
  Rates rates;
  std::uint32_t laziness = 0;      // of sessions that lost their client, in thousandths
  bool defect_free_locks = false;  // run locks do not outlive the client
  std::string log;                 // for people, when wanted
  bool keep_log = false;

 private:
  std::mt19937 random_;

  // A session whose client is gone. The server finds out when it has carried out what it received.
  struct Orphan {
    SessionId session = 0;
    std::deque<Request> requests;
  };

  void note(const std::string& what);
  void perhaps_go_wrong(SessionId session);
  bool perform(SessionId session, const Request& request, driver::Rows* rows);
  void abandon(SessionId session, std::deque<Request> received);
  void step_orphan(std::size_t index);
  void crash_server();
  void check_session(SessionId session);

  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<Orphan> orphans_;
  Process* current_ = nullptr;
  int down_ = 0;  // steps until a crashed server is back
};

}  // namespace gander::simulation
