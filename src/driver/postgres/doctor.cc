// SPDX-License-Identifier: MIT
// What `gander doctor` asks a PostgreSQL server: itself, our session, what the pending migrations
// need, and who could be in their way.
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/blockers.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/grammar.h"
#include "src/driver/postgres/lock_doctor.h"
#include "src/driver/postgres/needs.h"
#include "src/driver/postgres/objects.h"
#include "src/driver/postgres/times.h"

namespace gander::driver::postgres {
namespace {

constexpr int kOldest = 120000;
constexpr int kNewest = 190000;
// Migrations that do not name a limit wait behind such a transaction, and everybody behind them.
constexpr const char* kLong = "interval '30 seconds'";
constexpr double kClockSeconds = 5;

std::string quoted(std::string_view text) { return dialect().literal(text); }

std::string text(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

bool is_true(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr && *number != 0;
}

// "(VALUES ('a', 'place'), ...) AS wanted(name, place)"; there must be one.
std::string wanted(const Needs::Names& names) {
  std::string sql;
  for (const auto& [name, place] : names) {
    sql += (sql.empty() ? "(" : ", (") + quoted(name) + ", " + quoted(place) + ")";
  }
  return "(VALUES " + sql + ") AS wanted(name, place)";
}

class Doctor {
 public:
  Doctor(Connection& connection, const DoctorRequest& about, DoctorReport* report)
      : connection_(connection), about_(about), report_(report) {
    about_.each_pending([this](const std::string& place, const sql::Statement& statement) {
      needs_.add(place, statement.text);
      locks_.add(place, statement);
      const bool bare = statement.kind == sql::StatementKind::bare;
      if (bare && first_bare_.empty()) first_bare_ = place;
    });
  }

  void doctor() {
    // Behind a pooler the settings that were asked for hold inside a transaction only.
    if (connection_.pooled()) transaction_ = std::make_unique<Transaction>(connection_);
    for (const auto check :
         {&Doctor::server, &Doctor::pooler, &Doctor::read_only, &Doctor::schemas, &Doctor::tables,
          &Doctor::objects, &Doctor::owners, &Doctor::extensions, &Doctor::indexes,
          &Doctor::transactions, &Doctor::prepared_transactions, &Doctor::clock, &Doctor::encoding,
          &Doctor::settings}) {
      attempt(check);
    }
    transaction_.reset();
  }

 private:
  void attempt(void (Doctor::*check)()) {
    try {
      (this->*check)();
    } catch (const Error& error) {
      if (error.details().sqlstate.empty() || error.code() == ErrorCode::interrupted) throw;
      if (transaction_) {
        transaction_.reset();
        transaction_ = std::make_unique<Transaction>(connection_);
      }
      add(Severity::note, "doctor", "a check could not be made: " + error.details().message);
    }
  }

  void add(Severity severity, std::string check, std::string message, std::string hint = {}) {
    report_->findings.push_back({severity, std::move(check), std::move(message), std::move(hint)});
  }

  Rows ask(const std::string& sql) { return connection_.query(sql); }

  void server() {
    const std::string version = connection_.query_text(
        "SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1)");
    report_->server = "PostgreSQL " + version;
    const int number = libpq().PQserverVersion(connection_.wire().handle());
    if (number < kOldest) {
      add(Severity::problem, "server", report_->server + " is older than what Gander supports",
          "upgrade to PostgreSQL 12 or newer");
    } else if (number >= kNewest) {
      add(Severity::note, "server",
          report_->server + " is newer than what this version of Gander was tested with");
    } else {
      add(Severity::ok, "server", report_->server);
    }
  }

  void pooler() {
    if (!connection_.pooled()) {
      return add(Severity::ok, "pooler", "the server is connected directly");
    }
    if (first_bare_.empty()) {
      return add(Severity::note, "pooler",
                 "the connection goes through a pooler in transaction mode: runs take a lease");
    }
    add(Severity::problem, "pooler",
        first_bare_ +
            " refuses a transaction, and the connection goes through a pooler in "
            "transaction mode",
        "connect to the server directly; if the pooler is in session mode, add pooler=session to "
        "the URL");
  }

  void read_only() {
    const Rows rows =
        ask("SELECT pg_catalog.pg_is_in_recovery(), "
            "pg_catalog.current_setting('transaction_read_only') = 'on'");
    if (is_true(rows.rows.at(0)[0])) {
      add(Severity::problem, "read_only", "the server is a standby: it takes no changes",
          "connect to the primary, or add target_session_attrs=read-write to the URL");
    } else if (is_true(rows.rows.at(0)[1])) {
      add(Severity::problem, "read_only", "default_transaction_read_only is on for this session",
          "unset it for this role or database");
    } else {
      add(Severity::ok, "read_only", "the server takes changes");
    }
  }

  // Where the version table and the migrations' own objects are made.
  void schemas() {
    Needs::Names schemas = needs_.schemas();
    const std::string& own = about_.version_table.schema;
    const std::string& usual = connection_.default_schema();
    if (usual.empty()) {
      add(Severity::problem, "privileges", "no schema of search_path exists",
          "create the schema first, or name another one with Options::schema");
    }
    const auto unqualified = schemas.find("");
    if (unqualified != schemas.end()) {
      const std::string place = unqualified->second;
      schemas.erase(unqualified);
      if (!usual.empty()) schemas.emplace(dialect().quote(usual), place);
    }
    if (!own.empty() && !has(about_.version_table)) {
      schemas.emplace(dialect().quote(own), "the version table");
    }
    if (schemas.empty()) return;
    const Rows rows =
        ask("SELECT wanted.name, wanted.place, pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND "
            "pg_catalog.has_schema_privilege(n.oid, 'CREATE'), current_user::text FROM " +
            wanted(schemas) +
            " JOIN pg_catalog.pg_namespace AS n ON n.oid = "
            "pg_catalog.to_regnamespace(wanted.name)");
    bool good = true;
    for (const auto& row : rows.rows) {
      if (is_true(row[2])) continue;
      good = false;
      add(Severity::problem, "privileges",
          text(row[3]) + " may not create anything in schema " + text(row[0]) + ", which " +
              text(row[1]) + " needs",
          "GRANT USAGE, CREATE ON SCHEMA " + text(row[0]) + " TO " + text(row[3]));
    }
    if (good) add(Severity::ok, "privileges", "the role may create what is pending");
  }

  static std::string sql_name(const TableName& table) {
    return (table.schema.empty() ? "" : dialect().quote(table.schema) + ".") +
           dialect().quote(table.table);
  }

  bool has(const TableName& table) {
    return !connection_
                .query_text("SELECT pg_catalog.to_regclass(" + quoted(sql_name(table)) + ")::text")
                .empty();
  }

  void tables() {
    side_tables();
    for (const TableName* table :
         {&about_.version_table, &about_.history_table, &about_.journal_table}) {
      if (!has(*table)) continue;
      const std::string name = sql_name(*table);
      std::string missing;
      for (const char* privilege : {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
        const std::string granted =
            connection_.query_text("SELECT 'granted' WHERE pg_catalog.has_table_privilege(" +
                                   quoted(name) + ", '" + privilege + "')");
        if (granted.empty()) missing += (missing.empty() ? "" : ", ") + std::string(privilege);
      }
      if (!missing.empty()) {
        const std::string role = connection_.query_text("SELECT current_user::text");
        add(Severity::problem, "privileges",
            role + " may not read and write " + name + ": it lacks " + missing,
            "GRANT " + missing + " ON " + name + " TO " + role);
      }
      if (table != &about_.journal_table) sequence(name);
    }
  }

  // Without them runs are possible, and less is known of them.
  void side_tables() {
    const std::string& own = about_.version_table.schema;
    if (own.empty() || !has(about_.version_table)) return;
    if (has(about_.history_table) && has(about_.journal_table)) return;
    const std::string role = connection_.query_text(
        "SELECT current_user::text WHERE NOT pg_catalog.has_schema_privilege(" + quoted(own) +
        ", 'CREATE')");
    if (role.empty()) return;
    add(Severity::warning, "privileges",
        role + " may not create the tables for history and progress in schema " +
            dialect().quote(own),
        "GRANT CREATE ON SCHEMA " + dialect().quote(own) + " TO " + role +
            " for one run, or let its owner migrate once");
  }

  // What gives the rows their numbers: other tools copy rows without it, and a role may lack it.
  void sequence(const std::string& table) {
    const std::string name = connection_.query_text("SELECT pg_catalog.pg_get_serial_sequence(" +
                                                    quoted(table) + ", 'id')");
    if (name.empty()) return;
    const bool identity = !connection_
                               .query_text(
                                   "SELECT 'identity' FROM pg_catalog.pg_attribute WHERE "
                                   "attrelid = pg_catalog.to_regclass(" +
                                   quoted(table) + ") AND attname = 'id' AND attidentity <> ''")
                               .empty();
    const std::string role = connection_.query_text(
        "SELECT current_user::text WHERE NOT pg_catalog.has_sequence_privilege(" + quoted(name) +
        ", 'USAGE')");
    if (!identity && !role.empty()) {
      add(Severity::problem, "privileges",
          role + " may not use the sequence " + name + ", which numbers the rows of " + table,
          "GRANT USAGE ON SEQUENCE " + name + " TO " + role);
    }
    const bool readable =
        !connection_
             .query_text("SELECT 'readable' WHERE pg_catalog.has_sequence_privilege(" +
                         quoted(name) + ", 'SELECT') AND pg_catalog.has_table_privilege(" +
                         quoted(table) + ", 'SELECT')")
             .empty();
    if (!readable) return;
    const Rows rows =
        ask("SELECT n.next::text, m.id::text FROM (SELECT CASE WHEN is_called THEN "
            "last_value + 1 ELSE last_value END AS next FROM " +
            name + ") AS n, (SELECT max(id) AS id FROM " + table + ") AS m WHERE n.next <= m.id");
    if (rows.rows.empty()) return;
    add(Severity::problem, "version_table",
        "the sequence of " + table + " is behind: it would give the number " +
            text(rows.rows[0][0]) + ", and " + text(rows.rows[0][1]) + " is taken",
        "SELECT setval(" + quoted(name) + ", (SELECT max(id) FROM " + table + "))");
  }

  // What the pending statements make although it is there, or change although it is not.
  void objects() {
    Objects objects(connection_);
    ObjectClaims claims(
        kGrammar, [&](const ObjectName& object) { return objects.has(object); },
        connection_.default_schema(), false);
    about_.each_pending([&](const std::string& place, const sql::Statement& statement) {
      claims.add(place, statement);
    });
    add_conflicts(claims.conflicts(), report_);
  }

  void owners() {
    if (needs_.altered().empty()) return;
    const Rows rows = ask(
        "SELECT wanted.name, wanted.place, pg_catalog.pg_get_userbyid(c.relowner)::text, "
        "current_user::text FROM " +
        wanted(needs_.altered()) +
        " JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(wanted.name) WHERE NOT "
        "pg_catalog.pg_has_role(c.relowner, 'USAGE')");
    for (const auto& row : rows.rows) {
      add(Severity::problem, "privileges",
          text(row[1]) + " changes " + text(row[0]) + ", which belongs to " + text(row[2]) +
              " and not to " + text(row[3]),
          "migrate as " + text(row[2]) + ", for example with Options::role");
    }
  }

  void extensions() {
    Needs::Names on_database = needs_.on_database();
    for (const auto& [name, place] : needs_.extensions()) {
      const std::string known = connection_.query_text(
          "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = " +
          quoted(catalogue_name(name)) +
          ") THEN 'installed' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions WHERE "
          "name = " +
          quoted(catalogue_name(name)) + ") THEN 'available' END");
      if (known.empty()) {
        add(Severity::problem, "extensions",
            place + " needs the extension " + name + ", which this server does not have",
            "install its package on the server");
      }
      if (known == "available") on_database.emplace("EXTENSION", place);
    }
    for (const auto& [what, place] : on_database) {
      const std::string role = connection_.query_text(
          "SELECT current_user::text WHERE NOT pg_catalog.has_database_privilege("
          "pg_catalog.current_database(), 'CREATE')");
      if (role.empty()) continue;
      add(Severity::problem, "privileges",
          role + " may not CREATE " + what + " in this database, which " + place + " does",
          "GRANT CREATE ON DATABASE to it, or let an administrator do it beforehand");
    }
  }

  void indexes() {
    const Rows rows = ask(
        "SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text FROM pg_catalog.pg_index "
        "AS i WHERE NOT i.indisvalid ORDER BY 1");
    for (const auto& row : rows.rows) {
      add(Severity::warning, "indexes",
          "the index " + text(row[0]) + " of " + text(row[1]) + " is invalid: no query uses it",
          "somebody may be building it; otherwise REINDEX INDEX CONCURRENTLY " + text(row[0]) +
              ", or drop it");
    }
    if (rows.rows.empty()) add(Severity::ok, "indexes", "no index is invalid");
  }

  // Sessions that a pending migration would have to wait for now, and those that have been in a
  // transaction for long.
  void transactions() {
    const std::int64_t before = report_->count(Severity::warning);
    locks_.doctor(connection_, report_);
    const Rows rows =
        ask("SELECT a.pid::bigint, " + std::string(kSessionDescription) +
            " FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = "
            "pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND "
            "a.backend_type = 'client backend' AND a.xact_start < pg_catalog.clock_timestamp() - " +
            kLong + " ORDER BY a.xact_start");
    for (const auto& row : rows.rows) {
      if (locks_.named().contains(std::get<std::int64_t>(row[0]))) continue;
      add(Severity::warning, "transactions",
          text(row[1]) + " has been in a transaction for more than half a minute",
          "let it finish: it may come to lock what the pending migrations change");
    }
    if (report_->count(Severity::warning) > before) return;
    if (locks_.untold() == 0) {
      add(Severity::ok, "transactions", "no transaction would keep the pending migrations waiting");
    }
  }

  void prepared_transactions() {
    const Rows rows = ask("SELECT gid, " + utc_seconds("prepared") +
                          " FROM pg_catalog.pg_prepared_xacts WHERE database = "
                          "pg_catalog.current_database() ORDER BY 1");
    for (const auto& row : rows.rows) {
      add(Severity::warning, "transactions",
          "the prepared transaction " + text(row[0]) + " keeps its locks since " + text(row[1]) +
              " UTC",
          "COMMIT PREPARED or ROLLBACK PREPARED it");
    }
  }

  void clock() {
    const Rows rows = ask("SELECT extract(epoch FROM pg_catalog.clock_timestamp())::float8");
    const auto* there = std::get_if<double>(&rows.rows.at(0)[0]);
    if (there == nullptr) return;
    const double here =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const double apart = std::abs(*there - here);
    if (apart < kClockSeconds) {
      return add(Severity::ok, "clock", "the clocks of server and client agree");
    }
    add(Severity::warning, "clock",
        "the clocks of server and client are " + std::to_string(std::llround(apart)) +
            " seconds apart",
        "`gander create` numbers files by the client's clock, the history has the server's: set "
        "them by NTP");
  }

  void encoding() {
    const std::string name =
        connection_.query_text("SELECT pg_catalog.current_setting('server_encoding')");
    if (name == "UTF8") return add(Severity::ok, "encoding", "the database's encoding is UTF8");
    add(Severity::warning, "encoding",
        name == "SQL_ASCII" ? "the database's encoding is SQL_ASCII: it takes any bytes for text"
                            : "the database's encoding is " + name +
                                  ": it refuses characters that " + name + " lacks",
        "make new databases with ENCODING 'UTF8'");
  }

  // Limits of this role or database that no flag has set.
  void settings() {
    for (const char* name : {"statement_timeout", "idle_in_transaction_session_timeout"}) {
      const std::string value = connection_.query_text(
          "SELECT setting || coalesce(unit, '') FROM pg_catalog.pg_settings WHERE name = " +
          quoted(name) + " AND setting <> '0' AND source <> 'session'");
      if (value.empty()) continue;
      add(Severity::note, "settings",
          std::string(name) + " is " + value + ": a slow migration is ended by the server",
          "Options::statement_timeout sets another limit for statements");
    }
    if (connection_.query_text("SELECT pg_catalog.current_setting('synchronous_commit')") ==
        "off") {
      add(Severity::note, "settings",
          "synchronous_commit is off: a crash of the server may undo the last migrations, with "
          "their version rows");
    }
  }

  Connection& connection_;
  const DoctorRequest& about_;
  DoctorReport* report_;
  Needs needs_;
  LockDoctor locks_;
  std::string first_bare_;
  std::unique_ptr<Transaction> transaction_;
};

}  // namespace

void Connection::doctor(const DoctorRequest& about, DoctorReport* report) {
  Doctor(*this, about, report).doctor();
}

}  // namespace gander::driver::postgres
