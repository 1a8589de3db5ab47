// SPDX-License-Identifier: MIT
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/crash/stage.h"

#ifdef GANDER_WITH_POSTGRES

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "src/driver/postgres/engine.h"
#include "tests/support/postgres_server.h"

namespace gander::crash {
namespace {

using testing_support::Client;
using testing_support::PgBouncer;
using testing_support::PostgresServer;

// A crashed server restarts in a fraction of a second; a machine under load takes its time, and may
// stand still for a while.
constexpr std::chrono::minutes kLimit{10};
constexpr const char* kConnectTimeout = "connect_timeout=600";

// What nobody may hold when a picture is taken, and what somebody may well hold when goose comes.
constexpr const char* kSoon = "SET lock_timeout = '50ms';";

// Everything that the user's migrations may have made, one object a line, in a fixed order.
constexpr const char* kSchema = R"sql(
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
  SELECT format('schema %s', nspname) AS line FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL SELECT format('%s %s.%s', relkind, relnamespace::regnamespace, relname) FROM user_class
  UNION ALL SELECT format('column %s.%s.%s %s %s %s %s', relnamespace::regnamespace, relname,
      attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
      pg_get_expr(adbin, adrelid))
    FROM user_class JOIN pg_attribute ON attrelid = user_class.oid AND attnum > 0 AND
      NOT attisdropped LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid)
    FROM user_class JOIN pg_index ON indrelid = user_class.oid
  UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(pg_constraint.oid))
    FROM user_class JOIN pg_constraint ON conrelid = user_class.oid
  UNION ALL SELECT format('view %s %s', relname, pg_get_viewdef(user_class.oid))
    FROM user_class WHERE relkind = 'v'
  UNION ALL SELECT format('trigger %s', pg_get_triggerdef(pg_trigger.oid))
    FROM user_class JOIN pg_trigger ON tgrelid = user_class.oid WHERE NOT tgisinternal
  UNION ALL SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('label %s %s', enumtypid::regtype, enumlabel) FROM pg_enum
  UNION ALL SELECT format('database %s', datname) FROM pg_database WHERE datname = 'aviary'
) AS lines)sql";

constexpr const char* kUserClass =
    "WITH user_class AS (SELECT * FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_' "
    "AND relnamespace <> 'information_schema'::regnamespace AND relname !~ '^goose_db_version_' "
    "AND relname !~ '^goose_lock' AND relkind <> 't') ";

// Every session but our own; a pooler's may stay, when they do nothing.
constexpr const char* kSessions =
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
constexpr const char* kAtWork = " AND state <> 'idle'";

// What a run must not leave besides: locks, half-built indexes, transactions.
constexpr const char* kLeftovers = R"sql(
SELECT string_agg(line, '; ') FROM (
  SELECT format('%s %s', locktype, mode) AS line FROM pg_locks
    WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
  UNION ALL SELECT format('invalid index %s', indexrelid::regclass) FROM pg_index
    WHERE NOT indisvalid
  UNION ALL SELECT format('prepared transaction %s', gid) FROM pg_prepared_xacts
) AS lines)sql";

// Signals processes of the server and waits until their parent has taken notice of their end.
void end(const std::vector<pid_t>& processes, int signal) {
  for (const pid_t process : processes) ::kill(process, signal);
  for (const pid_t process : processes) {
    for (int i = 0; i < 10000 && ::kill(process, 0) == 0; ++i) ::usleep(1000);
  }
}

class PostgresStage final : public Stage {
 public:
  explicit PostgresStage(bool pooled)
      : server_({"autovacuum=off", "checkpoint_timeout=1d", "shared_buffers=32MB",
                 // A crash shall lose what no commit has waited for.
                 "wal_writer_delay=10s"}),
        pooler_(pooled ? std::make_unique<PgBouncer>(server_) : nullptr),
        proxy_((pooled ? pooler_->directory() : server_.directory()) + "/.s.PGSQL.5432",
               Protocol::postgres) {}

