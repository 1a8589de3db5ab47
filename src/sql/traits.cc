// SPDX-License-Identifier: MIT
// Only the head of a statement is read.
#include "src/sql/traits.h"

#include <algorithm>

namespace gander::sql {
namespace {

using Kind = StatementKind;

// The transaction commands that all grammars share.
Kind transaction_kind(Words words) {
  if (words.accept("begin")) {
    return words.accept_any({"not", "atomic"}) ? Kind::ordinary : Kind::begin_transaction;
  }
  if (words.accept("start")) {
    return words.accept("transaction") ? Kind::begin_transaction : Kind::ordinary;
  }
  if (words.accept_any({"commit", "end", "abort"})) return Kind::end_transaction;
  if (words.accept("rollback")) {
    words.accept_any({"work", "transaction"});
    return words.accept("to") ? Kind::ordinary : Kind::end_transaction;
  }
  if (words.accept("prepare")) {
    return words.accept("transaction") ? Kind::end_transaction : Kind::ordinary;
  }
  if (words.accept("xa")) {
    if (words.accept_any({"start", "begin"})) return Kind::begin_transaction;
    return words.accept_any({"prepare", "commit", "rollback"}) ? Kind::end_transaction
                                                               : Kind::ordinary;
  }
  return Kind::ordinary;
}

Kind kind_of(const Grammar& grammar, const Words& words) {
  const Kind kind = grammar.kind != nullptr ? grammar.kind(words) : Kind::nothing;
  return kind != Kind::nothing ? kind : transaction_kind(words);
}

bool drops_or_renames(Words words) {
  if (words.accept("drop")) {
    words.accept_any({"temporary", "foreign"});
    return words.accept("table");
  }
  if (words.accept("rename")) return words.accept_any({"table", "tables"});
  if (!words.accept("alter") || !words.accept("table")) return false;
  words.accept("if");
  words.accept("exists");
  words.accept("only");
  words.skip_name();
  return words.accept("rename") && words.accept_any({"to", "as"});
}

// Of what ends a transaction.
bool undoes(Words words) {
  words.accept("xa");
  return words.accept_any({"rollback", "abort"});
}

TransactionSteps steps_of(Kind kind) {
  using Step = TransactionSteps::Step;
  const Step step = kind == Kind::begin_transaction ? Step::begin
                    : kind == Kind::end_transaction ? Step::end
                                                    : Step::none;
  return {step, step, true};
}

int weight(Kind kind) {
  switch (kind) {
    case Kind::nothing:
      return 0;
    case Kind::session:
      return 1;
    case Kind::ordinary:
      return 2;
    case Kind::copy_from_stdin:
      return 3;
    default:
      return 4;
  }
}

}  // namespace

void Traits::move(std::size_t offset) {
  if (bare_at != kNowhere) bare_at += offset;
  if (undo_at != kNowhere) undo_at += offset;
}

bool is_plain_keyword(std::string_view word) {
  if (word.size() != 6) return false;
  switch (word.front()) {
    case 'I':
    case 'i':
      return equals_keyword(word, "INSERT");
    case 'U':
    case 'u':
      return equals_keyword(word, "UPDATE");
    case 'D':
    case 'd':
      return equals_keyword(word, "DELETE");
    default:
      return false;
  }
}

Traits classify(const Grammar& grammar, const Words& words) {
  if (words.done()) return {};
  Traits traits;
  traits.kind = kind_of(grammar, words);
  traits.transactions = steps_of(traits.kind);
  traits.opens_savepoint = words.peek().is("savepoint");
  traits.drops_or_renames_table = drops_or_renames(words);
  traits.copies_from_stdin = traits.kind == Kind::copy_from_stdin;
  if (traits.kind == Kind::bare) traits.bare_at = 0;
  if (traits.kind == Kind::end_transaction && undoes(words)) traits.undo_at = 0;
  return traits;
}

std::string setting_of(const Grammar& grammar, std::string_view sql) {
  std::string_view name;
  if (grammar.setting != nullptr) name = grammar.setting(Words(grammar.lexical, sql));
  return std::string(name.empty() ? sql.substr(0, sql.find('=')) : name);
}

TransactionEnd transaction_end(const LexicalRules& rules, std::string_view sql) {
  Words words(rules, sql);
  words.accept("xa");
  const Token first = words.take();
  if (first.is("prepare")) return TransactionEnd::prepares;
  words.accept_any({"work", "transaction"});
  if (words.accept("and") && words.accept("chain")) return TransactionEnd::chains;
  return first.is_any({"rollback", "abort"}) ? TransactionEnd::undoes : TransactionEnd::keeps;
}

Traits combine(const Traits& first, const Traits& second) {
  Traits both;
  both.transactions = first.transactions;
  both.transactions.add(second.transactions);
  both.opens_savepoint = first.opens_savepoint || second.opens_savepoint;
  both.copies_from_stdin = first.copies_from_stdin || second.copies_from_stdin;
  both.drops_or_renames_table = first.drops_or_renames_table || second.drops_or_renames_table;
  both.changes_reading = first.changes_reading || second.changes_reading;
  both.bare_at = std::min(first.bare_at, second.bare_at);
  both.undo_at = std::min(first.undo_at, second.undo_at);
  both.kind = weight(second.kind) > weight(first.kind) ? second.kind : first.kind;
  bool several = first.kind != Kind::nothing && second.kind != Kind::nothing;
  // Neither the beginning nor the end of a transaction: to be sent as it stands.
  if (several && both.transactions.any()) both.kind = Kind::bare;
  return both;
}

}  // namespace gander::sql
