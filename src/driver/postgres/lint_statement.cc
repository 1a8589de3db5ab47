// SPDX-License-Identifier: MIT
// Statements but ALTER TABLE and those that change rows.
#include <algorithm>
#include <array>
#include <utility>

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/grammar.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_reader.h"
#include "src/sql/traits.h"

namespace gander::driver::postgres {

using sql::Outline;
using sql::Token;
using sql::Words;
namespace {

using enum LockMode;

// NAMEDATALEN less one.
constexpr std::size_t kLongestName = 63;

// Functions of a query that a file may run for what they do, and that lock no table in use.
constexpr std::array<std::string_view, 22> kHarmless = {
    "setval",   "nextval", "currval", "lastval", "set_config",
    "count",    "sum",     "max",     "min",     "avg",
    "coalesce", "now",     "exists",  "unnest",  "generate_series",
    "any",      "all",     "version", "row",     "array",
    "concat",   "format"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string plain(const std::string& call) {
  const std::size_t dot = call.rfind('.');
  return lower(dot == std::string::npos ? call : call.substr(dot + 1));
}

bool mentions(Words words, std::initializer_list<std::string_view> wanted) {
  for (; !words.done(); words.take()) {
    Words ahead = words;
    if (std::ranges::all_of(wanted, [&](std::string_view word) { return ahead.accept(word); })) {
      return true;
    }
  }
  return false;
}

bool starts(std::string_view text, std::string_view word) {
  Words words(kLexicalRules, text);
  return words.peek().is(word);
}

std::vector<std::string> name_list(Words words) {
  std::vector<std::string> names;
  do {
    names.push_back(words.name());
    words.skip_parentheses();
  } while (words.accept(','));
  return names;
}

// Of DROP: behind the kind.
Words behind_head(const Words& words, int head) {
  Words ahead = words;
  for (int i = 0; i < head; ++i) ahead.take();
  ahead.accept("concurrently");
  ahead.skip_if_exists();
  return ahead;
}

}  // namespace

void LintReader::look_at_name(const std::string& written) {
  const LintName name = world_.name(written);
  for (const std::string& part : {name.schema, name.name}) {
    if (part.size() <= kLongestName) continue;
    find(Rule::long_name, 0,
         part + " has " + std::to_string(part.size()) + " bytes, of which the server keeps 63");
  }
}

// --- CREATE --------------------------------------------------------------------------------------

void LintReader::create(const Outline& outline) {
  look_at_name(outline.name);
  if (outline.kind == "index") return create_index(outline);
  if (outline.kind == "table" || outline.kind == "foreign table") return create_table(outline);
  if (outline.kind == "function" || outline.kind == "procedure") return create_routine(outline);
  if (outline.kind == "view" || outline.kind == "materialized view" || outline.kind == "sequence") {
    if (!outline.replaces) world_.make(outline.name, outline.guarded, now_.sure);
  } else if (outline.kind == "type" && now_.sure) {
    world_.make_type(outline.name);
  } else if (outline.kind == "domain" && now_.sure) {
    world_.make_domain(
        outline.name, mentions(outline.rest, {"check"}) || mentions(outline.rest, {"not", "null"}));
  } else if (outline.kind == "role" || outline.kind == "user") {
    look_for_password(outline.rest);
  }
}

void LintReader::create_index(const Outline& outline) {
  if (!in_use(outline.table)) {
    return world_.make_index(outline.name, outline.table);
  }
  const LintSchema::Table* table = known(outline.table);
  const bool partitioned = table != nullptr && table->partitioned;
  if (outline.concurrently) {
    if (partitioned) {
      find(Rule::concurrently_partitioned, 0,
           outline.table + " is partitioned: the server refuses CONCURRENTLY on it");
    }
    if (outline.guarded) {
      find(Rule::concurrently_if_not_exists, 0,
           "a build that failed before leaves an invalid index" +
               (outline.name.empty() ? std::string() : " " + outline.name) +
               ", which counts as there");
    }
    concurrently(outline.guarded);
  } else if (!outline.only || (table != nullptr && !partitioned)) {
    find(Rule::create_index, 0, "writers of " + outline.table + " wait until the index is built");
  }
  Words words = outline.rest;
  if (words.accept("using")) words.take();
  int columns = 1;
  if (!words.accept('(')) return;
  for (int depth = 1; depth > 0 && !words.at_end();) {
    const Token token = words.take();
    depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
    if (depth == 1 && token.is(',')) ++columns;
  }
  if (columns > 3 && !outline.unique) {
    find(Rule::wide_index, 0, "the index has " + std::to_string(columns) + " columns");
  }
}

void LintReader::create_table(const Outline& outline) {
  Words words = outline.rest;
  const bool there = outline.guarded && !outline.temporary && schema_ != nullptr &&
                     in_use(outline.name) && known(outline.name) != nullptr;
  if (words.accept("partition")) {
    words.accept("of");
    const std::string parent = words.name();
    if (!there && in_use(parent)) {
      find(Rule::partition_of, 0, "nobody can use " + parent + " while the partition is made");
      const LintSchema::Table* found = known(parent);
      if (found != nullptr && found->has_default_partition) {
        find(Rule::attach_default, 0,
             "the default partition of " + parent +
                 " is read to see that nothing in it belongs "
                 "to " +
                 outline.name);
      }
    }
  }
  for (const TableAction& element : table_elements(outline.rest, now_.text)) {
    using Kind = TableAction::Kind;
    if (there) break;
    look_at_name(element.constraint);
    const bool key = element.kind == Kind::add_foreign_key;
    const std::string& target = key ? element.target : element.definition.references;
    if (element.kind == Kind::add_column) look_at_column(element.definition, element.offset);
    if (in_use(target) && world_.name(target) != world_.name(outline.name)) {
      find(Rule::references_in_use, element.offset,
           "the new foreign key keeps writers of " + target + " out until the transaction ends");
    }
  }
  world_.make(outline.name, outline.guarded, now_.sure);
}

void LintReader::create_routine(const Outline& outline) {
  if (!mentions(outline.rest, {"security", "definer"})) return;
  if (mentions(outline.rest, {"set", "search_path"})) return;
  find(Rule::definer_search_path, 0,
       outline.name + " runs with its owner's rights and its caller's search_path");
}

void LintReader::look_for_password(Words words) {
  for (; !words.done(); words.take()) {
    Words ahead = words;
    if (!ahead.accept("password") || ahead.peek().kind != Token::Kind::string) continue;
    if (sql::unquoted(ahead.peek()).empty()) continue;
    find(Rule::password, words.peek().offset, "the password of a role stands in the file");
  }
}

// --- DROP ----------------------------------------------------------------------------------------

void LintReader::drop(const Outline& outline) {
  if (outline.kind == "table" || outline.kind == "foreign table") return drop_tables(outline);
  if (outline.kind == "index") return drop_index(outline);
  if (outline.kind == "schema" || outline.kind == "database" || outline.kind == "owned") {
    find(Rule::drop_schema, 0, "all that is in it is gone");
    return;
  }
  const std::vector<std::string> names = name_list(behind_head(
      Words(kLexicalRules, now_.text), outline.kind.find(' ') == std::string::npos ? 2 : 3));
  const bool type = outline.kind == "type" || outline.kind == "domain";
  const bool ours = std::ranges::all_of(names, [&](const std::string& name) {
    return type ? world_.is_new_type(name) : world_.is_new(name);
  });
  for (const std::string& name : names) world_.drop(name);
  if (!ours && mentions(outline.rest, {"cascade"})) {
    find(Rule::drop_cascade, 0, "what depends on it is dropped too");
  }
}

void LintReader::drop_tables(const Outline& outline) {
  const int head = outline.kind == "table" ? 2 : 3;
  std::string list;
  for (const std::string& name : name_list(behind_head(Words(kLexicalRules, now_.text), head))) {
    if (in_use(name)) list += (list.empty() ? "" : ", ") + name;
    world_.drop(name);
  }
  if (list.empty()) return;
  find(Rule::drop_table, 0, "the rows of " + list + " are gone");
  if (mentions(outline.rest, {"cascade"})) {
    find(Rule::drop_cascade, 0, "what depends on " + list + " is dropped too");
  }
}

void LintReader::drop_index(const Outline& outline) {
  const Words names = behind_head(Words(kLexicalRules, now_.text), 2);
  std::string list;
  for (const std::string& name : name_list(names)) {
    if (in_use(name)) list += (list.empty() ? "" : ", ") + name;
    world_.drop(name);
  }
  if (outline.concurrently) {
    if (outline.guarded) {
      retry_drop_ = true;
      return;
    }
    return concurrently(false);
  }
  if (list.empty()) return;
  find(Rule::drop_index, 0, "nobody can use the table of " + list + " while this waits and drops");
}

// --- ALTER ---------------------------------------------------------------------------------------

void LintReader::alter(const Outline& outline) {
  Words words = outline.rest;
  if (outline.kind == "table" || outline.kind == "foreign table" ||
      outline.kind == "materialized view") {
    return alter_table(outline);
  }
  if (outline.kind == "type") return alter_type(outline);
  if (outline.kind == "domain") return alter_domain(outline);
  if (outline.kind == "role" || outline.kind == "user") return look_for_password(outline.rest);
  const bool names = outline.kind == "view" || outline.kind == "schema";
  if (names && words.accept("rename") && words.accept("to") && in_use(outline.name)) {
    find(Rule::rename_table, 0, outline.name + " is called " + words.name() + " from then on");
  }
  if (outline.kind == "index" && words.accept("set") && words.accept("tablespace") &&
      in_use(outline.name)) {
    find(Rule::table_rewrite, 0, outline.name + " is written anew");
  }
}

void LintReader::alter_type(const Outline& outline) {
  Words words = outline.rest;
  if (world_.is_new_type(outline.name)) return;
  if (words.accept("rename")) {
    if (words.accept("value")) {
      find(Rule::enum_rename_value, 0, "a value of " + outline.name + " gets another name");
    }
    return;
  }
  if (!words.accept("add") || !words.accept("value")) return;
  words.skip_if_exists();
  if (world_.in_transaction) world_.enum_values.insert(sql::unquoted(words.take()));
  if (!mentions(words, {"before"}) && !mentions(words, {"after"})) {
    find(Rule::enum_order, 0, "the new value of " + outline.name + " comes last");
  }
}

void LintReader::alter_domain(const Outline& outline) {
  Words words = outline.rest;
  if (world_.is_new_type(outline.name)) return;
  const bool adds = words.accept("add") && !mentions(words, {"not", "valid"});
  Words again = outline.rest;
  const bool reads = adds || again.accept("validate") || mentions(again, {"set", "not", "null"});
  if (reads) {
    find(Rule::domain_constraint, 0,
         "every table that uses " + outline.name + " is read while its writers wait");
  }
}

// --- the others ----------------------------------------------------------------------------------

void LintReader::other(Words words) {
  if (words.accept("truncate")) return truncate(words);
  if (words.accept("vacuum")) return vacuum(words, false);
  if (words.accept("cluster")) return vacuum(words, true);
  if (words.accept("reindex")) return reindex(words);
  if (words.accept("refresh")) return refresh(words);
  if (words.accept("grant")) return grant(words);
  if (words.accept("set")) return set(words, false);
  if (words.accept("reset")) return set(words, true);
  if (!words.accept("select")) return;
  set_config(words);
  // SELECT ... INTO makes a table.
  for (int depth = 0; !words.done(); words.take()) {
    depth += words.peek().is('(') ? 1 : words.peek().is(')') ? -1 : 0;
    if (depth > 0 || words.peek().is("from")) continue;
    if (!words.accept("into")) continue;
    words.accept_any({"temporary", "temp", "unlogged"});
    words.accept("table");
    world_.make(words.name(), false, now_.sure);
    return;
  }
}

void LintReader::truncate(Words words) {
  words.accept("table");
  std::string list;
  const bool cascades = mentions(words, {"cascade"});
  do {
    words.accept("only");
    const std::string name = words.name();
    words.accept('*');
    if (in_use(name)) list += (list.empty() ? "" : ", ") + name;
  } while (words.accept(','));
  if (list.empty()) return;
  find(Rule::truncate, 0,
       "all rows of " + list + (cascades ? " and of every table that references it" : "") +
           " are gone");
}

void LintReader::vacuum(Words words, bool cluster) {
  bool full = cluster;
  if (words.option_in_parentheses("full").value_or(false)) full = true;
  while (words.peek().is_any({"full", "freeze", "verbose", "analyze", "analyse"})) {
    if (words.take().is("full")) full = true;
  }
  const std::string name = words.name();
  if (!full || (!name.empty() && !in_use(name))) return;
  find(Rule::vacuum_full, 0,
       (name.empty() ? std::string("every table") : name) +
           " is written anew while nobody can use it");
}

void LintReader::reindex(Words words) {
  Words options = words;
  bool slowly = options.option_in_parentheses("concurrently").value_or(false);
  words.skip_parentheses();
  const Token what = words.take();
  slowly = words.accept("concurrently") || slowly;
  const std::string name = words.name();
  if (slowly) return concurrently(true);
  const bool one = what.is("table") || what.is("index");
  if (one && !in_use(name)) return;
  find(Rule::reindex, 0,
       (one ? name : std::string("all that is in it")) +
           " is indexed anew while writers wait, and readers that use the index");
  const LintSchema::Table* found = one ? known(name) : nullptr;
  if (found != nullptr && found->partitioned && world_.in_transaction) {
    find(Rule::reindex, 0, name + " is partitioned: REINDEX of it runs in no transaction");
  }
}

void LintReader::refresh(Words words) {
  words.accept("materialized");
  words.accept("view");
  const bool slowly = words.accept("concurrently");
  const std::string name = words.name();
  if (!in_use(name)) return;
  const LintSchema::Table* view = known(name);
  if (slowly && view != nullptr && !view->has_unique_index) {
    find(Rule::refresh, 0,
         name + " has no unique index of plain columns, which CONCURRENTLY needs (55000)");
  }
  if (slowly) return;
  find(Rule::refresh, 0, "nobody can read " + name + " until it is full again");
}

void LintReader::grant(Words words) {
  if (mentions(words, {"to", "public"})) {
    find(Rule::grant_public, 0, "every role gets this right");
  }
}

// --- the session ---------------------------------------------------------------------------------

void LintReader::set(Words words, bool reset) {
  const bool local = words.accept("local");
  words.accept("session");
  if (words.peek().is_any({"transaction", "constraints", "characteristics"})) return;
  std::string name = lower(sql::unquoted(words.take()));
  if (name == "time" && words.accept("zone")) {
    name = "timezone";
  } else if (!words.accept("to")) {
    words.accept('=');
  }
  const bool cut = words.peek().is("default") || words.peek().is("local");
  setting(name, cut ? std::string() : lower(sql::unquoted(words.peek())), local, reset || cut);
}

// SELECT set_config('lock_timeout', '2s', true)
void LintReader::set_config(Words words) {
  if (words.accept("pg_catalog")) words.take();
  if (!words.accept("set_config") || !words.accept('(')) return;
  const std::string name = lower(sql::unquoted(words.take()));
  words.accept(',');
  const std::string value = lower(sql::unquoted(words.take()));
  words.accept(',');
  setting(name, value, words.truth().value_or(false), false);
}

void LintReader::setting(const std::string& name, const std::string& value, bool local,
                         bool reset) {
  // Without a transaction around it SET LOCAL does nothing.
  if (local && !world_.in_transaction) return;
  if (name == "lock_timeout") {
    const bool zero = reset || value.empty() || value.front() == '0' || value.front() < '0' ||
                      value.front() > '9';
    world_.lock_timeout = zero ? LintSetting::off : LintSetting::on;
    world_.lock_timeout_is_local = local;
  } else if (name == "timezone") {
    const bool utc = is_utc(value);
    world_.utc = reset ? LintSetting::unset : utc ? LintSetting::on : LintSetting::off;
    world_.utc_is_local = local;
  } else if (name == "search_path") {
    world_.usual_schema = reset ? std::string() : value;
  }
  if (local) return;
  std::erase_if(settings_,
                [&](const Setting& one) { return one.name == name || (reset && name == "all"); });
  if (reset) return;
  // Where there is no transaction nothing else sets it.
  if (name.ends_with("_timeout") && !file_->transactional) return;
  settings_.push_back(
      {name, lint_place(*now_.unit, now_.begin, now_.begin + now_.text.size(), now_.begin)});
}

// --- what holds for every statement --------------------------------------------------------------

// `rerunnable`: what is there already does not make it fail.
void LintReader::concurrently(bool /*rerunnable*/) {
  concurrent_.push_back(
      lint_place(*now_.unit, now_.begin, now_.begin + now_.text.size(), now_.begin));
  if (world_.lock_timeout != LintSetting::on) return;
  find(Rule::concurrently_short_timeout, 0,
       "its waits for other transactions end with lock_timeout, and leave an invalid index");
}

void LintReader::look_at_enum_values() {
  if (world_.enum_values.empty() || starts(now_.text, "alter")) return;
  for (Words words(kLexicalRules, now_.text); !words.at_end(); words.take()) {
    if (words.peek().kind != Token::Kind::string) continue;
    const std::string value = sql::unquoted(words.peek());
    if (!world_.enum_values.contains(value)) continue;
    return find(Rule::enum_value_used, words.peek().offset,
                "the new value '" + value +
                    "' cannot be used before the transaction that adds it "
                    "is committed");
  }
}

void LintReader::look_at_locks(const LockNeeds& needs) {
  if (!needs.absent.empty() && known(needs.absent) != nullptr) return;
  const bool replaces_view = starts(now_.text, "create") && schema_ == nullptr;
  const LockNeed* strongest = nullptr;
  for (const LockNeed& need : needs.needs) {
    const bool itself = need.object == LockNeed::Object::relation && !need.waits &&
                        (need.reach & reach::not_itself) == 0;
    if (!itself || need.mode < share || !in_use(need.name)) continue;
    // Of a materialized view, which nobody writes to.
    if (need.mode == exclusive && needs.command.starts_with("REFRESH")) continue;
    // CREATE OR REPLACE VIEW: whether there is one to replace cannot be told.
    if (replaces_view && need.mode == access_exclusive && needs.command.ends_with("VIEW")) continue;
    if (strongest == nullptr || need.mode > strongest->mode) strongest = &need;
  }
  if (strongest == nullptr) return;
  const bool guarded = world_.lock_timeout == LintSetting::on || request_.lock_timeout.count() > 0;
  const bool strong = strongest->mode >= share_row_exclusive;
  // What refuses a transaction waits otherwise, and has rules of its own.
  const bool bare = sql::classify(kGrammar, now_.text).kind == sql::StatementKind::bare;
  if (!guarded && !bare && strong && !std::exchange(lock_told_, true)) {
    find(Rule::lock_timeout, 0,
         needs.command + " waits for " + strongest->name + " (" +
             std::string(lock_mode_name(strongest->mode)) +
             ") without a limit, and all who come later wait behind it");
  }
  if (strong && world_.in_transaction && world_.held.empty()) world_.held = strongest->name;
}

void LintReader::look_at_calls(const LockNeeds& needs) {
  if (!needs.untold.empty() && !starts(now_.text, "do")) {
    const bool names_nothing = needs.untold.starts_with("it names no");
    if (!names_nothing) find(Rule::untold, 0, "what this does cannot be told: " + needs.untold);
    return;
  }
  if (!Words(kLexicalRules, now_.text).peek().is_any({"select", "perform", "with"})) return;
  for (const std::string& call : needs.calls) {
    const std::string name = plain(call);
    if (std::ranges::find(kHarmless, name) != kHarmless.end() || name.starts_with("pg_")) continue;
    const bool reads = mentions(Words(kLexicalRules, now_.text), {"from"});
    LintSeverity severity = reads ? LintSeverity::note : LintSeverity::warning;
    if (schema_ != nullptr) {
      using Volatility = LintSchema::Volatility;
      const Volatility told = schema_->volatility(call);
      if (told != Volatility::volatile_ && told != Volatility::inlined) continue;
    }
    return find(Rule::untold, severity, 0,
                "what this does cannot be told: the function " + call + " runs code");
  }
}

}  // namespace gander::driver::postgres
