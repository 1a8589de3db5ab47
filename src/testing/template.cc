// SPDX-License-Identifier: MIT
#include "src/testing/template.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "gander/migration_runner.h"
#include "gander/sum.h"
#include "gander/target.h"
#include "src/base/sha256.h"
#include "src/base/version.h"
#include "src/driver/driver.h"
#include "src/source/migration.h"

namespace gander::testing {
namespace {

bool has_functions(const Source& source) {
  const std::vector<source::Migration> all = source::list(source);
  return std::ranges::any_of(all, [](const source::Migration& migration) {
    return migration.kind == source::Kind::function;
  });
}

}  // namespace

std::string Template::digest() const {
  const Options& migration = options_.migration;
  const std::string made_from = sum_of(source_).digest + "\n" + gander_version_string() + "\n" +
                                engine_ + "\n" + migration.table + "\n" +
                                (migration.history ? "history" : "") + "\n" +
                                (migration.versioning ? "versions" : "") + "\n" + options_.key;
  return sha256_hex(made_from).substr(0, 32);
}

void Template::migrate(const driver::Scratch& scratch) {
  MigrationRunner(Target(scratch.driver()), source_, options_.migration).up();
}

const std::string& Template::prepare() {
  if (!name_.empty()) return name_;
  if (has_functions(source_)) {
    auto own = passing().make("template");
    migrate(*own);
    private_ = std::move(own);
    return name_ = private_->name();
  }
  driver::Scratches& scratches = kept();
  const std::string name = name_of(digest());
  if (!scratches.exists(name)) {
    const auto partial = scratches.make("template_partial");
    migrate(*partial);
    // Of two that do it at the same time the second one uses what is there.
    partial->keep_as(name);
  }
  return name_ = name;
}

std::string Template::copy_prepared() {
  const auto scratch = passing().copy(prepare(), "test");
  scratch->release();
  return scratch->name();
}

std::string Template::copy() {
  try {
    return copy_prepared();
  } catch (const Error& error) {
    // Somebody has dropped the template since.
    if (private_ != nullptr || name_.empty() || error.code() != ErrorCode::not_found) throw;
    name_.clear();
    return copy_prepared();
  }
}

}  // namespace gander::testing
