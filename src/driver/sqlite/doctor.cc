// SPDX-License-Identifier: MIT
// What `gander doctor` asks about a SQLite database: first the file, then what is in it.
#include "src/driver/sqlite/doctor.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "src/driver/object_claims.h"
#include "src/driver/sqlite/connection.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/file_locks.h"
#include "src/driver/sqlite/grammar.h"
#include "src/driver/sqlite/place.h"

namespace gander::driver::sqlite {
namespace {

namespace fs = std::filesystem;

// A rebuilt table and its rollback journal need about this much of the database once more.
constexpr std::uintmax_t kRoom = 2;
constexpr std::uintmax_t kLeastRoom = 16 << 20;

class Doctor {
 public:
  Doctor(Connection& connection, DoctorReport* report) : connection_(connection), report_(report) {}

  void doctor() {
    report_->server = std::string("SQLite ") + sqlite3_libversion();
    add(Severity::ok, "server", report_->server);
    read_only();
    journal_mode();
    integrity();
    foreign_keys();
  }

 private:
  void add(Severity severity, std::string check, std::string message, std::string hint = {}) {
    report_->findings.push_back({severity, std::move(check), std::move(message), std::move(hint)});
  }

  std::string ask(const char* sql) {
    const Rows rows = connection_.query(sql);
    if (rows.rows.empty()) return {};
    const Value& value = rows.rows[0][0];
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? std::string() : *text;
  }

  void read_only() {
    auto* handle = static_cast<sqlite3*>(connection_.native_handle());
    if (sqlite3_db_readonly(handle, "main") == 1) {
      add(Severity::problem, "read_only", "the database is opened read-only",
          "leave mode=ro out of the URL, and check the permissions of the file");
    }
    if (ask("PRAGMA query_only") == "1") {
      add(Severity::problem, "read_only", "query_only is on: nothing can be written",
          "leave query_only out of the URL");
    }
  }

  void journal_mode() {
    const std::string mode = ask("PRAGMA journal_mode");
    const bool unsafe = mode == "off";
    for (const Warning& warning : connection_.take_warnings()) {
      add(Severity::warning, "journal_mode", warning.text, "");
    }
    add(unsafe ? Severity::warning : Severity::ok, "journal_mode", "journal_mode is " + mode,
        unsafe ? "a migration that fails cannot be rolled back: leave journal_mode=off out" : "");
    if (ask("PRAGMA synchronous") == "0") {
      add(Severity::warning, "journal_mode",
          "synchronous is off: a power failure can damage the database",
          "leave synchronous=off out of the URL");
    }
  }

  void integrity() {
    const Rows rows = connection_.query("PRAGMA quick_check(3)");
    std::string found;
    for (const auto& row : rows.rows) {
      const auto* text = std::get_if<std::string>(&row[0]);
      if (text != nullptr) found += (found.empty() ? "" : "; ") + *text;
    }
    if (found == "ok") return add(Severity::ok, "integrity", "quick_check finds no damage");
    add(Severity::problem, "integrity", "the database is damaged: " + found,
        "restore a backup, or rescue what can be read with sqlite3's .recover");
  }

  void foreign_keys() {
    std::int64_t broken = 0;
    for (const IntegrityProblem& problem : connection_.integrity_problems()) {
      broken += problem.count;
    }
    const std::vector<IntegrityProblem> lost = connection_.lost_parents(false);
    for (const IntegrityProblem& problem : lost) {
      add(Severity::warning, "foreign_keys", problem.what,
          "nothing can be inserted with such a key once foreign keys are enforced: create that "
          "table, or rebuild the one that names it");
    }
    if (broken > 0) {
      add(Severity::warning, "foreign_keys",
          broken == 1 ? "1 row refers to a row that is not there"
                      : std::to_string(broken) + " rows refer to rows that are not there",
          "`PRAGMA foreign_key_check` lists them; a migration is only held to new ones");
    } else if (lost.empty()) {
      add(Severity::ok, "foreign_keys", "no row refers to one that is not there");
    }
    if (ask("PRAGMA foreign_keys") == "0") {
      add(Severity::note, "foreign_keys",
          "foreign keys are not enforced while migrations run, which is SQLite's default; "
          "applications must turn them on for each of their connections");
    }
  }

