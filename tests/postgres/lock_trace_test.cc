// SPDX-License-Identifier: MIT
// What doctor says about locks, held against a real server: each statement of lock_statements.txt
// is run in the world of lock_world.sql. What it holds then is read from pg_locks; and beside an
// open reader and an open writer of every table it must wait exactly where doctor said that it
// would.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/lock_needs.h"
#include "src/driver/postgres/lock_reach.h"
#include "tests/postgres/postgres_test.h"

namespace gander {
namespace {

using driver::postgres::lock_mode_name;
using driver::postgres::lock_mode_of;
using driver::postgres::lock_needs;
using driver::postgres::LockMode;
using driver::postgres::LockNeed;
using driver::postgres::LockNeeds;
using driver::postgres::LockReach;
using testing_support::Client;

using Locks = std::map<std::string, LockMode>;

struct Statement {
  std::string setup;
  std::string sql;
};

std::string contents(const std::string& name) {
  const char* other = std::getenv("GANDER_LOCK_FOLDER");
  const std::string folder = other == nullptr ? GANDER_LOCK_FOLDER : other;
  const std::ifstream in(folder + "/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Lines "[since 18] [set-up =>] statement".
std::vector<Statement> statements(int version) {
  std::vector<Statement> found;
  std::istringstream in(contents("lock_statements.txt"));
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      if (std::stoi(line.substr(1)) > version) continue;
      line.erase(0, line.find(' ') + 1);
    }
    const std::size_t arrow = line.find(" => ");
    Statement& statement = found.emplace_back();
    if (arrow != std::string::npos) statement.setup = line.substr(0, arrow);
    statement.sql = arrow == std::string::npos ? line : line.substr(arrow + 4);
  }
  return found;
}

std::string shown(const Locks& locks) {
  std::string text;
  for (const auto& [name, mode] : locks)
    text += name + ": " + std::string(lock_mode_name(mode)) + "; ";
  return text;
}

void add(const std::string& name, LockMode mode, Locks* locks) {
  LockMode& known = locks->emplace(name, mode).first->second;
  known = std::max(known, mode);
}

// Indexes apart: who uses one has a lock on its table too.
constexpr const char* kTables =
    "SELECT oid::text, oid::regclass FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', "
    "'v', "
    "'m', 'S', 'f', 'c') AND relnamespace <> 'pg_toast'::regnamespace";

class PostgresLockTraceTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    ask(contents("lock_world.sql"));
    ask("VACUUM ANALYZE");
    version_ = std::stoi(ask("SELECT current_setting('server_version_num')")) / 10000;
    statements_ = statements(version_);
    ASSERT_GE(statements_.size(), 150U);
  }

