// SPDX-License-Identifier: MIT
// What somebody has changed in the schema beside the migrations: what a run leaves of it is written
// down, and compared with what is there later. The same without a record, from the migrations
// themselves, is MigrationRunner::drift() in scratch_database.cc.
//
// A record is never wrong: whatever else changes the records makes it stale, and where it cannot be
// written the old one is left, which is stale by then.
#include "src/runner/drift.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/driver/transaction.h"
#include "src/run/half_run.h"
#include "src/runner/impl.h"
#include "src/store/schema_record.h"

namespace gander {
namespace {

// A run: what nobody has touched since it began differs as it did.
bool is_untouched(std::uint64_t /*recorded*/, std::uint64_t before, std::uint64_t wanted) {
  return before == wanted;
}

// Records alone: what the migrations make is known, and the same as before.
bool is_wanted_still(std::uint64_t recorded, std::uint64_t /*before*/, std::uint64_t wanted) {
  return recorded == wanted;
}

// Another one may see the same schema in other words.
std::string reader_of(const store::Author& author, const schema::Snapshot& snapshot) {
  return author.tool + (snapshot.words_of.empty() ? "" : ", " + snapshot.words_of);
}

// The schema that an object is in, without quotes; empty where names have none.
std::string schema_of(const schema::Id& id) {
  const std::string& name = id.parent.empty() ? id.name : id.parent;
  if (!name.starts_with('"')) {
    const std::size_t dot = name.find('.');
    return dot == std::string::npos ? std::string() : name.substr(0, dot);
  }
  std::string schema;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] != '"') {
      schema += name[i];
    } else if (i + 1 < name.size() && name[i + 1] == '"') {
      schema += name[++i];
    } else {
      return i + 1 < name.size() && name[i + 1] == '.' ? schema : std::string();
    }
  }
  return {};
}

// Version tables of other sets of migrations, of which nobody here knows what they have made: in
// goose's layout, as a table of Gander's own is.
std::vector<schema::Id> other_version_tables(const schema::Imprint& found) {
  std::map<std::string, int> tables;
  for (const schema::Trace& trace : found.traces) {
    const std::string& name = trace.id.name;
    const bool of_goose = name == "version_id" || name == "is_applied" || name == "tstamp";
    if (of_goose && trace.id.kind == "column") ++tables[trace.id.parent];
  }
  std::vector<schema::Id> others;
  for (const auto& [table, columns] : tables) {
    if (columns == 3) others.push_back({"table", table, ""});
  }
  return others;
}

bool is_half_way(const std::vector<store::JournalRow>& journal, const store::AppliedSet& applied) {
  return std::ranges::any_of(
      journal, [&](const store::JournalRow& row) { return !run::is_superseded(row, applied); });
}

}  // namespace

// Whoever wants no history, or may not make its table, wants no other table either.
bool MigrationRunner::Impl::keeps_schema() {
  return options_.drift && options_.versioning && database().store().wants_history() &&
         database().connection().catalogue() != nullptr;
}

