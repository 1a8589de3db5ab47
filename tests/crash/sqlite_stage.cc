// SPDX-License-Identifier: MIT
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "src/driver/sqlite/engine.h"
#include "tests/crash/fault_vfs.h"
#include "tests/crash/stage.h"
#include "tests/support/sqlite_file.h"

namespace gander::crash {
namespace {

namespace fs = std::filesystem;
using testing_support::SqliteFile;

std::string joined(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

void add_difference(const char* what, const std::string& a, const std::string& b,
                    std::string* out) {
  if (a == b) return;
  *out += std::string("  ") + what + " is\n" + a + "  instead of\n" + b;
}

class SqliteStage final : public Stage {
 public:
  explicit SqliteStage(std::string journal_mode) : journal_mode_(std::move(journal_mode)) {
    const fs::path parent =
        fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string pattern = (parent / "gander-crash-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    directory_ = pattern;
    owner_ = ::getpid();
  }

  ~SqliteStage() override {
    std::error_code ignored;  // a directory left in memory is no reason to fail
    if (::getpid() == owner_) fs::remove_all(directory_, ignored);
  }

  std::string name() const override { return "sqlite-" + journal_mode_; }
  Engine engine() const override { return Engine::sqlite; }

  void clear() override {
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
      fs::remove(entry.path());
    }
  }

  bool keep() override {
    kept_.reset();
    if (fs::exists(path())) kept_ = read(path());
    return true;
  }

  void reset() override {
    clear();
    if (kept_) std::ofstream(path(), std::ios::binary) << *kept_;
  }

  std::unique_ptr<driver::Driver> driver(bool exposed) override {
    // Few pages of cache: large changes reach the file before the commit.
    std::string url = path() + "?journal_mode=" + journal_mode_ + "&cache_size=10";
    if (exposed) url += std::string("&vfs=") + kFaultVfs;
    return driver::sqlite::make_driver(driver::sqlite::parse_url(url));
  }

  void run_sql(const std::string& sql) override {
    SqliteFile database(path());
    sqlite3_busy_timeout(database.handle(), 0);
    database.run(sql);
  }

  std::string versions() override {
    if (!fs::exists(path())) return {};
    SqliteFile database(path());
    sqlite3_busy_timeout(database.handle(), 0);
    if (!database.has_table("goose_db_version")) return {};
    return joined(database.rows("SELECT version_id, is_applied FROM goose_db_version ORDER BY id"));
  }

  std::string goose_table() const override {
    return "CREATE TABLE goose_db_version (\n\t\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n"
           "\t\tversion_id INTEGER NOT NULL,\n\t\tis_applied INTEGER NOT NULL,\n"
           "\t\ttstamp TIMESTAMP DEFAULT (datetime('now'))\n\t);";
  }

  std::string goose_row(std::int64_t version) const override {
    return "INSERT INTO goose_db_version (version_id, is_applied) VALUES (" +
           std::to_string(version) + ", 1);";
  }

  Picture picture() override {
    Picture picture;
    if (!fs::exists(path())) return picture;
    SqliteFile database(path());
    sqlite3_busy_timeout(database.handle(), 0);
    const std::string mine =
        "'goose_db_version_history', 'goose_db_version_journal', 'goose_db_version_schema'";
    picture.schema =
        joined(database.rows("SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT IN (" +
                             mine + ") AND name NOT LIKE 'sqlite_%' ORDER BY type, name"));
    for (const char* pragma : {"user_version", "application_id", "journal_mode", "auto_vacuum"}) {
      picture.schema += database.value(std::string("PRAGMA ") + pragma) + "\n";
    }
    for (const std::string& table :
         database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                       "'sqlite_%' AND name NOT LIKE 'goose_db_version%' ORDER BY name")) {
      picture.data += table + "\n" + joined(database.rows("SELECT * FROM \"" + table + "\""));
    }
    const auto rows = [&](const std::string& table, const std::string& sql) {
      return database.has_table(table) ? joined(database.rows(sql)) : std::string();
    };
    picture.versions = versions();
    picture.history = rows("goose_db_version_history",
                           "SELECT event, version_id, name, checksum, statements FROM "
                           "goose_db_version_history WHERE event <> 'failed' ORDER BY id");
    picture.journal = rows("goose_db_version_journal",
                           "SELECT version_id, direction, done, running FROM "
                           "goose_db_version_journal ORDER BY version_id");
    const std::string integrity = joined(database.rows("PRAGMA integrity_check"));
    if (integrity != "ok\n") picture.damage = integrity;
    return picture;
  }

  std::string imprint() override { return fs::exists(path()) ? read(path()) : std::string(); }

  std::string leftovers() override {
    std::string found;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
      if (entry.path() != path() && !is_cold_journal(entry.path())) {
        found += entry.path().filename().string() + " ";
      }
    }
    return found;
  }

 private:
  // A journal whose header was never written is of no transaction; SQLite leaves it to the next
  // writer, who takes it over (https://sqlite.org/atomiccommit.html, section 4.2).
  static bool is_cold_journal(const fs::path& file) {
    if (!file.string().ends_with("-journal")) return false;
    const std::string content = read(file.string());
    return content.empty() || content.front() == '\0';
  }

  std::string path() const { return (directory_ / "app.db").string(); }

  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  std::string journal_mode_;
  fs::path directory_;
  pid_t owner_ = 0;
  std::optional<std::string> kept_;
};

}  // namespace

std::string Picture::difference(const Picture& other) const {
  std::string out;
  add_difference("schema", schema, other.schema, &out);
  add_difference("data", data, other.data, &out);
  add_difference("versions", versions, other.versions, &out);
  add_difference("history", history, other.history, &out);
  add_difference("journal", journal, other.journal, &out);
  add_difference("damage", damage, other.damage, &out);
  return out;
}

std::unique_ptr<Stage> make_sqlite_stage(const std::string& journal_mode) {
  return std::make_unique<SqliteStage>(journal_mode);
}

}  // namespace gander::crash
