// SPDX-License-Identifier: MIT
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/crash/stage.h"

#ifdef GANDER_WITH_MYSQL

#include <signal.h>

#include <algorithm>
#include <regex>

#include "gander/gander.h"
#include "src/driver/mysql/engine.h"
#include "tests/support/mysql_server.h"

namespace gander::crash {
namespace {

using testing_support::MysqlClient;
using testing_support::MysqlServer;

// A killed server is there again in a fraction of a second; a machine under load takes its time.
constexpr std::chrono::minutes kLimit{10};

// Fixed, because migrations name it when they use another one.
constexpr const char* kDatabase = "campaign";
// That migrations may make besides.
constexpr const char* kOthers = "'aviary', 'nest'";

// Texts are joined as in the other databases, so that the migrations are the same.
constexpr const char* kMode =
    "--sql-mode=STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
    "PIPES_AS_CONCAT";

// What nobody may hold when goose comes.
constexpr const char* kSoon = "SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1;";

// Everything that has no SHOW CREATE below, one object a line.
constexpr const char* kSchema = R"sql(
SELECT line FROM (
  SELECT concat('schema ', schema_name, ' ', default_character_set_name) AS line
    FROM information_schema.schemata WHERE schema_name IN (DATABASE(), OTHERS)
  UNION ALL SELECT concat_ws(' ', 'trigger', trigger_name, action_timing, event_manipulation,
      event_object_table, action_order, action_statement, sql_mode)
    FROM information_schema.triggers WHERE trigger_schema = DATABASE()
  UNION ALL SELECT concat_ws(' ', routine_type, routine_name, dtd_identifier, routine_definition,
      sql_mode)
    FROM information_schema.routines WHERE routine_schema = DATABASE()
  UNION ALL SELECT concat_ws(' ', 'event', event_name, status, event_definition)
    FROM information_schema.events WHERE event_schema = DATABASE()
) AS found ORDER BY line)sql";

// The user's, with their kind.
constexpr const char* kTables =
    "SELECT concat('`', table_schema, '`.`', table_name, '`'), table_type FROM "
    "information_schema.tables WHERE table_schema IN (DATABASE(), OTHERS) AND table_name NOT LIKE "
    "'goose\\_db\\_version\\_%' AND table_name NOT LIKE 'goose\\_lock%' ORDER BY 1";

// Statements that write, whether they have done anything or not.
constexpr const char* kWrites =
    "SELECT sum(variable_value) FROM STATUS.global_status WHERE lower(variable_name) IN "
    "('com_insert', 'com_insert_select', 'com_replace', 'com_update', 'com_update_multi', "
    "'com_delete', 'com_delete_multi', 'com_create_table', 'com_alter_table', 'com_drop_table', "
    "'com_truncate', 'com_create_db', 'com_drop_db', 'com_rename_table', 'com_create_index')";

constexpr const char* kSessions =
    "FROM information_schema.processlist WHERE id <> connection_id() AND command <> 'Daemon' AND "
    "user NOT IN ('system user', 'event_scheduler')";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what)) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    all.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return all;
}

class MysqlStage final : public Stage {
 public:
  MysqlStage()
      : server_({"--innodb-flush-log-at-trx-commit=1", kMode}),
        proxy_(server_.socket(), Protocol::mysql) {
    MysqlClient(server_.socket(), "mysql").ask(std::string("CREATE DATABASE ") + kDatabase);
  }

  std::string name() const override { return "mysql"; }
  Engine engine() const override { return Engine::mysql; }
  std::chrono::milliseconds retry_limit() const override { return kLimit; }

  void clear() override {
    insist([this] {
      wait_until_left_alone();
      observer().ask(
          "DROP DATABASE IF EXISTS aviary; DROP DATABASE IF EXISTS nest;"
          "DROP DATABASE campaign; CREATE DATABASE campaign; USE campaign");
    });
  }
  bool keep() override { return false; }
  void reset() override { clear(); }

  std::unique_ptr<driver::Driver> driver(bool exposed) override {
    return driver::mysql::make_driver(
        exposed ? "mysql://root@127.0.0.1:" + std::to_string(proxy_.port()) + "/" + kDatabase
                : server_.url(kDatabase));
  }

  CutProxy* network() override { return &proxy_; }

  std::vector<pid_t> sessions() override {
    MysqlClient client(server_.socket(), kDatabase);
    std::vector<pid_t> ids;
    for (const std::string& line :
         lines(client.ask(std::string("SELECT id ") + kSessions + " AND id <> " + observer_id_))) {
      ids.push_back(static_cast<pid_t>(std::stol(line)));
    }
    return ids;
  }

  void terminate(const std::vector<pid_t>& sessions) override {
    MysqlClient client(server_.socket(), kDatabase);
    std::string all = "0";
    for (const pid_t session : sessions) {
      all += ", " + std::to_string(session);
      try {
        client.ask("KILL CONNECTION " + std::to_string(session));
      } catch (const std::runtime_error&) {
        // It has ended by itself.
      }
    }
    const std::string left =
        std::string("SELECT count(*) ") + kSessions + " AND id IN (" + all + ")";
    for (int i = 0; i < 10000 && client.ask(left) != "0"; ++i) ::usleep(1000);
  }