// Nothing is asked of the schema itself unless there is a record to compare it with.
SchemaLook MigrationRunner::Impl::look_at_schema(const std::vector<store::JournalRow>& journal) {
  SchemaLook look;
  store::Store& store = database().store();
  if (!keeps_schema() || !store.schema_exists()) return look;
  const std::optional<store::SchemaRecord> record = store::SchemaRecords(store).read();
  if (!record) return look;
  look.drift.state = DriftState::stale;
  look.drift.version = record->version;
  look.drift.recorded_at = record->at;
  if (!record->current) {
    look.drift.reason = "the records have changed since the schema was recorded at version " +
                        std::to_string(record->version);
    return look;
  }
  if (is_half_way(journal, store.applied())) {
    look.drift.reason = "a migration is half way";
    return look;
  }
  std::optional<schema::Imprint> recorded = schema::parse_imprint(record->objects);
  const schema::Snapshot snapshot = read_schema(database(), false);
  look.reader = reader_of(store.author(), snapshot);
  if (!recorded || record->reader != look.reader) {
    look.drift.reason =
        "the schema was recorded by " + record->reader + ", and this is " + look.reader;
    return look;
  }
  look.recorded = std::move(*recorded);
  look.found = schema::imprint(snapshot);
  const bool with_schemas = !database().connection().default_schema().empty();
  for (const schema::Id& other : other_version_tables(look.found)) {
    const std::string schema = with_schemas ? schema_of(other) : std::string();
    if (!with_schemas || schema == store.names().version_table.schema) {
      look.drift.reason = "another set of migrations works in this database, in " + other.name;
      return look;
    }
    // What that set makes is told by its own runs.
    for (schema::Imprint* imprint : {&look.recorded, &look.found}) {
      std::erase_if(imprint->traces,
                    [&](const schema::Trace& trace) { return schema_of(trace.id) == schema; });
    }
  }
  look.drift.state = DriftState::known;
  return look;
}

// Before something is changed. Whatever is in the way is in the way of the record alone.
SchemaLook MigrationRunner::Impl::schema_before() {
  try {
    if (!keeps_schema() || !database().store().schema_exists()) return {};
    return look_at_schema(database().journal().rows());
  } catch (const Error&) {
    return {};
  }
}

// For status() and doctor(), which have loaded the records.
Drift MigrationRunner::Impl::find_drift(const std::vector<store::JournalRow>& journal) {
  try {
    SchemaLook look = look_at_schema(journal);
    if (look.known()) {
      look.drift.objects = schema::drifted(look.recorded, look.drift.version, look.found);
    }
    return std::move(look.drift);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::connection) throw;
    Drift drift;
    drift.state = DriftState::stale;
    drift.reason = error.details().message;
    return drift;
  }
}

void MigrationRunner::Impl::write_schema(const schema::Imprint& imprint, const std::string& reader,
                                         const store::RecordsMark& mark) {
  store::Store& store = database().store();
  std::optional<driver::Transaction> transaction;
  if (!database().connection().in_transaction()) {
    transaction.emplace(database().connection());
    database().fence();
  }
  store::SchemaRecords(store).write(
      {.version = store.applied().current(), .reader = reader, .objects = schema::text(imprint)},
      mark);
  if (transaction) transaction->commit();
}

// After something was changed: in its last transaction, or after that, with the lock still held.
// The records first: what is recorded while the schema is read makes the record stale. False: it
// could not be written. `made`: what the migrations make, where that is known; else it is what is
// there.
bool MigrationRunner::Impl::record_schema(const SchemaLook& before, const schema::Snapshot* made,
                                          std::vector<std::string>* warnings) {
  try {
    if (!keeps_schema() || is_half_way(database().journal().rows(), database().store().applied())) {
      return true;
    }
    const store::RecordsMark mark = store::SchemaRecords(database().store()).mark();
    std::optional<schema::Snapshot> there;
    if (made == nullptr) there = read_schema(database(), false);
    const schema::Snapshot& wanted = made == nullptr ? *there : *made;
    const std::string reader = reader_of(database().store().author(), wanted);
    schema::Imprint imprint = schema::imprint(wanted);
    if (before.known() && before.reader == reader) {
      imprint =
          schema::carry_over(before.recorded, before.drift.version, before.found,
                             std::move(imprint), made == nullptr ? is_untouched : is_wanted_still);
    }
    write_schema(imprint, reader, mark);
    return true;
  } catch (const store::Overtaken&) {
    return true;  // another run records what it leaves
  } catch (const Error& error) {
    if (warnings == nullptr || error.code() == ErrorCode::interrupted) return false;
    warn("drift will not be told: what the schema is now could not be recorded: " +
             error.details().message,
         warnings);
    return false;
  }
}

}  // namespace gander
