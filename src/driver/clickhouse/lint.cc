// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/lint.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "src/driver/clickhouse/lexical.h"
#include "src/driver/clickhouse/lint_rules.h"
#include "src/driver/driver.h"
#include "src/sql/outline.h"
#include "src/sql/rows_changed.h"

namespace gander::driver::clickhouse {

using sql::Outline;
using sql::Token;
using sql::Words;
namespace {

// What comes out otherwise at another time.
constexpr std::array<std::string_view, 20> kUnsteady = {
    "now",          "now64",          "today",          "yesterday",
    "nowinblock",   "rand",           "rand32",         "rand64",
    "randuniform",  "randnormal",     "randomstring",   "randomfixedstring",
    "generateulid", "generateuuidv4", "generateuuidv7", "generatesnowflakeid",
    "curdate",      "current_date",   "utc_timestamp",  "current_timestamp"};

// Behind the name of a column: what is changed without its type.
bool at_property(const Words& words) {
  return words.peek().is_any({"default", "materialized", "alias", "ephemeral", "codec", "comment",
                              "ttl", "remove", "modify", "reset", "settings", "statistics"});
}

// Names are compared without their quotes; case counts.
std::string plain(const std::string& written) {
  std::string name;
  for (Words words(kLexicalRules, written); !words.at_end();) name += sql::unquoted(words.take());
  return name;
}

void skip_one(Words& words) {
  if (words.peek().is('(')) {
    words.skip_parentheses();
  } else {
    words.take();
  }
}

void skip_action(Words& words) {
  while (!words.done() && !words.peek().is(',')) skip_one(words);
}

// Goes to the word outside of parentheses; false if it does not come before the end, or, with
// `within`, before the comma that ends the action.
bool go_to(Words& words, std::string_view word, bool within) {
  for (; !words.done(); skip_one(words)) {
    if (words.peek().is(word)) return true;
    if (within && words.peek().is(',')) return false;
  }
  return false;
}

bool action_has(Words words, std::string_view word) { return go_to(words, word, true); }

bool statement_has(Words words, std::string_view word) { return go_to(words, word, false); }

bool differs_each_time(Words words) {
  for (int depth = 0; !words.done();) {
    const Token token = words.take();
    if (token.is('(')) ++depth;
    if (token.is(')')) --depth;
    const bool ends = token.is(',') || token.is_any({"codec", "ttl", "comment", "after", "first"});
    if (depth <= 0 && ends) return false;
    if (std::ranges::any_of(kUnsteady, [&](auto name) { return token.is(name); })) return true;
  }
  return false;
}

// TTL ... TO DISK, and no element that deletes.
bool only_moves(Words words) {
  do {
    if (!action_has(words, "to") && !action_has(words, "recompress")) return false;
    skip_action(words);
  } while (words.accept(','));
  return true;
}

class Reader {
 public:
  // With `keep` what the file before has made is nobody's yet.
  void begin(LintFile& file, bool keep) {
    file_ = &file;
    if (!keep) new_.clear();
    changed_.clear();
    later_.clear();
    clustered_ = false;
    alone_.reset();
  }

  void read(const sql::Statement& unit) {
    unit_ = &unit;
    const Words words(kLexicalRules, unit.text);
    const Outline outline = sql::outline(words);
    look_at_rows(words);
    look_at_cluster(words);
    switch (outline.verb) {
      case Outline::Verb::create:
        return create(outline);
      case Outline::Verb::alter:
        if (outline.kind == "table") alter_table(outline);
        if (outline.kind == "user") look_for_password(outline.rest);
        return;
      case Outline::Verb::drop:
        return drop(outline);
      case Outline::Verb::other:
        return other(words);
    }
  }

  void end() {
    for (auto& [part, found] : later_) file_->found.push_back(std::move(found));
    if (clustered_ && alone_) file_->found.push_back(std::move(*alone_));
  }

 private:
  LintFound found(Rule rule, std::size_t at, std::string message) const {
    return {&text_of(rule),
            text_of(rule).severity,
            lint_place(*unit_, 0, unit_->text.size(), at),
            std::move(message),
            {},
            {}};
  }
  void find(Rule rule, std::size_t at, std::string message) {
    file_->found.push_back(found(rule, at, std::move(message)));
  }

  bool in_use(const std::string& name) const {
    return !name.empty() && !new_.contains(plain(name));
  }

