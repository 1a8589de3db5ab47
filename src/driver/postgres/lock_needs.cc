// SPDX-License-Identifier: MIT
// The modes are data, see lock_table.h; what does not fit a table has a function of its own.
#include "src/driver/postgres/lock_needs.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lock_table.h"
#include "src/driver/postgres/query_names.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;
namespace {

constexpr int kGrantLocks = 180000;

// Advances over `pattern` when the words begin with it. A name that `@` stands for is the last in
// `*name`.
bool match(Words& words, std::string_view pattern, std::string* name = nullptr) {
  Words ahead = words;
  while (!pattern.empty()) {
    const std::size_t blank = std::min(pattern.find(' '), pattern.size());
    std::string_view word = pattern.substr(0, blank);
    pattern.remove_prefix(std::min(blank + 1, pattern.size()));
    if (word == "@") {
      const std::string found = ahead.name();
      if (found.empty()) return false;
      if (name != nullptr) *name = found;
    } else if (word == "(") {
      if (!ahead.peek().is('(')) return false;
      ahead.take();
    } else if (word.front() == '?') {
      ahead.accept(word.substr(1));
    } else if (!ahead.accept(word)) {
      return false;
    }
  }
  words = ahead;
  return true;
}

bool mentions(Words words, std::initializer_list<std::string_view> wanted) {
  for (; words.peek().kind != Token::Kind::end; words.take()) {
    Words ahead = words;
    if (std::all_of(wanted.begin(), wanted.end(),
                    [&](std::string_view word) { return ahead.accept(word); })) {
      return true;
    }
  }
  return false;
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

// "ALTER TABLE", "CREATE UNIQUE INDEX CONCURRENTLY", "INSERT".
std::string command_of(Words words) {
  static constexpr std::array<std::string_view, 24> kMore = {
      "table",     "index",    "unique",  "view",         "materialized", "trigger",
      "rule",      "policy",   "type",    "domain",       "sequence",     "foreign",
      "schema",    "function", "on",      "concurrently", "publication",  "statistics",
      "extension", "or",       "replace", "constraint",   "procedure",    "column"};
  if (words.peek().kind != Token::Kind::word) return "the statement";
  const Token first = words.take();
  std::string command = upper(first.text);
  for (const char* alone : {"insert", "update", "delete", "select", "with", "lock", "truncate",
                            "grant", "revoke", "copy", "merge", "vacuum", "analyze", "do"}) {
    if (first.is(alone)) return command;
  }
  while (std::any_of(kMore.begin(), kMore.end(),
                     [&](std::string_view word) { return words.peek().is(word); })) {
    command += " " + upper(words.take().text);
  }
  return command;
}

class Teller {
 public:
  explicit Teller(std::string_view sql) : sql_(sql), words_(kLexicalRules, sql) {}

  LockNeeds tell() {
    told_.command = command_of(words_);
    for (const Untold& untold : kUntold) {
      if (match(words_, untold.words)) {
        told_.untold = untold.why;
        return std::move(told_);
      }
    }
    explain();
    if (!special() && !on_table() && !named() && !silent()) query(sql_);
    return std::move(told_);
  }

 private:
  LockNeed& need(std::string name, LockMode mode, std::uint32_t reach = 0,
                 LockMode other = access_exclusive) {
    LockNeed& made = told_.needs.emplace_back();
    if (name.empty()) made.reach = reach::not_itself;
    made.name = std::move(name);
    made.mode = mode;
    made.reach |= reach;
    made.other = other;
    return made;
  }

  // EXPLAIN ANALYZE locks what its statement does, plain EXPLAIN as well.
  void explain() {
    if (!words_.accept("explain")) return;
    words_.skip_parentheses();
    while (words_.accept("analyze") || words_.accept("verbose")) {
    }
  }

  // Commands that lock no relation whose rows anybody could be at.
  bool silent() {
    static constexpr std::array<std::string_view, 29> kSilent = {
        "set",      "reset",    "show",    "begin",      "start",      "commit",
        "end",      "rollback", "abort",   "savepoint",  "release",    "notify",
        "listen",   "unlisten", "discard", "checkpoint", "deallocate", "close",
        "fetch",    "move",     "alter",   "create",     "drop",       "comment",
        "security", "grant",    "revoke",  "prepare",    "reindex"};
    return std::any_of(kSilent.begin(), kSilent.end(),
                       [this](std::string_view word) { return words_.peek().is(word); });
  }

  bool special() {
    Words& w = words_;
    if (match(w, "alter table") || match(w, "alter foreign table") ||
        match(w, "alter materialized view")) {
      alter_table();
    } else if (match(w, "alter index")) {
      alter_index();
    } else if (match(w, "alter sequence")) {
      alter_sequence();
    } else if (match(w, "alter type")) {
      alter_type();
    } else if (match(w, "alter domain")) {
      alter_domain();
    } else if (match(w, "alter publication") || match(w, "create publication")) {
      publication();
    } else if (match(w, "create ?unique index")) {
      create_index();
    } else if (match(w, "create statistics")) {
      while (!w.done() && !w.accept("from")) w.take();
      need(w.name(), share_update_exclusive);
    } else if (match(w, "create ?or ?replace function") ||
               match(w, "create ?or ?replace procedure")) {
      create_routine();
    } else if (match(w, "create sequence") || match(w, "create temp sequence")) {
      owned_by();
    } else if (starts_create_view()) {
      create_view();
    } else if (starts_create_table()) {
      create_table();
    } else {
      return maintenance();
    }
    return true;
  }

  bool maintenance() {
    Words& w = words_;
    if (match(w, "truncate")) {
      truncate();
    } else if (match(w, "lock")) {
      lock();
    } else if (match(w, "reindex")) {
      reindex();
    } else if (match(w, "cluster")) {
      cluster();
    } else if (match(w, "vacuum")) {
      vacuum(true);
    } else if (match(w, "analyze") || match(w, "analyse")) {
      vacuum(false);
    } else if (match(w, "refresh materialized view")) {
      const bool slowly = w.accept("concurrently");
      const std::string name = w.name();
      need(name, slowly ? exclusive : access_exclusive);
      need(name, access_share, reach::not_itself | reach::beneath);
    } else if (match(w, "grant") || match(w, "revoke")) {
      grant();
    } else if (match(w, "comment on column")) {
      const std::string column = w.name();
      const std::size_t dot = column.rfind('.');
      if (dot != std::string::npos) need(column.substr(0, dot), share_update_exclusive);
    } else if (match(w, "copy")) {
      copy();
    } else {
      return false;
    }
    return true;
  }

  bool on_table() {
    for (const OnTable& command : kOnTable) {
      Words ahead = words_;
      if (!match(ahead, command.words)) continue;
      if (command.words == "comment on" && !match(ahead, "constraint") &&
          !match(ahead, "trigger") && !match(ahead, "rule") && !match(ahead, "policy")) {
        continue;
      }
      // CREATE TRIGGER has `UPDATE OF a ON t` and CREATE RULE `ON INSERT TO t` before the table.
      const bool rule = command.words.ends_with("replace rule");
      while (!ahead.done() && !ahead.peek().is(rule ? "to" : "on")) ahead.take();
      ahead.take();
      if (ahead.accept("domain")) return true;
      need(ahead.name(), command.mode, command.reach);
      if (command.words.ends_with("trigger") && ahead.accept("from")) {
        need(ahead.name(), access_share);
      }
      return true;
    }
    return false;
  }

  bool named() {
    for (const Named& command : kNamed) {
      if (!match(words_, command.words)) continue;
      const bool cascades = mentions(words_, {"cascade"});
      words_.skip_if_exists();
      do {
        const std::string name = words_.name();
        const std::uint32_t more = cascades ? reach::dependents : 0;
        LockNeed& dropped = need(name, command.mode, command.reach | more, command.other);
        dropped.object = command.object;
        words_.skip_parentheses();
        if (command.words == "drop index concurrently") {
          LockNeed& waits = need(name, access_exclusive, reach::table | reach::not_itself);
          waits.waits = true;
        }
      } while (words_.accept(','));
      return true;
    }
    return false;
  }

  // --- ALTER -------------------------------------------------------------------------------------

  void alter_table() {
    words_.skip_if_exists();
    const bool only = words_.accept("only");
    const std::string name = words_.name();
    words_.accept('*');
    do {
      action(name, only);
      while (!words_.done() && !words_.peek().is(',')) {
        if (words_.peek().is('(')) {
          words_.skip_parentheses();
        } else {
          words_.take();
        }
      }
    } while (words_.accept(','));
  }

  void action(const std::string& name, bool only) {
    const Words rest = words_;
    std::string detail;
    for (const Action& action : kTableActions) {
      if (!match(words_, action.words, &detail)) continue;
      std::uint32_t reach = action.reach;
      if (only) reach &= ~(reach::children | reach::partitions);
      LockNeed& made = need(name, action.mode, reach);
      made.detail = detail;
      if (action.words.starts_with("validate")) made.other = row_share;
      const bool changes_sequence =
          action.words.ends_with("restart") || action.words.ends_with("generated");
      if (action.words.starts_with("attach") || changes_sequence) made.other = share_row_exclusive;
      further(action, name, rest);
      return;
    }
  }

  // What an action locks beyond its own table. `rest` begins with the action.
  void further(const Action& action, const std::string& name, const Words& rest) {
    if (action.words.starts_with("drop") && action_mentions(rest, "cascade")) {
      told_.needs.back().reach |= reach::dependents;
    }
    if (action.words.starts_with("add")) added(rest);
    if (action.words.ends_with("type")) calls_of(rest);
    if (action.words == "inherit") need(words_.name(), share_update_exclusive);
    if (action.words == "no inherit" || action.words == "of") need(words_.name(), access_share);
    if (action.words == "attach partition") {
      need(words_.name(), access_exclusive, reach::children);
    }
    if (action.words != "detach partition") return;
    const std::string partition = words_.name();
    if (action_mentions(words_, "concurrently") || action_mentions(words_, "finalize")) {
      told_.needs.pop_back();
      need(name, share_update_exclusive);
      need(name, access_exclusive).waits = true;
    }
    need(partition, access_exclusive, reach::children);
  }

  // To the end of this action, parentheses included.
  static bool action_mentions(Words words, std::string_view wanted) {
    for (int depth = 0; !words.done(); words.take()) {
      if (words.peek().is('(')) ++depth;
      if (words.peek().is(')')) --depth;
      if (depth == 0 && words.peek().is(',')) return false;
      if (words.peek().is(wanted)) return true;
    }
    return false;
  }

  // ADD COLUMN and ADD CONSTRAINT.
  void added(Words rest) {
    for (int depth = 0; !rest.done();) {
      if (rest.peek().is('(')) ++depth;
      if (rest.peek().is(')')) --depth;
      if (depth == 0 && rest.peek().is(',')) return;
      if (match(rest, "references")) {
        need(rest.name(), share_row_exclusive, reach::partitions);
      } else if (match(rest, "using index tablespace")) {
      } else if (match(rest, "using index")) {
        need(rest.name(), share_update_exclusive);
      } else {
        call(rest);
      }
    }
  }

  void calls_of(Words rest) {
    for (int depth = 0; !rest.done();) {
      if (rest.peek().is('(')) ++depth;
      if (rest.peek().is(')')) --depth;
      if (depth == 0 && rest.peek().is(',')) return;
      call(rest);
    }
  }

  void call(Words& words) {
    const std::string name = words.name();
    if (name.empty()) {
      words.take();
    } else if (words.peek().is('(')) {
      told_.calls.insert(name);
    }
  }

  void alter_index() {
    words_.skip_if_exists();
    const std::string name = words_.name();
    if (match(words_, "attach partition")) {
      need(name, share_update_exclusive, reach::table, access_share);
      need(words_.name(), access_exclusive, reach::table, access_share);
    } else if (words_.peek().is("set") && !match(words_, "set (")) {
      need(name, access_exclusive);
    } else {
      need(name, share_update_exclusive);
    }
  }

  void alter_sequence() {
    words_.skip_if_exists();
    const std::string name = words_.name();
    const bool definition =
        words_.peek().is("rename") || words_.peek().is("set") || match(words_, "owner to");
    need(name, definition ? access_exclusive : share_row_exclusive);
    owned_by();
  }

  void owned_by() {
    while (!words_.done() && !match(words_, "owned by")) words_.take();
    const std::string column = words_.name();
    const std::size_t dot = column.rfind('.');
    if (dot != std::string::npos) need(column.substr(0, dot), access_share);
  }

  void alter_type() {
    const std::string name = words_.name();
    const bool attribute = match(words_, "rename attribute") || match(words_, "add attribute") ||
                           match(words_, "drop attribute") || match(words_, "alter attribute");
    if (attribute) need(name, access_exclusive, reach::typed_tables);
  }

  void alter_domain() {
    const std::string name = words_.name();
    const bool checks = match(words_, "validate") || match(words_, "set not null") ||
                        (match(words_, "add") && !mentions(words_, {"not", "valid"}));
    if (checks) need(name, share, reach::not_itself | reach::type_users).object = Object::type;
  }

  void publication() {
    words_.name();
    while (!words_.done()) {
      const bool list = words_.accept("table") || words_.accept(',');
      if (!list) {
        words_.take();
        continue;
      }
      words_.accept("table");
      words_.accept("only");
      need(words_.name(), share_update_exclusive, reach::children);
      words_.skip_parentheses();
      if (match(words_, "where")) words_.skip_parentheses();
      if (!words_.peek().is(',')) return;
    }
  }

  // --- CREATE ------------------------------------------------------------------------------------

  void create_index() {
    const bool slowly = words_.accept("concurrently");
    const bool guarded = words_.peek().is("if");
    words_.skip_if_exists();
    std::string index;
    if (!words_.peek().is("on")) index = words_.name();
    if (!words_.accept("on")) return;
    const bool only = words_.accept("only");
    const std::string table = words_.name();
    if (!slowly) {
      need(table, share, only ? 0 : reach::partitions);
      return;
    }
    need(table, share_update_exclusive);
    LockNeed& waits = need(table, share);
    waits.waits = true;
    if (guarded) waits.detail = index;
    told_.waits_for_snapshots = true;
  }

  bool starts_create_view() {
    Words ahead = words_;
    if (!match(ahead, "create ?or ?replace ?temp ?temporary ?recursive view") &&
        !match(ahead, "create materialized view")) {
      return false;
    }
    words_ = ahead;
    return true;
  }

  void create_view() {
    const bool fills =
        mentions(Words(kLexicalRules, sql_.substr(0, words_.peek().offset)), {"materialized"});
    if (mentions(Words(kLexicalRules, sql_.substr(0, words_.peek().offset)), {"or", "replace"})) {
      need(words_.name(), access_exclusive);
    } else {
      words_.skip_if_exists();
      words_.name();
    }
    if (fills) return query(sql_);
    analyse(sql_);
  }

  // A query that is looked at and not run: what lies beneath the views in it stays out of it.
  void analyse(std::string_view sql) {
    const std::size_t before = told_.needs.size();
    query(sql);
    for (std::size_t i = before; i < told_.needs.size(); ++i) {
      told_.needs[i].reach &= ~(reach::beneath | reach::indexes | reach::triggers);
    }
    told_.calls.clear();
  }

  bool starts_create_table() {
    return match(words_, "create ?global ?local ?temp ?temporary ?unlogged table") ||
           match(words_, "create foreign table");
  }

  void create_table() {
    const bool guarded = words_.peek().is("if");
    words_.skip_if_exists();
    const std::string name = words_.name();
    if (guarded) told_.absent = name;
    if (match(words_, "partition of")) {
      need(words_.name(), access_exclusive, reach::default_partition | reach::referenced,
           share_row_exclusive);
    } else if (match(words_, "of")) {
      need(words_.name(), access_share);
    }
    Words body = words_;
    while (!body.done() && !body.peek().is("as")) {
      if (body.peek().is('(')) {
        body.skip_parentheses();
      } else {
        body.take();
      }
    }
    if (body.accept("as")) return query(sql_.substr(body.peek().offset));
    while (!words_.done()) {
      if (match(words_, "references")) {
        need(words_.name(), share_row_exclusive, reach::partitions);
      } else if (match(words_, "like")) {
        need(words_.name(), access_share);
      } else if (match(words_, "inherits")) {
        words_.accept('(');
        do {
          need(words_.name(), share_update_exclusive);
        } while (words_.accept(','));
      } else {
        words_.take();
      }
    }
  }

  // Bodies in SQL are analysed when they are made (check_function_bodies).
  void create_routine() {
    if (mentions(words_, {"begin", "atomic"})) {
      return analyse(sql_);
    }
    if (!mentions(words_, {"language", "sql"})) return;
    for (; !words_.done(); words_.take()) {
      const Token& token = words_.peek();
      if (token.kind != Token::Kind::string || token.text.size() < 3) continue;
      const std::size_t quote = token.text.front() == '$' ? token.text.find('$', 1) + 1 : 1;
      if (token.text.size() > 2 * quote) {
        analyse(token.text.substr(quote, token.text.size() - 2 * quote));
      }
    }
  }

  // --- the rest ----------------------------------------------------------------------------------

  void truncate() {
    words_.accept("table");
    std::uint32_t more = mentions(words_, {"cascade"}) ? reach::referencing : 0;
    if (mentions(words_, {"restart", "identity"})) more |= reach::sequences;
    do {
      const bool only = words_.accept("only");
      need(words_.name(), access_exclusive, more | (only ? 0 : reach::children));
      words_.accept('*');
    } while (words_.accept(','));
  }

  void lock() {
    words_.accept("table");
    std::vector<std::pair<std::string, bool>> names;
    do {
      const bool only = words_.accept("only");
      names.emplace_back(words_.name(), only);
      words_.accept('*');
    } while (words_.accept(','));
    LockMode mode = access_exclusive;
    if (words_.accept("in")) {
      for (int i = 0; i < 8; ++i) {
        std::string pattern;
        for (const char c : lock_mode_name(static_cast<LockMode>(i))) {
          pattern += c == ' ' ? c : static_cast<char>(c | 0x20);
        }
        if (match(words_, pattern + " mode")) mode = static_cast<LockMode>(i);
      }
    }
    for (const auto& [name, only] : names) {
      need(name, mode, (only ? 0 : reach::children) | reach::beneath);
    }
  }

  void reindex() {
    const bool in_options = mentions(words_, {"concurrently"});
    words_.skip_parentheses();
    const Token what = words_.take();
    const bool slowly = words_.accept("concurrently") || in_options;
    const std::string name = words_.name();
    if (what.is("table") && !slowly) {
      need(name, share, reach::partitions | reach::indexes);
    } else if (what.is("index") && !slowly) {
      need(name, access_exclusive, reach::table | reach::partitions, share);
    } else if (what.is("table") || what.is("index")) {
      const std::uint32_t reach =
          (what.is("index") ? reach::table : reach::indexes) | reach::partitions;
      need(name, share_update_exclusive, reach, share_update_exclusive);
      LockNeed& waits = need(name, access_exclusive, reach, access_exclusive);
      waits.waits = true;
      told_.waits_for_snapshots = true;
    } else {
      told_.untold = "it names no table";
    }
  }

  void cluster() {
    words_.skip_parentheses();
    words_.accept("verbose");
    const std::string name = words_.name();
    if (name.empty()) {
      told_.untold = "it names no table";
    } else if (words_.accept("on")) {
      need(words_.name(), access_exclusive, reach::partitions);
    } else {
      need(name, access_exclusive, reach::partitions);
    }
  }

  void vacuum(bool may_be_full) {
    Words options = words_;
    options.skip_parentheses();
    const bool full = may_be_full && mentions(words_, {"full"});
    words_.skip_parentheses();
    for (const char* word : {"full", "freeze", "verbose", "analyze", "analyse"}) {
      words_.accept(word);
    }
    if (!words_.at_name()) {
      told_.untold = "it names no table";
      return;
    }
    do {
      words_.accept("only");
      need(words_.name(), full ? access_exclusive : share_update_exclusive, reach::children);
      words_.skip_parentheses();
    } while (words_.accept(','));
  }

  void grant() {
    while (!words_.done() && !words_.accept("on")) {
      words_.take();
    }
    const bool said = words_.accept("table") || words_.accept("sequence");
    for (const char* other :
         {"all", "schema", "database", "function", "procedure", "routine", "type", "domain",
          "language", "tablespace", "foreign", "large", "parameter", "routines"}) {
      if (!said && words_.peek().is(other)) return;
    }
    if (words_.done()) return;
    do {
      need(words_.name(), access_share).since = kGrantLocks;
    } while (words_.accept(','));
  }

  void copy() {
    if (words_.peek().is('(')) return query(sql_);
    const std::string name = words_.name();
    words_.skip_parentheses();
    const bool in = words_.peek().is("from");
    need(name, in ? row_exclusive : access_share,
         reach::indexes | (in ? reach::inserted | reach::triggers : reach::beneath),
         in ? row_exclusive : access_share);
  }

  // SELECT, INSERT and the like, wherever they stand.
  void query(std::string_view sql) {
    QueryNames names = query_names(sql);
    for (const std::string& name : names.read) {
      const LockMode mode = names.locks_rows ? row_share : access_share;
      need(name, mode, reach::children | reach::beneath | reach::indexes, mode);
    }
    for (const QueryNames::Written& written : names.written) {
      using How = QueryNames::Written::How;
      std::uint32_t reach = reach::beneath | reach::triggers | reach::indexes;
      if (written.how != How::inserted) reach |= reach::children;
      if (written.how == How::inserted) reach |= reach::inserted;
      if (written.how == How::deleted) reach |= reach::deleted;
      if (written.how == How::updated) reach |= reach::updated;
      if (written.how == How::merged) reach |= reach::inserted | reach::deleted;
      need(written.name, row_exclusive, reach, row_exclusive).detail = written.columns;
    }
    told_.calls.merge(names.calls);
  }

  std::string_view sql_;
  Words words_;
  LockNeeds told_;
};

}  // namespace

LockNeeds lock_needs(std::string_view sql) {
  LockNeeds told = Teller(sql).tell();
  std::erase_if(told.needs, [](const LockNeed& need) { return need.name.empty(); });
  return told;
}

}  // namespace gander::driver::postgres
