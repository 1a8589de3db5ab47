// SPDX-License-Identifier: MIT
// The names of the enumerators in report.h, as they stand in side tables and `--json`.
#include "gander/report.h"

namespace gander {

const char* direction_name(Direction direction) noexcept {
  return direction == Direction::up ? "up" : "down";
}

const char* migration_state_name(MigrationState state) noexcept {
  switch (state) {
    case MigrationState::pending:
      return "pending";
    case MigrationState::applied:
      return "applied";
    case MigrationState::edited:
      return "edited";
    case MigrationState::missing:
      return "missing";
    case MigrationState::active:
      return "active";
    case MigrationState::in_doubt:
      return "in_doubt";
  }
  return "unknown";
}

const char* history_event_name(HistoryEvent event) noexcept {
  switch (event) {
    case HistoryEvent::applied:
      return "applied";
    case HistoryEvent::reverted:
      return "reverted";
    case HistoryEvent::failed:
      return "failed";
    case HistoryEvent::adopted:
      return "adopted";
    case HistoryEvent::accepted:
      return "accepted";
    case HistoryEvent::resolved:
      return "resolved";
  }
  return "unknown";
}

}  // namespace gander
