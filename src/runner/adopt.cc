// SPDX-License-Identifier: MIT
// MigrationRunner::adopt(): what another tool has applied is recorded as applied.
#include "src/base/user_code.h"
#include "src/check/checksum.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

const source::Migration& migration_of(const std::vector<source::Migration>& migrations,
                                      std::int64_t version) {
  const source::Migration* migration = plan::find(migrations, version);
  if (migration != nullptr) return *migration;
  throw Error(ErrorCode::not_found,
              "version " + std::to_string(version) + " has no migration in the source",
              "import its file first, or leave the version out");
}

std::string checksum_of(const source::Migration& migration) {
  if (migration.kind != source::Kind::sql) return {};
  const std::unique_ptr<Input> input = migration.open();
  return check::checksum(*input);
}

}  // namespace

void MigrationRunner::Impl::adopt(const std::vector<std::int64_t>& versions,
                                  const std::string& reason) {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  for (const std::int64_t version : versions) migration_of(migrations, version);
  database().store().load();
  const SchemaLook before = schema_before();
  const auto work = [&] {
    store::Store& store = database().store();
    for (const std::int64_t version : versions) {
      if (store.applied().contains(version)) {
        throw Error(ErrorCode::usage,
                    "version " + std::to_string(version) + " is recorded as applied already",
                    "`MigrationRunner::status()` shows what is applied; leave those versions out");
      }
      const source::Migration& migration = migration_of(migrations, version);
      store::HistoryRecord record;
      record.event = HistoryEvent::adopted;
      record.version = version;
      record.name = migration.name;
      record.checksum = checksum_of(migration);
      record.detail = reason;
      store.record(Direction::up, record);
    }
  };
  change_records(work, [&] { record_schema(before, nullptr, nullptr); });
}

void MigrationRunner::adopt(const std::vector<std::int64_t>& versions, const std::string& reason) {
  only_errors([&] { impl_->adopt(versions, reason); });
}

}  // namespace gander
