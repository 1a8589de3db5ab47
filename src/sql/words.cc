// SPDX-License-Identifier: MIT
// Only the head of a statement is read, but for the few commands whose decisive word comes late
// (DETACH PARTITION ... CONCURRENTLY, COPY ... FROM STDIN).
#include "src/sql/words.h"

#include <algorithm>
#include <initializer_list>

#include "src/sql/space.h"

namespace gander::sql {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

bool is_word_byte(char c) {
  char u = upper(c);
  return (u >= 'A' && u <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<signed char>(c) < 0;
}

struct Token {
  enum class Type { end, word, name, symbol } type = Type::end;
  std::string_view text;  // of a quoted name or string what stands between the quotes

  bool is(std::string_view keyword) const {
    return type == Type::word && equals_keyword(text, keyword);
  }
  bool is_any(std::initializer_list<std::string_view> keywords) const {
    return std::any_of(keywords.begin(), keywords.end(),
                       [this](std::string_view k) { return is(k); });
  }
  bool is_symbol(char c) const { return type == Type::symbol && text.front() == c; }
};

class Tokens {
 public:
  Tokens(Grammar grammar, std::string_view sql) : grammar_(grammar), rest_(sql) {}

  Token next();
  // The next token if it is one of `keywords`; then it is passed over.
  bool skip(std::initializer_list<std::string_view> keywords);
  // Passes over a parenthesised list, if one is next.
  bool skip_list();
  // Passes over a list of options, `(NAME, NAME value, NAME = value)`, if one is next, and tells
  // what it sets `option` to.
  std::optional<bool> skip_options(std::string_view option);
  // A truth value as PostgreSQL's options take it; any other token is not passed over.
  std::optional<bool> skip_truth();
  // Passes over `name` or `schema.name`.
  void skip_name();

 private:
  void skip_gap();
  bool skip_comment();
  Token quoted(char close);

  Grammar grammar_;
  std::string_view rest_;
};

bool Tokens::skip_comment() {
  bool hash = grammar_ == Grammar::mysql || grammar_ == Grammar::clickhouse;
  if (rest_.substr(0, 2) == "--" || (hash && rest_.substr(0, 1) == "#")) {
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    return true;
  }
  if (rest_.substr(0, 2) != "/*") return false;
  if (grammar_ == Grammar::mysql && (rest_.substr(2, 1) == "!" || rest_.substr(2, 2) == "M!")) {
    rest_.remove_prefix(rest_.substr(2, 1) == "!" ? 3 : 4);
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
    return true;
  }
  bool nested = grammar_ == Grammar::postgres || grammar_ == Grammar::clickhouse;
  int depth = 0;
  do {
    bool open = rest_.substr(0, 2) == "/*" && (nested || depth == 0);
    bool close = rest_.substr(0, 2) == "*/";
    depth += open ? 1 : close ? -1 : 0;
    rest_.remove_prefix(open || close ? 2 : 1);
  } while (depth > 0 && !rest_.empty());
  return true;
}

void Tokens::skip_gap() {
  do {
    rest_ = trim_start(rest_);
  } while (skip_comment());
}

Token Tokens::quoted(char close) {
  std::size_t end = rest_.find(close, 1);
  while (end != std::string_view::npos && rest_.substr(end + 1, 1) == std::string_view(&close, 1)) {
    end = rest_.find(close, end + 2);
  }
  end = std::min(end, rest_.size());
  Token token{Token::Type::name, rest_.substr(1, end - 1)};
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return token;
}

Token Tokens::next() {
  skip_gap();
  if (rest_.empty()) return {};
  char c = rest_.front();
  if (is_word_byte(c)) {
    std::size_t size = 1;
    while (size < rest_.size() && is_word_byte(rest_[size])) ++size;
    Token token{Token::Type::word, rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return token;
  }
  if (c == '\'' || c == '"' || c == '`') return quoted(c);
  if (c == '[' && grammar_ == Grammar::sqlite) return quoted(']');
  Token token{Token::Type::symbol, rest_.substr(0, 1)};
  rest_.remove_prefix(1);
  return token;
}

bool Tokens::skip(std::initializer_list<std::string_view> keywords) {
  std::string_view before = rest_;
  if (next().is_any(keywords)) return true;
  rest_ = before;
  return false;
}

bool Tokens::skip_list() {
  std::string_view before = rest_;
  if (!next().is_symbol('(')) {
    rest_ = before;
    return false;
  }
  for (int depth = 1; depth > 0;) {
    Token token = next();
    if (token.type == Token::Type::end) break;
    depth += token.is_symbol('(') ? 1 : token.is_symbol(')') ? -1 : 0;
  }
  return true;
}

// PostgreSQL's defGetBoolean(): nothing behind the name is true.
std::optional<bool> Tokens::skip_truth() {
  std::string_view before = rest_;
  Token token = next();
  for (std::string_view no : {"FALSE", "OFF", "0"}) {
    if (token.type != Token::Type::symbol && equals_keyword(token.text, no)) return false;
  }
  for (std::string_view yes : {"TRUE", "ON", "1"}) {
    if (token.type != Token::Type::symbol && equals_keyword(token.text, yes)) return true;
  }
  rest_ = before;
  return std::nullopt;
}

std::optional<bool> Tokens::skip_options(std::string_view option) {
  std::string_view before = rest_;
  if (!next().is_symbol('(')) {
    rest_ = before;
    return std::nullopt;
  }
  std::optional<bool> found;
  bool at_name = true;
  for (int depth = 1; depth > 0;) {
    Token token = next();
    if (token.type == Token::Type::end) break;
    depth += token.is_symbol('(') ? 1 : token.is_symbol(')') ? -1 : 0;
    if (at_name && depth == 1 && token.type != Token::Type::symbol &&
        equals_keyword(token.text, option)) {
      std::string_view behind = rest_;
      if (!next().is_symbol('=')) rest_ = behind;
      found = skip_truth().value_or(true);
    }
    at_name = token.is_symbol(',');
  }
  return found;
}

void Tokens::skip_name() {
  next();
  std::string_view before = rest_;
  if (next().is_symbol('.')) {
    next();
  } else {
    rest_ = before;
  }
}

using Kind = StatementKind;

// COMMIT, END, ABORT and ROLLBACK.
Kind transaction_end_kind(const Token& first, Tokens tokens, Grammar grammar) {
  if (grammar == Grammar::postgres && tokens.skip({"PREPARED"})) return Kind::bare;
  if (!first.is("ROLLBACK")) return Kind::end_transaction;
  tokens.skip({"WORK", "TRANSACTION"});
  return tokens.skip({"TO"}) ? Kind::ordinary : Kind::end_transaction;
}

// The transaction commands that all grammars share; `nothing` for any other statement.
Kind transaction_kind(const Token& first, Tokens tokens, Grammar grammar) {
  if (first.is("BEGIN")) {
    return tokens.skip({"NOT", "ATOMIC"}) ? Kind::ordinary : Kind::begin_transaction;
  }
  if (first.is("START")) {
    return tokens.skip({"TRANSACTION"}) ? Kind::begin_transaction : Kind::ordinary;
  }
  // In MySQL END belongs to stored programs.
  bool end = grammar != Grammar::mysql && first.is("END");
  if (end || first.is_any({"COMMIT", "ROLLBACK", "ABORT"})) {
    return transaction_end_kind(first, tokens, grammar);
  }
  if (first.is("PREPARE")) {
    return tokens.skip({"TRANSACTION"}) ? Kind::end_transaction : Kind::ordinary;
  }
  if (first.is("XA")) {
    if (tokens.skip({"START", "BEGIN"})) return Kind::begin_transaction;
    return tokens.skip({"PREPARE", "COMMIT", "ROLLBACK"}) ? Kind::end_transaction : Kind::ordinary;
  }
  return Kind::nothing;
}

Kind sqlite_kind(const Token& first) {
  if (first.is("VACUUM")) return Kind::bare;
  return first.is_any({"PRAGMA", "ATTACH", "DETACH"}) ? Kind::session : Kind::ordinary;
}

// With a slot to make on the publisher it refuses a transaction; connect = false makes none.
Kind postgres_create_subscription(Tokens tokens) {
  for (Token token = tokens.next(); !token.is("WITH"); token = tokens.next()) {
    if (token.type == Token::Type::end) return Kind::bare;
  }
  Tokens again = tokens;
  const bool makes_slot = tokens.skip_options("CREATE_SLOT").value_or(true) &&
                          again.skip_options("CONNECT").value_or(true);
  return makes_slot ? Kind::bare : Kind::ordinary;
}

// What asks the publisher for its tables refuses a transaction, and so do two options that must be
// changed on the publisher too (PostgreSQL 17 and 18).
Kind postgres_alter_subscription(Tokens tokens) {
  tokens.skip_name();
  if (tokens.skip({"REFRESH"})) return Kind::bare;
  if (!tokens.skip({"SET", "ADD", "DROP"})) return Kind::ordinary;
  if (tokens.skip({"PUBLICATION"})) {
    for (Token token = tokens.next(); !token.is("WITH"); token = tokens.next()) {
      if (token.type == Token::Type::end) return Kind::bare;
    }
    return tokens.skip_options("REFRESH").value_or(true) ? Kind::bare : Kind::ordinary;
  }
  Tokens again = tokens;
  const bool both_sides = tokens.skip_options("FAILOVER") || again.skip_options("TWO_PHASE");
  return both_sides ? Kind::bare : Kind::ordinary;
}

Kind postgres_alter(Tokens tokens) {
  if (tokens.skip({"SYSTEM"})) return Kind::bare;
  if (tokens.skip({"SUBSCRIPTION"})) return postgres_alter_subscription(tokens);
  if (tokens.skip({"DATABASE"})) {
    tokens.skip_name();
    return tokens.skip({"SET"}) && tokens.skip({"TABLESPACE"}) ? Kind::bare : Kind::ordinary;
  }
  if (!tokens.skip({"TABLE"})) return Kind::ordinary;
  tokens.skip({"IF"});
  tokens.skip({"EXISTS"});
  tokens.skip({"ONLY"});
  tokens.skip_name();
  if (!tokens.skip({"DETACH"})) return Kind::ordinary;
  tokens.skip({"PARTITION"});
  tokens.skip_name();
  return tokens.skip({"CONCURRENTLY"}) ? Kind::bare : Kind::ordinary;
}

Kind postgres_reindex(Tokens tokens) {
  if (tokens.skip_options("CONCURRENTLY").value_or(false)) return Kind::bare;
  if (tokens.skip({"DATABASE", "SYSTEM", "SCHEMA"})) return Kind::bare;
  tokens.skip({"INDEX", "TABLE"});
  return tokens.skip({"CONCURRENTLY"}) ? Kind::bare : Kind::ordinary;
}

// DROP SUBSCRIPTION is ordinary: whether it refuses depends on the slot that the subscription has.
Kind postgres_create_or_drop(bool create, Tokens tokens) {
  if (tokens.skip({"DATABASE", "TABLESPACE"})) return Kind::bare;
  if (create && tokens.skip({"SUBSCRIPTION"})) return postgres_create_subscription(tokens);
  if (create) tokens.skip({"UNIQUE"});
  return tokens.skip({"INDEX"}) && tokens.skip({"CONCURRENTLY"}) ? Kind::bare : Kind::ordinary;
}

bool copies_from_stdin(Tokens tokens) {
  // A query in parentheses can only be copied TO.
  tokens.skip({"BINARY"});
  Token target = tokens.next();
  if (target.is_symbol('(')) return false;
  Token token = tokens.next();
  while (token.is_symbol('.')) {
    tokens.next();
    token = tokens.next();
  }
  for (int depth = 0; token.type != Token::Type::end; token = tokens.next()) {
    depth += token.is_symbol('(') ? 1 : token.is_symbol(')') ? -1 : 0;
    if (depth > 0 || !token.is("FROM")) continue;
    return tokens.next().is("STDIN");
  }
  return false;
}

// `bare` is what no server takes inside a transaction block, whatever its state (PostgreSQL 13 to
// 18; see PostgresTransactionTest for each). What it refuses only now and then (REINDEX of a
// partitioned table) is ordinary, so that nothing is refused here that the server would take.
Kind postgres_kind(const Token& first, Tokens tokens) {
  if (first.is("VACUUM")) return Kind::bare;
  if (first.is("COPY")) return copies_from_stdin(tokens) ? Kind::copy_from_stdin : Kind::ordinary;
  if (first.is_any({"CREATE", "DROP"})) return postgres_create_or_drop(first.is("CREATE"), tokens);
  if (first.is("ALTER")) return postgres_alter(tokens);
  if (first.is("REINDEX")) return postgres_reindex(tokens);
  if (first.is("CLUSTER")) {
    tokens.skip({"VERBOSE"});
    tokens.skip_list();
    Token table = tokens.next();
    return table.type == Token::Type::end || table.is_symbol(';') ? Kind::bare : Kind::ordinary;
  }
  if (first.is("DISCARD")) return tokens.skip({"ALL"}) ? Kind::bare : Kind::session;
  if (first.is("SET")) {
    return tokens.skip({"LOCAL", "TRANSACTION", "CONSTRAINTS"}) ? Kind::ordinary : Kind::session;
  }
  if (first.is("RESET")) return Kind::session;
  if (first.is("SELECT")) {
    // As pg_dump writes it: SELECT pg_catalog.set_config('search_path', '', false)
    if (tokens.skip({"PG_CATALOG"})) tokens.next();
    return tokens.skip({"SET_CONFIG"}) ? Kind::session : Kind::ordinary;
  }
  return Kind::ordinary;
}

bool drops_or_renames(const Token& first, Tokens tokens) {
  if (first.is("DROP")) {
    tokens.skip({"TEMPORARY", "FOREIGN"});
    return tokens.skip({"TABLE"});
  }
  if (first.is("RENAME")) return tokens.skip({"TABLE", "TABLES"});
  if (!first.is("ALTER") || !tokens.skip({"TABLE"})) return false;
  tokens.skip({"IF"});
  tokens.skip({"EXISTS"});
  tokens.skip({"ONLY"});
  tokens.skip_name();
  return tokens.skip({"RENAME"}) && tokens.skip({"TO", "AS"});
}

// SET [SESSION | LOCAL] standard_conforming_strings or client_encoding, SET NAMES, and pg_dump's
// way by set_config().
void note_setting(const Token& first, Tokens tokens, Traits* traits) {
  constexpr std::string_view kStrings = "STANDARD_CONFORMING_STRINGS";
  constexpr std::string_view kEncoding = "CLIENT_ENCODING";
  const bool calls = first.is("SELECT");
  if (calls) {
    if (tokens.skip({"PG_CATALOG"})) tokens.next();
    if (!tokens.skip({"SET_CONFIG"}) || !tokens.next().is_symbol('(')) return;
  } else if (first.is_any({"SET", "RESET"})) {
    tokens.skip({"SESSION", "LOCAL"});
  } else {
    return;
  }
  const Token name = tokens.next();
  const bool all = first.is("RESET") && name.is("ALL");
  if (equals_keyword(name.text, kEncoding) || name.is("NAMES")) traits->changes_reading = true;
  if (!all && !equals_keyword(name.text, kStrings)) return;
  traits->changes_reading = true;
  traits->conforming_strings = true;
  if (first.is("RESET")) return;
  tokens.next();  // TO, = or a comma
  if (const auto value = tokens.skip_truth()) traits->conforming_strings = value;
}

// Of what ends a transaction.
bool undoes(const Token& first, Tokens tokens) {
  return first.is_any({"ROLLBACK", "ABORT"}) || (first.is("XA") && tokens.skip({"ROLLBACK"}));
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

bool equals_keyword(std::string_view word, std::string_view keyword) {
  if (word.size() != keyword.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (upper(word[i]) != keyword[i]) return false;
  }
  return true;
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

namespace {

Kind kind_of(Grammar grammar, const Token& first, const Tokens& tokens) {
  const Kind kind = transaction_kind(first, tokens, grammar);
  if (kind != Kind::nothing) return kind;
  switch (grammar) {
    case Grammar::sqlite:
      return sqlite_kind(first);
    case Grammar::postgres:
      return postgres_kind(first, tokens);
    case Grammar::mysql:
    case Grammar::clickhouse:
      break;
  }
  return first.is_any({"SET", "USE"}) ? Kind::session : Kind::ordinary;
}

}  // namespace

Traits classify(Grammar grammar, std::string_view sql) {
  Tokens tokens(grammar, sql);
  Token first = tokens.next();
  if (first.type == Token::Type::end || first.is_symbol(';')) return {};
  Traits traits;
  traits.kind = kind_of(grammar, first, tokens);
  traits.transactions = steps_of(traits.kind);
  traits.opens_savepoint = first.is("SAVEPOINT");
  traits.drops_or_renames_table = drops_or_renames(first, tokens);
  traits.copies_from_stdin = traits.kind == Kind::copy_from_stdin;
  if (traits.kind == Kind::bare) traits.bare_at = 0;
  if (traits.kind == Kind::end_transaction && undoes(first, tokens)) traits.undo_at = 0;
  if (grammar == Grammar::postgres) note_setting(first, tokens, &traits);
  return traits;
}

TransactionEnd transaction_end(Grammar grammar, std::string_view sql) {
  Tokens tokens(grammar, sql);
  Token first = tokens.next();
  if (first.is("XA")) first = tokens.next();
  if (first.is("PREPARE")) return TransactionEnd::prepares;
  tokens.skip({"WORK", "TRANSACTION"});
  if (tokens.skip({"AND"}) && tokens.skip({"CHAIN"})) return TransactionEnd::chains;
  return first.is_any({"ROLLBACK", "ABORT"}) ? TransactionEnd::undoes : TransactionEnd::keeps;
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
