// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/lint_scratch.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "src/driver/sqlite/authorizer.h"
#include "src/driver/sqlite/dialect.h"
#include "src/driver/sqlite/spelling.h"

namespace gander::driver::sqlite {
namespace {

constexpr int kOpcodesBetweenChecks = 10'000;
constexpr std::int64_t kPatience = 3'000;         // checks: about a second
constexpr std::int64_t kPatienceForAll = 30'000;  // then each gets a hundredth
constexpr int kMostPages = 32 * 1024;             // 128 MB
constexpr int kMostStandIns = 32;                 // for one object

int compare_bytes(void*, int a_size, const void* a, int b_size, const void* b) {
  const int order = std::memcmp(a, b, static_cast<std::size_t>(std::min(a_size, b_size)));
  return order != 0 ? order : a_size - b_size;
}

bool is_own(const char* table) { return sqlite3_strnicmp(table, "sqlite_", 7) == 0; }

}  // namespace

// The callbacks of SQLite.
struct LintWatch {
  static int authorize(void* scratch, int action, const char* first, const char* second,
                       const char* schema, const char* trigger) {
    auto& self = *static_cast<LintScratch*>(scratch);
    if (!self.watching_) return SQLITE_OK;
    if (action == SQLITE_DETACH) return SQLITE_OK;
    if (action == SQLITE_ATTACH && first != nullptr && std::strcmp(first, ":memory:") == 0) {
      return SQLITE_OK;
    }
    const int verdict = restricted_verdict(action, first, second);
    if (verdict != SQLITE_OK) return verdict;
    const bool main = schema != nullptr && sqlite3_stricmp(schema, "main") == 0;
    if (!main || trigger != nullptr || first == nullptr || is_own(first)) return SQLITE_OK;
    note(&self.touched_, action, folded(first), second);
    return SQLITE_OK;
  }

  static void note(Touched* touched, int action, const std::string& table, const char* column) {
    if (action == SQLITE_READ) touched->read.insert(table);
    if (action == SQLITE_INSERT) touched->inserted.insert(table);
    if (action == SQLITE_DELETE) touched->deleted.insert(table);
    if (action == SQLITE_UPDATE && column != nullptr) {
      touched->updated[table].insert(folded(column));
    }
  }

  static void add_collation(void* scratch, sqlite3* handle, int, const char* name) {
    auto& self = *static_cast<LintScratch*>(scratch);
    if (self.watching_) self.stand_in_called_ = true;
    sqlite3_create_collation_v2(handle, name, SQLITE_UTF8, nullptr, compare_bytes, nullptr);
  }

  static int is_out_of_patience(void* scratch) {
    auto& self = *static_cast<LintScratch*>(scratch);
    const std::int64_t most = ++self.spent_ > kPatienceForAll ? kPatience / 100 : kPatience;
    return ++self.patience_ > most ? 1 : 0;
  }

  static void stand_in(sqlite3_context* context, int, sqlite3_value**) {
    static_cast<LintScratch*>(sqlite3_user_data(context))->stand_in_called_ = true;
    sqlite3_result_null(context);
  }
};

LintScratch::LintScratch() {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                         SQLITE_OPEN_MEMORY | SQLITE_OPEN_PRIVATECACHE;
  if (sqlite3_open_v2(":memory:", &handle_, kFlags, nullptr) != SQLITE_OK) {
    sqlite3_close(handle_);
    throw Error(ErrorCode::storage, "cannot open a database in memory");
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, nullptr);
  sqlite3_collation_needed(handle_, this, LintWatch::add_collation);
  run("PRAGMA temp_store = MEMORY; PRAGMA max_page_count = " + std::to_string(kMostPages));
  sqlite3_set_authorizer(handle_, LintWatch::authorize, this);
  sqlite3_progress_handler(handle_, kOpcodesBetweenChecks, LintWatch::is_out_of_patience, this);
}

LintScratch::~LintScratch() { sqlite3_close_v2(handle_); }

void LintScratch::make(const std::vector<SchemaRow>& rows) {
  run("SAVEPOINT gander_make");
  for (const char* type : {"virtual", "table", "index", "view", "trigger"}) {
    for (const SchemaRow& row : rows) {
      const bool is_virtual =
          row.type == "table" && folded(row.sql.substr(0, 14)) == "create virtual";
      if ((is_virtual ? std::string_view("virtual") : std::string_view(row.type)) != type) continue;
      if (!make_one(row)) missing_.insert(folded(row.name));
    }
  }
  run("RELEASE gander_make");
}

bool LintScratch::make_one(const SchemaRow& row) {
  constexpr std::string_view kUnknown = "no such function: ";
  for (int i = 0; i < kMostStandIns; ++i) {
    const std::optional<Refusal> refused = run(row.sql);
    // The tables behind a virtual one come with it.
    if (!refused || refused->message.ends_with(" already exists")) return true;
    const std::size_t at = refused->message.find(kUnknown);
    if (at == std::string::npos) return false;
    add_stand_in(refused->message.substr(at + kUnknown.size()));
  }
  return false;
}

void LintScratch::add_stand_in(const std::string& function) {
  constexpr int kKind = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(handle_, function.c_str(), -1, kKind, this, LintWatch::stand_in,
                             nullptr, nullptr, nullptr);
}

void LintScratch::copy(const LintScratch& other) {
  sqlite3_backup* backup = sqlite3_backup_init(handle_, "main", other.handle_, "main");
  if (backup == nullptr) return;
  sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  missing_ = other.missing_;
}

Refusal LintScratch::refusal() const {
  Refusal refused{sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_), -1};
#if SQLITE_VERSION_NUMBER >= 3038000
  refused.offset = sqlite3_error_offset(handle_);
#endif
  return refused;
}

