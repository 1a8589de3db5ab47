// SPDX-License-Identifier: MIT
#include "tests/simulation/schedule.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gander/gander.h"
#include "tests/fake/connection.h"
#include "tests/simulation/world.h"

namespace gander::simulation {
namespace {

constexpr int kVersions = 5;
constexpr int kOperatorTries = 12;

std::string steps(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += "MARK " + word + ";\n";
  return text;
}

MemoryFile file(int version, bool transactional, const std::string& up, const std::string& down) {
  return {"0000" + std::to_string(version) + "_file.sql",
          std::string(transactional ? "" : "-- +goose NO TRANSACTION\n") + "-- +goose Up\n" + up +
              "-- +goose Down\n" + down};
}

// Every statement that does something leaves a mark; "d" marks are those of the way down.
std::vector<MemoryFile> files(bool server) {
  const std::string bare =
      server ? steps({"3a"}) + "CREATE INDEX CONCURRENTLY i3 ON t (c);\nCALL 3b;\n" + steps({"3c"})
             : steps({"3a"}) + "VACUUM;\n" + steps({"3b", "3c"});
  const std::string bare_down =
      server ? "DROP INDEX CONCURRENTLY i3;\n" + steps({"d3a"}) : "VACUUM;\n" + steps({"d3a"});
  return {
      file(1, true, steps({"1a", "1b"}), steps({"d1a"})),
      file(2, true, steps({"2a"}), steps({"d2a", "d2b"})), file(3, false, bare, bare_down),
      file(4, false, steps({"4a"}) + "BEGIN;\n" + steps({"4b", "4c"}) + "COMMIT;\n" + steps({"4d"}),
           steps({"d4a", "d4b"})),
      file(5, true, steps({"5a"}), steps({"d5a"}))};
}

std::vector<std::string> marks(int version, bool up) {
  const std::map<int, std::vector<std::string>> all = {{1, {"1a", "1b"}},
                                                       {-1, {"d1a"}},
                                                       {2, {"2a"}},
                                                       {-2, {"d2a", "d2b"}},
                                                       {3, {"3a", "3b", "3c"}},
                                                       {-3, {"d3a"}},
                                                       {4, {"4a", "4b", "4c", "4d"}},
                                                       {-4, {"d4a", "d4b"}},
                                                       {5, {"5a"}},
                                                       {-5, {"d5a"}}};
  return all.at(up ? version : -version);
}

int version_of(const std::string& mark) { return mark[mark[0] == 'd' ? 1 : 0] - '0'; }

std::int64_t integer(const Value& value) { return std::get<std::int64_t>(value); }

const Table* table(const World& world, const std::string& name) {
  const auto found = world.database.committed().tables.find(name);
  return found == world.database.committed().tables.end() ? nullptr : &found->second;
}

std::vector<Record> rows(const World& world, const std::string& name) {
  const Table* found = table(world, name);
  return found == nullptr ? std::vector<Record>() : found->rows;
}

// Does the trail of one version consist of whole ways up and down, in turn? Says whether it is up.
std::optional<bool> whole_ways(const World& world, int version) {
  std::vector<std::string> trail;
  for (const std::string& mark : world.database.committed().trail) {
    if (version_of(mark) == version) trail.push_back(mark);
  }
  bool up = false;
  for (std::size_t at = 0; at < trail.size();) {
    const std::vector<std::string> way = marks(version, !up);
    if (trail.size() - at < way.size() ||
        !std::equal(way.begin(), way.end(), trail.begin() + static_cast<std::ptrdiff_t>(at))) {
      return std::nullopt;
    }
    at += way.size();
    up = !up;
  }
  return up;
}

class Player {
 public:
  Player(std::uint32_t seed, Defect defect, bool keep_log)
      : world_(seed, seed % 2 == 0), source_(in_memory(files(seed % 2 == 0))) {
    world_.keep_log = keep_log;
    world_.defect_free_locks = defect == Defect::lock_dies_with_client;
    world_.database.blind = defect == Defect::blind;
    deferring_ = world_.database.server() && world_.chance(500);
    commit_ = static_cast<Commit>(world_.pick(3));
    history_ = !world_.chance(100);
  }

  Result play() {
    world_.rates = {world_.pick(30), world_.database.server() ? world_.pick(50) : 0,
                    world_.database.server() ? world_.pick(8) : 0};
    world_.laziness = world_.chance(500) ? 950 : 0;
    const std::size_t processes = 1 + world_.pick(4);
    for (std::size_t i = 0; i < processes; ++i) {
      world_.start([this] { live(); });
    }
    if (!world_.run()) return fail("the processes got nowhere");
    world_.rates = {};
    if (result_.wrong.empty()) finish();
    if (result_.wrong.empty()) check();
    result_.log = world_.log;
    return result_;
  }

 private:
  Result fail(const std::string& what) {
    if (result_.wrong.empty()) result_.wrong = what;
    result_.log = world_.log;
    return result_;
  }

  MigrationRunner runner() {
    Options options;
    options.allow_missing = true;
    options.commit = commit_;
    options.history = history_;
    options.actor = "simulation";
    return MigrationRunner(Target(driver::fake::make_driver(world_, deferring_, "simulation")),
                           source_, std::move(options));
  }

  // The end of the process has come out of the runner as the cause of an Error.
  static void pass_on_killed(const Error& error) {
    if (error.cause() == nullptr) return;
    try {
      std::rethrow_exception(error.cause());
    } catch (const Killed&) {
      throw;
    } catch (...) {
      return;  // judged by the Error around it
    }
  }

