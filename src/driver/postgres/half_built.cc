// SPDX-License-Identifier: MIT
// An index that CONCURRENTLY has left invalid is used by no query, and a unique one keeps nothing
// out; but IF NOT EXISTS takes it for the index that was asked for, and REINDEX TABLE CONCURRENTLY
// passes over it (PostgreSQL 18 manual, CREATE INDEX and REINDEX, "Rebuilding Indexes
// Concurrently"). So after each statement that can be satisfied in this way the catalogue is asked.
#include "src/driver/postgres/half_built.h"

#include <optional>
#include <utility>

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/values.h"
#include "src/sql/outline.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;
namespace {

// The statement waits for a builder itself, so a second one is hardly ever met.
constexpr int kMostRebuilds = 3;
constexpr int kDetachesConcurrently = 140000;

std::string regclass(const std::string& name) {
  return "pg_catalog.to_regclass(" + dialect().literal(name) + ")";
}

std::optional<IndexClaim> index_claim(const Words& words) {
  const sql::Outline statement = sql::outline(words);
  const bool whole = !statement.name.empty() && !statement.table.empty();
  if (!statement.creates("index") || !statement.guarded || !whole) return std::nullopt;
  IndexClaim claim;
  claim.index = statement.name;
  claim.only = statement.only;
  claim.table = statement.table;
  return claim;
}

struct InvalidIndex {
  std::string name;  // qualified, ready for SQL
  bool partitioned = false;
  bool of_table = true;  // the table that the statement names
  bool being_built = false;
  bool reindex_name = false;
};

std::string invalid_sql(const std::string& table, const std::string& condition) {
  return "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind = 'I', " +
         (table.empty() ? "true" : "i.indrelid = " + regclass(table)) + ", " + kBeingBuilt + ", " +
         kReindexName +
         " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid "
         "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE NOT (i.indisvalid AND "
         "i.indisready) AND " +
         condition + " ORDER BY 1";
}

std::vector<InvalidIndex> invalid_indexes(Connection& connection, const std::string& sql) {
  std::vector<InvalidIndex> found;
  for (const auto& row : connection.look(sql).rows) {
    found.push_back(
        {text(row[0]), is_true(row[1]), is_true(row[2]), is_true(row[3]), is_true(row[4])});
  }
  return found;
}

// An index name has the schema of its table; the claim's name is never qualified.
std::optional<InvalidIndex> invalid_index(Connection& connection, const IndexClaim& claim) {
  const std::vector<InvalidIndex> found = invalid_indexes(
      connection,
      invalid_sql(claim.table, "c.relname = " + dialect().literal(catalogue_name(claim.index)) +
                                   " AND c.relnamespace = (SELECT t.relnamespace FROM "
                                   "pg_catalog.pg_class AS t WHERE t.oid = " +
                                   regclass(claim.table) + ")"));
  if (found.empty()) return std::nullopt;
  return found.front();
}

[[noreturn]] void refuse(const sql::Statement& statement, const std::string& name, const char* what,
                         std::string hint) {
  ErrorDetails details;
  details.code = ErrorCode::sql;
  details.message = "the index " + name + what;
  details.hint = std::move(hint);
  throw statement_error(statement, 0, std::move(details));
}

[[noreturn]] void refuse_invalid(const sql::Statement& statement, const InvalidIndex& index) {
  if (index.partitioned) {
    refuse(statement, index.name, " exists, but lacks its part on one of the partitions",
           "attach what is missing with ALTER INDEX " + index.name +
               " ATTACH PARTITION, or drop it, and run again");
  }
  if (index.being_built) {
    refuse(statement, index.name, " is being built by another session",
           "run again when that has ended");
  }
  refuse(statement, index.name,
         " exists, but is invalid: no query uses it, and it keeps no duplicates out",
         "DROP INDEX CONCURRENTLY " + index.name + ", or REINDEX INDEX CONCURRENTLY " + index.name +
             ", and run again");
}

}  // namespace

// A builder holds SHARE UPDATE EXCLUSIVE on the table for as long as it works, and REINDEX on the
// index as well. Of other roles' sessions pg_stat_progress_create_index shows the process alone.
const char* const kBeingBuilt =
    "EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index AS p JOIN pg_catalog.pg_locks "
    "AS l ON l.pid = p.pid WHERE p.pid <> pg_catalog.pg_backend_pid() AND l.granted AND l.locktype "
    "= 'relation' AND l.mode = 'ShareUpdateExclusiveLock' AND l.database = (SELECT d.oid FROM "
    "pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()) AND (l.relation "
    "= i.indexrelid OR (l.relation = i.indrelid AND coalesce(p.index_relid, 0::oid) IN (0::oid, "
    "i.indexrelid))))";