  std::string name() const override { return pooler_ ? "postgres-pooler" : "postgres"; }
  Engine engine() const override { return Engine::postgres; }
  std::chrono::milliseconds retry_limit() const override { return kLimit; }

  // A new database is made once: to empty it is many times faster than to copy one.
  void clear() override {
    wait_until_left_alone();
    Client& client = observer();
    for (const std::string& schema :
         lines(client.ask("SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' "
                          "AND nspname <> 'information_schema'"))) {
      client.ask("DROP SCHEMA " + schema + " CASCADE");
    }
    client.ask("CREATE SCHEMA public");
    if (client.ask("SELECT 1 FROM pg_database WHERE datname = 'aviary'") == "1") {
      client.ask("DROP DATABASE aviary WITH (FORCE)");
    }
  }
  bool keep() override { return false; }
  void reset() override { clear(); }

  std::unique_ptr<driver::Driver> driver(bool exposed) override {
    if (!exposed)
      return driver::postgres::make_driver(pooler_ ? pooler_->url(name_, kConnectTimeout) : url());
    return driver::postgres::make_driver(
        "postgres://postgres@127.0.0.1:" + std::to_string(proxy_.port()) + "/" + name_ +
        "?sslmode=disable&gssencmode=disable&" + kConnectTimeout);
  }

  CutProxy* network() override { return &proxy_; }

  std::vector<pid_t> sessions() override {
    Client client(url());
    return pids_of(client, observer_pid_);
  }

  void terminate(const std::vector<pid_t>& sessions) override { end(sessions, SIGTERM); }
  bool crash(const std::vector<pid_t>& sessions) override {
    end(sessions, SIGKILL);
    return true;
  }

  void restart() override {
    server_.stop(SIGQUIT);
    server_.start();
  }

  void settle() override { observer(); }
  void rest() override {
    insist([this] { wait_until_left_alone(); });
  }

  void expire_leases(pid_t holder) override {
    if (pooler_ == nullptr) return;
    insist([&] {
      if (holder == 0) wait_until_left_alone();
      Client& client = observer();
      if (client.ask("SELECT to_regclass('goose_lock')").empty()) return;
      const std::string who =
          holder == 0 ? "" : " AND locked_by LIKE '%-" + std::to_string(holder) + "-%'";
      client.ask(
          "UPDATE goose_lock SET lease_expires_at = now() WHERE lock_id IN (SELECT lock_id "
          "FROM goose_lock WHERE locked AND lease_expires_at > now()" +
          who + " FOR UPDATE SKIP LOCKED)");
    });
  }

  void run_sql(const std::string& sql) override {
    Client client(url());
    client.ask(kSoon);
    client.ask(sql);
  }

  std::string versions() override {
    Client client(url());
    return rows(client, "goose_db_version",
                "SELECT version_id, is_applied::int FROM goose_db_version ORDER BY id");
  }

  std::string goose_table() const override {
    return "CREATE TABLE goose_db_version (\n\t\tid integer PRIMARY KEY GENERATED BY DEFAULT AS "
           "IDENTITY,\n\t\tversion_id bigint NOT NULL,\n\t\tis_applied boolean NOT NULL,\n"
           "\t\ttstamp timestamp NOT NULL DEFAULT now()\n\t);";
  }

  std::string goose_row(std::int64_t version) const override {
    return "INSERT INTO goose_db_version (version_id, is_applied) VALUES (" +
           std::to_string(version) + ", true);";
  }

  Picture picture() override {
    Client& client = observer();
    Picture picture;
    picture.schema = client.ask(std::string(kUserClass) + kSchema) + "\n";
    for (const std::string& table :
         lines(client.ask(std::string(kUserClass) +
                          "SELECT format('%I.%I', relnamespace::regnamespace, relname) FROM "
                          "user_class WHERE relkind = 'r' AND relname <> 'goose_db_version' "
                          "ORDER BY 1"))) {
      picture.data +=
          table + "\n" + client.ask("SELECT t::text FROM " + table + " AS t ORDER BY 1") + "\n";
    }
    picture.versions = rows(client, "goose_db_version",
                            "SELECT version_id, is_applied::int FROM goose_db_version ORDER BY id");
    picture.history = rows(client, "goose_db_version_history",
                           "SELECT event, version_id, name, checksum, statements FROM "
                           "goose_db_version_history WHERE event <> 'failed' ORDER BY id");
    picture.journal = rows(client, "goose_db_version_journal",
                           "SELECT version_id, direction, done, running FROM "
                           "goose_db_version_journal ORDER BY version_id");
    return picture;
  }