  void restart() override {
    server_.stop(SIGKILL);
    server_.start();
  }

  void settle() override { observer(); }
  void rest() override {
    insist([this] { wait_until_left_alone(); });
  }

  void run_sql(const std::string& sql) override {
    MysqlClient client(server_.socket(), kDatabase);
    client.ask(kSoon);
    client.ask(sql);
  }

  std::string versions() override {
    MysqlClient client(server_.socket(), kDatabase);
    return rows(client, "goose_db_version",
                "SELECT version_id, is_applied FROM goose_db_version ORDER BY id");
  }

  std::string goose_table() const override {
    return "CREATE TABLE goose_db_version (\n\t\tid bigint(20) unsigned NOT NULL AUTO_INCREMENT,\n"
           "\t\tversion_id bigint NOT NULL,\n\t\tis_applied boolean NOT NULL,\n"
           "\t\ttstamp datetime NULL default CURRENT_TIMESTAMP,\n\t\tPRIMARY KEY(id)\n\t);";
  }

  std::string goose_row(std::int64_t version) const override {
    return "INSERT INTO goose_db_version (version_id, is_applied) VALUES (" +
           std::to_string(version) + ", true);";
  }

  Picture picture() override {
    // How far a counter has come depends on what was rolled back.
    static const std::regex kCounter(" AUTO_INCREMENT=[0-9]+");
    MysqlClient& client = observer();
    Picture picture;
    picture.schema = client.ask(with_others(kSchema)) + "\n";
    for (const std::string& line : lines(client.ask(with_others(kTables)))) {
      const std::size_t bar = line.find('|');
      const std::string table = line.substr(0, bar);
      const bool is_view = line.substr(bar + 1) == "VIEW";
      const std::string made =
          client.ask((is_view ? "SHOW CREATE VIEW " : "SHOW CREATE TABLE ") + table);
      picture.schema += std::regex_replace(made, kCounter, "") + "\n";
      if (is_view || table.ends_with("`goose_db_version`")) continue;
      std::vector<std::string> all = lines(client.ask("SELECT * FROM " + table));
      std::sort(all.begin(), all.end());
      picture.data += table + "\n";
      for (const std::string& row : all) picture.data += row + "\n";
    }
    picture.versions = rows(client, "goose_db_version",
                            "SELECT version_id, is_applied FROM goose_db_version ORDER BY id");
    picture.history = rows(client, "goose_db_version_history",
                           "SELECT event, version_id, name, checksum, statements FROM "
                           "goose_db_version_history WHERE event <> 'failed' ORDER BY id");
    picture.journal = rows(client, "goose_db_version_journal",
                           "SELECT version_id, direction, done, running FROM "
                           "goose_db_version_journal ORDER BY version_id");
    return picture;
  }

  std::string imprint() override {
    return observer().ask(replaced(
        kWrites, "STATUS", MysqlServer::is_oracle() ? "performance_schema" : "information_schema"));
  }

  std::string leftovers() override {
    wait_until_left_alone();
    MysqlClient& client = observer();
    std::string found = client.ask(
        std::string("SELECT concat('session ', id, ': ', coalesce(info, '')) ") + kSessions);
    found += client.ask("SELECT concat('transaction ', trx_id) FROM information_schema.innodb_trx");
    if (exists(client, "goose_lock")) found += "table goose_lock";
    return found;
  }

 private:
  static std::string with_others(const char* sql) { return replaced(sql, "OTHERS", kOthers); }

  static bool exists(MysqlClient& client, const std::string& table) {
    return client.ask(
               "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND "
               "table_name = '" +
               table + "'") == "1";
  }

  static std::string rows(MysqlClient& client, const std::string& table, const std::string& sql) {
    if (!exists(client, table)) return {};
    const std::string found = client.ask(sql);
    return found.empty() ? found : found + "\n";
  }

  // A session that stays; another one when the server has crashed, as soon as it answers again.
  MysqlClient& observer() {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    for (;;) {
      try {
        if (observer_ == nullptr) {
          observer_ = std::make_unique<MysqlClient>(server_.socket(), kDatabase);
          observer_id_ = observer_->ask("SELECT connection_id()");
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

  // The sessions of a killed run end when the server notices it.
  void wait_until_left_alone() {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    while (observer().ask(std::string("SELECT count(*) ") + kSessions) != "0" &&
           std::chrono::steady_clock::now() < limit) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  MysqlServer server_;
  CutProxy proxy_;
  std::unique_ptr<MysqlClient> observer_;
  std::string observer_id_ = "0";
};

}  // namespace

std::unique_ptr<Stage> make_mysql_stage(std::string* why) {
  if (!MysqlServer::available(why)) return nullptr;
  return std::make_unique<MysqlStage>();
}

}  // namespace gander::crash

#else  // no libmariadb-dev

namespace gander::crash {

std::unique_ptr<Stage> make_mysql_stage(std::string* why) {
  *why = "built without the MySQL driver";
  return nullptr;
}

}  // namespace gander::crash

#endif  // GANDER_WITH_MYSQL
