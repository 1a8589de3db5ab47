// SPDX-License-Identifier: MIT
// Connection::before_image() and judge(): the catalogue before a bare statement, and what it says
// about a statement that was caught between intent and outcome.
//
// judge() is called while the run lock is held, so the session that ran the statement has ended.
#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/half_built.h"

namespace gander::driver::postgres {
namespace {

using Kind = BareStatement::Kind;

// Indexes of one table, or of all, as "oid:valid oid:valid ...".
std::string indexes_sql(const std::string& table) {
  std::string sql =
      "SELECT pg_catalog.string_agg(indexrelid::text || ':' || CASE WHEN indisvalid THEN 'valid' "
      "ELSE 'invalid' END, ' ' ORDER BY indexrelid) FROM pg_catalog.pg_index";
  if (!table.empty()) {
    sql += " WHERE indrelid = pg_catalog.to_regclass(" + dialect().literal(table) + ")";
  }
  return sql;
}

constexpr const char* kInvalidIndexes =
    "SELECT pg_catalog.string_agg(indexrelid::text, ' ' ORDER BY indexrelid) FROM "
    "pg_catalog.pg_index WHERE NOT indisvalid";

std::string reindex_leftovers_sql() {
  return std::string(
             "SELECT i.indexrelid::text, pg_catalog.format('%I.%I', n.nspname, c.relname) FROM "
             "pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid JOIN "
             "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND ") +
         kReindexName + " AND NOT " + kBeingBuilt;
}

std::string count_sql(const char* catalogue, const char* column, const BareStatement& statement) {
  return std::string("SELECT count(*)::text FROM pg_catalog.") + catalogue + " WHERE " + column +
         " = " + dialect().literal(catalogue_name(statement.name));
}

std::string existence_sql(const BareStatement& statement) {
  switch (statement.kind) {
    case Kind::create_database:
    case Kind::drop_database:
      return count_sql("pg_database", "datname", statement);
    case Kind::create_tablespace:
    case Kind::drop_tablespace:
      return count_sql("pg_tablespace", "spcname", statement);
    default:
      return count_sql("pg_subscription", "subname", statement);
  }
}

std::string partition_sql(const BareStatement& statement) {
  return "SELECT inhrelid::text FROM pg_catalog.pg_inherits WHERE inhrelid = "
         "pg_catalog.to_regclass(" +
         dialect().literal(statement.name) + ") AND inhparent = pg_catalog.to_regclass(" +
         dialect().literal(statement.table) + ")";
}

bool contains_word(const std::string& words, const std::string& word) {
  const std::string padded = " " + words + " ";
  return padded.find(" " + word + " ") != std::string::npos;
}

std::string text(const Value& value) {
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? std::string() : *string;
}

// Asks the catalogue and puts it in order where a half-run statement left something behind.
class Judge {
 public:
  Judge(Connection& connection, const BareStatement& statement, const std::string& before)
      : connection_(connection), statement_(statement), before_(before) {}

  Outcome judge() {
    switch (statement_.kind) {
      case Kind::unknown:
        return Outcome::unknown;
      case Kind::repeatable:
        return Outcome::did_not_happen;
      case Kind::create_index:
        return create_index();
      case Kind::drop_index:
        return drop_index();
      case Kind::reindex:
        return reindex();
      case Kind::detach_partition:
        return detach_partition();
      case Kind::create_database:
      case Kind::create_tablespace:
      case Kind::create_subscription:
        return appeared(true);
      case Kind::drop_database:
      case Kind::drop_tablespace:
      case Kind::drop_subscription:
        return appeared(false);
    }
    return Outcome::unknown;
  }

 private:
  // An index that is not in the before-image is the statement's work, whole or half.
  Outcome create_index() {
    const Rows rows = connection_.query(
        "SELECT i.indexrelid::text, i.indisvalid, pg_catalog.format('%I.%I', n.nspname, "
        "c.relname), c.relname::text, " +
        std::string(kBeingBuilt) +
        " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c "
        "ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE "
        "i.indrelid = pg_catalog.to_regclass(" +
        dialect().literal(statement_.name) + ")");
    Outcome outcome = Outcome::did_not_happen;
    for (const auto& row : rows.rows) {
      const std::string oid = text(row[0]);
      if (contains_word(before_, oid + ":valid") || contains_word(before_, oid + ":invalid")) {
        continue;
      }
      const std::string& name = statement_.name_of_index;
      if (!name.empty() && text(row[3]) != catalogue_name(name)) continue;
      const bool valid = std::get<std::int64_t>(row[1]) != 0;
      if (valid) outcome = Outcome::happened;
      // One that somebody else is building is none of ours: the statement will wait for it.
      const bool being_built = std::get<std::int64_t>(row[4]) != 0;
      if (!valid && !being_built) drop_leftover(text(row[2]));
    }
    return outcome;
  }

  Outcome drop_index() {
    if (before_.empty()) return Outcome::did_not_happen;
    const bool there =
        !connection_
             .query_text("SELECT oid::text FROM pg_catalog.pg_class WHERE oid = " + before_ +
                         "::oid")
             .empty();
    return there ? Outcome::did_not_happen : Outcome::happened;
  }

  Outcome reindex() {
    const Rows rows = connection_.query(reindex_leftovers_sql());
    for (const auto& row : rows.rows) {
      if (!contains_word(before_, text(row[0]))) drop_leftover(text(row[1]));
    }
    return Outcome::did_not_happen;
  }

  // Half way, DETACH goes on when it is run again: see Connection::finish_detach().
  Outcome detach_partition() {
    if (before_.empty()) return Outcome::did_not_happen;
    const bool attached =
        !connection_
             .query_text("SELECT 'attached' FROM pg_catalog.pg_inherits WHERE inhrelid = " +
                         before_ + "::oid")
             .empty();
    return attached ? Outcome::did_not_happen : Outcome::happened;
  }

  Outcome appeared(bool creates) {
    const std::string now = connection_.query_text(existence_sql(statement_));
    return now != before_ && (now != "0") == creates ? Outcome::happened : Outcome::did_not_happen;
  }

  void drop_leftover(const std::string& index) {
    const Connection::Unhurried unhurried(connection_);
    connection_.execute("DROP INDEX CONCURRENTLY IF EXISTS " + index);
    if (connection_.options().notice) {
      connection_.options().notice(
          "", "dropped the invalid index " + index + " that an interrupted statement left behind");
    }
  }

  Connection& connection_;
  const BareStatement& statement_;
  const std::string& before_;
};

}  // namespace

std::string Connection::before_image(const sql::Statement& statement) {
  if (pooled_) refuse_pooled(statement);
  const BareStatement bare = bare_statement(statement.text);
  switch (bare.kind) {
    case Kind::unknown:
    case Kind::repeatable:
      return {};
    case Kind::create_index:
      return query_text(indexes_sql(bare.name));
    case Kind::drop_index:
      return query_text("SELECT pg_catalog.to_regclass(" + dialect().literal(bare.name) +
                        ")::oid::text");
    case Kind::reindex:
      return query_text(kInvalidIndexes);
    case Kind::detach_partition:
      return query_text(partition_sql(bare));
    default:
      return query_text(existence_sql(bare));
  }
}

Outcome Connection::judge(const sql::Statement& statement, const std::string& before_image) {
  if (pooled_) refuse_pooled(statement);
  // Called for a statement that was interrupted as well: its leftovers are put in order first.
  const Wire::Shield shield(*wire_);
  const BareStatement bare = bare_statement(statement.text);
  return Judge(*this, bare, before_image).judge();
}

}  // namespace gander::driver::postgres