  // A process runs a few operations, one after another; whoever is killed is not restarted.
  void live() {
    const std::size_t operations = 1 + world_.pick(3);
    for (std::size_t i = 0; i < operations; ++i) {
      const std::uint32_t choice = world_.pick(10);
      const auto version = static_cast<std::int64_t>(world_.pick(kVersions + 1));
      ++result_.runs;
      try {
        MigrationRunner one = runner();
        if (choice < 6) {
          one.up();
        } else if (choice < 7) {
          one.up_to(version);
        } else if (choice < 9) {
          one.down_to(version);
        } else {
          one.redo();
        }
      } catch (const Error& error) {
        pass_on_killed(error);
        judge_error(error);
      } catch (const std::exception& error) {
        fail(std::string("not a gander::Error: ") + error.what());
      }
    }
  }

  // These ends are documented: the database was away, there was nothing to roll back, a statement
  // is in doubt, or another run went the other way meanwhile.
  void judge_error(const Error& error) {
    const ErrorCode code = error.code();
    if (code == ErrorCode::connection || code == ErrorCode::not_found ||
        code == ErrorCode::in_doubt) {
      return;
    }
    const bool crossed = error.details().message.starts_with("another run has ");
    if (code == ErrorCode::locked && error.details().retryable && crossed) return;
    fail(std::string("a run failed: ") + error.what());
  }

  // The operator: goes on with what is half done, settles what is in doubt by looking, brings
  // everything up.
  void finish() {
    std::string last;
    for (int i = 0; i < kOperatorTries; ++i) {
      bool done = false;
      world_.start([&] {
        try {
          settle();
          done = true;
        } catch (const Error& error) {
          pass_on_killed(error);
          last = error.what();
          if (error.code() != ErrorCode::in_doubt) fail("the operator failed: " + last);
          resolve();
        }
      });
      if (!world_.run()) fail("the operator got nowhere");
      if (done || !result_.wrong.empty()) break;
    }
    if (result_.wrong.empty() && !rows(world_, "goose_db_version_journal").empty()) {
      fail("the journal is not empty: " + last);
    }
  }

  void settle() {
    MigrationRunner one = runner();
    for (const Record& row : rows(world_, "goose_db_version_journal")) {
      if (integer(row.at("direction")) == 0) one.down_to(integer(row.at("version_id")) - 1);
    }
    one.up();
  }

  // Only the CALL of version 3 can be in doubt; its mark tells.
  void resolve() {
    std::string last;
    for (const std::string& mark : world_.database.committed().trail) {
      if (version_of(mark) == 3) last = mark;
    }
    try {
      runner().resolve(3, last == "3b" ? Resolution::done : Resolution::redo, "looked");
    } catch (const Error& error) {
      pass_on_killed(error);
      fail(std::string("resolve failed: ") + error.what());
    }
  }

  void check() {
    for (int version = 1; version <= kVersions; ++version) check_version(version);
    if (world_.database.sessions() != 0) fail("a session was left open");
    const bool index = world_.database.server();
    const auto& indexes = world_.database.committed().indexes;
    if (index && (indexes.size() != 1 || !indexes.begin()->second)) fail("the index is not valid");
    const std::int64_t commits = world_.database.commits();
    world_.start([this] { runner().up(); });
    if (!world_.run()) fail("the last run got nowhere");
    if (world_.database.commits() != commits) fail("a run with nothing to do wrote");
  }

  void check_version(int version) {
    const std::string name = "version " + std::to_string(version);
    const std::optional<bool> up = whole_ways(world_, version);
    if (!up) {
      std::string trail;
      for (const std::string& mark : world_.database.committed().trail) trail += " " + mark;
      fail("statements of " + name + " ran twice or not at all:" + trail);
      return;
    }
    if (!*up) fail(name + " is not applied");
    int count = 0;
    for (const Record& row : rows(world_, "goose_db_version")) {
      if (integer(row.at("version_id")) == version) ++count;
    }
    if (count != 1) fail(name + " has " + std::to_string(count) + " rows");
    if (history_) check_history(version);
  }

  // As many lines as ways, in turn.
  void check_history(int version) {
    std::string events;
    for (const Record& row : rows(world_, "goose_db_version_history")) {
      const std::string& event = std::get<std::string>(row.at("event"));
      if (integer(row.at("version_id")) != version) continue;
      if (event == "applied") events += 'u';
      if (event == "reverted") events += 'd';
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i] == (i % 2 == 0 ? 'u' : 'd')) continue;
      fail("the history of version " + std::to_string(version) + " reads " + events);
    }
    std::size_t ways = 0;
    for (const std::string& mark : world_.database.committed().trail) {
      const std::string first = marks(version, mark[0] != 'd').front();
      if (version_of(mark) == version && mark == first) ++ways;
    }
    if (ways != events.size()) {
      fail("version " + std::to_string(version) + " went " + std::to_string(ways) +
           " ways, and its history reads " + events);
    }
  }

  World world_;
  Source source_;
  bool deferring_ = false;
  bool history_ = true;
  Commit commit_ = Commit::automatic;
  Result result_;
};

}  // namespace

Result play(std::uint32_t seed, Defect defect, bool keep_log) {
  return Player(seed, defect, keep_log).play();
}

}  // namespace gander::simulation
