// SPDX-License-Identifier: MIT
// linting::Session: files held against the rules, one behind the other, and the report of them.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gander/lint.h"
#include "src/driver/engine.h"
#include "src/driver/linter.h"
#include "src/lint/allow.h"
#include "src/lint/file_names.h"
#include "src/lint/pattern.h"
#include "src/run/script.h"
#include "src/source/migration.h"

namespace gander::linting {

// The rules of an engine and the neutral ones.
std::vector<const driver::LintRuleText*> rules_of(const driver::Engine& engine);

class Session {
 public:
  // `allowed`: rules that are not reported, besides those of the settings. Throws Error(usage) for
  // one that there is not, and for settings that cannot be.
  Session(const driver::Engine& engine, const driver::LintRequest& request,
          const LintSettings& settings, const std::vector<std::string>& allowed);
  ~Session();

  // Reads a file and holds it against the rules. What cannot be read is a finding. Returns it for
  // tell(), nullptr for a function.
  struct File;
  File* add(const source::Migration& migration, const script::Variables& variables,
            bool exact_annotations);

  // The file is not judged: it is there for those behind it.
  static void pass_over(File& file);
  // What somebody else has found about a file as a whole.
  static void tell(File& file, const driver::LintRuleText& rule, std::string message);
  // The same for one that is not there.
  void tell_of_absent(const std::string& place, const driver::LintRuleText& rule,
                      std::string message);

  // The same with a script that has been read.
  void add(const source::Migration& migration, const run::Script& script);

  // True: a run need not add its files.
  bool idle() const;

  LintReport finish();

 private:
  File& begin(const source::Migration& migration);
  void read(File& file, const run::Script& script);
  void look_at_transactions(File& file, const sql::Statement& unit);
  void check_known(const std::string& rule) const;
  void look_for_patterns(File& file, const sql::Statement& unit);
  void settle(File& file, LintReport* report);
  void report_allows(const File& file, LintReport* report) const;
  bool allow(File& file, const driver::LintFound& found, LintReport* report) const;
  LintFinding finding(const File& file, const driver::LintFound& found) const;

  // A rule of the project's own, whose texts are those of the settings.
  struct OwnRule {
    driver::LintRuleText text;
    Pattern pattern;
  };

  const driver::Engine& engine_;
  const LintSettings settings_;
  const FileNames names_;
  std::set<std::string, std::less<>> allowed_;
  std::set<std::string, std::less<>> known_;
  std::map<std::string, LintSeverity, std::less<>> severities_;
  std::vector<OwnRule> own_;
  std::unique_ptr<driver::Linter> linter_;
  std::list<File> files_;  // the linter keeps pointers to them
};

}  // namespace gander::linting