  // Of the statements that a cluster can run as a whole: are there some of either kind?
  void look_at_cluster(const Words& words) {
    if (!words.peek().is_any(
            {"create", "alter", "drop", "rename", "truncate", "exchange", "optimize"}))
      return;
    Words ahead = words;
    for (; !ahead.done() && !ahead.peek().is("as"); skip_one(ahead)) {
      if (ahead.accept("on") && ahead.peek().is("cluster")) {
        clustered_ = true;
        return;
      }
      if (ahead.done()) break;
    }
    if (!alone_) {
      alone_ = found(Rule::cluster_mixed, 0, "this has no ON CLUSTER, and others in the file have");
    }
  }

  void create(const Outline& outline) {
    if (outline.kind == "user") return look_for_password(outline.rest);
    const bool materialized = outline.kind == "materialized view";
    if (outline.kind != "table" && outline.kind != "view" && !materialized) return;
    if (outline.kind == "table" && outline.replaces && in_use(outline.name)) {
      find(Rule::drop_table, 0, "the rows that " + outline.name + " has now are gone");
    }
    if (!outline.guarded || outline.temporary) new_.insert(plain(outline.name));
    if (materialized) {
      look_at_view(outline);
    } else if (outline.kind == "table" && !outline.temporary) {
      look_at_engine(outline);
    }
  }

  void look_at_view(const Outline& outline) {
    Words words = outline.rest;
    for (; !words.done() && !words.peek().is_any({"as", "select"}); skip_one(words)) {
      if (words.peek().is("to")) return;
    }
    find(Rule::inner_table, 0, "the rows of " + outline.name + " are in a hidden table");
  }

  void look_at_engine(const Outline& outline) {
    Words words = outline.rest;
    if (!go_to(words, "engine", false)) return;
    const std::size_t at = words.take().offset;
    words.accept('=');
    const Token engine = words.take();
    if (engine.is_any({"log", "tinylog", "stripelog"})) {
      return find(Rule::log_engine, at, "no ALTER TABLE will change " + outline.name);
    }
    if (engine.is_any({"memory", "buffer"})) {
      return find(Rule::memory_engine, at,
                  "the rows of " + outline.name + " are gone when the server starts again");
    }
    if (!engine.text.starts_with("Replicated") || !words.accept('(')) return;
    if (words.take().kind != Token::Kind::string || !words.accept(',')) return;
    const Token name = words.take();
    if (name.kind == Token::Kind::string && name.text.find('{') == std::string_view::npos) {
      find(Rule::replica_name, name.offset,
           "every server would be the replica " + std::string(name.text));
    }
  }

  // IDENTIFIED [WITH way] BY 'text': a password unless the way says that it is a hash of one.
  void look_for_password(Words words) {
    if (!go_to(words, "identified", false)) return;
    words.take();
    bool hashed = false;
    if (words.accept("with")) {
      hashed = words.peek().text.ends_with("_hash");
      words.take();
    }
    if (!hashed && words.accept("by") && words.peek().kind == Token::Kind::string) {
      find(Rule::password, words.peek().offset, "this password can be read in the file");
    }
  }

  void drop(const Outline& outline) {
    if (outline.kind == "database") {
      return find(Rule::drop_table, 0, "all that is in " + outline.name + " is gone");
    }
    if (outline.kind == "view") {
      if (in_use(outline.name)) {
        find(Rule::drop_view, 0, "if " + outline.name + " was made without TO, its rows are gone");
      }
      new_.erase(plain(outline.name));
      return;
    }
    if (outline.kind != "table") return;
    Words words = outline.rest;
    std::string list;
    std::string name = outline.name;
    while (!name.empty()) {
      if (in_use(name)) list += (list.empty() ? "" : ", ") + name;
      new_.erase(plain(name));
      name = words.accept(',') ? words.name() : "";
    }
    if (!list.empty()) find(Rule::drop_table, 0, "the rows of " + list + " are gone");
  }

  void other(Words words) {
    if (words.accept("truncate")) return truncate(words);
    if (words.accept("rename")) {
      if (words.accept("table")) rename(words);
      return;
    }
    if (words.accept("detach")) {
      words.accept_any({"table", "view", "dictionary", "database"});
      words.skip_if_exists();
      const std::string name = words.name();
      if (in_use(name)) find(Rule::detach, 0, name + " cannot be queried from then on");
      return;
    }
    if (words.accept("optimize")) {
      words.accept("table");
      const std::string name = words.name();
      if (in_use(name) && statement_has(words, "final") && !statement_has(words, "partition")) {
        find(Rule::optimize_final, 0, "every part of " + name + " is written anew");
      }
      return;
    }
    if (words.accept("replace")) {
      if (!words.accept("table")) return;
      const std::string name = words.name();
      if (in_use(name)) find(Rule::drop_table, 0, "the rows that " + name + " has now are gone");
    }
  }

