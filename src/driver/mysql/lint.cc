// SPDX-License-Identifier: MIT
#include "src/driver/mysql/lint.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "src/driver/driver.h"
#include "src/driver/mysql/lexical.h"
#include "src/driver/mysql/lint_rules.h"
#include "src/sql/outline.h"
#include "src/sql/rows_changed.h"

namespace gander::driver::mysql {

using sql::Outline;
using sql::Token;
using sql::Words;
namespace {

// Defaults in parentheses that are the same for every row.
constexpr std::array<std::string_view, 6> kSteady = {"now",     "current_timestamp", "current_date",
                                                     "curdate", "json_object",       "json_array"};

// Names of tables fold or do not, by the server's file system: here all do.
std::string folded(const std::string& written) {
  std::string name;
  for (Words words(kLexicalRules, written); !words.at_end();) {
    name += sql::unquoted(words.take());
  }
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name;
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

// What the definition of a column says, up to the end of its action.
struct Definition {
  bool not_null = false;
  bool has_default = false;
  bool computed_default = false;  // for each row anew
  bool stored = false;
  bool generated = false;
  bool auto_increment = false;
  bool references = false;
};

// `(f(x) + 1)`: does it call what differs from row to row?
bool calls(Words words) {
  for (int depth = 0; !words.at_end();) {
    const Token token = words.take();
    if (token.is('(')) ++depth;
    if (token.is(')') && --depth == 0) return false;
    const bool call = token.kind == Token::Kind::word && words.peek().is('(');
    if (call && std::ranges::none_of(kSteady, [&](auto name) { return token.is(name); })) {
      return true;
    }
  }
  return false;
}

Definition definition(Words words) {
  Definition found;
  while (!words.done() && !words.peek().is(',')) {
    if (words.peek().is('(')) {
      words.skip_parentheses();
      continue;
    }
    const Token token = words.take();
    if (token.is("not") && words.peek().is("null")) found.not_null = true;
    if (token.is("default")) {
      found.has_default = true;
      found.computed_default = words.peek().is('(') && calls(words);
    }
    if (token.is("as") || token.is("generated")) found.generated = true;
    if (token.is_any({"stored", "persistent"})) found.stored = true;
    if (token.is_any({"auto_increment", "serial"})) found.auto_increment = true;
    if (token.is("references")) found.references = true;
  }
  return found;
}

class Reader {
 public:
  // With `keep` what the file before has made is nobody's yet.
  void begin(LintFile& file, bool keep) {
    file_ = &file;
    if (!keep) new_.clear();
    changes_ = 0;
    unchecked_ = false;
  }

  void read(const sql::Statement& unit) {
    unit_ = &unit;
    Words words(kLexicalRules, unit.text);
    const Outline outline = sql::outline(words);
    look_at_rows();
    switch (outline.verb) {
      case Outline::Verb::create:
        return create(outline);
      case Outline::Verb::alter:
        if (outline.kind == "table") alter_table(outline);
        return;
      case Outline::Verb::drop:
        return drop(outline);
      case Outline::Verb::other:
        return other(words);
    }
  }

 private:
  void find(Rule rule, std::size_t at, std::string message) {
    find(rule, text_of(rule).severity, at, std::move(message));
  }
  void find(Rule rule, LintSeverity severity, std::size_t at, std::string message) {
    file_->found.push_back({&text_of(rule),
                            severity,
                            lint_place(*unit_, 0, unit_->text.size(), at),
                            std::move(message),
                            {},
                            {}});
  }

  bool in_use(const std::string& name) const {
    return !name.empty() && !new_.contains(folded(name));
  }

  // Each change of a table in use commits what stands before it.
  void change(const std::string& table) {
    if (++changes_ != 2) return;
    find(Rule::commits_between, 0,
         "when this change of " + table + " fails, the one before it in the file stays");
  }

  void create(const Outline& outline) {
    if (outline.kind == "table") {
      if (!outline.guarded || outline.temporary) new_.insert(folded(outline.name));
      return;
    }
    if (outline.kind == "view") {
      new_.insert(folded(outline.name));
      return;
    }
    // CREATE FULLTEXT INDEX has another word before INDEX.
    const bool locks = outline.kind == "fulltext" || outline.kind == "spatial";
    if (!locks && outline.kind != "index") return;
    Words words(kLexicalRules, unit_->text);
    while (!words.done() && !words.accept("on")) words.take();
    const std::string table = words.name();
    if (!in_use(table)) return;
    if (locks) {
      find(Rule::index_locks, 0, "writers of " + table + " wait until the index is built");
    }
    look_for_lock(words, table);
    change(table);
  }

  void drop(const Outline& outline) {
    if (outline.kind == "database" || outline.kind == "schema") {
      find(Rule::drop_table, 0, "all that is in " + outline.name + " is gone");
      return;
    }
    Words words(kLexicalRules, unit_->text);
    words.take();
    const bool temporary = words.accept("temporary");
    if (!words.accept_any({"table", "tables"}) || temporary) return;
    words.skip_if_exists();
    std::string list;
    do {
      const std::string name = words.name();
      if (in_use(name)) list += (list.empty() ? "" : ", ") + name;
      new_.erase(folded(name));
    } while (words.accept(','));
    if (list.empty()) return;
    find(Rule::drop_table, 0, "the rows of " + list + " are gone");
    change(list);
  }

  void other(Words words) {
    if (words.accept("truncate")) {
      words.accept("table");
      const std::string name = words.name();
      if (in_use(name)) find(Rule::truncate, 0, "all rows of " + name + " are gone");
      return;
    }
    if (words.accept("rename")) {
      if (words.accept_any({"table", "tables"})) rename(words);
      return;
    }
    if (words.accept("set")) {
      words.accept_any({"session", "local"});
      if (words.accept("foreign_key_checks") && words.accept('=')) {
        unchecked_ = !words.truth().value_or(true);
      }
      return;
    }
    if (words.peek().is_any({"call", "execute"})) {
      find(Rule::untold, 0, "what this does cannot be told");
    }
  }

  void rename(Words words) {
    do {
      const std::string from = words.name();
      words.accept("to");
      rename_table(from, words.name(), 0);
    } while (words.accept(','));
  }

  void rename_table(const std::string& from, const std::string& to, std::size_t at) {
    if (in_use(from)) {
      find(Rule::rename_table, at, from + " is called " + to + " from then on");
    } else if (new_.erase(folded(from)) > 0) {
      new_.insert(folded(to));
    }
  }

  void look_at_rows() {
    const Words words(kLexicalRules, unit_->text);
    if (!words.peek().is_any({"update", "delete", "with"})) return;
    for (const sql::RowsChanged& changed : sql::rows_changed(kLexicalRules, unit_->text)) {
      if (!changed.all || !in_use(changed.table)) continue;
      if (changed.deletes) {
        find(Rule::delete_all, changed.at,
             "DELETE FROM " + changed.table + " has no condition: every row is gone");
      } else {
        find(Rule::update_all, changed.at,
             "UPDATE " + changed.table + " has no condition: every row is locked");
      }
    }
  }

  // LOCK = SHARED and its kin, to the end of the statement.
  void look_for_lock(Words words, const std::string& table) {
    for (; !words.done(); words.take()) {
      Words ahead = words;
      if (!ahead.accept("lock")) continue;
      ahead.accept('=');
      if (ahead.peek().is_any({"shared", "exclusive"})) {
        find(Rule::lock_requested, words.peek().offset,
             "writers of " + table + " wait, because the statement asks for that");
        return;
      }
    }
  }

  void alter_table(const Outline& outline) {
    const std::string& table = outline.name;
    Words words = outline.rest;
    if (!in_use(table)) {
      for (; !words.done(); words.take()) {
        Words ahead = words;
        if (!ahead.accept("rename")) continue;
        ahead.accept_any({"to", "as"});
        if (ahead.peek().is_any({"column", "index", "key"})) continue;
        rename_table(table, ahead.name(), 0);
      }
      return;
    }
    look_for_lock(words, table);
    do {
      act(table, words);
      skip_action(words);
    } while (words.accept(','));
    change(table);
  }

  void act(const std::string& table, Words words) {
    const std::size_t at = words.peek().offset;
    const auto copies = [&](const std::string& why) {
      find(Rule::table_copy, at, why + ": all rows of " + table + " are copied while writers wait");
    };
    if (words.accept("add")) return add(table, words, at);
    if (words.accept_any({"modify", "change"})) return modify(table, words, at);
    if (words.accept("drop")) return drop_part(table, words, at);
    if (words.accept("rename")) {
      if (words.accept("column")) {
        find(Rule::rename_column, at, table + "." + words.name() + " gets another name");
      } else if (!words.peek().is_any({"index", "key"})) {
        words.accept_any({"to", "as"});
        rename_table(table, words.name(), at);
      }
      return;
    }
    if (words.accept("convert")) return copies("CONVERT TO CHARACTER SET");
    if (words.accept("order")) return copies("ORDER BY");
    if (words.accept("engine")) return copies("ENGINE");
    if (words.accept("partition")) {
      if (words.peek().is("by")) copies("PARTITION BY");
      return;
    }
    if (words.accept("remove")) return copies("REMOVE PARTITIONING");
    if (words.accept("coalesce") || words.accept("reorganize")) copies("another partitioning");
  }

  void add(const std::string& table, Words words, std::size_t at) {
    if (words.accept("constraint") &&
        !words.peek().is_any({"check", "foreign", "unique", "primary"}))
      words.take();
    if (words.peek().is("check")) {
      return find(Rule::check, at, "all rows of " + table + " are copied while writers wait");
    }
    if (words.peek().is("foreign")) {
      if (unchecked_) return;
      return find(Rule::foreign_key, at, "all rows of " + table + " are copied while writers wait");
    }
    if (words.peek().is_any({"fulltext", "spatial"})) {
      return find(Rule::index_locks, at, "writers of " + table + " wait until the index is built");
    }
    if (words.peek().is_any({"index", "key", "unique", "primary", "partition", "period", "system"}))
      return;
    words.accept("column");
    words.skip_if_exists();
    if (words.accept('(')) {
      do {
        add_column(table, words, at);
        while (!words.done() && !words.peek().is(',') && !words.peek().is(')')) {
          if (words.peek().is('(')) {
            words.skip_parentheses();
          } else {
            words.take();
          }
        }
      } while (words.accept(','));
      return;
    }
    add_column(table, words, at);
  }

  void add_column(const std::string& table, Words words, std::size_t at) {
    const std::string name = table + "." + words.name();
    const Definition column = definition(words);
    const auto copies = [&](const std::string& why) {
      find(Rule::table_copy, at, why + ": all rows of " + table + " are copied while writers wait");
    };
    if (column.stored) {
      copies("a stored generated column");
    } else if (column.computed_default) {
      copies("a default that differs from row to row");
    } else if (column.references) {
      copies("REFERENCES");
    }
    if (column.auto_increment) copies("AUTO_INCREMENT");
    if (column.not_null && !column.has_default && !column.generated && !column.auto_increment) {
      find(Rule::add_column_not_null, at,
           name + " is NOT NULL without a default: old rows get 0, an empty text or a zero date");
    }
  }

  void modify(const std::string& table, Words words, std::size_t at) {
    words.accept("column");
    words.skip_if_exists();
    const std::string column = words.name();
    find(Rule::modify_column, at,
         "the whole definition of " + table + "." + column +
             " is replaced: what it loses, and whether rows are copied, only the table can tell");
  }

  void drop_part(const std::string& table, Words words, std::size_t at) {
    if (words.accept("primary")) {
      return find(Rule::table_copy, at,
                  "DROP PRIMARY KEY: all rows of " + table + " are copied while writers wait");
    }
    if (words.accept("partition")) {
      return find(Rule::drop_table, at, "the rows of partitions of " + table + " are gone");
    }
    if (words.peek().is_any({"index", "key", "foreign", "constraint", "check", "period", "system"}))
      return;
    words.accept("column");
    words.skip_if_exists();
    find(Rule::drop_column, at, "the values of " + table + "." + words.name() + " are gone");
  }

  LintFile* file_ = nullptr;
  const sql::Statement* unit_ = nullptr;
  std::set<std::string> new_;  // tables that the file makes
  int changes_ = 0;            // of tables in use
  bool unchecked_ = false;     // foreign_key_checks is off
};

class MysqlLinter final : public Linter {
 public:
  explicit MysqlLinter(const LintRequest& request) : together_(request.together) {
    if (request.connection == nullptr) return;
    const Rows rows = request.connection->query("SELECT VERSION()");
    const auto* version = std::get_if<std::string>(&rows.rows[0][0]);
    if (version == nullptr) return;
    const bool mariadb = version->find("MariaDB") != std::string::npos;
    server_ = (mariadb ? "MariaDB " : "MySQL ") + version->substr(0, version->find('-'));
  }
  std::string server() const override { return server_; }
  void begin(LintFile& file) override { reader_.begin(file, together_); }
  void add(const sql::Statement& unit) override { reader_.read(unit); }
  void end() override {}

 private:
  bool together_;
  std::string server_;
  Reader reader_;
};

}  // namespace

std::unique_ptr<Linter> make_linter(const LintRequest& request) {
  return std::make_unique<MysqlLinter>(request);
}

}  // namespace gander::driver::mysql
