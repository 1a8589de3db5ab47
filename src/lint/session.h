// SPDX-License-Identifier: MIT
// linting::Session: files held against the rules, one behind the other, and the report of them.
#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gander/lint.h"
#include "src/driver/engine.h"
#include "src/driver/linter.h"
#include "src/lint/allow.h"
#include "src/run/script.h"
#include "src/source/migration.h"

namespace gander::linting {

// The rules of an engine and the neutral ones.
std::vector<const driver::LintRuleText*> rules_of(const driver::Engine& engine);

class Session {
 public:
  // `allowed`: rules that are not reported. Throws Error(usage) for one that there is not.
  Session(const driver::Engine& engine, const driver::LintRequest& request,
          const std::vector<std::string>& allowed);
  ~Session();

  // Reads a file and holds it against the rules. What cannot be read is a finding.
  void add(const source::Migration& migration, const script::Variables& variables,
           bool exact_annotations);

  // The same with a script that has been read.
  void add(const source::Migration& migration, const run::Script& script);

  LintReport finish();

 private:
  struct File;
  File& begin(const source::Migration& migration);
  void read(File& file, const run::Script& script);
  void look_at_transactions(File& file, const sql::Statement& unit);
  void settle(File& file, LintReport* report);
  void report_allows(const File& file, LintReport* report) const;
  bool allow(File& file, const driver::LintFound& found, LintReport* report) const;

  const driver::Engine& engine_;
  std::set<std::string, std::less<>> allowed_;
  std::set<std::string, std::less<>> known_;
  std::unique_ptr<driver::Linter> linter_;
  std::list<File> files_;  // the linter keeps pointers to them
  std::int64_t statements_ = 0;
};

}  // namespace gander::linting
