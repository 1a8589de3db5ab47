// SPDX-License-Identifier: MIT
// Schema: what a database holds besides rows, as a value that can be compared, kept and written
// down. The tables of the migration tool are not in it.
//
//   gander::MigrationRunner ours{gander::open("sqlite:ours.db"), migrations};
//   gander::MigrationRunner theirs{gander::open("sqlite:theirs.db"), migrations};
//   for (const auto& one : compare_schemas(ours.schema(), theirs.schema()).differences) {
//     std::puts(one.description().c_str());  // "column name of customer"
//   }
#pragma once

#include "gander/standard.h"
#ifdef GANDER_CXX20

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gander/error.h"
#include "gander/export.h"
#include "gander/time.h"

namespace gander {

namespace schema {
struct Snapshot;
}
namespace sql {
struct LexicalRules;
}

// One thing in which an object differs. What is not set is not there.
struct PropertyDifference {
  std::string name;  // "type", "default", "definition"
  std::optional<std::string> before;
  std::optional<std::string> after;
};

struct SchemaDifference {
  // The names (schema_change_name) are printed by `diff --json`: never rename.
  enum class Kind { added, removed, changed };
  Kind what = Kind::changed;
  std::string kind;    // "table", "column", "index", "foreign key"
  std::string name;    // may be empty: a primary key without a name of its own
  std::string parent;  // the table that it is a part of, or empty
  std::vector<PropertyDifference> properties;  // of an added or removed object, all
  bool order_only = false;  // nothing but the order of what both have differs: of columns
  bool lasting = false;     // the database cannot take it away again, as a value of an enum

  // "column name of customer"
  [[nodiscard]] GANDER_EXPORT std::string description() const;
};

[[nodiscard]] GANDER_EXPORT const char* schema_change_name(SchemaDifference::Kind kind) noexcept;

struct SchemaComparison {
  std::vector<SchemaDifference> differences;  // sorted by kind, parent and name

  [[nodiscard]] bool equal() const noexcept { return differences.empty(); }
};

// An object that is not as the migrations have left it. Only a digest of it is kept, so what it was
// is not told.
struct DriftedObject {
  SchemaDifference::Kind what = SchemaDifference::Kind::changed;
  std::string kind;  // as in SchemaDifference
  std::string name;
  std::string parent;
  std::int64_t since = 0;  // the version at which it was last as the migrations had made it

  // "index by_hand of orders"
  [[nodiscard]] GANDER_EXPORT std::string description() const;
};

// Is there a record of the schema to go by? The names (drift_state_name) are printed by `status
// --json`: never rename.
enum class DriftState {
  unrecorded,  // there is none, or it was not asked for
  stale,       // records have changed since it was written, or a migration is half way
  known,
};

[[nodiscard]] GANDER_EXPORT const char* drift_state_name(DriftState state) noexcept;

// What somebody has changed in the schema beside the migrations: the schema as it is, compared with
// what the last run that changed something has left (docs/formats.md, T_schema). What was changed
// while a run was at work counts as the run's. Roles see the same, but for options of user mappings
// and subscriptions, which are not compared.
struct Drift {
  DriftState state = DriftState::unrecorded;
  std::int64_t version = 0;                 // of the database when it was recorded
  std::optional<Time> recorded_at = {};     // by the server's clock
  std::string reason;                       // why it is stale, or cannot be read: one sentence
  std::vector<DriftedObject> objects = {};  // by kind, parent and name; empty unless it is known
};

// What a dump cannot carry, in one sentence: a password that was left out, a collation that another
// program registers.
struct SchemaRemark {
  std::string about;  // "table customer"
  std::string message;
};

struct SchemaOptions {
  // Owners and rights, too, where the database has them. They are apart because two databases of
  // one schema often have other users.
  bool grants = false;
};

struct DumpOptions {
  bool grants = false;  // as SchemaOptions::grants
  // The version table with what is applied, so that a database which loads the dump knows where it
  // stands.
  bool versions = false;
};

// A cheap-to-copy value. Thread rule: immutable, may be shared.
class GANDER_EXPORT Schema {
 public:
  Schema(std::shared_ptr<const schema::Snapshot> snapshot, const sql::LexicalRules& rules);

  // A script that makes the same schema in an empty database, by the database's own client or by
  // MigrationRunner::load(). Equal schemas have the same text, byte for byte, where what their
  // statements look like is stored with them (SQLite) apart.
  [[nodiscard]] std::string text() const;

  // 64 hex digits, the same for equal schemas alone.
  [[nodiscard]] std::string fingerprint() const;

  [[nodiscard]] std::vector<SchemaRemark> remarks() const;

  // Nothing is in it.
  [[nodiscard]] bool empty() const;

  [[nodiscard]] const schema::Snapshot& snapshot() const noexcept { return *snapshot_; }

 private:
  std::shared_ptr<const schema::Snapshot> snapshot_;  // shared: copies are cheap
  const sql::LexicalRules* rules_;
};

// For MigrationRunner::baseline() and squash().
struct SchemaMigrationOptions {
  // Tables whose rows belong to the schema, as those of countries or roles: the migration puts them
  // there again, with where AUTOINCREMENT or the sequences of these tables stand. With or without
  // the schema's name; of a partitioned table all partitions; "*": every table that has rows.
  std::vector<std::string> rows;
};

// What MigrationRunner::baseline() and squash() give.
struct SchemaMigration {
  std::string text;  // of the file, in goose's format; it has no way down
  // In what its schema, or the rows of a table that was asked for, are not what was wanted, a
  // sentence each; empty: they are the same.
  std::vector<std::string> differences;
  std::vector<std::string> rows;  // squash(): tables whose rows are not in it
};

// From `before` to `after`. Both are to be of one kind of database.
[[nodiscard]] GANDER_EXPORT SchemaComparison compare_schemas(const Schema& before,
                                                             const Schema& after);

// For MigrationRunner::verify().
struct VerifyOptions {
  // Tables whose rows count, too, as those with seeds: Down is to leave them as they were before
  // Up, and the second Up as the first one did. Names as in SchemaMigrationOptions; a table need
  // not be there at all times. Where sequences and AUTOINCREMENT stand does not count, but the
  // numbers that rows get from them do.
  std::vector<std::string> rows;
};

// What came of one migration that was applied, rolled back and applied again. The names
// (verdict_name) are printed by `verify --json`: never rename.
enum class Verdict {
  good,          // its Down restores the schema, and its second Up makes what the first has made
  irreversible,  // it has no Down, or made what nothing takes away again
  bad,           // Down leaves the schema otherwise than it was, or something failed
  unchecked,     // one before it has failed for good
};

[[nodiscard]] GANDER_EXPORT const char* verdict_name(Verdict verdict) noexcept;

struct VerifiedMigration {
  std::int64_t version = 0;
  std::string name;
  Verdict verdict = Verdict::unchecked;
  std::string detail;  // what is wrong, in one sentence; empty where it is good
  // From before Up to behind Down, or from behind the first Up to behind the second.
  std::vector<SchemaDifference> differences;
  // What is no fault and worth to know: another order of columns, of which no Down of a dropped
  // column is master; a value of an enum that stays.
  std::vector<std::string> notes;
  std::optional<ErrorDetails> error;  // of the statement that failed
};

struct Verification {
  std::vector<VerifiedMigration> migrations;  // by version

  [[nodiscard]] GANDER_EXPORT std::int64_t count(Verdict verdict) const noexcept;
  // None is bad, and all were tried.
  [[nodiscard]] GANDER_EXPORT bool ok() const noexcept;
};

}  // namespace gander

#endif
