// SPDX-License-Identifier: MIT
// Store: the version table and the history beside it, on one connection.
//
// Entry points: load() to see where a database stands; open_work(), confirm() and record() inside
// the transaction of a migration. It never begins or commits a transaction itself. The journal of
// non-transactional migrations is in journal.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gander/report.h"
#include "src/driver/driver.h"
#include "src/store/applied_set.h"
#include "src/store/names.h"

namespace gander::store {

struct HistoryRecord {
  HistoryEvent event = HistoryEvent::applied;
  std::int64_t version = 0;
  std::string name;
  std::string checksum;
  std::int64_t statements = 0;
  std::chrono::nanoseconds duration{0};
  std::string detail;
  std::int64_t stamp = 0;  // file_stamp() of the text with this checksum
  bool elapsed = false;    // `duration` is measured by the database, where it can
  bool repeated = false;   // one of many alike, in a transaction that can be run again
};

// Who writes history rows: the same for a whole run.
struct Author {
  std::string run_id;
  std::string actor;
  std::string tool;
};

class Store {
 public:
  // The references must outlive the store.
  Store(driver::Connection& connection, const driver::Dialect& dialect, const TableName& table,
        Author author, bool keep_history);

  // What load() reads besides the versions.
  struct Wanted {
    bool times = false;         // AppliedRow::at
    bool as_stored = false;     // the times: not in UTC, but as the table has them
    bool fingerprints = false;  // for the next fingerprints(), in the same round trip
    bool authors = false;       // see fingerprints()
    std::size_t expected = 0;   // about as many versions; any number will do
  };
  // Reads the applied set, against which a plan is made. Nothing is created.
  void load() { load(Wanted{}); }
  void load(Wanted wanted);
  // Reads it again in the middle of a run, and notes what others have changed: vanished(),
  // appeared(). `known`: what it was when it was read last, for a store on a new connection.
  void reload() { reload(applied_); }
  void reload(AppliedSet known);
  const AppliedSet& applied() const { return applied_; }
  // What Connection::change_token() said when the applied set was read.
  std::optional<std::int64_t> token() const { return token_; }
  bool version_table_exists() const { return version_exists_; }
  bool history_exists() const { return history_exists_; }
  bool wants_history() const { return keep_history_; }
  bool keeps_history() const { return keep_history_ && history_exists_; }
  bool journal_exists() const { return journal_exists_; }
  bool schema_exists() const { return schema_exists_; }

  // A version that was applied when this run last looked and is not any more, or the other way
  // round, by somebody else; 0 if there is none. Kept until the next load().
  std::int64_t vanished() const { return vanished_.empty() ? 0 : *vanished_.begin(); }
  std::int64_t appeared() const { return appeared_.empty() ? 0 : *appeared_.begin(); }
  // This version's change is no surprise.
  void expect(std::int64_t version) {
    vanished_.erase(version);
    appeared_.erase(version);
  }

  // Inside a transaction that may write: brings the applied set up to date with what other sessions
  // have committed since it was read. True: it was read again, because somebody has.
  bool open_work();
  // The same for any connection: reads again where the database cannot tell whether it changed.
  void refresh();
  // Creates the version table with its zero row, and the history table, where they are absent.
  void ensure_tables();
  // The same for the history table alone, in whatever transaction there is.
  void ensure_history();
  void ensure_journal();
  void ensure_schema();
  // No history from here on: the database refuses the table.
  void give_up_history() { keep_history_ = false; }

  // Inside a transaction: is the version applied (or not), as `applied` says? False means that
  // another run was faster and the migration is to be skipped. Where only the server knows, nobody
  // is asked and true is returned: record() makes the transaction fail instead, and whoever reads
  // the applied set after its rollback finds out why.
  bool confirm(std::int64_t version, bool applied) const;
  // The same by asking, where only the server knows.
  bool look_up(std::int64_t version, bool applied);
  // For versions that are about to be applied in transactions that follow each other without
  // waiting: makes the transaction in progress fail if one of them is applied, and spares
  // record() to look through more rows than those written since.
  void confirm_ahead(std::span<const std::int64_t> versions);

