// SPDX-License-Identifier: MIT
#include "src/driver/postgres/dialect.h"

#include "src/driver/postgres/grammar.h"

namespace gander::driver::postgres {
namespace {

class PostgresDialect final : public Dialect {
 public:
  std::string_view name() const override { return "postgres"; }
  const sql::Grammar& grammar() const override { return kGrammar; }
  Atomicity atomicity() const override { return Atomicity::migration; }
  // What a sequence has given out is not taken back.
  bool shares_commits() const override { return false; }
  // A table with its indexes and keys takes up to 15 locks, and by default there are 64 for each of
  // 100 sessions (max_locks_per_transaction, max_connections).
  int objects_per_transaction() const override { return 100; }

  const LedgerSql& ledger() const override { return kLedger; }
  std::string quote(std::string_view identifier) const override { return doubled(identifier, '"'); }

  std::string fold(std::string_view identifier) const override {
    std::string folded(identifier);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return folded;
  }

  // With E'' where there is a backslash: right whatever standard_conforming_strings says.
  std::string literal(std::string_view text) const override {
    if (text.find('\0') != std::string_view::npos) {
      throw Error(ErrorCode::usage, "a text to be stored holds a NUL byte");
    }
    if (text.find('\\') == std::string_view::npos) return doubled(text, '\'');
    std::string escaped;
    for (const char c : text) {
      escaped += c;
      if (c == '\\') escaped += c;
    }
    return "E" + doubled(escaped, '\'');
  }
};

}  // namespace

const Dialect& dialect() {
  static const PostgresDialect kInstance;
  return kInstance;
}

}  // namespace gander::driver::postgres
