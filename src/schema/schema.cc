// SPDX-License-Identifier: MIT
#include "gander/schema.h"

#include <algorithm>
#include <utility>

#include "src/schema/compare.h"
#include "src/schema/describe.h"
#include "src/schema/fingerprint.h"
#include "src/schema/print.h"

namespace gander {

std::string SchemaDifference::description() const {
  return schema::described({kind, name, parent});
}

std::string DriftedObject::description() const { return schema::described({kind, name, parent}); }

const char* drift_state_name(DriftState state) noexcept {
  switch (state) {
    case DriftState::unrecorded:
      return "unrecorded";
    case DriftState::stale:
      return "stale";
    case DriftState::known:
      break;
  }
  return "known";
}

const char* schema_change_name(SchemaDifference::Kind kind) noexcept {
  switch (kind) {
    case SchemaDifference::Kind::added:
      return "added";
    case SchemaDifference::Kind::removed:
      return "removed";
    case SchemaDifference::Kind::changed:
      break;
  }
  return "changed";
}

const char* verdict_name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::good:
      return "good";
    case Verdict::irreversible:
      return "irreversible";
    case Verdict::bad:
      return "bad";
    case Verdict::unchecked:
      break;
  }
  return "unchecked";
}

std::int64_t Verification::count(Verdict verdict) const noexcept {
  return std::ranges::count(migrations, verdict, &VerifiedMigration::verdict);
}

bool Verification::ok() const noexcept {
  return count(Verdict::bad) + count(Verdict::unchecked) == 0;
}

Schema::Schema(std::shared_ptr<const schema::Snapshot> snapshot, const sql::LexicalRules& rules)
    : snapshot_(std::move(snapshot)), rules_(&rules) {}

std::string Schema::text() const { return schema::print(*snapshot_, *rules_); }

std::string Schema::fingerprint() const { return schema::fingerprint(*snapshot_); }

std::vector<SchemaRemark> Schema::remarks() const {
  std::vector<SchemaRemark> remarks;
  for (const schema::Remark& remark : snapshot_->remarks) {
    remarks.push_back({schema::described(remark.about), remark.message});
  }
  return remarks;
}

bool Schema::empty() const {
  return std::ranges::all_of(snapshot_->objects,
                             [](const schema::Object& object) { return object.steps.empty(); });
}

SchemaComparison compare_schemas(const Schema& before, const Schema& after) {
  return schema::compare(before.snapshot(), after.snapshot());
}

}  // namespace gander