  void truncate(Words words) {
    words.accept("temporary");
    words.accept("all");
    if (words.accept("database") || words.accept("tables")) {
      words.accept("from");
      return find(Rule::truncate, 0, "all rows of all tables of " + words.name() + " are gone");
    }
    words.accept("table");
    words.skip_if_exists();
    const std::string name = words.name();
    if (in_use(name)) find(Rule::truncate, 0, "all rows of " + name + " are gone");
  }

  void rename(Words words) {
    do {
      words.skip_if_exists();
      const std::string from = words.name();
      words.accept("to");
      const std::string to = words.name();
      if (in_use(from)) {
        find(Rule::rename_table, 0, from + " is called " + to + " from then on");
      } else if (new_.erase(plain(from)) > 0) {
        new_.insert(plain(to));
      }
    } while (words.accept(','));
  }

  // DELETE FROM and UPDATE of the language's newer, lightweight kind.
  void look_at_rows(const Words& words) {
    if (!words.peek().is_any({"update", "delete"})) return;
    for (const sql::RowsChanged& changed : sql::rows_changed(kLexicalRules, unit_->text)) {
      if (changed.all && in_use(changed.table))
        all_rows(changed.table, changed.deletes, changed.at);
    }
  }

  void all_rows(const std::string& table, bool deletes, std::size_t at) {
    if (deletes) {
      find(Rule::delete_all, at, "every row of " + table + " is gone");
    } else {
      find(Rule::update_all, at, "every part of " + table + " is written anew");
    }
  }

  void alter_table(const Outline& outline) {
    const std::string& table = outline.name;
    if (!in_use(table)) return;
    Words words = outline.rest;
    if (words.accept("on")) {
      words.accept("cluster");
      words.take();
    }
    bool mutates = false;
    do {
      // New versions write each action in parentheses of its own as well.
      words.accept('(');
      if (act(table, words)) mutates = true;
      // UPDATE a = 1, b = 2 WHERE ... has commas of its own.
      if (words.peek().is("update")) go_to(words, "where", false);
      skip_action(words);
    } while (words.accept(','));
    if (mutates && !changed_.insert(plain(table)).second) {
      find(Rule::mutations_apart, 0, "the parts of " + table + " are written a second time");
    }
  }

  // True: rows are updated or deleted.
  bool act(const std::string& table, Words words) {
    const std::size_t at = words.peek().offset;
    if (words.peek().is_any({"update", "delete"})) {
      mutate(table, words, at);
      return true;
    }
    if (words.accept("add")) {
      add(table, words, at);
    } else if (words.accept("modify")) {
      modify(table, words, at);
    } else if (words.accept("alter")) {
      if (words.accept("column")) alter_column(table, words, at);
    } else if (words.accept("drop")) {
      drop_part(table, words, at);
    } else if (words.accept("clear")) {
      if (words.accept("column")) lose_column(table, words, at);
    } else if (words.accept("rename")) {
      if (words.accept("column")) {
        words.skip_if_exists();
        find(Rule::rename_column, at, table + "." + words.name() + " gets another name");
      }
    } else if (words.accept("detach")) {
      find(Rule::detach, at, "rows of " + table + " cannot be queried from then on");
    } else if (words.accept("replace")) {
      find(Rule::drop_partition, at,
           "the rows that the partition of " + table + " has now are gone");
    } else if (words.accept("materialize")) {
      materialize(table, words);
    }
    return false;
  }

  void mutate(const std::string& table, Words words, std::size_t at) {
    const bool deletes = words.take().is("delete");
    const bool in_partition = statement_has(words, "partition");
    if (!go_to(words, "where", false)) return;
    words.take();
    if (sql::always_holds(words) && !in_partition) return all_rows(table, deletes, at);
    if (in_partition) return;
    find(Rule::mutation, at,
         "each part of " + table + " with a row that is " + (deletes ? "deleted" : "updated") +
             " is written anew");
  }

