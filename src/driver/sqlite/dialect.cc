// SPDX-License-Identifier: MIT
#include "src/driver/sqlite/dialect.h"

#include <sqlite3.h>

#include <algorithm>
#include <optional>

#include "src/driver/sqlite/grammar.h"
#include "src/driver/sqlite/statement_text.h"

namespace gander::driver::sqlite {
namespace {

class SqliteDialect final : public Dialect {
 public:
  std::string_view name() const override { return "sqlite"; }
  const sql::Grammar& grammar() const override { return kGrammar; }
  Atomicity atomicity() const override { return Atomicity::migration; }
  bool shares_commits() const override { return true; }
  bool can_restrict() const override { return true; }
  bool leaves_keys_unchecked() const override { return true; }
  bool switches_keys(const sql::Statement& statement) const override {
    const std::optional<PragmaText> pragma = pragma_of(statement.text);
    return pragma && pragma->sets && pragma->name == "foreign_keys";
  }
  bool refuses_nested_begin() const override { return true; }

  const LedgerSql& ledger() const override { return kLedger; }
  std::string quote(std::string_view identifier) const override {
    return is_plain(identifier) ? std::string(identifier) : doubled(identifier, '"');
  }

  std::string literal(std::string_view text) const override {
    if (text.find('\0') != std::string_view::npos) {
      throw Error(ErrorCode::usage, "a text to be stored holds a NUL byte");
    }
    return doubled(text, '\'');
  }

 private:
  static bool is_plain(std::string_view name) {
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }) &&
           sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) == 0;
  }
};

}  // namespace

const Dialect& dialect() {
  static const SqliteDialect kInstance;
  return kInstance;
}

}  // namespace gander::driver::sqlite
