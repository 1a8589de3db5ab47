// SPDX-License-Identifier: MIT
#include "src/driver/mysql/dialect.h"

#include <algorithm>

#include "src/driver/mysql/grammar.h"

namespace gander::driver::mysql {
namespace {

class MysqlDialect final : public Dialect {
 public:
  std::string_view name() const override { return "mysql"; }
  const sql::Grammar& grammar() const override { return kGrammar; }
  Atomicity atomicity() const override { return Atomicity::statement; }
  bool shares_commits() const override { return false; }
  const LedgerSql& ledger() const override { return kLedger; }

  // In backticks whatever sql_mode says (MySQL 8.4 manual, 11.2).
  std::string quote(std::string_view identifier) const override {
    std::string out = "`";
    for (const char c : identifier) out += c == '`' ? std::string("``") : std::string(1, c);
    return out + '`';
  }

  // As hexadecimal digits wherever SET NAMES, SET sql_mode or a character of another kind could
  // give it another meaning (MySQL 8.4 manual, 11.1.4).
  std::string literal(std::string_view text) const override {
    const bool plain = std::ranges::all_of(
        text, [](char c) { return c >= ' ' && c <= '~' && c != '\'' && c != '\\'; });
    if (plain) return "'" + std::string(text) + "'";
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "_utf8mb4 x'";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      out += {kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return out + '\'';
  }
};

}  // namespace

const Dialect& dialect() {
  static const MysqlDialect kInstance;
  return kInstance;
}

}  // namespace gander::driver::mysql
