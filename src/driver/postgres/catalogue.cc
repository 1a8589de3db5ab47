// SPDX-License-Identifier: MIT
// Connection::snapshot(): the schema of the database at one point in time, read in a transaction of
// its own, or within the one that is open, which both the data and the session survive as they
// were.
#include <algorithm>
#include <iterator>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/rows.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"

namespace gander::driver::postgres {
namespace {

// Everything that reaches the text of definitions (manual, chapter 20), so that it is the same
// whatever the database, the role and the URL say. Without jit, which takes longer for a query over
// the catalogue than the query.
constexpr std::pair<const char*, const char*> kSettings[] = {
    {"search_path", "pg_catalog"},    {"TimeZone", "UTC"},
    {"DateStyle", "ISO, MDY"},        {"IntervalStyle", "postgres"},
    {"bytea_output", "hex"},          {"xmlbinary", "base64"},
    {"quote_all_identifiers", "off"}, {"standard_conforming_strings", "on"},
    {"extra_float_digits", "3"},      {"lc_monetary", "C"},
    {"enable_seqscan", "on"},         {"enable_hashjoin", "on"},
    {"row_security", "off"},
};

std::string settings_sql(const Survey& survey) {
  std::string sql;
  for (const auto& [name, value] : kSettings) {
    sql += (sql.empty() ? "SELECT " : ", ") + std::string("pg_catalog.set_config('") + name +
           "', '" + value + "', true)";
  }
  return sql + survey.since(11, ", pg_catalog.set_config('jit', 'off', true)");
}

// What a script of the snapshot sets. Names in it are qualified: the search_path is there for
// bodies of functions that find others by it.
std::vector<std::string> script_settings(Survey& survey) {
  std::string path;
  survey.ask(std::string("SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname <> "
                         "'public', n.nspname) FROM pg_namespace n WHERE") +
                 kUserSchema,
             [&](Cells& cells) { path = cells.text(); });
  std::vector<std::string> all = {
      "SET client_encoding = 'UTF8'",    "SET standard_conforming_strings = on",
      "SET check_function_bodies = off", "SET client_min_messages = warning",
      "SET xmloption = content",         "SET IntervalStyle = postgres",
      "SET default_tablespace = ''",
  };
  if (survey.since(12)) all.emplace_back("SET default_table_access_method = heap");
  all.push_back("SET search_path = " + (path.empty() ? "''" : path));
  return all;
}

void leave_out(Survey& survey, const std::string& name) {
  survey.ask(
      "SELECT c.oid FROM pg_class c WHERE c.oid = to_regclass(" + dialect().literal(name) + ")",
      [&](Cells& cells) { survey.leave_out({System::relation, cells.id()}); });
}

void read_all(Survey& survey) {
  read_extensions(survey);
  read_schemas(survey);
  read_types(survey);
  read_relations(survey);
  read_sequences(survey);
  read_constraints(survey);
  read_indexes(survey);
  read_statistics(survey);
  read_routines(survey);
  read_operators(survey);
  read_casts(survey);
  read_languages(survey);
  read_encodings(survey);
  read_text_search(survey);
  read_triggers(survey);
  read_rules(survey);
  read_policies(survey);
  read_foreign_data(survey);
  read_publications(survey);
  read_comments(survey);
}

}  // namespace

// While one lives, the session is in a snapshot of the database, and its settings are those of a
// survey.
class Connection::InSnapshot {
 public:
  explicit InSnapshot(Connection& connection)
      : connection_(connection), within_(connection.in_transaction()) {
    connection_.flush();
    Batch batch;
    batch.add(within_ ? "SAVEPOINT gander_snapshot"
                      : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    for (const std::string& sql : connection_.identity_sql()) batch.add(sql);
    // What is asked in it is not deferred, and needs no transaction of its own.
    outer_ = std::exchange(connection_.begun_, true);
    connection_.exchange(batch, Rowset::drop);
  }

  // What is asked by it is told in the same words, whatever the session has set.
  Survey survey() {
    Survey survey(connection_, libpq().PQserverVersion(connection_.wire_->handle()));
    survey.ask(settings_sql(survey), [](Cells&) {});
    return survey;
  }

  ~InSnapshot() {
    connection_.begun_ = outer_;
    if (connection_.wire_->lost()) return;
    const Wire::Shield shield(*connection_.wire_);
    connection_.wire_->abandon();
    Batch batch;
    if (within_) {
      batch.add("ROLLBACK TO SAVEPOINT gander_snapshot");
      batch.add("RELEASE SAVEPOINT gander_snapshot");
    } else {
      batch.add("ROLLBACK");
    }
    try {
      connection_.exchange(batch, Rowset::drop);
    } catch (const std::exception&) {
      // The transaction ends with the session, which is about to end.
    }
  }

  InSnapshot(const InSnapshot&) = delete;
  InSnapshot& operator=(const InSnapshot&) = delete;

 private:
  Connection& connection_;
  bool within_;
  bool outer_ = false;
};

schema::Snapshot Connection::snapshot(const SnapshotRequest& request) {
  throw_stored();
  std::vector<std::string> without;
  for (const TableName& name : request.without) {
    const std::string schema = name.schema.empty() ? schema_of(name.table) : name.schema;
    without.push_back(dialect().quote(schema) + "." + dialect().quote(name.table));
  }
  InSnapshot transaction(*this);
  Survey survey = transaction.survey();
  for (const std::string& name : without) leave_out(survey, name);
  std::vector<std::string> settings = script_settings(survey);
  read_all(survey);
  if (request.grants) read_rights(survey);
  schema::Snapshot snapshot = survey.finish();
  snapshot.settings = std::move(settings);
  snapshot.words_of = "postgres " + std::to_string(survey.version() / 10000);
  return snapshot;
}

std::vector<std::string> Connection::filled_tables(const schema::Snapshot& snapshot) {
  throw_stored();
  InSnapshot transaction(*this);
  Survey survey = transaction.survey();
  std::vector<std::string> filled;
  for (const schema::Object& object : snapshot.objects) {
    if (object.id.kind != "table") continue;
    const std::vector<std::string> holders = holders_of_rows(survey, object.id.name);
    const bool itself = holders.size() == 1 && holders.front() == object.id.name;
    if (itself && has_rows(survey, object.id.name)) filled.push_back(object.id.name);
  }
  return filled;
}

std::vector<schema::Object> Connection::rows(const std::vector<std::string>& tables) {
  throw_stored();
  InSnapshot transaction(*this);
  Survey survey = transaction.survey();
  std::vector<std::string> holders;
  for (const std::string& table : tables) {
    std::ranges::move(holders_of_rows(survey, table), std::back_inserter(holders));
  }
  std::ranges::sort(holders);
  const auto twice = std::ranges::unique(holders);
  holders.erase(twice.begin(), twice.end());
  std::vector<schema::Object> all;
  for (const std::string& table : holders) all.push_back(rows_of(survey, table));
  return all;
}

}  // namespace gander::driver::postgres