const char* const kReindexName = "c.relname ~ '_cc(new|old)[0-9]*$'";

std::vector<IndexClaim> index_claims(std::string_view sql, const std::vector<std::size_t>& starts) {
  std::vector<IndexClaim> claims;
  for (const std::size_t start : starts) {
    if ((sql[start] | 0x20) != 'c') continue;
    if (std::optional<IndexClaim> claim = index_claim(Words(kLexicalRules, sql.substr(start)))) {
      claims.push_back(std::move(*claim));
    }
  }
  return claims;
}

std::string reindexed(std::string_view sql) {
  Words words(kLexicalRules, sql);
  if (!words.accept("reindex")) return {};
  words.skip_parentheses();
  const Token what = words.take();
  words.accept("concurrently");
  const std::string name = words.name();
  if (what.is("table") && !name.empty()) {
    return "(i.indrelid = " + regclass(name) +
           " OR i.indrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(" + regclass(name) +
           ")))";
  }
  if (what.is("schema")) return "n.nspname = " + dialect().literal(catalogue_name(name));
  if (what.is("database")) return "n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_t(oast|emp)'";
  return {};
}

// After a statement that ended well. Rebuilds, where that is possible outside a transaction, or
// throws. Whatever kills this half way finds the statement without its outcome in the journal, and
// comes here again.
void Connection::finish_built(const sql::Statement& statement, const MessageShape& shape) {
  for (const IndexClaim& claim : index_claims(statement.text, shape.starts)) {
    for (int tries = 0;; ++tries) {
      const std::optional<InvalidIndex> index = invalid_index(*this, claim);
      if (!index || (index->partitioned && claim.only)) break;
      const bool can_rebuild = !begun_ && works_concurrently(statement.text) && index->of_table &&
                               !index->partitioned && tries < kMostRebuilds;
      if (!can_rebuild) refuse_invalid(statement, *index);
      if (!index->being_built) drop_half_built(index->name);
      batch_.add(statement, shape);
      flush();
    }
  }
  if (begun_ || !works_concurrently(statement.text)) return;
  const std::string condition = reindexed(statement.text);
  if (!condition.empty()) finish_reindexed(statement, condition);
}

void Connection::finish_reindexed(const sql::Statement& statement, const std::string& condition) {
  const std::string sql = invalid_sql("", condition + " AND c.relkind = 'i'");
  for (const InvalidIndex& index : invalid_indexes(*this, sql)) {
    if (!index.reindex_name) {
      execute_for(statement, "REINDEX INDEX CONCURRENTLY " + index.name);
    } else if (!index.being_built) {
      drop_half_built(index.name);
    }
  }
  for (const InvalidIndex& index : invalid_indexes(*this, sql)) {
    if (!index.being_built) refuse_invalid(statement, index);
  }
}

// A failure is the statement's.
void Connection::execute_for(const sql::Statement& statement, const std::string& sql) {
  try {
    execute(sql);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection || error.code() == ErrorCode::interrupted) throw;
    throw statement_error(statement, 0, error.details());
  }
}

void Connection::drop_half_built(const std::string& index) {
  execute("DROP INDEX CONCURRENTLY IF EXISTS " + index);
  if (!options_.notice) return;
  options_.notice(
      "", "dropped the invalid index " + index + " that an interrupted statement left behind");
}

// DETACH PARTITION ... CONCURRENTLY that was cut off between its two transactions: the server
// refuses to begin again and wants FINALIZE. True: that has been done.
bool Connection::finish_detach(const sql::Statement& statement) {
  const BareStatement bare = bare_statement(statement.text);
  if (bare.kind != BareStatement::Kind::detach_partition ||
      libpq().PQserverVersion(wire_->handle()) < kDetachesConcurrently) {
    return false;
  }
  const bool pending = !query_text(
                            "SELECT 'pending' FROM pg_catalog.pg_inherits WHERE "
                            "inhdetachpending AND inhrelid = " +
                            regclass(bare.name) + " AND inhparent = " + regclass(bare.table))
                            .empty();
  if (!pending) return false;
  execute_for(statement,
              "ALTER TABLE " + bare.table + " DETACH PARTITION " + bare.name + " FINALIZE");
  return true;
}

}  // namespace gander::driver::postgres
