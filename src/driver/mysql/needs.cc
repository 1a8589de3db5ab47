// SPDX-License-Identifier: MIT
#include "src/driver/mysql/needs.h"

#include "src/driver/mysql/grammar.h"
#include "src/driver/mysql/lexical.h"
#include "src/sql/lexer.h"
#include "src/sql/outline.h"
#include "src/sql/words.h"

namespace gander::driver::mysql {
namespace {

using sql::Words;

bool mentions(std::string_view sql, std::string_view wanted, int within = -1) {
  for (Words words(kLexicalRules, sql); !words.at_end() && within != 0; words.take(), --within) {
    if (words.peek().is(wanted)) return true;
  }
  return false;
}

// The kind of object stands among the first words, behind DEFINER and the like.
constexpr int kHead = 20;

bool is_opaque(std::string_view sql) {
  const Words words(kLexicalRules, sql);
  return words.peek().is_any({"call", "execute", "do", "begin", "load", "use"});
}

}  // namespace

void Needs::add(const std::string& file, const sql::Statement& unit) {
  if (unit.text.empty() && unit.kind == sql::StatementKind::ordinary) {
    pending_.push_back({file, {}, true, 0});
    return;
  }
  const std::vector<std::size_t> starts = sql::statement_starts(kGrammar, unit.text);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : unit.text.size();
    add_statement(file + ":" + std::to_string(unit.place(starts[i]).line),
                  unit.text.substr(starts[i], end - starts[i]));
  }
}

void Needs::add_statement(const std::string& place, std::string_view sql) {
  Pending& pending = pending_.emplace_back(
      Pending{place, effect_of(sql), is_opaque(sql), sql.size(), mentions(sql, "view", kHead)});
  const sql::Outline outline = sql::outline(Words(kLexicalRules, sql));
  if (outline.creates("table") && outline.temporary) {
    Words name(kLexicalRules, outline.name);
    pending.temporary = sql::unquoted(name.take());
  }
  note_privileges(pending_.back(), sql);
  note_policies(pending_.back(), sql);
}

void Needs::need(const std::string& privilege, const std::string& database,
                 const std::string& place) {
  privileges_.emplace(std::pair(privilege, database), place);
}

void Needs::note_privileges(const Pending& pending, std::string_view sql) {
  const bool view = pending.view;
  const bool index = mentions(sql, "index", kHead) && !mentions(sql, "table", 4);
  for (const Touch& touch : pending.effect.touches) {
    const Object& object = touch.object;
    const bool comes = touch.change == Change::comes;
    switch (object.type) {
      case ObjectType::table:
        if (touch.change == Change::altered) {
          need(index ? "INDEX" : "ALTER", object.schema, pending.place);
        } else if (touch.change == Change::goes || touch.change == Change::refilled) {
          need("DROP", object.schema, pending.place);
        } else if (touch.change == Change::moves_off) {
          need("ALTER", object.schema, pending.place);
        } else {
          need(view ? "CREATE VIEW" : "CREATE", object.schema, pending.place);
        }
        break;
      case ObjectType::trigger:
        need("TRIGGER", object.schema, pending.place);
        break;
      case ObjectType::procedure:
      case ObjectType::function:
        need(comes ? "CREATE ROUTINE" : "ALTER ROUTINE", object.schema, pending.place);
        break;
      case ObjectType::event:
        need("EVENT", object.schema, pending.place);
        break;
      case ObjectType::database:
        need(comes ? "CREATE" : "DROP", object.name, pending.place);
        break;
      default:
        break;
    }
  }
}

void Needs::note_policies(const Pending& pending, std::string_view sql) {
  for (const Touch& touch : pending.effect.touches) {
    if (touch.change != Change::comes && touch.change != Change::replaced) continue;
    if (touch.object.type == ObjectType::table && mentions(sql, "table", kHead) &&
        !mentions(sql, "primary") && !mentions(sql, "like", kHead)) {
      without_key_.push_back(pending.place);
    }
    const bool function = touch.object.type == ObjectType::function;
    if (!function && touch.object.type != ObjectType::trigger) continue;
    if (first_program_.empty()) first_program_ = pending.place;
    const bool safe = mentions(sql, "deterministic") || mentions(sql, "reads") ||
                      (mentions(sql, "no") && mentions(sql, "sql"));
    if (function && !safe) unsafe_functions_.push_back(pending.place);
  }
}

}  // namespace gander::driver::mysql
