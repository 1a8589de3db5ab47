// SPDX-License-Identifier: MIT
#include "src/driver/mysql/doctor.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/base/in_words.h"
#include "src/driver/mysql/blockers.h"
#include "src/driver/mysql/catalogue.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/grants.h"
#include "src/driver/mysql/needs.h"
#include "src/driver/object_claims.h"

namespace gander::driver::mysql {
namespace {

constexpr int kOldestMariadb = 100600;
constexpr int kOldestMysql = 80000;
// Migrations wait behind such a transaction, and everybody behind them.
constexpr const char* kLongSeconds = "30";
constexpr std::chrono::minutes kLongWait{1};
// More would be consequences of the first ones.
constexpr std::size_t kMostConflicts = 20;
constexpr std::size_t kMostNames = 5;

std::string literal(std::string_view text) { return dialect().literal(text); }

std::string version_words(int version) {
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

std::string sql_name(const TableName& table) {
  return (table.schema.empty() ? "" : dialect().quote(table.schema) + ".") +
         dialect().quote(table.table);
}

// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kMostNames) {
    text += " and " + std::to_string(names.size() - kMostNames) + " more";
  }
  return text;
}

const char* noun_of(ObjectType type) {
  switch (type) {
    case ObjectType::trigger:
      return "trigger";
    case ObjectType::procedure:
      return "procedure";
    case ObjectType::function:
      return "function";
    case ObjectType::event:
      return "event";
    case ObjectType::database:
      return "database";
    case ObjectType::user:
      return "user";
    case ObjectType::role:
      return "role";
    default:
      return "table";
  }
}

// Those that a user who may migrate may also look for.
bool is_told(ObjectType type) {
  switch (type) {
    case ObjectType::table:
    case ObjectType::trigger:
    case ObjectType::procedure:
    case ObjectType::function:
    case ObjectType::event:
    case ObjectType::database:
      return true;
    default:
      return false;
  }
}

class Doctor {
 public:
  Doctor(Connection& connection, const DoctorRequest& about, DoctorReport* report)
      : connection_(connection),
        about_(about),
        report_(report),
        mariadb_(connection.server().mariadb) {
    about_.each_pending([this](const std::string& place, const sql::Statement& statement) {
      needs_.add(place, statement);
    });
  }

  void doctor() {
    for (const auto check :
         {&Doctor::server, &Doctor::variables, &Doctor::read_only, &Doctor::cluster,
          &Doctor::replication, &Doctor::privileges, &Doctor::tables, &Doctor::policies,
          &Doctor::binary_log, &Doctor::objects, &Doctor::engines, &Doctor::transactions,
          &Doctor::settings}) {
      attempt(check);
    }
  }

 private:
  void attempt(void (Doctor::*check)()) {
    try {
      (this->*check)();
    } catch (const Error& error) {
      if (error.details().sqlstate.empty() || error.code() == ErrorCode::interrupted) throw;
      add(Severity::note, "doctor", "a check could not be made: " + error.details().message);
    }
  }

  void add(Severity severity, std::string check, std::string message, std::string hint = {}) {
    report_->findings.push_back({severity, std::move(check), std::move(message), std::move(hint)});
  }

  std::string variable(const std::string& name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::string() : found->second;
  }
  bool is_on(const std::string& name) const {
    const std::string value = variable(name);
    return !value.empty() && value != "OFF" && value != "0";
  }

  void server() {
    const Server& server = connection_.server();
    report_->server = (server.tidb      ? "TiDB " + server.text
                       : server.mariadb ? "MariaDB " + version_words(server.version)
                                        : "MySQL " + version_words(server.version));
    const int oldest = server.mariadb ? kOldestMariadb : kOldestMysql;
    if (!server.tidb && server.version < oldest) {
      return add(Severity::warning, "server",
                 report_->server + " is older than what Gander was tested with",
                 "its changes of a schema are not atomic: after a crash a run may have to ask; "
                 "upgrade to MariaDB 10.6 or MySQL 8.0, or newer");
    }
    add(Severity::ok, "server", report_->server);
  }