StatementHandle LintScratch::prepare(const char* sql, const char** tail, Refusal* refused) {
  touched_ = {};
  patience_ = 0;
  sqlite3_stmt* statement = nullptr;
  watching_ = true;
  const int result = sqlite3_prepare_v2(handle_, sql, -1, &statement, tail);
  watching_ = false;
  if (result != SQLITE_OK) *refused = refusal();
  return StatementHandle(statement);
}

std::optional<Refusal> LintScratch::step(sqlite3_stmt* statement) {
  patience_ = 0;
  const Touched touched = touched_;  // compiled once more where the schema has changed
  watching_ = true;
  int result = sqlite3_step(statement);
  while (result == SQLITE_ROW) result = sqlite3_step(statement);
  watching_ = false;
  touched_ = touched;
  if (result == SQLITE_DONE) return std::nullopt;
  Refusal refused = refusal();
  sqlite3_reset(statement);
  return refused;
}

std::optional<Refusal> LintScratch::run_watched(const std::string& sql) {
  const Touched touched = touched_;
  const bool called = stand_in_called_;
  Refusal why;
  const StatementHandle statement = prepare(sql.c_str(), nullptr, &why);
  std::optional<Refusal> refused;
  if (statement != nullptr) {
    refused = step(statement.get());
  } else if (why.code != SQLITE_OK) {
    refused = std::move(why);
  }
  touched_ = touched;
  stand_in_called_ = called;
  return refused;
}

std::optional<Refusal> LintScratch::check(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    return refusal();
  }
  sqlite3_finalize(statement);
  return std::nullopt;
}

std::optional<Refusal> LintScratch::run(const std::string& sql) {
  patience_ = 0;
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return std::nullopt;
  }
  return refusal();
}

bool LintScratch::visit(const std::string& sql, const std::function<void(sqlite3_stmt*)>& each) {
  patience_ = 0;
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) return false;
  const StatementHandle statement(raw);
  int result = sqlite3_step(raw);
  for (; result == SQLITE_ROW; result = sqlite3_step(raw)) each(raw);
  return result == SQLITE_DONE;
}

std::vector<std::string> LintScratch::texts(const std::string& sql) {
  std::vector<std::string> found;
  visit(sql, [&](sqlite3_stmt* row) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, 0));
    found.emplace_back(text == nullptr ? "" : text);
  });
  return found;
}

std::int64_t LintScratch::number(const std::string& sql) {
  std::int64_t found = 0;
  visit(sql, [&](sqlite3_stmt* row) { found = sqlite3_column_int64(row, 0); });
  return found;
}

void LintScratch::enforce_keys(bool on) {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, on ? 1 : 0, nullptr);
}

bool LintScratch::enforces_keys() const {
  int on = 0;
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &on);
  return on != 0;
}

void LintScratch::allow_quoted_texts(bool on) {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, on ? 1 : 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, on ? 1 : 0, nullptr);
}

bool LintScratch::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::vector<std::string> LintScratch::stored_columns(const std::string& table) {
  return texts("SELECT name FROM pragma_table_xinfo(" + dialect().literal(table) +
               ") WHERE hidden = 0");
}

}  // namespace gander::driver::sqlite
