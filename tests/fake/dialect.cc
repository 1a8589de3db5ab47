// SPDX-License-Identifier: MIT
#include "tests/fake/dialect.h"

namespace gander::driver::fake {
namespace {

class FakeDialect final : public Dialect {
 public:
  explicit FakeDialect(bool server) : server_(server) {}
  std::string_view name() const override { return "fake"; }
  sql::Grammar grammar() const override {
    return server_ ? sql::Grammar::postgres : sql::Grammar::sqlite;
  }
  std::string quote(std::string_view identifier) const override { return std::string(identifier); }
  std::string literal(std::string_view text) const override { return doubled(text, '\''); }
  const LedgerSql& ledger() const override { return kLedger; }
  bool shares_commits() const override { return !server_; }

 private:
  bool server_;
};

}  // namespace

const Dialect& dialect(bool server) {
  static const FakeDialect of_server(true);
  static const FakeDialect of_file(false);
  return server ? of_server : of_file;
}

}  // namespace gander::driver::fake