  void variables() {
    const Rows rows = connection_.query(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', "
        "'innodb_read_only', 'transaction_read_only', 'tx_read_only', 'log_bin', "
        "'log_bin_trust_function_creators', 'binlog_format', 'sql_require_primary_key', "
        "'innodb_force_primary_key', 'max_allowed_packet', 'wsrep_on', 'wsrep_OSU_method', "
        "'group_replication_group_name', 'performance_schema')");
    for (const auto& row : rows.rows) variables_[cell_text(row.at(0))] = cell_text(row.at(1));
    std::string show = "SHOW GRANTS";
    const std::string role = text("SELECT CURRENT_ROLE()");
    if (!mariadb_ && !role.empty() && role != "NONE") show += " FOR CURRENT_USER() USING " + role;
    for (const auto& row : connection_.query(show).rows) grants_.add(cell_text(row.at(0)));
    database_ = connection_.default_schema();
    user_ = text("SELECT CURRENT_USER()");
    const std::size_t at = user_.rfind('@');
    account_ = "'" + user_.substr(0, at) + "'@'" + user_.substr(at + 1) + "'";
  }

  std::string text(const std::string& sql) {
    const Rows rows = connection_.query(sql);
    return rows.rows.empty() ? std::string() : cell_text(rows.rows[0].at(0));
  }

  void read_only() {
    const bool exempt =
        grants_.allow_everywhere("SUPER") ||
        grants_.allow_everywhere(mariadb_ ? "READ ONLY ADMIN" : "CONNECTION_ADMIN") ||
        grants_.allow_everywhere("READ_ONLY ADMIN");
    if (is_on("super_read_only") || is_on("innodb_read_only")) {
      return add(Severity::problem, "read_only",
                 std::string("the server takes no changes: ") +
                     (is_on("super_read_only") ? "super_read_only" : "innodb_read_only") + " is on",
                 "connect to the primary server");
    }
    if (is_on("read_only") && !exempt) {
      return add(Severity::problem, "read_only", "the server takes no changes: read_only is on",
                 "connect to the primary server");
    }
    if (is_on("transaction_read_only") || is_on("tx_read_only")) {
      return add(Severity::problem, "read_only", "transaction_read_only is on for this session",
                 "set it off for new sessions");
    }
    add(Severity::ok, "read_only", "the server takes changes");
  }

  void cluster() {
    if (!variable("group_replication_group_name").empty()) {
      add(Severity::note, "cluster", "the server is one of a replication group: runs take a lease");
    }
    if (!is_on("wsrep_on")) return;
    add(Severity::note, "cluster", "the server is a node of a Galera cluster: runs take a lease");
    if (variable("wsrep_OSU_method") == "RSU") {
      add(Severity::problem, "cluster",
          "wsrep_OSU_method is RSU: changes of the schema reach this node alone",
          "set it to TOI for the user that migrates");
    }
    std::map<std::string, std::string> status;
    for (const auto& row : connection_.query("SHOW STATUS LIKE 'wsrep_%'").rows) {
      status[cell_text(row.at(0))] = cell_text(row.at(1));
    }
    if (status["wsrep_ready"] != "ON" || status["wsrep_cluster_status"] != "Primary") {
      add(Severity::problem, "cluster",
          "the node takes no changes: it is " + status["wsrep_local_state_comment"] +
              ", and its part of the cluster is " + status["wsrep_cluster_status"],
          "connect to a node that is in sync");
    } else if (status["wsrep_local_state_comment"] != "Synced") {
      add(Severity::warning, "cluster",
          "the node is not in sync: it is " + status["wsrep_local_state_comment"],
          "wait until it is, or connect to another node");
    }
  }

  void replication() {
    Rows rows;
    try {
      rows = connection_.query(mariadb_ ? "SHOW ALL SLAVES STATUS" : "SHOW REPLICA STATUS");
    } catch (const Error& error) {
      if (!is_refusal(error)) throw;
      return;  // a matter of administrators
    }
    for (const auto& row : rows.rows) {
      std::string behind;
      for (std::size_t i = 0; i < rows.columns.size(); ++i) {
        if (rows.columns[i].starts_with("Seconds_Behind_")) behind = cell_text(row.at(i));
      }
      add(Severity::warning, "replication",
          "the server is a replica, " +
              (behind.empty() ? "and does not replicate now"
                              : behind + " seconds behind its source") +
              ": what is migrated here reaches nobody else",
          "connect to its source");
    }
  }

