// SPDX-License-Identifier: MIT
#include "src/driver/postgres/lock_reach.h"

#include <algorithm>
#include <utility>

#include "src/driver/postgres/bare_statement.h"
#include "src/driver/postgres/connection.h"
#include "src/driver/postgres/dialect.h"
#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/values.h"
#include "src/driver/postgres/written_name.h"
#include "src/sql/words.h"

namespace gander::driver::postgres {

using sql::Token;
using sql::Words;
namespace {

using enum LockMode;
using Object = LockNeed::Object;

std::string values(const std::set<std::string>& names) {
  std::string sql;
  for (const std::string& name : names) {
    sql += (sql.empty() ? "(" : ", (") + dialect().literal(name) + ")";
  }
  return "(VALUES " + sql + ") AS wanted(name)";
}

bool holds_column(const std::string& columns, const std::string& column) {
  return ("," + columns + ",").find("," + column + ",") != std::string::npos;
}

// Columns as written against names as the catalogue has them.
bool share_column(const std::string& columns, const std::string& written) {
  for (std::size_t at = 0; at <= written.size();) {
    const std::size_t end = std::min(written.find(',', at), written.size());
    if (holds_column(columns, catalogue_name(written.substr(at, end - at)))) return true;
    at = end + 1;
  }
  return false;
}

// Relations that are changed or dropped together with the start, whose rows of pg_depend are the
// first of `d`.
constexpr const char* kDependents =
    "), d AS (SELECT * FROM start UNION SELECT p.classid, p.objid, p.objsubid FROM d JOIN "
    "pg_catalog.pg_depend AS p ON p.refclassid = d.classid AND p.refobjid = d.objid AND "
    "(d.objsubid = 0 OR p.refobjsubid = d.objsubid) WHERE p.deptype IN ('n', 'a', 'i', 'P', 'S', "
    "'e')) "
    "SELECT d.objid::bigint FROM d WHERE d.classid = 'pg_catalog.pg_class'::regclass UNION "
    "SELECT conrelid::bigint FROM d JOIN pg_catalog.pg_constraint AS c ON c.oid = d.objid WHERE "
    "d.classid = 'pg_catalog.pg_constraint'::regclass UNION "
    "SELECT confrelid::bigint FROM d JOIN pg_catalog.pg_constraint AS c ON c.oid = d.objid WHERE "
    "d.classid = 'pg_catalog.pg_constraint'::regclass UNION "
    "SELECT tgrelid::bigint FROM d JOIN pg_catalog.pg_trigger AS t ON t.oid = d.objid WHERE "
    "d.classid = 'pg_catalog.pg_trigger'::regclass UNION "
    "SELECT ev_class::bigint FROM d JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid WHERE "
    "d.classid = 'pg_catalog.pg_rewrite'::regclass UNION "
    "SELECT adrelid::bigint FROM d JOIN pg_catalog.pg_attrdef AS a ON a.oid = d.objid WHERE "
    "d.classid = 'pg_catalog.pg_attrdef'::regclass UNION "
    "SELECT polrelid::bigint FROM d JOIN pg_catalog.pg_policy AS p ON p.oid = d.objid WHERE "
    "d.classid = 'pg_catalog.pg_policy'::regclass";

}  // namespace

LockReach::LockReach(Connection& connection, const std::vector<LockNeeds>& all)
    : connection_(connection) {
  read_names(all);
  read_code(all);
  if (!relations_.empty()) read_links();
}

void LockReach::read_names(const std::vector<LockNeeds>& all) {
  std::set<std::string> names;
  std::set<std::string> types;
  for (const LockNeeds& needs : all) {
    if (is_sound(needs.absent)) names.insert(needs.absent);
    for (const LockNeed& need : needs.needs) {
      if (!is_sound(need.name)) continue;
      if (need.object == Object::relation) names.insert(need.name);
      if (need.object == Object::type) types.insert(need.name);
      if (need.waits && is_sound(need.detail)) names.insert(need.detail);
    }
  }
  if (!names.empty()) {
    const Rows rows = connection_.look(
        "SELECT wanted.name, c.oid::bigint, c.relkind IN ('p', 'I') FROM " + values(names) +
        " JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(wanted.name) WHERE "
        "c.relnamespace <> 'pg_catalog'::regnamespace");
    for (const auto& row : rows.rows) {
      relations_.emplace(text(row[0]), number(row[1]));
      if (number(row[2]) != 0) partitioned_.insert(number(row[1]));
    }
  }
  if (types.empty()) return;
  const Rows rows = connection_.look(
      "SELECT wanted.name, t::oid::bigint FROM (SELECT name, "
      "pg_catalog.to_regtype(name) AS t FROM " +
      values(types) + ") AS wanted WHERE t IS NOT NULL");
  for (const auto& row : rows.rows) types_.emplace(text(row[0]), number(row[1]));
}

void LockReach::read_pairs(const std::string& sql, Links* links) {
  for (const auto& row : connection_.look(sql).rows) links->emplace(number(row[0]), number(row[1]));
}

void LockReach::read_links() {
  const Rows inherits = connection_.look(
      "SELECT i.inhparent::bigint, i.inhrelid::bigint, c.relispartition FROM "
      "pg_catalog.pg_inherits "
      "AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid");
  for (const auto& row : inherits.rows) {
    children_.emplace(number(row[0]), number(row[1]));
    if (number(row[2]) != 0) partition_of_.emplace(number(row[1]), number(row[0]));
  }
  Links defaults;
  read_pairs(
      "SELECT partrelid::bigint, partdefid::bigint FROM pg_catalog.pg_partitioned_table WHERE "
      "partdefid <> 0",
      &defaults);
  default_partition_.insert(defaults.begin(), defaults.end());
  read_pairs(
      "SELECT indrelid::bigint, indexrelid::bigint FROM pg_catalog.pg_index WHERE indrelid "
      ">= 16384",
      &indexes_);
  for (const auto& [table, index] : indexes_) table_of_.emplace(index, table);
  read_pairs(
      "SELECT DISTINCT r.ev_class::bigint, d.refobjid::bigint FROM pg_catalog.pg_rewrite AS r JOIN "
      "pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = "
      "r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass JOIN pg_catalog.pg_class AS c ON "
      "c.oid = r.ev_class AND c.relkind IN ('v', 'm') WHERE d.refobjid <> r.ev_class AND "
      "r.ev_class >= 16384",
      &beneath_);
  read_pairs(
      "SELECT t.typrelid::bigint, c.oid::bigint FROM pg_catalog.pg_class AS c JOIN "
      "pg_catalog.pg_type AS t ON t.oid = c.reloftype",
      &typed_);
  for (const auto& row :
       connection_
           .look("SELECT d.refobjid::bigint, d.objid::bigint, a.attname::text FROM "
                 "pg_catalog.pg_depend AS d JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND "
                 "c.relkind = 'S' JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND "
                 "a.attnum = d.refobjsubid WHERE d.classid = 'pg_catalog.pg_class'::regclass AND "
                 "d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')")
           .rows) {
    sequences_.emplace(number(row[0]), std::pair(number(row[1]), text(row[2])));
  }
  const char* columns =
      "(SELECT pg_catalog.string_agg(attname, ',') FROM pg_catalog.pg_attribute WHERE attrelid = ";
  const Rows keys = connection_.look(
      std::string("SELECT c.conrelid::bigint, c.confrelid::bigint, c.conname::text, ") + columns +
      "c.conrelid AND attnum = ANY(c.conkey)), " + columns +
      "c.confrelid AND attnum = ANY(c.confkey)), c.confdeltype::text, c.confupdtype::text FROM "
      "pg_catalog.pg_constraint AS c WHERE c.contype = 'f'");
  for (const auto& row : keys.rows) {
    keys_.push_back({number(row[0]), number(row[1]), text(row[2]), text(row[3]), text(row[4]),
                     text(row[5]), text(row[6])});
  }
  for (const auto& row :
       connection_
           .look(
               "SELECT DISTINCT tgrelid::bigint FROM pg_catalog.pg_trigger WHERE NOT tgisinternal "
               "AND tgenabled <> 'D'")
           .rows) {
    with_triggers_.insert(number(row[0]));
  }
}

// Functions in C do nothing with tables as far as anybody knows, immutable ones must not.
void LockReach::read_code(const std::vector<LockNeeds>& all) {
  std::set<std::string> names;
  for (const LockNeeds& needs : all) {
    for (const std::string& call : needs.calls) {
      if (is_sound(call)) names.insert(call);
    }
  }
  if (names.empty()) return;
  std::set<std::string> plain;
  for (const std::string& name : names) plain.insert(last_part(name));
  const Rows rows = connection_.look(
      "SELECT DISTINCT wanted.name FROM " + values(plain) +
      " JOIN pg_catalog.pg_proc AS p ON p.proname = wanted.name JOIN pg_catalog.pg_language AS l "
      "ON "
      "l.oid = p.prolang WHERE p.provolatile <> 'i' AND l.lanname NOT IN ('internal', 'c') AND "
      "p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)");
  for (const auto& row : rows.rows) {
    for (const std::string& name : names) {
      if (last_part(name) == text(row[0])) code_.insert(name);
    }
  }
}

std::string LockReach::unknown_code(const std::set<std::string>& calls) const {
  const auto found =
      std::ranges::find_if(calls, [this](const std::string& call) { return code_.contains(call); });
  return found == calls.end() ? std::string() : *found;
}

std::string LockReach::table_with_triggers(const LockNeed& need) const {
  if ((need.reach & reach::triggers) == 0) return {};
  const auto found = relations_.find(need.name);
  const bool fires = found != relations_.end() && with_triggers_.contains(found->second);
  return fires ? need.name : std::string();
}

void LockReach::add_below(Relation relation, const Links& links, std::set<Relation>* found) const {
  const auto [begin, end] = links.equal_range(relation);
  for (auto link = begin; link != end; ++link) {
    if (found->insert(link->second).second) add_below(link->second, links, found);
  }
}

std::vector<LockReach::Lock> LockReach::locks(const LockNeed& need) {
  std::vector<Lock> locks;
  const auto has = [&](std::uint32_t bit) { return (need.reach & bit) != 0; };
  if (has(reach::dependents)) add_dependents(need, &locks);
  if (need.object == Object::type && has(reach::type_users)) {
    const auto type = types_.find(need.name);
    if (type == types_.end()) return locks;
    const std::string oid = std::to_string(type->second);
    for (const auto& row :
         connection_
             .look("WITH RECURSIVE t AS (SELECT " + oid +
                   "::oid AS oid UNION SELECT y.oid FROM t JOIN pg_catalog.pg_type AS y ON "
                   "y.typbasetype = t.oid) SELECT DISTINCT a.attrelid::bigint FROM "
                   "pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = "
                   "a.attrelid JOIN t ON t.oid = a.atttypid WHERE NOT a.attisdropped AND c.relkind "
                   "IN ('r', 'm')")
             .rows) {
      locks.push_back({number(row[0]), need.mode});
    }
  }
  if (need.object == Object::statistics && is_sound(need.name)) {
    const Rows rows = connection_.look(
        "SELECT stxrelid::bigint FROM pg_catalog.pg_statistic_ext WHERE stxname = " +
        dialect().literal(last_part(need.name)));
    for (const auto& row : rows.rows) locks.push_back({number(row[0]), need.mode});
  }
  const auto named = relations_.find(need.name);
  if (need.object != Object::relation || named == relations_.end()) return locks;

  std::set<Relation> reached;
  const Relation relation = named->second;
  if (has(reach::children) || (has(reach::partitions) && partitioned_.contains(relation))) {
    add_below(relation, children_, &reached);
  }
  if (has(reach::typed_tables)) add_below(relation, typed_, &reached);
  if (has(reach::beneath)) add_below(relation, beneath_, &reached);
  if (!has(reach::not_itself) || has(reach::table)) reached.insert(relation);
  if (has(reach::parent)) {
    const auto parent = partition_of_.find(relation);
    if (parent != partition_of_.end()) locks.push_back({parent->second, need.mode});
  }
  if (has(reach::default_partition)) {
    const auto found = default_partition_.find(relation);
    if (found != default_partition_.end()) locks.push_back({found->second, access_exclusive});
  }
  for (const Relation each : reached) {
    if (!has(reach::not_itself) || each != relation) locks.push_back({each, need.mode});
    if (has(reach::table)) {
      const auto table = table_of_.find(each);
      if (table != table_of_.end()) locks.push_back({table->second, need.other});
    }
    if (has(reach::indexes)) {
      const auto [begin, end] = indexes_.equal_range(each);
      for (auto index = begin; index != end; ++index) {
        locks.push_back({index->second, need.other});
      }
    }
    if (has(reach::sequences)) {
      const auto [begin, end] = sequences_.equal_range(each);
      for (auto owned = begin; owned != end; ++owned) {
        const bool meant =
            need.detail.empty() || owned->second.second == catalogue_name(need.detail);
        if (meant) locks.push_back({owned->second.first, need.other});
      }
    }
    add_keys(need, each, &locks);
    add_row_keys(need, each, &locks);
  }
  return locks;
}

void LockReach::add_keys(const LockNeed& need, Relation relation, std::vector<Lock>* locks) const {
  const auto has = [&](std::uint32_t bit) { return (need.reach & bit) != 0; };
  for (const ForeignKey& key : keys_) {
    if (key.from == relation) {
      const bool met =
          has(reach::referenced) ||
          (has(reach::constraint) && key.name == catalogue_name(need.detail)) ||
          (has(reach::column) && holds_column(key.from_columns, catalogue_name(need.detail)));
      if (met) locks->push_back({key.to, need.other});
    }
    if (key.to == relation && has(reach::column) &&
        holds_column(key.to_columns, catalogue_name(need.detail))) {
      locks->push_back({key.from, need.other});
    }
  }
  if (!has(reach::referencing)) return;
  std::set<Relation> seen;
  Links towards;
  for (const ForeignKey& key : keys_) towards.emplace(key.to, key.from);
  add_below(relation, towards, &seen);
  for (const Relation each : seen) locks->push_back({each, need.mode});
}

// What the triggers of foreign keys do to the other table.
void LockReach::add_row_keys(const LockNeed& need, Relation relation,
                             std::vector<Lock>* locks) const {
  const auto has = [&](std::uint32_t bit) { return (need.reach & bit) != 0; };
  for (const ForeignKey& key : keys_) {
    const bool looked_up = has(reach::inserted) ||
                           (has(reach::updated) && share_column(key.from_columns, need.detail));
    if (key.from == relation && looked_up) locks->push_back({key.to, row_share});
    if (key.to == relation && has(reach::updated) && share_column(key.to_columns, need.detail)) {
      locks->push_back({key.from, row_exclusive});
    }
  }
  if (!has(reach::deleted)) return;
  std::set<Relation> seen;
  add_deleted(relation, &seen, locks);
}

void LockReach::add_deleted(Relation relation, std::set<Relation>* seen,
                            std::vector<Lock>* locks) const {
  if (!seen->insert(relation).second) return;
  for (const ForeignKey& key : keys_) {
    if (key.to != relation) continue;
    const bool changes = key.on_delete == "c" || key.on_delete == "n" || key.on_delete == "d";
    locks->push_back({key.from, changes ? row_exclusive : row_share});
    if (key.on_delete == "c") add_deleted(key.from, seen, locks);
  }
}

void LockReach::add_dependents(const LockNeed& need, std::vector<Lock>* locks) {
  if (!is_sound(need.name)) return;
  const std::string name = dialect().literal(need.name);
  const std::string plain = dialect().literal(last_part(need.name));
  const std::string detail = dialect().literal(catalogue_name(need.detail));
  std::string start;
  switch (need.object) {
    case Object::relation:
      if (!relations_.contains(need.name)) return;
      if ((need.reach & reach::constraint) != 0) {
        start =
            "SELECT 'pg_catalog.pg_constraint'::regclass::oid, oid, 0 FROM "
            "pg_catalog.pg_constraint "
            "WHERE conrelid = pg_catalog.to_regclass(" +
            name + ") AND conname = " + detail;
      } else if ((need.reach & reach::column) != 0) {
        start =
            "SELECT 'pg_catalog.pg_class'::regclass::oid, attrelid, attnum::int FROM "
            "pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(" +
            name + ") AND attname = " + detail;
      } else {
        start = "SELECT 'pg_catalog.pg_class'::regclass::oid, pg_catalog.to_regclass(" + name +
                ")::oid, 0";
      }
      break;
    case Object::statistics:
      return;
    case Object::type:
      start =
          "SELECT 'pg_catalog.pg_type'::regclass::oid, pg_catalog.to_regtype(" + name + ")::oid, 0";
      break;
    case Object::routine:
      start =
          "SELECT 'pg_catalog.pg_proc'::regclass::oid, oid, 0 FROM pg_catalog.pg_proc WHERE "
          "proname = " +
          plain;
      break;
    case Object::schema:
      start =
          "SELECT 'pg_catalog.pg_namespace'::regclass::oid, oid, 0 FROM "
          "pg_catalog.pg_namespace WHERE nspname = " +
          plain;
      break;
    case Object::extension:
      start =
          "SELECT 'pg_catalog.pg_extension'::regclass::oid, oid, 0 FROM "
          "pg_catalog.pg_extension WHERE extname = " +
          plain;
      break;
  }
  const Rows rows =
      connection_.look("WITH RECURSIVE start(classid, objid, objsubid) AS (" + start + kDependents);
  for (const auto& row : rows.rows) {
    if (number(row[0]) != 0) locks->push_back({number(row[0]), access_exclusive});
  }
}

void LockReach::name(std::map<Relation, std::string>* names) {
  std::string oids;
  for (const auto& [oid, name] : *names) oids += (oids.empty() ? "" : ", ") + std::to_string(oid);
  if (oids.empty()) return;
  const Rows rows = connection_.look(
      "SELECT oid::bigint, oid::regclass::text FROM pg_catalog.pg_class WHERE oid IN (" + oids +
      ")");
  for (const auto& row : rows.rows) (*names)[number(row[0])] = text(row[1]);
}

}  // namespace gander::driver::postgres
