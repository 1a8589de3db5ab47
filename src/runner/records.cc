// SPDX-License-Identifier: MIT
// What a runner changes in the records alone, on a user's word: accept and resolve.
#include <utility>

#include "src/check/checksum.h"
#include "src/check/renamed.h"
#include "src/driver/transaction.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"

namespace gander {
namespace {

[[noreturn]] void throw_not_applied(std::int64_t version) {
  throw Error(ErrorCode::not_found,
              "version " + std::to_string(version) + " is not applied, or has no file here",
              "`MigrationRunner::status()` shows what is applied and what has changed");
}

}  // namespace

void MigrationRunner::Impl::change_records(const std::function<void()>& work,
                                           const std::function<void()>& then) {
  run::Database& open = database();
  nothing_pending_at_.reset();
  open.lock();
  try {
    driver::Transaction transaction(open.connection());
    open.fence();
    open.store().refresh();
    open.store().ensure_tables();
    work();
    transaction.commit();
    open.store().settle();
    if (then) then();
  } catch (...) {
    open.store().forget_work();
    open.unlock();
    throw;
  }
  open.unlock();
}

// The version stays applied, and is no longer asked after its file: what a squash leaves behind.
void MigrationRunner::Impl::accept_gone(std::int64_t version, const std::string& reason) {
  store::HistoryRecord record;
  record.event = HistoryEvent::accepted;
  record.version = version;
  record.checksum = check::kNoFile;
  record.detail = reason;
  database().store().append_history(record);
}

// A pending file that is an applied version under another number: the new version is recorded
// without running it, the old one's row goes, and the history says both.
bool MigrationRunner::Impl::accept_renamed(const source::Migration& migration,
                                           const std::vector<store::Store::Fingerprint>& known,
                                           const std::vector<std::int64_t>& unknown,
                                           const std::string& reason) {
  store::Store& store = database().store();
  if (store.applied().contains(migration.version)) return false;
  for (const check::Renamed& renamed :
       check::find_renamed({migration}, unknown, known, store.applied())) {
    const std::string now = std::to_string(migration.version);
    store::HistoryRecord gone;
    gone.event = HistoryEvent::reverted;
    gone.version = renamed.was;
    gone.name = renamed.name;
    gone.detail = "renumbered to " + now + ", nothing was run: " + reason;
    store.record(Direction::down, gone);
    const std::unique_ptr<Input> input = migration.open();
    store::HistoryRecord here;
    here.event = HistoryEvent::accepted;
    here.version = migration.version;
    here.name = migration.name;
    here.checksum = check::checksum(*input);
    here.stamp = input->stamp();
    here.detail = "renumbered from " + std::to_string(renamed.was) + ": " + reason;
    store.record(Direction::up, here);
    return true;
  }
  return false;
}

std::vector<std::int64_t> MigrationRunner::Impl::accept(std::int64_t version,
                                                        const std::string& reason) {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  std::vector<std::int64_t> accepted;
  database().store().load();
  change_records([&] {
    store::Store& store = database().store();
    const std::vector<store::Store::Fingerprint> known = store.fingerprints();
    const std::vector<std::int64_t> unknown = plan::unknown_versions(migrations, store.applied());
    for (const std::int64_t gone : unknown) {
      // All of them at once only when nothing else explains why they are gone: a newer program may
      // have applied those above the newest file.
      const store::Store::Fingerprint* last = store::find(known, gone);
      const bool settled = last != nullptr && last->checksum == check::kNoFile;
      const bool squashed = version == 0 && gone < migrations.back().version && !settled;
      if (version != gone && !squashed) continue;
      accept_gone(gone, reason);
      accepted.push_back(gone);
    }
    for (const source::Migration& migration : migrations) {
      if (version != 0 && migration.version != version) continue;
      if (version != 0 && accept_renamed(migration, known, unknown, reason)) {
        accepted.push_back(version);
        continue;
      }
      if (migration.kind != source::Kind::sql || !store.applied().is_applied(migration.version)) {
        continue;
      }
      const std::unique_ptr<Input> input = migration.open();
      const std::string checksum = check::checksum(*input);
      const store::Store::Fingerprint* last = store::find(known, migration.version);
      if (last != nullptr && last->checksum == checksum && version == 0) continue;
      store.append_history({HistoryEvent::accepted,
                            migration.version,
                            migration.name,
                            checksum,
                            0,
                            {},
                            reason,
                            input->stamp()});
      accepted.push_back(migration.version);
    }
    if (version != 0 && accepted.empty()) throw_not_applied(version);
  });
  return accepted;
}

// The journal's chain with one more statement, whose text is in the file.
std::string MigrationRunner::Impl::chain_through(const source::Migration& migration,
                                                 const store::JournalRow& row) {
  std::string chain;
  if (migration.kind == source::Kind::function) return store::extend_chain(chain).hex_digest();
  const run::Script script(migration, dialect().grammar(), variables());
  const std::unique_ptr<run::Script::Statements> statements = script.statements(row.direction);
  sql::Statement statement;
  Sha256 unit;
  bool begun = false;
  while ((*statements)->next(&statement)) {
    if (statement.number > row.done + 1) break;
    if (!begun) unit = store::extend_chain(chain);
    begun = !statement.last_piece;
    unit.update(statement.shown());
    if (statement.last_piece) chain = unit.hex_digest();
  }
  return chain;
}

void MigrationRunner::Impl::resolve(std::int64_t version, Resolution resolution,
                                    const std::string& reason) {
  const Scope scope(*this);
  const std::vector<source::Migration> migrations = source::list(source_);
  const source::Migration* migration = plan::find(migrations, version);
  database().store().load();
  change_records([&] {
    store::Journal& journal = database().journal();
    std::optional<store::JournalRow> row = journal.find(version);
    if (!row) {
      throw Error(ErrorCode::not_found,
                  "version " + std::to_string(version) + " is not in doubt and not half run",
                  "`MigrationRunner::status()` shows what is");
    }
    std::string verdict;
    switch (resolution) {
      case Resolution::done:
        if (migration == nullptr) throw_not_applied(version);
        journal.complete(&*row, chain_through(*migration, *row));
        verdict = "statement " + std::to_string(row->done) + " counts as done";
        break;
      case Resolution::redo:
        if (row->running > 0) journal.withdraw(&*row);
        journal.set_state(&*row, store::JournalState::active, "");
        verdict = "statement " + std::to_string(row->done + 1) + " will run again";
        break;
      case Resolution::abandon:
        journal.finish(*row);
        verdict = "given up after statement " + std::to_string(row->done);
        break;
    }
    database().store().append_history({HistoryEvent::resolved,
                                       version,
                                       migration == nullptr ? "" : migration->name,
                                       "",
                                       row->done,
                                       {},
                                       verdict + ": " + reason,
                                       0});
  });
}

}  // namespace gander
