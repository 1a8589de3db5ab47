// SPDX-License-Identifier: MIT
#include "src/store/store.h"

#include <algorithm>
#include <utility>

#include "src/store/times.h"
#include "src/types/time.h"

namespace gander::store {
namespace {

std::int64_t integer(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  return 0;
}

std::string text(const Value& value) {
  if (const auto* string = std::get_if<std::string>(&value)) return *string;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return {};
}

std::optional<HistoryEvent> event_by_name(const std::string& name) {
  for (const HistoryEvent event :
       {HistoryEvent::applied, HistoryEvent::reverted, HistoryEvent::failed, HistoryEvent::adopted,
        HistoryEvent::accepted, HistoryEvent::resolved}) {
    if (name == history_event_name(event)) return event;
  }
  return std::nullopt;
}

[[noreturn]] void throw_corrupt_history(const std::string& table, const std::string& what) {
  throw Error(ErrorCode::sql, "the history table " + table + " cannot be read: " + what,
              "repair or drop that table: history is lost then, applied migrations are not");
}

// The entry of this version in a vector that is sorted by version; added if it is not there.
Store::Fingerprint& entry_of(std::int64_t version, std::vector<Store::Fingerprint>* known) {
  // The history is written in the order of the versions, but for the odd late one.
  if (known->empty() || known->back().version < version) {
    return known->emplace_back(Store::Fingerprint{version, {}, 0, {}, {}, {}, {}});
  }
  const auto at = std::lower_bound(
      known->begin(), known->end(), version,
      [](const Store::Fingerprint& entry, std::int64_t v) { return entry.version < v; });
  if (at->version == version) return *at;
  return *known->insert(at, Store::Fingerprint{version, {}, 0, {}, {}, {}, {}});
}

}  // namespace

Store::Store(driver::Connection& connection, const driver::Dialect& dialect, const TableName& table,
             Author author, bool keep_history)
    : connection_(connection),
      dialect_(dialect),
      names_(table, connection, dialect),
      author_(std::move(author)),
      keep_history_(keep_history) {}

void Store::check_existence() {
  const std::vector<bool> found = connection_.tables_exist(names_.tables());
  version_exists_ = found[0];
  history_exists_ = found[1];
  journal_exists_ = found[2];
  schema_exists_ = found.size() > 3 && found[3];
}

void Store::load(Wanted wanted) {
  // The token first: rows read after it can only be newer, and then open_work() reads them again.
  token_ = connection_.change_token();
  vanished_.clear();
  appeared_.clear();
  check_existence();
  load_rows(wanted);
  settle();
}

void Store::load_rows(Wanted wanted) {
  // A setting may also cut what is read.
  act_as_itself();
  std::vector<AppliedRow> rows;
  std::vector<Fingerprint> known;
  std::vector<driver::Visit> visits;
  rows.reserve(wanted.expected + 1);  // and version 0
  if (version_exists_) {
    std::string columns = "version_id, is_applied";
    if (wanted.times) {
      const driver::LedgerSql& sql = dialect_.ledger();
      columns += ", " + std::string(wanted.as_stored ? sql.tstamp_as_stored : sql.tstamp_in_utc);
    }
    visits.push_back({"SELECT " + columns + " FROM " + names_.version + " ORDER BY " +
                          std::string(dialect_.ledger().row_order),
                      [&rows, times = wanted.times](const driver::Row& row) {
                        AppliedRow& applied = rows.emplace_back();
                        applied.version = row.integer(0);
                        applied.applied = row.integer(1) != 0;
                        if (times) applied.at = row.text(2);
                      }});
  }
  if (wanted.fingerprints && history_exists_) {
    known.reserve(wanted.expected);
    visits.push_back(history_visit(wanted.authors, &known));
  }
  connection_.visit_all(visits);
  applied_ = AppliedSet(std::move(rows));
  fingerprints_.reset();
  if (wanted.fingerprints) fingerprints_ = std::move(known);
}

void Store::reload(AppliedSet known) {
  if (!last_firm_) last_firm_ = firm_ ? applied_ : known;
  firm_ = false;
  settled_.reset();
  token_ = connection_.change_token();
  check_existence();
  load_rows({});
  compare(known);
}

void Store::compare(const AppliedSet& known) {
  for (const AppliedRow& row : known.rows()) {
    if (row.version != 0 && !applied_.contains(row.version)) vanished_.insert(row.version);
  }
  for (const AppliedRow& row : applied_.rows()) {
    if (row.version != 0 && !known.contains(row.version)) appeared_.insert(row.version);
  }
}

bool Store::open_work() {
  const std::optional<std::int64_t> now = connection_.change_token();
  if (!now || now == token_) return false;
  token_ = now;
  const AppliedSet known = std::move(applied_);
  check_existence();
  load_rows({});
  compare(known);
  return true;
}

void Store::refresh() {
  if (token_) {
    open_work();
  } else {
    act_as_itself();
    reload();
  }
}

void Store::act_as_itself() {
  if (driver::SessionSettings* settings = connection_.session_settings()) {
    settings->act_as_itself();
  }
}

void Store::forget_work() {
  ahead_ = false;
  if (settled_) applied_ = *std::exchange(settled_, std::nullopt);
  // A token that no database gives: the next open_work() reads everything again.
  if (token_) {
    token_ = -1;
    schema_exists_ = false;  // or it is there, and is not made twice
  } else {
    reload();
  }
}

void Store::ensure_tables() {
  if (!version_exists_) connection_.execute(names_.create_version);
  if (!version_exists_ || applied_.empty()) {
    // An empty version table (a tool copied it without its rows) stops goose with "no next version
    // found"; the zero row mends that.
    // Another tool may just have made it.
    connection_.execute(dialect_.ledger().add_zero_row(names_.version));
    if (!settled_) settled_ = applied_;
    applied_.add(0);
  }
  version_exists_ = true;
  ensure_history();
}

void Store::ensure_history() {
  if (!keep_history_ || history_exists_) return;
  connection_.execute(names_.create_history);
  history_exists_ = true;
}

void Store::ensure_journal() {
  if (journal_exists_) return;
  connection_.execute(names_.create_journal);
  journal_exists_ = true;
}

void Store::ensure_schema() {
  if (schema_exists_) return;
  connection_.execute(names_.create_schema);
  schema_exists_ = true;
}

bool Store::confirm(std::int64_t version, bool applied) const {
  return !token_ || applied_.contains(version) == applied;
}

bool Store::look_up(std::int64_t version, bool applied) {
  if (token_) return confirm(version, applied);
  bool found = false;
  connection_.visit("SELECT version_id FROM " + names_.version,
                    [&](const driver::Row& row) { found = found || row.integer(0) == version; });
  return found == applied;
}

void Store::confirm_ahead(std::span<const std::int64_t> versions) {
  std::string list;
  for (const std::int64_t version : versions) {
    list += (list.empty() ? "" : ", ") + std::to_string(version);
  }
  ahead_ = false;
  act_as_itself();
  const driver::LedgerSql& sql = dialect_.ledger();
  connection_.execute(sql.claim(names_.version, list, false).sql());
  connection_.execute(sql.note_newest(names_.version));
  ahead_ = true;
}

void Store::record(Direction direction, const HistoryRecord& history) {
  act_as_itself();
  if (!settled_) settled_ = applied_;
  const std::string version = std::to_string(history.version);
  if (direction == Direction::up) {
    if (!token_) claim(version, history.repeated);
    applied_.add(history.version);
  } else {
    applied_.remove(history.version);
  }
  change_row(direction, history);
}

void Store::record_together(std::span<const HistoryRecord> records) {
  if (records.empty()) return;
  act_as_itself();
  if (!settled_) settled_ = applied_;
  std::string versions;
  for (const HistoryRecord& record : records) {
    versions += (versions.empty() ? "" : ", ") + std::to_string(record.version);
  }
  if (!token_) claim(versions, false);
  for (const HistoryRecord& record : records) applied_.add(record.version);
  insert_rows(records);
}

void Store::insert_rows(std::span<const HistoryRecord> records) {
  const driver::LedgerSql& ledger = dialect_.ledger();
  const std::string tstamp(ledger.tstamp);
  std::string rows;
  std::string history;
  for (const HistoryRecord& record : records) {
    if (!rows.empty()) rows += ", ";
    rows += "(" + std::to_string(record.version) + ", " + std::string(ledger.truth) +
            (tstamp.empty() ? "" : ", " + tstamp) + ")";
    if (!history.empty()) history += ", ";
    history += history_insert(record, false).sql().substr(history_columns().size());
  }
  const std::int64_t written =
      connection_.change("INSERT INTO " + names_.version + " (version_id, is_applied" +
                         (tstamp.empty() ? "" : ", tstamp") + ") VALUES " + rows);
  if (written != static_cast<std::int64_t>(records.size())) {
    throw Error(ErrorCode::sql,
                "the rows of " + std::to_string(records.size()) +
                    " versions could not be written to " + names_.version,
                "look for a trigger on that table that keeps changes out");
  }
  if (keeps_history()) connection_.execute(history_columns() + history);
}

// Fails unless none of the versions has a row, and the table has others: a migration may have
// emptied it.
void Store::claim(const std::string& versions, bool often) {
  const driver::LedgerSql& sql = dialect_.ledger();
  if (sql.claim != nullptr) return write(sql.claim(names_.version, versions, ahead_), often);
  std::optional<std::int64_t> newest;
  connection_.visit("SELECT CASE WHEN count(*) = 0 THEN -1 ELSE max(CASE WHEN version_id IN (" +
                        versions + ") THEN 1 ELSE 0 END) END FROM " + names_.version +
                        std::string(sql.locking),
                    [&](const driver::Row& row) { newest = row.integer(0); });
  if (newest == 0) return;
  if (newest == 1) {
    throw Error(ErrorCode::sql,
                "another run, or another tool, has recorded version " + versions + " meanwhile",
                "look at the version table " + names_.version);
  }
  throw_emptied();
}

void Store::throw_emptied() const {
  throw Error(ErrorCode::sql, "the migration has emptied the version table " + names_.version,
              "take the statement that does so out of it");
}

driver::Repeated Store::version_change(Direction direction, std::int64_t version) const {
  driver::Repeated change;
  const driver::LedgerSql& ledger = dialect_.ledger();
  if (direction == Direction::up) {
    const std::string tstamp(ledger.tstamp);
    change.text = {"INSERT INTO " + names_.version + " (version_id, is_applied" +
                       (tstamp.empty() ? "" : ", tstamp") + ") VALUES (",
                   ", " + std::string(ledger.truth) + (tstamp.empty() ? "" : ", " + tstamp) + ")"};
  } else if (ledger.remove != nullptr) {
    return ledger.remove(names_.version, std::to_string(version));
  } else {
    change.text = {"DELETE FROM " + names_.version + " WHERE version_id = ",
                   std::string(ledger.unlimited)};
  }
  change.values = {std::to_string(version)};
  return change;
}

std::string Store::record_sql(Direction direction, const HistoryRecord& history,
                              const std::string& actor) const {
  std::string text = version_change(direction, history.version).sql() + ";\n";
  if (keep_history_) text += history_insert(history, false, actor).sql() + ";\n";
  return text;
}

void Store::change_row(Direction direction, const HistoryRecord& history) {
  const driver::LedgerSql& ledger = dialect_.ledger();
  const driver::Repeated change = version_change(direction, history.version);
  // Where statements are deferred nobody here sees how many rows it changes.
  if (!connection_.elapsed_sql().nanoseconds.empty()) {
    if (!keeps_history()) return write(ledger.in_one(change, nullptr), history.repeated);
    const driver::Repeated insert = history_insert(history, true);
    return write(ledger.in_one(change, &insert), history.repeated);
  }
  if (direction == Direction::up && token_ && !has_rows()) throw_emptied();
  if (connection_.change(change.sql()) == 0) {
    throw Error(ErrorCode::sql,
                "the row of version " + change.values.front() + " could not be written to " +
                    names_.version,
                "look for a trigger on that table that keeps changes out");
  }
  append_history(history);
}

bool Store::has_rows() {
  bool found = false;
  connection_.visit("SELECT version_id FROM " + names_.version + " ORDER BY id LIMIT 1",
                    [&](const driver::Row&) { found = true; });
  return found;
}

void Store::append_history(const HistoryRecord& history) {
  if (!keeps_history()) return;
  act_as_itself();
  write(history_insert(history, false), history.repeated);
}

void Store::write(driver::Repeated statement, bool often) {
  statement.often = often;
  connection_.repeat(statement);
}

std::string Store::history_columns() const {
  const driver::LedgerSql& ledger = dialect_.ledger();
  const bool counted = ledger.next_id == nullptr;
  return "INSERT INTO " + names_.history + " (" + (counted ? "" : "id, ") +
         (ledger.gives_times ? "at, " : "") +
         "run_id, actor, tool, event, duration_ns, detail, version_id, name, checksum, "
         "statements, stamp) " +
         (counted ? "VALUES " : "SELECT ");
}

driver::Repeated Store::history_insert(const HistoryRecord& history, bool if_changed,
                                       const std::string& actor) const {
  const auto elapsed =
      history.elapsed ? connection_.elapsed_sql() : driver::Connection::ElapsedSql();
  const std::string duration =
      elapsed.nanoseconds.empty() ? std::to_string(history.duration.count()) : elapsed.nanoseconds;
  const auto quoted = [&](const std::string& value) {
    return dialect_.literal(connection_.storable(value));
  };
  const driver::LedgerSql& ledger = dialect_.ledger();
  const bool counted = ledger.next_id == nullptr;
  const std::string end = counted ? ")" : "";
  driver::Repeated insert;
  insert.text = {history_columns() + (counted ? "(" : ledger.next_id(names_.history) + ", ") +
                     (ledger.gives_times ? std::string(ledger.now) + ", " : "") +
                     quoted(author_.run_id) + ", " +
                     (actor.empty() ? quoted(author_.actor) : actor) + ", " + quoted(author_.tool) +
                     ", " + quoted(history_event_name(history.event)) + ", " +
                     (if_changed ? ledger.if_changed(duration) : duration) + ", " +
                     quoted(history.detail) + ", ",
                 ", ",
                 ", ",
                 ", ",
                 ", ",
                 elapsed.returning.empty() ? end : ledger.giving(end, elapsed.returning)};
  insert.values = {std::to_string(history.version), quoted(history.name), quoted(history.checksum),
                   std::to_string(history.statements), std::to_string(history.stamp)};
  return insert;
}

std::vector<HistoryEntry> Store::history() {
  std::vector<HistoryEntry> entries;
  if (!history_exists_) return entries;
  const driver::Rows rows =
      connection_.query("SELECT id, " + std::string(dialect_.ledger().history_time) +
                        ", run_id, event, version_id, name, checksum, statements, "
                        "duration_ns, actor, tool, detail FROM " +
                        names_.history + " ORDER BY id");
  for (const auto& row : rows.rows) {
    const std::optional<HistoryEvent> event = event_by_name(text(row[3]));
    if (!event) {
      throw_corrupt_history(
          names_.history, "row " + text(row[0]) + " has the unknown event '" + text(row[3]) + "'");
    }
    entries.push_back({integer(row[0]), parse_time(text(row[1])), text(row[2]), *event,
                       integer(row[4]), text(row[5]), text(row[6]), integer(row[7]),
                       std::chrono::nanoseconds(integer(row[8])), text(row[9]), text(row[10]),
                       text(row[11])});
  }
  return entries;
}

std::vector<Store::Fingerprint> Store::fingerprints() {
  if (fingerprints_) return std::move(*std::exchange(fingerprints_, std::nullopt));
  std::vector<Fingerprint> known;
  if (!history_exists_) return known;
  const driver::Visit visit = history_visit(false, &known);
  connection_.visit(visit.sql, visit.each);
  return known;
}

// Fills `known`, by version; a reverted one stays as an entry without checksum.
driver::Visit Store::history_visit(bool with_authors, std::vector<Fingerprint>* known) const {
  std::string sql =
      std::string("SELECT version_id, event, checksum, stamp") +
      (with_authors ? ", name, actor, duration_ns, " + std::string(dialect_.ledger().history_time)
                    : "") +
      " FROM " + names_.history + " ORDER BY id";
  return {std::move(sql), [known, with_authors](const driver::Row& row) {
            const std::string_view event = row.text(1);
            const bool accepted = event == "accepted";
            const bool reverted = event == "reverted";
            if (!accepted && !reverted && event != "applied" && event != "adopted") return;
            Fingerprint& entry = entry_of(row.integer(0), known);
            if (reverted) {
              entry = {entry.version, {}, 0, {}, {}, {}, {}};
              return;
            }
            entry.checksum = row.text(2);
            entry.stamp = row.integer(3);
            if (!with_authors) return;
            entry.name = row.text(4);
            if (accepted) return;  // who applied it, and how long that took, stays
            entry.actor = row.text(5);
            entry.duration = std::chrono::nanoseconds(row.integer(6));
            entry.at = parse_time(row.text(7));
          }};
}

const Store::Fingerprint* find(const std::vector<Store::Fingerprint>& fingerprints,
                               std::int64_t version) {
  const auto at = std::lower_bound(
      fingerprints.begin(), fingerprints.end(), version,
      [](const Store::Fingerprint& entry, std::int64_t v) { return entry.version < v; });
  return at != fingerprints.end() && at->version == version ? &*at : nullptr;
}

}  // namespace gander::store
