// SPDX-License-Identifier: MIT
#include "tests/fake/dialect.h"

#include "src/driver/postgres/grammar.h"
#include "src/driver/sqlite/grammar.h"

namespace gander::driver::fake {
namespace {

class FakeDialect final : public Dialect {
 public:
  FakeDialect(bool server, Atomicity atomicity) : server_(server), atomicity_(atomicity) {}
  std::string_view name() const override { return "fake"; }
  const sql::Grammar& grammar() const override {
    return server_ ? postgres::kGrammar : sqlite::kGrammar;
  }
  std::string quote(std::string_view identifier) const override { return std::string(identifier); }
  std::string literal(std::string_view text) const override { return doubled(text, '\''); }
  const LedgerSql& ledger() const override { return kLedger; }
  Atomicity atomicity() const override { return atomicity_; }
  bool shares_commits() const override { return !server_; }

 private:
  bool server_;
  Atomicity atomicity_;
};

}  // namespace

const Dialect& dialect(bool server, Atomicity atomicity) {
  static const FakeDialect of_file(false, Atomicity::migration);
  static const FakeDialect of_server(true, Atomicity::migration);
  static const FakeDialect of_statements(true, Atomicity::statement);
  static const FakeDialect of_none(true, Atomicity::none);
  if (!server) return of_file;
  if (atomicity == Atomicity::migration) return of_server;
  return atomicity == Atomicity::statement ? of_statements : of_none;
}

}  // namespace gander::driver::fake