  // What the version table and the pending migrations ask for.
  void privileges() {
    std::map<std::pair<std::string, std::string>, std::string> missing;  // by object and place
    const auto need = [&](const std::string& privilege, const std::string& schema,
                          const std::string& table, const std::string& place) {
      const std::string& database = schema.empty() ? database_ : schema;
      if (grants_.allow(privilege, database, table)) return;
      std::string& all = missing[{
          dialect().quote(database) + "." + (table.empty() ? "*" : dialect().quote(table)), place}];
      all += (all.empty() ? "" : ", ") + privilege;
    };
    for (const TableName* table :
         {&about_.version_table, &about_.history_table, &about_.journal_table}) {
      const std::string place = "the table " + table->table;
      const bool there = connection_.tables_exist({*table}).at(0);
      if (!there) need("CREATE", table->schema, table->table, place);
      for (const char* privilege : {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
        need(privilege, table->schema, table->table, place);
      }
    }
    for (const auto& [what, place] : needs_.privileges()) need(what.first, what.second, {}, place);
    for (const auto& [what, names] : missing) {
      add(Severity::problem, "privileges",
          user_ + " may not " + names + " on " + what.first + ", as " + what.second + " needs",
          "GRANT " + names + " ON " + what.first + " TO " + account_);
    }
    if (missing.empty()) add(Severity::ok, "privileges", "the user may do what is pending");
  }

  // Records are kept with the work only where both can be rolled back.
  void tables() {
    for (const TableName* table :
         {&about_.version_table, &about_.history_table, &about_.journal_table}) {
      const std::string engine =
          text("SELECT engine FROM information_schema.tables WHERE table_schema = " +
               (table->schema.empty() ? "DATABASE()" : literal(table->schema)) +
               " AND table_name = " + literal(table->table));
      if (engine.empty() || engine == "InnoDB" || connection_.server().tidb) continue;
      add(Severity::problem, "version_table",
          "the table " + table->table + " is of the engine " + engine +
              ", which has no transactions: what is recorded there cannot be taken back",
          "ALTER TABLE " + sql_name(*table) + " ENGINE = InnoDB");
    }
  }

  void policies() {
    const bool wanted = is_on("sql_require_primary_key") || is_on("innodb_force_primary_key");
    if (!wanted) return;
    const std::string name =
        is_on("sql_require_primary_key") ? "sql_require_primary_key" : "innodb_force_primary_key";
    if (needs_.without_key().empty()) {
      return add(Severity::ok, "primary_keys", name + " is on, and every new table has its key");
    }
    add(Severity::problem, "primary_keys",
        name + " is on, and new tables have no primary key: " + listed(needs_.without_key()),
        "give them one");
  }

  void binary_log() {
    if (!is_on("log_bin")) return;
    if (variable("binlog_format") == "STATEMENT") {
      add(Severity::note, "binary_log",
          "binlog_format is STATEMENT: replicas run each statement again, and may come to other "
          "rows",
          "set it to ROW or MIXED");
    }
    if (is_on("log_bin_trust_function_creators")) return;
    const char* const hint =
        "an administrator can set log_bin_trust_function_creators = 1 before the run";
    if (!needs_.unsafe_functions().empty()) {
      add(Severity::problem, "binary_log",
          "the server writes a binary log and refuses functions that are neither DETERMINISTIC, "
          "NO SQL nor READS SQL DATA: " +
              listed(needs_.unsafe_functions()),
          hint);
    }
    const bool trusted =
        grants_.allow_everywhere("SUPER") || grants_.allow_everywhere("BINLOG ADMIN");
    if (needs_.first_program().empty() || trusted) return;
    add(Severity::problem, "binary_log",
        "the server writes a binary log, and " + user_ +
            " may create no functions and triggers there, as " + needs_.first_program() + " does",
        hint);
  }

  // What the pending statements make although it is there, or change although it is not.
  void objects() {
    std::vector<ObjectClaims::Conflict> conflicts;
    Catalogue catalogue(connection_);
    for (const Needs::Pending& pending : needs_.pending()) {
      if (pending.opaque || conflicts.size() >= kMostConflicts) break;
      if (!pending.temporary.empty()) {
        known_[key({ObjectType::table, database_, pending.temporary})] = true;
      }
      for (const Touch& touch : pending.effect.touches) {
        if (!is_told(touch.object.type)) continue;
        Object object = touch.object;
        if (object.schema.empty() && object.type != ObjectType::database) object.schema = database_;
        const bool there = exists(&catalogue, object);
        const bool comes = touch.change == Change::comes || touch.change == Change::moves_in;
        const bool either = pending.effect.guarded || touch.change == Change::replaced;
        if (there == comes && !either) {
          conflicts.push_back(
              {pending.place,
               pending.place + ": the " + (pending.view ? "view" : noun_of(object.type)) + " " +
                   touch.object.name + (there ? " exists already" : " does not exist"),
               there});
        }
        const bool gone = touch.change == Change::goes || touch.change == Change::moves_off;
        known_[key(object)] = !gone;
        // With all that is in it.
        if (gone && object.type == ObjectType::database) return add_conflicts(conflicts, report_);
        if (gone && object.type == ObjectType::table) forget_triggers(object.schema);
      }
    }
    add_conflicts(conflicts, report_);
  }

  static std::string key(const Object& object) {
    return std::to_string(static_cast<int>(object.type)) + '\n' + object.schema + '\n' +
           object.name;
  }

  bool exists(Catalogue* catalogue, const Object& object) {
    const auto known = known_.find(key(object));
    if (known != known_.end()) return known->second;
    return catalogue->look({{object}}).states.at(0).present;
  }

  // A trigger goes with its table.
  void forget_triggers(const std::string& schema) {
    const std::string prefix = key({ObjectType::trigger, schema, {}});
    std::erase_if(known_, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  }

  // Rows of theirs stay when a migration fails.
  void engines() {
    const Rows rows = connection_.query(
        "SELECT table_name, engine FROM information_schema.tables WHERE table_schema = DATABASE() "
        "AND table_type = 'BASE TABLE' AND engine IN ('MyISAM', 'Aria', 'MEMORY', 'CSV', "
        "'ARCHIVE', 'MRG_MyISAM') ORDER BY 1 LIMIT 100");
    std::vector<std::string> names;
    for (const auto& row : rows.rows) {
      names.push_back(cell_text(row.at(0)) + " (" + cell_text(row.at(1)) + ")");
    }
    if (names.empty()) return;
    add(Severity::note, "engines", "tables without transactions: " + listed(names),
        "what a migration changes in them stays when it fails; ALTER TABLE ... ENGINE = InnoDB");
  }

  // Sessions that a pending migration would have to wait for now, and those that have been in a
  // transaction, or at a statement, for long.
  void transactions() {
    const std::int64_t before = report_->count(Severity::warning);
    std::set<std::string> named;
    holders(&named);
    const Rows rows = connection_.query(
        "SELECT p.id, " + std::string(kProcessDescription) +
        " FROM information_schema.innodb_trx AS x JOIN information_schema.processlist AS p ON p.id "
        "= x.trx_mysql_thread_id WHERE p.id <> CONNECTION_ID() AND x.trx_started < "
        "COALESCE(CONVERT_TZ(SYSDATE(), @@session.time_zone, 'SYSTEM'), SYSDATE()) - INTERVAL " +
        kLongSeconds + " SECOND ORDER BY x.trx_started");
    for (const auto& row : rows.rows) {
      if (!named.insert(cell_text(row.at(0))).second) continue;
      add(Severity::warning, "transactions",
          cell_text(row.at(1)) + " has been in a transaction for more than half a minute",
          "let it finish: it may come to lock what the pending migrations change");
    }
    const Rows statements = connection_.query(
        "SELECT p.id, " + std::string(kProcessDescription) +
        " FROM information_schema.processlist AS p WHERE p.id <> CONNECTION_ID() AND p.command = "
        "'Query' AND p.time > " +
        kLongSeconds + " AND p.db = DATABASE() ORDER BY p.id");
    for (const auto& row : statements.rows) {
      if (!named.insert(cell_text(row.at(0))).second) continue;
      add(Severity::warning, "transactions",
          cell_text(row.at(1)) + " has been at one statement for more than half a minute",
          "let it finish: its tables cannot be changed before");
    }
    if (report_->count(Severity::warning) > before) return;
    add(Severity::ok, "transactions", "no transaction would keep the pending migrations waiting");
  }

  // Metadata locks on tables that are to be changed.
  void holders(std::set<std::string>* named) {
    std::map<std::pair<std::string, std::string>, std::string> wanted;
    for (const Needs::Pending& pending : needs_.pending()) {
      for (const Touch& touch : pending.effect.touches) {
        const bool comes = touch.change == Change::comes || touch.change == Change::moves_in;
        if (comes || touch.object.type != ObjectType::table) continue;
        const std::string& schema = touch.object.schema;
        wanted.emplace(std::pair(schema.empty() ? database_ : schema, touch.object.name),
                       pending.place);
      }
    }
    if (wanted.empty()) return;
    for (const auto& row : metadata_locks().rows) {
      const auto found = wanted.find({cell_text(row.at(0)), cell_text(row.at(1))});
      if (found == wanted.end()) continue;
      named->insert(cell_text(row.at(2)));
      add(Severity::warning, "transactions",
          found->second + " would wait for " + cell_text(row.at(3)) + ", which uses the table " +
              found->first.second,
          "let it finish, or end it");
    }
  }

  // Table, session and its description; nothing where the server does not tell. (MariaDB tells with
  // performance_schema, or with its plugin metadata_lock_info.)
  Rows metadata_locks() {
    const std::string told =
        is_on("performance_schema")
            ? "SELECT DISTINCT g.object_schema, g.object_name, t.processlist_id, " +
                  std::string(kThreadDescription) +
                  " FROM performance_schema.metadata_locks AS g JOIN performance_schema.threads AS "
                  "t ON t.thread_id = g.owner_thread_id WHERE g.object_type = 'TABLE' AND "
                  "g.lock_status = 'GRANTED' AND t.processlist_id <> CONNECTION_ID() ORDER BY 3, "
                  "1, 2"
            : "SELECT DISTINCT g.table_schema, g.table_name, p.id, " +
                  std::string(kProcessDescription) +
                  " FROM information_schema.metadata_lock_info AS g JOIN "
                  "information_schema.processlist AS p ON p.id = g.thread_id WHERE g.lock_type = "
                  "'Table metadata lock' AND p.id <> CONNECTION_ID() ORDER BY 3, 1, 2";
    try {
      return connection_.query(told);
    } catch (const Error& error) {
      if (!is_refusal(error)) throw;
      return {};
    }
  }

  void settings() {
    const std::chrono::milliseconds wait = connection_.lock_limit();
    if (wait > kLongWait) {
      add(Severity::note, "settings",
          "a statement waits up to " + in_words(wait) +
              " for its lock, and everybody who wants the table behind it",
          "Options::lock_timeout gives it up earlier and tries again");
    }
    std::int64_t most = 0;
    const std::string packet = variable("max_allowed_packet");
    std::from_chars(packet.data(), packet.data() + packet.size(), most);
    for (const Needs::Pending& pending : needs_.pending()) {
      if (most == 0 || pending.size < static_cast<std::size_t>(most)) continue;
      add(Severity::problem, "settings",
          pending.place + " is a statement of " + std::to_string(pending.size) +
              " bytes, and max_allowed_packet is " + packet,
          "raise it on the server, or make several statements of it");
      break;
    }
  }

  Connection& connection_;
  const DoctorRequest& about_;
  DoctorReport* report_;
  bool mariadb_;
  Needs needs_;
  std::map<std::string, std::string> variables_;
  Grants grants_;
  std::string database_;
  std::string user_;
  std::string account_;                // in quotes
  std::map<std::string, bool> known_;  // by pending statements
};

}  // namespace

void doctor_server(Connection& connection, const DoctorRequest& about, DoctorReport* report) {
  Doctor(connection, about, report).doctor();
}

}  // namespace gander::driver::mysql
