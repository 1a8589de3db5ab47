// SPDX-License-Identifier: MIT
#include "src/testing/template.h"

#include <algorithm>
#include <vector>

#include "gander/sum.h"
#include "src/base/sha256.h"
#include "src/base/version.h"
#include "src/source/migration.h"

namespace gander::testing {

bool has_functions(const Source& source) {
  const std::vector<source::Migration> all = source::list(source);
  return std::any_of(all.begin(), all.end(), [](const source::Migration& migration) {
    return migration.kind == source::Kind::function;
  });
}

std::string template_digest(const Source& source, const TemplateOptions& options,
                            std::string_view engine) {
  const Options& migration = options.migration;
  const std::string made_from = sum_of(source).digest + "\n" + gander_version_string() + "\n" +
                                std::string(engine) + "\n" + migration.table + "\n" +
                                (migration.history ? "history" : "") + "\n" +
                                (migration.versioning ? "versions" : "") + "\n" + options.key;
  return sha256_hex(made_from).substr(0, 32);
}

}  // namespace gander::testing
