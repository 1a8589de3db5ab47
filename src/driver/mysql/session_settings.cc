// SPDX-License-Identifier: MIT
#include "src/driver/mysql/session_settings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/mysql/catalogue.h"
#include "src/driver/mysql/connection.h"
#include "src/driver/mysql/dialect.h"
#include "src/driver/mysql/lexical.h"
#include "src/sql/words.h"

namespace gander::driver::mysql {
namespace {

// What a reset makes again, where the server has it. Dumps set most of these.
constexpr std::array<std::string_view, 49> kVariables = {"alter_algorithm",
                                                         "auto_increment_increment",
                                                         "auto_increment_offset",
                                                         "autocommit",
                                                         "character_set_client",
                                                         "character_set_results",
                                                         "check_constraint_checks",
                                                         "collation_connection",
                                                         "completion_type",
                                                         "default_collation_for_utf8mb4",
                                                         "default_storage_engine",
                                                         "default_tmp_storage_engine",
                                                         "default_week_format",
                                                         "div_precision_increment",
                                                         "explicit_defaults_for_timestamp",
                                                         "foreign_key_checks",
                                                         "group_concat_max_len",
                                                         "innodb_lock_wait_timeout",
                                                         "innodb_strict_mode",
                                                         "lc_messages",
                                                         "lc_time_names",
                                                         "lock_wait_timeout",
                                                         "low_priority_updates",
                                                         "max_execution_time",
                                                         "max_join_size",
                                                         "max_sp_recursion_depth",
                                                         "max_statement_time",
                                                         "old_alter_table",
                                                         "old_mode",
                                                         "optimizer_switch",
                                                         "sql_auto_is_null",
                                                         "sql_big_selects",
                                                         "sql_generate_invisible_primary_key",
                                                         "sql_log_bin",
                                                         "sql_mode",
                                                         "sql_notes",
                                                         "sql_quote_show_create",
                                                         "sql_require_primary_key",
                                                         "sql_safe_updates",
                                                         "sql_select_limit",
                                                         "sql_warnings",
                                                         "system_versioning_alter_history",
                                                         "time_zone",
                                                         "transaction_isolation",
                                                         "transaction_read_only",
                                                         "tx_isolation",
                                                         "tx_read_only",
                                                         "unique_checks",
                                                         "wait_timeout"};

// What the records depend on, in the order of identity(); the role is the last. A file that sets
// any of them changes neither what is written into Gander's own tables nor whether it can be.
constexpr std::array<std::string_view, 7> kIdentity = {"time_zone",
                                                       "sql_safe_updates",
                                                       "sql_select_limit",
                                                       "character_set_client",
                                                       "character_set_results",
                                                       "collation_connection",
                                                       "max_statement_time"};
constexpr std::string_view kMysqlTime = "max_execution_time";

std::string as_sql(std::string_view name, const std::string& value) {
  if (value.empty()) return name == "character_set_results" ? "NULL" : "''";
  const bool number = value.find_first_not_of("0123456789.") == std::string::npos;
  return number ? value : "'" + value + "'";
}

// Statements that leave the session's settings as they are, but for what their triggers do.
bool leaves_settings(const sql::Words& words) {
  return words.peek().is_any({"insert", "update", "delete", "replace", "create", "alter", "drop",
                              "rename", "truncate", "grant", "revoke", "commit", "rollback",
                              "savepoint", "release", "start", "load", "analyze", "optimize"});
}

// The names of user variables that `SET @a = 1, @b = 2` gives values.
std::vector<std::string> user_variables(sql::Words words) {
  std::vector<std::string> names;
  bool begins = words.accept("set");
  while (!words.done()) {
    if (begins && words.accept('@')) {
      if (words.at_name()) names.emplace_back(words.take().text);
      begins = false;
      continue;
    }
    begins = words.peek().is(',');
    if (words.peek().is('(')) {
      words.skip_parentheses();
    } else {
      words.take();
    }
  }
  return names;
}

}  // namespace

// --- reading ---------------------------------------------------------------------------------

bool KeptSettings::borrowed() const { return connection_.settings() == nullptr; }

KeptSettings::Variables KeptSettings::variables() {
  std::string list;
  for (const std::string_view name : kVariables) {
    list += (list.empty() ? "'" : ", '") + std::string(name) + "'";
  }
  Variables found;
  for (const auto& row :
       connection_.query("SHOW SESSION VARIABLES WHERE Variable_name IN (" + list + ")").rows) {
    const std::string name = cell_text(row.at(0));
    found[name] = as_sql(name, cell_text(row.at(1)));
  }
  // Two names of one variable.
  if (found.contains("transaction_isolation")) found.erase("tx_isolation");
  if (found.contains("transaction_read_only")) found.erase("tx_read_only");
  return found;
}

std::vector<std::string> KeptSettings::identity() {
  std::string list;
  for (const std::string_view name : kIdentity) {
    const bool time = name == kIdentity.back() && !connection_.server().mariadb;
    list += "CONCAT(@@session." + std::string(time ? kMysqlTime : name) + "), ";
  }
  const Rows rows = connection_.query("SELECT " + list + "CURRENT_ROLE()");
  std::vector<std::string> values;
  for (const Value& value : rows.rows.at(0)) values.push_back(cell_text(value));
  return values;
}

// How the session was opened: read before a migration has run in it.
void KeptSettings::learn() {
  if (learned_) return;
  own_ = theirs_ = identity();
  // As the server writes them where they are so already: nothing is set without need.
  if (own_[1] != "OFF") own_[1] = "0";
  own_[2] = "18446744073709551615";
  if (own_[6].find_first_not_of("0.") != std::string::npos) own_[6] = "0";
  learned_ = true;
  unread_ = false;
}

void KeptSettings::read_migrations() {
  if (!unread_) return;
  theirs_ = identity();
  unread_ = false;
}

// --- around migrations -----------------------------------------------------------------------

void KeptSettings::open() {
  const SessionOptions& options = connection_.options();
  try {
    if (!options.schema.empty()) connection_.execute("USE " + dialect().quote(options.schema));
    if (!options.role.empty()) connection_.execute("SET ROLE " + dialect().quote(options.role));
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
    ErrorDetails details = error.details();
    details.code = ErrorCode::usage;
    details.message = "the server refuses a setting of the session: " + details.message;
    details.hint = "check Options::role and Options::schema";
    throw Error(std::move(details));
  }
}

// Of a borrowed session: as those are that Gander opens.
void KeptSettings::prepare() {
  touched_ = unread_ = true;
  learned_ = false;
  connection_.execute("SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, autocommit = 1");
  open();
}

void KeptSettings::enter() {
  if (entered_) return;
  const Rows rows = connection_.query("SELECT DATABASE(), CURRENT_ROLE()");
  const std::string database = cell_text(rows.rows.at(0).at(0));
  database_ = database.empty() ? std::string() : dialect().quote(database);
  role_ = cell_text(rows.rows.at(0).at(1));
  found_ = variables();
  entered_ = true;
  touched_ = false;
  if (borrowed()) prepare();
  learn();
}

void KeptSettings::reset_session() {
  if (!entered_ || !touched_) return;
  drop_what_came();
  make_again();
  touched_ = itself_ = false;
  unread_ = true;
  if (borrowed()) prepare();
}

void KeptSettings::leave() noexcept {
  if (!entered_ || !touched_ || connection_.lost()) return;
  const Wire::Shield shield(connection_.wire());
  try {
    if (connection_.in_transaction()) connection_.rollback();
    drop_what_came();
    make_again();
    touched_ = itself_ = false;
    unread_ = true;
    if (borrowed()) entered_ = false;
  } catch (const std::exception&) {
    // The operation's own result matters more; a session that cannot be reset is about to end.
  }
}

// Each by itself: what is gone already is passed over.
void KeptSettings::drop_what_came() {
  if (connection_.implicit_commits()->holds_tables()) try_to("UNLOCK TABLES");
  for (const std::string& name : temporary_) try_to("DROP TEMPORARY TABLE IF EXISTS " + name);
  for (const std::string& name : prepared_) try_to("DEALLOCATE PREPARE " + name);
  for (const std::string& name : user_variables_) try_to("SET @" + name + " = NULL");
  temporary_.clear();
  prepared_.clear();
  user_variables_.clear();
}

void KeptSettings::try_to(const std::string& sql) {
  try {
    connection_.execute(sql);
  } catch (const Error& error) {
    if (!is_refusal(error)) throw;
  }
}

void KeptSettings::make_again() {
  // It counts for SHOW as well.
  const std::string limit = "sql_select_limit = " + found_["sql_select_limit"];
  connection_.execute("SET " + limit);
  std::string list = "timestamp = DEFAULT";
  for (const auto& [name, value] : variables()) {
    const auto found = found_.find(name);
    if (found != found_.end() && found->second != value)
      list += ", " + name + " = " + found->second;
  }
  connection_.execute("SET " + list);
  const Rows rows = connection_.query("SELECT DATABASE(), CURRENT_ROLE()");
  const std::string database = cell_text(rows.rows.at(0).at(0));
  if (!database_.empty() && dialect().quote(database) != database_) {
    connection_.execute("USE " + database_);
  }
  const std::string role = cell_text(rows.rows.at(0).at(1));
  if (role != role_) connection_.execute("SET ROLE " + role_sql(role_));
}

// --- who the session is ------------------------------------------------------------------------

std::string KeptSettings::role_sql(const std::string& role) const {
  if (role.empty() || role == "NONE") return "NONE";
  return connection_.server().mariadb ? dialect().quote(role) : role;
}

void KeptSettings::set_identity(const std::vector<std::string>& from,
                                const std::vector<std::string>& to) {
  std::string list;
  for (std::size_t i = 0; i < kIdentity.size(); ++i) {
    if (from[i] == to[i]) continue;
    const bool time = i + 1 == kIdentity.size() && !connection_.server().mariadb;
    const std::string_view name = time ? kMysqlTime : kIdentity[i];
    list += (list.empty() ? "SET " : ", ") + std::string(name) + " = " + as_sql(name, to[i]);
  }
  if (!list.empty()) connection_.execute(list);
  if (from.back() != to.back()) connection_.execute("SET ROLE " + role_sql(to.back()));
}

void KeptSettings::act_as_itself() {
  if (itself_) return;
  // Before a migration has run there is nothing that a reading could be disturbed by.
  if (!learned_ && connection_.code_runs() == 0 && !connection_.in_transaction()) return;
  learn();
  read_migrations();
  if (theirs_ == own_) return;
  set_identity(theirs_, own_);
  itself_ = true;
}

void KeptSettings::act_as_migration() {
  if (!std::exchange(itself_, false)) return;
  set_identity(own_, theirs_);
}

void KeptSettings::note(std::string_view statement) {
  sql::Words words(kLexicalRules, statement);
  sql::Words ahead = words;
  if (ahead.accept("create") && ahead.accept("temporary") && ahead.accept("table")) {
    ahead.skip_if_exists();
    temporary_.insert(ahead.name());
    touched_ = true;
  }
  if (leaves_settings(words)) return;
  touched_ = unread_ = true;
  for (std::string& name : user_variables(words)) user_variables_.insert(std::move(name));
  if (words.accept("prepare") && words.at_name()) prepared_.insert(std::string(words.take().text));
}

}  // namespace gander::driver::mysql
