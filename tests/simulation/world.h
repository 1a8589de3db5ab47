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

#include "src/driver/driver.h"
#include "tests/simulation/database.h"
#include "tests/simulation/fiber.h"

namespace gander::simulation {

// How a simulated process ends when it is killed: not a std::exception, so that nothing under test
// handles it.
struct Killed {};

struct Request {
  enum class Kind { begin, commit, rollback, run, nothing };
  Kind kind = Kind::nothing;
  std::string sql;
};

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

class World {
 public:
  World(std::uint32_t seed, bool server) : database(server), random_(seed) {}

  // Starts a process; `body` must not throw anything but Killed.
  void start(std::function<void()> body);
  // Runs all processes to their ends. False: they got nowhere.
  bool run();

  // --- for connections, on the fiber of their process --------------------------------------------
  // Lets others go first. Throws Killed.
  void pause();
  SessionId connect();
  // Carries out all requests of the process; the rows of the last. Throws Error(connection) when
  // the session is lost, Killed, or what the database answers.
  Rows carry_out(SessionId session, std::deque<Request> requests);
  // Is somebody there who may use it? (False for a session that the server does not yet know to be
  // without its client.)
  bool has_client(SessionId session) const;
  // The client is done with it, or has lost it.
  void close(SessionId session) noexcept;

  // A number below `bound`.
  std::uint32_t pick(std::size_t bound) {
    return static_cast<std::uint32_t>(random_() % static_cast<std::uint32_t>(bound));
  }
  bool chance(std::uint32_t thousandths) { return pick(1000) < thousandths; }

  Database database;
  Rates rates;
  std::uint32_t laziness = 0;      // of sessions that lost their client, in thousandths
  bool defect_free_locks = false;  // run locks do not outlive the client
  bool defect_blind = false;       // change tokens stand still
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
  bool perform(SessionId session, const Request& request, Rows* rows);
  void abandon(SessionId session, std::deque<Request> received);
  void step_orphan(std::size_t index);
  void crash_server();
  void check_session(SessionId session);

  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<Orphan> orphans_;
  Process* current_ = nullptr;
  int down_ = 0;  // steps until a crashed server is back
};

// What the store and the engine see of it. `world` must outlive the driver.
// `deferring`: statements inside a transaction are collected and sent together.
std::unique_ptr<driver::Driver> make_driver(World& world, bool deferring);

}  // namespace gander::simulation