  // A copy of the world, for what cannot be rolled back.
  std::string copy() const {
    const std::string name = database_ + "_copy";
    Client(server().url("postgres")).ask("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    Client(server().url("postgres")).ask("CREATE DATABASE " + name + " TEMPLATE " + database_);
    return name;
  }

  // What lock_needs() and LockReach say, indexes apart.
  Locks told(driver::Connection& connection, const std::string& sql, bool* untold) const {
    std::vector<LockNeeds> all = {lock_needs(sql)};
    LockReach reach(dynamic_cast<driver::postgres::Connection&>(connection), all);
    std::map<LockReach::Relation, LockMode> found;
    *untold = !all[0].untold.empty() || !reach.unknown_code(all[0].calls).empty();
    if (all[0].absent.empty() || !reach.exists(all[0].absent)) {
      for (const LockNeed& need : all[0].needs) {
        *untold |= !reach.table_with_triggers(need).empty();
        if (need.since > version_ * 10000 || need.waits) continue;
        for (const LockReach::Lock& lock : reach.locks(need)) {
          LockMode& mode = found.emplace(lock.relation, lock.mode).first->second;
          mode = std::max(mode, lock.mode);
        }
      }
    }
    std::map<LockReach::Relation, std::string> names;
    for (const auto& [relation, mode] : found) names.emplace(relation, "");
    reach.name(&names);
    Locks locks;
    for (const auto& [relation, mode] : found) locks.emplace(names[relation], mode);
    return locks;
  }

  // What a session holds, of relations that were there before.
  static Locks held(Client& session, const std::map<std::string, std::string>& names) {
    Locks locks;
    std::istringstream in(session.ask(
        "SELECT relation::text, mode FROM pg_locks WHERE locktype = 'relation' AND pid = "
        "pg_backend_pid()"));
    for (std::string line; std::getline(in, line);) {
      const std::size_t bar = line.find('|');
      const auto name = names.find(line.substr(0, bar));
      const auto mode = lock_mode_of(line.substr(bar + 1));
      if (name != names.end() && mode) add(name->second, *mode, &locks);
    }
    return locks;
  }

  // Of all relations whose locks are compared, by oid.
  static std::map<std::string, std::string> names(Client& session) {
    std::map<std::string, std::string> names;
    std::istringstream in(session.ask(kTables));
    for (std::string line; std::getline(in, line);) {
      const std::size_t bar = line.find('|');
      names.emplace(line.substr(0, bar), line.substr(bar + 1));
    }
    return names;
  }

  int version_ = 0;
  std::vector<Statement> statements_;
};

TEST_F(PostgresLockTraceTest, ToldLocksAreThoseThatTheServerTakes) {
  int compared = 0;
  for (const Statement& statement : statements_) {
    SCOPED_TRACE(statement.sql);
    const std::string where = server().url(statement.setup.empty() ? database_ : copy());
    Client session(where);
    if (!statement.setup.empty()) session.ask(statement.setup);
    const auto driver = driver::postgres::make_driver(where);
    const std::unique_ptr<driver::Connection> connection = driver->connect(options_);
    bool untold = false;
    Locks expected = told(*connection, statement.sql, &untold);
    const std::map<std::string, std::string> names = this->names(session);
    session.ask("BEGIN");
    try {
      session.ask(statement.sql);
    } catch (const std::runtime_error& error) {
      const std::string_view why = error.what();
      if (why.find("transaction block") == std::string_view::npos &&
          why.find("cannot be executed from a function") == std::string_view::npos) {
        ADD_FAILURE() << why;
      }
      continue;
    }
    const Locks real = held(session, names);
    session.ask("ROLLBACK");
    ++compared;
    std::erase_if(expected, [&](const auto& lock) {
      return std::ranges::none_of(names,
                                  [&](const auto& name) { return name.second == lock.first; });
    });
    if (untold) {
      // More may be locked than was told, but not less.
      for (const auto& [name, mode] : expected) {
        EXPECT_TRUE(real.contains(name) && real.at(name) >= mode) << name;
      }
      continue;
    }
    EXPECT_EQ(shown(expected), shown(real));
  }
  EXPECT_GE(compared, 140);
}

// One session that has read, or written, every table; whatever is locked through them as well.
constexpr const char* kRead =
    "SELECT string_agg('PERFORM 1 FROM ' || oid::regclass || ' LIMIT 1;', ' ') FROM pg_class WHERE "
    "relkind IN ('r', 'p', 'v', 'm') AND oid >= 16384 AND relispopulated";
constexpr const char* kWrite =
    "SELECT string_agg('DELETE FROM ' || oid::regclass || ' WHERE false;', ' ') FROM pg_class "
    "WHERE relkind IN ('r', 'p') AND oid >= 16384";

class PostgresLockWaitTest : public PostgresLockTraceTest,
                             public ::testing::WithParamInterface<const char*> {
 protected:
  // Does doctor say that the statement would wait? "?": it cannot be told.
  static std::string predicted(const std::string& where, const std::string& sql, bool bare) {
    const DoctorReport report =
        MigrationRunner(
            open(where),
            in_memory({{"00001_it.sql",
                        (bare ? "-- +goose NO TRANSACTION\n-- +goose Up\n" : "-- +goose Up\n") +
                            ("-- +goose StatementBegin\n" + sql) + ";\n-- +goose StatementEnd\n"}}))
            .doctor();
    std::string said = "no";
    for (const Finding& finding : report.findings) {
      if (finding.check == "plan" && finding.severity == Severity::problem) return finding.message;
      if (finding.check == "locks_untold" && said == "no") said = "?";
      if (finding.check == "transactions" && finding.severity == Severity::warning) said = "yes";
    }
    return said;
  }

  // Does it? Another error says what it ran into.
  static std::string happens(Client& session, const std::string& sql, bool bare) {
    session.ask("SET lock_timeout = '150ms'; SET deadlock_timeout = '10s'");
    if (!bare) session.ask("BEGIN");
    std::string happened = "no";
    try {
      session.ask(sql);
    } catch (const std::runtime_error& error) {
      happened = std::string_view(error.what()).find("lock timeout") != std::string_view::npos
                     ? "yes"
                     : error.what();
    }
    if (!bare) session.ask("ROLLBACK");
    return happened;
  }

  static bool refuses_transaction(const std::string& where, const std::string& sql) {
    Client session(where);
    session.ask("BEGIN");
    try {
      session.ask(sql);
    } catch (const std::runtime_error& error) {
      return std::string_view(error.what()).find("transaction block") != std::string_view::npos;
    }
    return false;
  }
};

TEST_P(PostgresLockWaitTest, PredictedWaitsAreTheOnesThatHappen) {
  // `make test-postgres` takes them all, `make test` a third of them.
  const std::size_t step = std::getenv("GANDER_POSTGRES_ROWS") == nullptr ? 3 : 1;
  int waited = 0;
  int passed = 0;
  for (std::size_t i = GetParam() == kRead ? 0 : 1; i < statements_.size(); i += step) {
    const Statement& statement = statements_[i];
    SCOPED_TRACE(statement.sql);
    const bool bare = refuses_transaction(url(), statement.sql);
    const std::string where = server().url(statement.setup.empty() && !bare ? database_ : copy());
    if (!statement.setup.empty()) Client(where).ask(statement.setup);
    Client holder(where);
    const std::string body = holder.ask(GetParam());
    holder.ask("BEGIN; DO $$BEGIN " + body + " END$$");
    const std::string said = predicted(where, statement.sql, bare);
    Client session(where);
    const std::string happened = happens(session, statement.sql, bare);
    holder.ask("ROLLBACK");
    if (said != "?") {
      EXPECT_EQ(said, happened);
    }
    if (happened == "yes") ++waited;
    if (happened == "no") ++passed;
  }
  EXPECT_GE(waited, 10);
  EXPECT_GE(passed, 10);
}

INSTANTIATE_TEST_SUITE_P(Beside, PostgresLockWaitTest, ::testing::Values(kRead, kWrite),
                         [](const auto& about) {
                           return about.index == 0 ? "AReader" : "AWriter";
                         });

}  // namespace
}  // namespace gander
