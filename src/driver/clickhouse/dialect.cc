// SPDX-License-Identifier: MIT
#include "src/driver/clickhouse/dialect.h"

#include "src/driver/clickhouse/grammar.h"

namespace gander::driver::clickhouse {
namespace {

class ClickhouseDialect final : public Dialect {
 public:
  std::string_view name() const override { return "clickhouse"; }
  const sql::Grammar& grammar() const override { return kGrammar; }
  const LedgerSql& ledger() const override { return kLedger; }
  Atomicity atomicity() const override { return Atomicity::none; }
  bool shares_commits() const override { return false; }

  // Backslashes escape in names and in texts (ClickHouse documentation, SQL reference, Syntax).
  std::string quote(std::string_view identifier) const override { return escaped(identifier, '`'); }

  std::string literal(std::string_view text) const override { return escaped(text, '\''); }

 private:
  static std::string escaped(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) {
      if (c == quote || c == '\\') out += '\\';
      out += c;
    }
    return out + quote;
  }
};

}  // namespace

const Dialect& dialect() {
  static const ClickhouseDialect kInstance;
  return kInstance;
}

}  // namespace gander::driver::clickhouse