  // Inserts or deletes the version's row and appends to the history. Throws Error(sql), now or, on
  // a connection that defers, from a later call, when that leaves the version table as it was, when
  // the version was applied (or rolled back) meanwhile, and when the table has been emptied.
  void record(Direction direction, const HistoryRecord& history);

  // The same for several versions that have come up, in one go.
  void record_together(std::span<const HistoryRecord> records);

  // The same as statements, each with its `;` and line end, for a script that somebody else runs.
  // `actor`: who that is, as an expression; empty: this store's author.
  std::string record_sql(Direction direction, const HistoryRecord& history,
                         const std::string& actor) const;

  // Appends to the history alone (failed, accepted, resolved).
  void append_history(const HistoryRecord& history);

  // After a commit that is on the disk: what record() has noted is so.
  void settle() {
    settled_.reset();
    last_firm_.reset();
    firm_ = true;
  }
  // The last applied set that a crash of the server leaves as it is, or nullptr. What was read
  // again in the middle of a run is none: it may be commits that no disk has seen.
  const AppliedSet* firm() const {
    if (firm_) return &applied_;
    return last_firm_ ? &*last_firm_ : nullptr;
  }
  // After a rollback: what open_work(), ensure_tables() and record() have noted since the last
  // settle() is void.
  void forget_work();

  // The history table, oldest first; empty when there is none.
  std::vector<HistoryEntry> history();

  // Per version the checksum of its latest applied, adopted or accepted row.
  struct Fingerprint {
    std::int64_t version = 0;
    std::string checksum;
    std::int64_t stamp = 0;  // of the file when it had this checksum
    std::string name;
    std::string actor;
    std::chrono::nanoseconds duration{0};
    std::optional<Time> at = {};
  };
  // By version; of a version that was reverted since, the entry has no checksum. What load() has
  // read along is given away once; after that the history is read, without authors (name, actor,
  // duration and time).
  std::vector<Fingerprint> fingerprints();

  // Before the tables are written to: SessionSettings::act_as_itself(), where there is such a
  // thing.
  void act_as_itself();

  const Names& names() const { return names_; }
  const Author& author() const { return author_; }
  driver::Connection& connection() { return connection_; }
  const driver::Dialect& dialect() const { return dialect_; }

 private:
  void load_rows(Wanted wanted);
  void claim(const std::string& versions, bool often);
  void insert_rows(std::span<const HistoryRecord> records);
  std::string history_columns() const;
  void change_row(Direction direction, const HistoryRecord& history);
  bool has_rows();
  [[noreturn]] void throw_emptied() const;
  void compare(const AppliedSet& known);
  // `if_changed`: as a part of LedgerSql::in_one(), which fails where no row was changed.
  driver::Repeated history_insert(const HistoryRecord& history, bool if_changed,
                                  const std::string& actor = {}) const;
  driver::Repeated version_change(Direction direction, std::int64_t version) const;
  void write(driver::Repeated statement, bool often);
  driver::Visit history_visit(bool with_authors, std::vector<Fingerprint>* known) const;
  void check_existence();

  driver::Connection& connection_;
  const driver::Dialect& dialect_;
  Names names_;
  Author author_;
  bool keep_history_;
  AppliedSet applied_;
  std::optional<AppliedSet> settled_;  // what it was before the changes that may be taken back
  bool firm_ = false;                  // applied_ is what firm() says
  std::optional<AppliedSet> last_firm_;
  bool ahead_ = false;  // confirm_ahead() has noted where the newer rows begin
  std::set<std::int64_t> vanished_;
  std::set<std::int64_t> appeared_;
  std::optional<std::vector<Fingerprint>> fingerprints_;
  std::optional<std::int64_t> token_;
  bool version_exists_ = false;
  bool history_exists_ = false;
  bool journal_exists_ = false;
  bool schema_exists_ = false;
};

// The entry of this version in what fingerprints() gave, or nullptr.
const Store::Fingerprint* find(const std::vector<Store::Fingerprint>& fingerprints,
                               std::int64_t version);

}  // namespace gander::store
