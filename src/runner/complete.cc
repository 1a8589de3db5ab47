// SPDX-License-Identifier: MIT
// Where no two records share a commit (Atomicity::none) the version's row is written first, the
// history next, and the journal is cleared last. A run that dies among them has done everything:
// the next one writes what is missing.
#include <algorithm>
#include <memory>

#include "src/check/checksum.h"
#include "src/run/half_run.h"
#include "src/runner/impl.h"

namespace gander {
namespace {

// Does the newest row of the history that is about the version say what the journal does?
bool has_history(const std::vector<HistoryEntry>& history, const store::JournalRow& row) {
  const auto newest =
      std::find_if(history.rbegin(), history.rend(), [&](const HistoryEntry& entry) {
        return entry.version == row.version &&
               (entry.event == HistoryEvent::applied || entry.event == HistoryEvent::adopted ||
                entry.event == HistoryEvent::reverted);
      });
  const bool up = row.direction == Direction::up;
  if (newest == history.rend()) return false;
  return (newest->event != HistoryEvent::reverted) == up;
}

}  // namespace

void MigrationRunner::Impl::complete_records(const std::vector<source::Migration>& migrations) {
  if (!options_.versioning || dialect().atomicity() != driver::Atomicity::none) return;
  store::Store& store = database().store();
  const auto is_left = [&](const store::JournalRow& row) {
    return row.running == 0 && row.done == row.total && row.total > 0 &&
           run::is_superseded(row, store.applied());
  };
  if (std::ranges::none_of(database().journal().rows(), is_left)) return;
  if (take_lock()) store.load();
  for (const store::JournalRow& row : database().journal().rows()) {
    if (!is_left(row)) continue;
    if (store.keeps_history() && !has_history(store.history(), row)) {
      store::HistoryRecord record;
      record.event =
          row.direction == Direction::up ? HistoryEvent::applied : HistoryEvent::reverted;
      record.version = row.version;
      record.statements = row.total;
      record.detail = "its run ended before it could write this";
      const auto file = std::ranges::find(migrations, row.version, &source::Migration::version);
      if (file != migrations.end()) {
        record.name = file->name;
        if (file->kind == source::Kind::sql) {
          const std::unique_ptr<Input> input = file->open();
          record.checksum = check::checksum(*input);
        }
      }
      store.append_history(record);
    }
    discard(row);
  }
}

}  // namespace gander