  // Whoever writes takes a transaction number.
  std::string imprint() override {
    return observer().ask("SELECT pg_snapshot_xmax(pg_current_snapshot())");
  }

  std::string leftovers() override {
    wait_until_left_alone();
    Client& client = observer();
    std::string found =
        client.ask("SELECT string_agg(format('session %s: %s', pid, query), '; ') " + others());
    found += client.ask(kLeftovers);
    if (client.ask("SELECT to_regclass('goose_lock')").empty()) return found;
    if (pooler_ == nullptr) return found + "table goose_lock";
    // One that has run out is nobody's, and stays until the next run that has something to do.
    return found + client.ask(
                       "SELECT 'lease of ' || locked_by FROM goose_lock "
                       "WHERE locked AND lease_expires_at > now()");
  }

 private:
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      all.push_back(text.substr(from, end - from));
      from = end + 1;
    }
    return all;
  }

  static std::string rows(Client& client, const std::string& table, const std::string& sql) {
    if (client.ask("SELECT to_regclass('" + table + "')").empty()) return {};
    const std::string found = client.ask(sql);
    return found.empty() ? found : found + "\n";
  }

  std::string url() const { return server_.url(name_, kConnectTimeout); }

  static std::vector<pid_t> pids_of(Client& client, const std::string& except) {
    std::vector<pid_t> pids;
    for (const std::string& line :
         lines(client.ask("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                          "AND pid NOT IN (pg_backend_pid(), " +
                          except + ")"))) {
      pids.push_back(static_cast<pid_t>(std::stol(line)));
    }
    return pids;
  }

  // A session that stays; another one when the server has crashed, as soon as it answers again.
  Client& observer() {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    for (;;) {
      try {
        if (observer_ == nullptr) {
          observer_ = std::make_unique<Client>(url());
          observer_->ask("SET client_min_messages = error");
          observer_pid_ = observer_->ask("SELECT pg_backend_pid()");
        }
        observer_->ask("SELECT 1");
        return *observer_;
      } catch (const std::runtime_error&) {
        observer_.reset();
        if (std::chrono::steady_clock::now() > limit) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  // A crash of the server may still be on its way when the session is asked.
  template <typename Work>
  void insist(Work work) {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    for (;;) {
      try {
        work();
        return;
      } catch (const std::runtime_error&) {
        if (std::chrono::steady_clock::now() > limit) throw;
      }
    }
  }

  // The sessions of a killed run end when they notice it.
  void wait_until_left_alone() {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    while (observer().ask("SELECT count(*) " + others()) != "0" &&
           std::chrono::steady_clock::now() < limit) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  std::string others() const { return std::string(kSessions) + (pooler_ ? kAtWork : ""); }

  PostgresServer server_;
  std::unique_ptr<PgBouncer> pooler_;
  CutProxy proxy_;
  std::string name_ = server_.create_database();
  std::unique_ptr<Client> observer_;
  std::string observer_pid_ = "0";
};

}  // namespace

std::unique_ptr<Stage> make_postgres_stage(bool pooled, std::string* why) {
  if (!PostgresServer::available(why)) return nullptr;
  if (pooled && !PgBouncer::available(why)) return nullptr;
  return std::make_unique<PostgresStage>(pooled);
}

}  // namespace gander::crash

#else  // no libpq-fe.h

namespace gander::crash {

std::unique_ptr<Stage> make_postgres_stage(bool, std::string* why) {
  *why = "built without the PostgreSQL driver";
  return nullptr;
}

}  // namespace gander::crash

#endif  // GANDER_WITH_POSTGRES
