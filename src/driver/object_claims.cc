// SPDX-License-Identifier: MIT
#include "src/driver/object_claims.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/sql/lexer.h"

namespace gander::driver {
namespace {

using sql::Token;
using sql::Words;

// More would be consequences of the first ones.
constexpr std::size_t kMostConflicts = 20;

// Functions that change nothing, in a SELECT of a migration.
constexpr std::array<std::string_view, 9> kHarmless = {
    "setval", "nextval", "currval", "count", "max", "min", "now", "coalesce", "lower"};

std::string lower(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name;
}

bool calls_code(Words words) {
  for (Token previous; words.peek().kind != Token::Kind::end; previous = words.take()) {
    if (!words.peek().is('(')) continue;
    const bool name =
        previous.kind == Token::Kind::word || previous.kind == Token::Kind::quoted_name;
    const bool harmless = std::any_of(kHarmless.begin(), kHarmless.end(),
                                      [&](std::string_view word) { return previous.is(word); });
    if (name && !harmless) return true;
  }
  return false;
}

bool mentions(Words words, std::string_view wanted) {
  for (; !words.done(); words.take()) {
    if (words.peek().is(wanted)) return true;
  }
  return false;
}

bool accept_guard(Words& words) {
  const bool guarded = words.peek().is("if");
  words.skip_if_exists();
  return guarded;
}

void skip_action(Words& words) {
  while (!words.done() && !words.peek().is(',')) {
    if (words.peek().is('(')) {
      words.skip_parentheses();
    } else {
      words.take();
    }
  }
}

}  // namespace

std::string ObjectClaims::fold(const Token& token) const {
  const std::string name = sql::unquoted(token);
  return folds_quoted_ || token.kind == Token::Kind::word ? lower(name) : name;
}

std::string ObjectClaims::key(const ObjectName& object) {
  const bool relation = object.kind == ObjectKind::part || object.kind == ObjectKind::relation;
  const std::string kind = relation ? "0" : std::to_string(static_cast<int>(object.kind));
  const bool within = object.kind == ObjectKind::column;
  return kind + '\n' + object.schema + '\n' + (within ? object.table : "") + '\n' + object.name;
}

std::optional<ObjectName> ObjectClaims::name(Words& words, ObjectKind kind) const {
  ObjectName found;
  found.kind = kind;
  if (!words.at_name()) return std::nullopt;
  found.name = fold(words.take());
  if (words.accept('.')) {
    if (!words.at_name()) return std::nullopt;
    found.schema = std::exchange(found.name, fold(words.take()));
    if (words.peek().is('.')) return std::nullopt;
  }
  if (found.schema == usual_) found.schema.clear();
  return found;
}

std::optional<bool> ObjectClaims::exists(ObjectName object, bool creating) const {
  const auto found = changed_.find(key(object));
  if (found != changed_.end()) return found->second;
  if (object.kind == ObjectKind::column && opaque_.contains(object.schema + '\n' + object.table)) {
    return std::nullopt;
  }
  object.creating = creating;
  const std::optional<bool> there = lookup_(object);
  const bool part = object.kind == ObjectKind::part;
  const bool gone = may_be_gone_ || (part && parts_gone_);
  const bool come = may_have_come_ || (part && parts_come_) || last_names_.contains(object.name);
  return there == std::optional(true) ? (gone ? std::nullopt : there)
                                      : (come ? std::nullopt : there);
}

void ObjectClaims::set(const ObjectName& object, bool there) {
  changed_[key(object)] = there;
  if (there) last_names_.insert(object.name);
}

void ObjectClaims::tell(const ObjectName& object, const char* noun, bool exists) {
  if (conflicts_.size() >= kMostConflicts) return;
  std::string shown = object.schema.empty() ? object.name : object.schema + "." + object.name;
  if (object.kind == ObjectKind::column) shown += " of " + object.table;
  conflicts_.push_back(
      {place_,
       place_ + ": the " + noun + " " + shown + (exists ? " exists already" : " does not exist"),
       exists});
}

void ObjectClaims::claim_absent(const ObjectName& object, const char* noun, bool guarded) {
  if (!guarded && exists(object, true) == std::optional(true)) tell(object, noun, true);
  set(object, true);
}

void ObjectClaims::claim_present(const ObjectName& object, const char* noun, bool guarded) {
  if (!guarded && exists(object, false) == std::optional(false)) tell(object, noun, false);
}

void ObjectClaims::add(const std::string& file, const sql::Statement& unit) {
  if (unit.text.empty() && unit.kind == sql::StatementKind::ordinary) blind_ = true;
  // Of COPY what follows the command is data.
  if (blind_ || unit.kind == sql::StatementKind::copy_from_stdin) return;
  const std::vector<std::size_t> starts = sql::statement_starts(grammar_, unit.text);
  for (std::size_t i = 0; i < starts.size() && !blind_; ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : unit.text.size();
    place_ = file + ":" + std::to_string(unit.place(starts[i]).line);
    add_statement(unit.text.substr(starts[i], end - starts[i]));
  }
}

void ObjectClaims::add_statement(std::string_view sql) {
  Words words(grammar_.lexical, sql);
  if (words.peek().is("do") || words.peek().is("call") || words.peek().is("execute")) {
    blind_ = true;
    return;
  }
  const bool query = words.peek().is("select") || words.peek().is("with");
  if ((query && calls_code(words)) ||
      (words.peek().is("set") && (mentions(words, "search_path") || mentions(words, "role") ||
                                  mentions(words, "schema") || mentions(words, "authorization")))) {
    blind_ = true;
    return;
  }
  if (words.accept("create")) {
    create(words);
  } else if (words.accept("alter")) {
    alter(words);
  } else if (words.accept("drop")) {
    drop(words);
  } else if (words.peek().is("attach") || words.peek().is("detach") || words.peek().is("import") ||
             words.peek().is("pragma") || mentions(words, "into")) {
    // New names, as in SELECT INTO; INSERT INTO changes nothing, but needs no telling either.
    if (!words.peek().is("insert") && !words.peek().is("merge")) may_have_come_ = true;
  }
}

void ObjectClaims::create(Words& words) {
  bool replaces = false;
  if (words.accept("or")) replaces = words.accept("replace");
  for (const char* word : {"global", "local"}) words.accept(word);
  const bool temporary = words.accept("temp") || words.accept("temporary");
  words.accept("unlogged");
  words.accept("recursive");
  if (words.accept("table")) {
    create_table(words, temporary);
  } else if (words.accept("view")) {
    if (temporary) return static_cast<void>(may_have_come_ = true);
    create_named(words, ObjectKind::relation, "view", replaces);
  } else if (words.accept("materialized")) {
    if (words.accept("view")) create_named(words, ObjectKind::relation, "view", false);
  } else if (words.accept("sequence")) {
    if (!temporary) create_named(words, ObjectKind::part, "sequence", false);
  } else if (words.accept("schema")) {
    if (words.peek().is("authorization")) return;
    create_named(words, ObjectKind::schema, "schema", false);
    if (mentions(words, "create")) blind_ = true;
  } else if (words.accept("type") || words.accept("domain")) {
    create_named(words, ObjectKind::type, "type", false);
  } else if (words.accept("unique") || words.peek().is("index")) {
    if (words.accept("index")) create_index(words);
  } else if (words.accept("extension") || words.accept("virtual") || words.accept("foreign")) {
    may_have_come_ = true;
  }
}

void ObjectClaims::create_table(Words& words, bool temporary) {
  const bool guarded = accept_guard(words);
  const std::optional<ObjectName> table = name(words, ObjectKind::relation);
  if (!table) return;
  // A temporary one hides the other, so that nothing more is known under its name.
  if (temporary || table->schema == "pg_temp" || table->schema == "temp") {
    last_names_.insert(table->name);
    opaque_.insert('\n' + table->name);
    changed_[key(*table)] = true;
    return;
  }
  // Its columns are not followed: those of a table that is there already are the database's.
  const bool there = exists(*table, true) == std::optional(true);
  claim_absent(*table, "table", guarded);
  if (!there) opaque_.insert(table->schema + '\n' + table->name);
  // Indexes and sequences of constraints have names of the database's making.
  parts_come_ = true;
}

void ObjectClaims::create_named(Words& words, ObjectKind kind, const char* noun, bool replaces) {
  const bool guarded = accept_guard(words) || replaces;
  if (const auto object = name(words, kind)) claim_absent(*object, noun, guarded);
}

void ObjectClaims::create_index(Words& words) {
  words.accept("concurrently");
  const bool guarded = accept_guard(words);
  if (words.peek().is("on")) return;
  std::optional<ObjectName> index = name(words, ObjectKind::part);
  if (!index || !words.accept("on")) return;
  words.accept("only");
  const std::optional<ObjectName> table = name(words, ObjectKind::relation);
  if (!table) return;
  claim_present(*table, "table", false);
  if (index->schema.empty()) index->schema = table->schema;
  index->table = table->name;
  claim_absent(*index, "index", guarded);
}

void ObjectClaims::alter(Words& words) {
  if (mentions(words, "cascade")) may_be_gone_ = true;
  words.accept("materialized");
  if (words.accept("table")) return alter_table(words, "table");
  if (words.accept("view")) return alter_table(words, "view");
  if (words.accept("sequence") || words.accept("index")) {
    parts_gone_ = parts_come_ = true;
  } else if (words.accept("schema") || words.accept("extension")) {
    blind_ = true;
  } else if (words.accept("type") || words.accept("domain")) {
    alter_type(words);
  }
}

void ObjectClaims::alter_type(Words& words) {
  const std::optional<ObjectName> type = name(words, ObjectKind::type);
  if (!type) return;
  claim_present(*type, "type", false);
  if (words.peek().is("rename") || mentions(words, "schema")) may_have_come_ = may_be_gone_ = true;
}

void ObjectClaims::alter_table(Words& words, const char* noun) {
  const bool guarded = accept_guard(words);
  words.accept("only");
  if (words.peek().is("all")) return;
  const std::optional<ObjectName> table = name(words, ObjectKind::relation);
  if (!table) return;
  const std::optional<bool> there = exists(*table, false);
  claim_present(*table, noun, guarded);
  words.accept('*');
  const bool known =
      there == std::optional(true) && !opaque_.contains(table->schema + '\n' + table->name);
  do {
    if (!column_action(*table, known, words)) opaque_.insert(table->schema + '\n' + table->name);
    skip_action(words);
  } while (words.accept(','));
}

// False: the table's columns are not known any more.
bool ObjectClaims::column_action(const ObjectName& table, bool known, Words& words) {
  const auto column = [&](Words& at) -> std::optional<ObjectName> {
    std::optional<ObjectName> found = name(at, ObjectKind::column);
    if (!found || !found->schema.empty()) return std::nullopt;
    found->schema = table.schema;
    found->table = table.name;
    return found;
  };
  const bool adds = words.accept("add");
  const bool drops = !adds && words.accept("drop");
  if (adds || drops) {
    for (const char* word :
         {"constraint", "primary", "foreign", "unique", "check", "exclude", "not", "period"}) {
      if (words.peek().is(word)) {
        parts_gone_ = true;
        parts_come_ = true;
        return true;
      }
    }
    words.accept("column");
    const bool guarded = accept_guard(words);
    const std::optional<ObjectName> found = column(words);
    if (!found) return false;
    if (known && adds) claim_absent(*found, "column", guarded);
    if (known && drops) claim_present(*found, "column", guarded);
    // Indexes may go with it, or come.
    if (drops) parts_gone_ = true;
    if (adds) parts_come_ = true;
    if (drops) set(*found, false);
    if (drops) last_names_.insert(found->name);
    return true;
  }
  if (words.accept("rename")) {
    if (words.accept("to")) {
      ObjectName renamed = table;
      if (const auto other = name(words, ObjectKind::relation)) renamed.name = other->name;
      set(table, false);
      last_names_.insert(table.name);
      set(renamed, true);
      opaque_.insert(renamed.schema + '\n' + renamed.name);
      return false;
    }
    return words.peek().is("constraint");
  }
  if (words.accept("alter")) {
    if (words.accept("constraint")) return true;
    words.accept("column");
    const std::optional<ObjectName> found = column(words);
    if (found && known) claim_present(*found, "column", false);
    return true;
  }
  if (words.accept("set") && words.peek().is("schema")) {
    blind_ = true;
    return false;
  }
  return !words.peek().is("inherit");
}

void ObjectClaims::drop(Words& words) {
  if (mentions(words, "cascade")) may_be_gone_ = true;
  if (words.accept("table")) {
    drop_list(words, ObjectKind::relation, "table");
    // With its indexes and sequences.
    parts_gone_ = true;
  } else if (words.accept("view")) {
    drop_list(words, ObjectKind::relation, "view");
  } else if (words.accept("materialized")) {
    if (words.accept("view")) drop_list(words, ObjectKind::relation, "view");
    parts_gone_ = true;
  } else if (words.accept("sequence")) {
    drop_list(words, ObjectKind::part, "sequence");
  } else if (words.accept("index")) {
    words.accept("concurrently");
    drop_list(words, ObjectKind::part, "index");
  } else if (words.accept("type") || words.accept("domain")) {
    drop_list(words, ObjectKind::type, "type");
  } else if (words.accept("schema")) {
    drop_list(words, ObjectKind::schema, "schema");
    may_be_gone_ = true;
  } else if (words.accept("extension") || words.accept("owned")) {
    blind_ = true;
  }
}

void ObjectClaims::drop_list(Words& words, ObjectKind kind, const char* noun) {
  const bool guarded = accept_guard(words);
  do {
    const std::optional<ObjectName> object = name(words, kind);
    if (!object) return;
    claim_present(*object, noun, guarded);
    set(*object, false);
    // Under another schema of the search path there may be one more.
    last_names_.insert(object->name);
  } while (words.accept(','));
}

void add_conflicts(const std::vector<ObjectClaims::Conflict>& conflicts, DoctorReport* report) {
  for (const ObjectClaims::Conflict& conflict : conflicts) {
    report->findings.push_back(
        {Severity::problem, "objects", conflict.message,
         conflict.exists
             ? "if the migration's work has been done otherwise, its version must be recorded as "
               "applied; if not, choose another name or IF NOT EXISTS"
             : "it must be made by a migration before this one; is this the right database?"});
  }
}

}  // namespace gander::driver
