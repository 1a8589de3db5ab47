// SPDX-License-Identifier: MIT
// run::Script: a migration whose file has been read and checked, ready to run. Small files are kept
// in memory, so that what runs is what was checked; large ones are read again, and their checksum
// is compared before the run commits.
#pragma once

#include <memory>
#include <string>

#include "gander/options.h"
#include "src/script/reader.h"
#include "src/source/migration.h"

namespace gander::run {

class Script {
 public:
  // Files up to this size are worth keeping in memory.
  static constexpr std::int64_t kKeptBytes = 256 * 1024;

  // Reads and checks the file of a `sql` migration. Throws Error(invalid_migration) for a defect
  // of the whole file; a defect of one direction is in summary(). A file larger than `kept_most` is
  // not kept.
  Script(const source::Migration& migration, const sql::Grammar& grammar,
         const script::Variables& variables, std::int64_t kept_most = kKeptBytes);

  const script::Summary& summary() const { return summary_; }

  // Statements of one direction. The input stays alive with the returned object.
  class Statements {
   public:
    Statements(std::unique_ptr<Input> input, script::ReadOptions options)
        : input_(std::move(input)), reader_(*input_, std::move(options)) {}
    script::StatementReader* operator->() { return &reader_; }

   private:
    std::unique_ptr<Input> input_;
    script::StatementReader reader_;
  };
  std::unique_ptr<Statements> statements(Direction direction) const;

  std::int64_t bytes() const { return summary_.bytes; }
  std::int64_t kept_bytes() const { return static_cast<std::int64_t>(text_.size()); }

  // The file_stamp() of what was checked.
  std::int64_t stamp() const { return stamp_; }

 private:
  const source::Migration* migration_;
  script::ReadOptions options_;
  script::Summary summary_;
  std::int64_t stamp_ = 0;
  std::string text_;
  bool kept_ = false;
};

}  // namespace gander::run