  Connection& connection_;
  DoctorReport* report_;
};

// Of the database itself; what is attached is not looked at.
std::optional<bool> has_object(Connection& connection, const ObjectName& object) {
  if (!object.schema.empty() || object.name.starts_with("sqlite_")) return std::nullopt;
  const auto found = [&](std::string sql, const std::string& name) {
    sql.replace(sql.find("?1"), 2, dialect().literal(name));
    return !connection.query(sql).rows.empty();
  };
  constexpr const char* kObject =
      "SELECT 1 FROM sqlite_master WHERE lower(name) = ?1 AND type <> 'trigger'";
  switch (object.kind) {
    case ObjectKind::relation:
    case ObjectKind::part:
      return found(kObject, object.name);
    case ObjectKind::column:
      if (!found(kObject, object.table)) return std::nullopt;
      for (const auto& row : connection
                                 .query("SELECT lower(name) FROM pragma_table_xinfo(" +
                                        dialect().literal(object.table) + ")")
                                 .rows) {
        if (row[0] == Value(object.name)) return true;
      }
      return false;
    default:
      return std::nullopt;
  }
}

// What the pending statements make although it is there, or change although it is not.
void doctor_objects(Connection& connection, const DoctorRequest& about, DoctorReport* report) {
  ObjectClaims claims(
      kGrammar, [&](const ObjectName& object) { return has_object(connection, object); }, "main",
      true);
  about.each_pending([&](const std::string& place, const sql::Statement& statement) {
    claims.add(place, statement);
  });
  add_conflicts(claims.conflicts(), report);
}

void add(DoctorReport* report, Severity severity, std::string check, std::string message,
         std::string hint) {
  report->findings.push_back({severity, std::move(check), std::move(message), std::move(hint)});
}

void doctor_space(const fs::path& file, const fs::path& directory, DoctorReport* report) {
  std::error_code failed;
  const fs::space_info space = fs::space(directory, failed);
  if (failed) return;
  std::error_code absent;
  const std::uintmax_t size = fs::file_size(file, absent);
  const std::uintmax_t wanted = std::max(kLeastRoom, absent ? 0 : kRoom * size);
  if (space.available >= wanted) return;
  add(report, Severity::warning, "disk_space",
      "only " + std::to_string(space.available >> 20) + " MiB are free in " + directory.string(),
      "a migration that rewrites a table needs up to twice its size, and Options::backup the "
      "database's");
}

}  // namespace

void doctor_file(const std::string& path, DoctorReport* report) {
  if (path.empty()) {
    return add(report, Severity::note, "file", "the database is in memory only", "");
  }
  const fs::path file(path);
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  ErrorDetails cause;
  if (explain_unopened_file(path, false, &cause)) {
    return add(report, Severity::problem, "file", cause.message, cause.hint);
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    add(report, Severity::problem, "file",
        directory.string() + " is not writable: SQLite keeps its journal beside the database",
        "check that the directory exists and belongs to the user who migrates");
  }
  if (::access(path.c_str(), F_OK) != 0) {
    return add(report, Severity::note, "file",
               path + " does not exist yet: the first up creates it", "");
  }
  if (::access(path.c_str(), W_OK) != 0) {
    add(report, Severity::problem, "file", path + " is not writable",
        "check its owner and permissions");
  }
  std::error_code failed;
  const std::vector<FileLock> holders = locks_of(path);
  const std::uintmax_t journal = fs::file_size(path + "-journal", failed);
  if (!failed && journal > 0 && holders.empty()) {
    add(report, Severity::warning, "journal",
        "a writer has died: its rollback journal " + path + "-journal is there",
        "never delete it; whoever opens the database next rolls back what it did");
  }
  for (const FileLock& lock : holders) {
    add(report, Severity::warning, "lock",
        lock.holder.description() + (lock.writes ? " is writing" : " is reading"),
        lock.writes ? "a run waits for it as long as Options::wait says"
                    : "a run's commit waits for it as long as Options::wait says; in WAL mode it "
                      "would not");
  }
  const std::string network = network_file_system(path);
  if (!network.empty()) {
    add(report, Severity::warning, "file", path + " is on " + network,
        "its locks are known not to hold and WAL mode does not work there: use a local disk");
  }
  doctor_space(file, directory, report);
}

void Connection::doctor(const DoctorRequest& about, DoctorReport* report) {
  Doctor(*this, report).doctor();
  doctor_objects(*this, about, report);
}

std::vector<LockHolder> Connection::lock_holders(std::string_view /*key*/) {
  return file_locks(path_);
}

}  // namespace gander::driver::sqlite