  // What MATERIALIZE behind it in the file makes good.
  void until_materialized(Rule rule, const std::string& table, const std::string& part,
                          std::size_t at, std::string message) {
    later_.emplace(plain(table) + "." + plain(part), found(rule, at, std::move(message)));
  }

  void materialize(const std::string& table, Words words) {
    if (!words.accept_any({"column", "index", "projection"})) return;
    words.skip_if_exists();
    later_.erase(plain(table) + "." + plain(words.name()));
  }

  void add(const std::string& table, Words words, std::size_t at) {
    if (words.accept("constraint")) {
      words.skip_if_exists();
      return find(Rule::constraint_unchecked, at,
                  "rows of " + table + " that break " + words.name() + " stay");
    }
    if (words.accept_any({"index", "projection"})) {
      words.skip_if_exists();
      const std::string name = words.name();
      return until_materialized(Rule::old_parts, table, name, at,
                                "rows that " + table + " has now are not in " + name);
    }
    if (!words.accept("column")) return;
    words.skip_if_exists();
    const std::string name = words.name();
    if (!go_to(words, "default", true)) return;
    words.take();
    if (!differs_each_time(words)) return;
    until_materialized(Rule::default_recomputed, table, name, at,
                       "old rows have another " + table + "." + name + " in each query");
  }

  void modify(const std::string& table, Words words, std::size_t at) {
    if (words.accept("ttl")) {
      if (!only_moves(words)) {
        find(Rule::ttl_deletes, at, "rows of " + table + " that are past it are gone at once");
      }
      return;
    }
    if (words.peek().is("order")) {
      Words every(kLexicalRules, unit_->text);
      if (!statement_has(every, "add")) {
        find(Rule::order_by, at,
             "no column of " + table + " that is there already can come into the key");
      }
      return;
    }
    if (words.accept("column")) alter_column(table, words, at);
  }

  void alter_column(const std::string& table, Words words, std::size_t at) {
    words.skip_if_exists();
    const std::string column = table + "." + words.name();
    if (action_has(words, "ttl") && !action_has(words, "remove")) {
      find(Rule::ttl_deletes, at, "values of " + column + " that are past it are gone at once");
    }
    // ALTER COLUMN name TYPE Int8; a position alone is no other type.
    words.accept("type");
    if (words.done() || words.peek().is(',') || words.peek().is_any({"after", "first"})) return;
    if (at_property(words)) return;
    find(Rule::column_type, at,
         "unless it is the type that " + column +
             " has, or one with more ENUM values, all values are "
             "written anew, and those that do not fit are cut or stop it half way");
  }

  void drop_part(const std::string& table, Words words, std::size_t at) {
    if (words.peek().is_any({"partition", "part", "detached"})) {
      return find(Rule::drop_partition, at, "the rows of a partition of " + table + " are gone");
    }
    if (words.accept("column")) lose_column(table, words, at);
  }

  void lose_column(const std::string& table, Words words, std::size_t at) {
    words.skip_if_exists();
    find(Rule::drop_column, at, "the values of " + table + "." + words.name() + " are gone");
  }

  LintFile* file_ = nullptr;
  const sql::Statement* unit_ = nullptr;
  std::set<std::string> new_;               // tables and views that the file makes
  std::set<std::string> changed_;           // tables in use whose rows it has changed
  std::map<std::string, LintFound> later_;  // unless something behind it in the file says otherwise
  bool clustered_ = false;                  // a statement has ON CLUSTER
  std::optional<LintFound> alone_;          // the first change without ON CLUSTER
};

class ClickhouseLinter final : public Linter {
 public:
  explicit ClickhouseLinter(const LintRequest& request) : together_(request.together) {
    if (request.connection == nullptr) return;
    const Rows rows = request.connection->query("SELECT version()");
    const auto* version = std::get_if<std::string>(&rows.rows[0][0]);
    if (version != nullptr) server_ = "ClickHouse " + *version;
  }
  std::string server() const override { return server_; }
  void begin(LintFile& file) override { reader_.begin(file, together_); }
  void add(const sql::Statement& unit) override { reader_.read(unit); }
  void end() override { reader_.end(); }

 private:
  bool together_;
  std::string server_;
  Reader reader_;
};

}  // namespace

std::unique_ptr<Linter> make_linter(const LintRequest& request) {
  return std::make_unique<ClickhouseLinter>(request);
}

}  // namespace gander::driver::clickhouse
