// SPDX-License-Identifier: MIT
#include "tests/simulation/world.h"

#include <stdexcept>
#include <utility>

#include "gander/error.h"

namespace gander::simulation {
namespace {

constexpr int kStepLimit = 400000;

Error lost() { return Error(ErrorCode::connection, "the simulated connection was lost"); }

}  // namespace

void World::note(const std::string& what) {
  if (keep_log) log += what + "\n";
}

void World::start(std::function<void()> body) {
  auto process = std::make_unique<Process>();
  process->fiber = std::make_unique<Fiber>([body = std::move(body)] {
    try {
      body();
    } catch (const Killed&) {
      // That is how a killed process ends.
    }
  });
  processes_.push_back(std::move(process));
}

bool World::run() {
  std::vector<Process*> alive;
  for (const auto& process : processes_) alive.push_back(process.get());
  for (int steps = 0; !alive.empty() || !orphans_.empty(); ++steps) {
    if (steps > kStepLimit) return false;
    if (down_ > 0) --down_;
    const std::size_t choice = pick(alive.size() + orphans_.size());
    if (choice >= alive.size()) {
      if (!chance(laziness)) step_orphan(choice - alive.size());
      continue;
    }
    current_ = alive[choice];
    current_->fiber->resume();
    if (current_->fiber->done()) {
      alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(choice));
    }
    current_ = nullptr;
  }
  processes_.clear();
  down_ = 0;
  return true;
}

void World::pause() {
  Process& self = *current_;
  self.fiber->pause();
  if (self.killed) throw Killed{};
}

SessionId World::connect() {
  pause();
  if (down_ > 0) throw lost();
  return database.connect();
}

void World::check_session(SessionId session) {
  if (!database.alive(session)) throw lost();
}

// The network and the machines, while requests are on their way.
void World::perhaps_go_wrong(SessionId session) {
  Process& self = *current_;
  std::deque<Request> received;
  // Of several requests sent together any number may have arrived.
  const auto arrive = [&] {
    const std::size_t count = pick(self.requests.size() + 1);
    received.assign(self.requests.begin(),
                    self.requests.begin() + static_cast<std::ptrdiff_t>(count));
  };
  if (chance(rates.kill)) {
    arrive();
    note("kill, " + std::to_string(received.size()) + " requests received");
    self.killed = true;
    abandon(session, std::move(received));
    throw Killed{};
  }
  if (chance(rates.lose)) {
    arrive();
    note("connection lost, " + std::to_string(received.size()) + " requests received");
    abandon(session, std::move(received));
    self.requests.clear();
    throw lost();
  }
  if (chance(rates.crash)) {
    note("server crash");
    crash_server();
    self.requests.clear();
    throw lost();
  }
}

driver::Rows World::carry_out(SessionId session, std::deque<Request> requests) {
  Process& self = *current_;
  if (self.killed) throw Killed{};
  check_session(session);
  self.requests = std::move(requests);
  pause();
  check_session(session);
  perhaps_go_wrong(session);
  driver::Rows rows;
  while (!self.requests.empty()) {
    try {
      if (perform(session, self.requests.front(), &rows)) {
        self.requests.pop_front();
        continue;
      }
    } catch (...) {
      self.requests.clear();
      throw;
    }
    pause();
    check_session(session);
  }
  return rows;
}

// False: it has to wait.
bool World::perform(SessionId session, const Request& request, driver::Rows* rows) {
  note(std::to_string(session) + ": " +
       (request.kind == Request::Kind::begin      ? "BEGIN"
        : request.kind == Request::Kind::commit   ? "COMMIT"
        : request.kind == Request::Kind::rollback ? "ROLLBACK"
                                                  : request.sql));
  return driver::fake::perform(database, session, request, rows);
}

bool World::has_client(SessionId session) const {
  for (const Orphan& orphan : orphans_) {
    if (orphan.session == session) return false;
  }
  return database.alive(session);
}

void World::close(SessionId session) noexcept {
  if (has_client(session)) database.disconnect(session);
}

void World::abandon(SessionId session, std::deque<Request> received) {
  if (!database.server()) {
    // The library lives in the process: it dies with it, and what it was told last may be done.
    for (const Request& request : received) {
      try {
        driver::Rows ignored;
        if (!perform(session, request, &ignored)) break;
      } catch (const Error&) {
        break;
      }
    }
    database.disconnect(session);
    return;
  }
  if (defect_free_locks) database.release_locks(session);
  orphans_.push_back({session, std::move(received)});
}

void World::step_orphan(std::size_t index) {
  Orphan& orphan = orphans_[index];
  bool finished = !database.alive(orphan.session) || orphan.requests.empty();
  if (!finished) {
    const Request request = orphan.requests.front();
    try {
      driver::Rows ignored;
      if (perform(orphan.session, request, &ignored)) orphan.requests.pop_front();
    } catch (const Error&) {
      finished = true;
    }
  }
  if (!finished) return;
  if (database.alive(orphan.session)) database.disconnect(orphan.session);
  orphans_.erase(orphans_.begin() + static_cast<std::ptrdiff_t>(index));
}

void World::crash_server() {
  const auto interrupt = [&](const std::deque<Request>& requests) {
    if (requests.empty() || !requests.front().sql.starts_with("CREATE INDEX CONCURRENTLY")) return;
    if (chance(500)) database.leave_invalid_index(requests.front().sql);
  };
  for (const Orphan& orphan : orphans_) interrupt(orphan.requests);
  for (const auto& process : processes_) interrupt(process->requests);
  database.crash();
  down_ = static_cast<int>(pick(20));
}

}  // namespace gander::simulation
