// SPDX-License-Identifier: MIT
// ALTER TABLE, and the columns and constraints of CREATE TABLE.
#include <algorithm>
#include <array>

#include "src/driver/postgres/lexical.h"
#include "src/driver/postgres/lint_reader.h"
#include "src/driver/postgres/query_names.h"

namespace gander::driver::postgres {

namespace {

using Kind = TableAction::Kind;

constexpr std::array<std::string_view, 3> kSerials = {"serial", "bigserial", "smallserial"};

// Computed for each row (pg_proc.provolatile of PostgreSQL 18), and those of usual extensions.
constexpr std::array<std::string_view, 20> kVolatile = {"random",           "random_normal",
                                                        "clock_timestamp",  "timeofday",
                                                        "gen_random_uuid",  "uuidv4",
                                                        "uuidv7",           "nextval",
                                                        "setval",           "currval",
                                                        "lastval",          "uuid_generate_v1",
                                                        "uuid_generate_v4", "uuid_generate_v1mc",
                                                        "gen_random_bytes", "gen_salt",
                                                        "pg_sleep",         "setseed",
                                                        "txid_current_x",   "uuid_generate_v7"};

// Not volatile, in defaults of columns.
constexpr std::array<std::string_view, 62> kSteady = {"now",
                                                      "transaction_timestamp",
                                                      "statement_timestamp",
                                                      "current_setting",
                                                      "lower",
                                                      "upper",
                                                      "concat",
                                                      "concat_ws",
                                                      "format",
                                                      "to_char",
                                                      "to_timestamp",
                                                      "to_date",
                                                      "to_number",
                                                      "date_trunc",
                                                      "date_part",
                                                      "extract",
                                                      "timezone",
                                                      "make_date",
                                                      "make_time",
                                                      "make_timestamp",
                                                      "make_timestamptz",
                                                      "make_interval",
                                                      "coalesce",
                                                      "nullif",
                                                      "greatest",
                                                      "least",
                                                      "array",
                                                      "row",
                                                      "cast",
                                                      "md5",
                                                      "sha256",
                                                      "encode",
                                                      "decode",
                                                      "replace",
                                                      "substr",
                                                      "substring",
                                                      "left",
                                                      "right",
                                                      "trim",
                                                      "btrim",
                                                      "length",
                                                      "abs",
                                                      "round",
                                                      "floor",
                                                      "ceil",
                                                      "power",
                                                      "json_build_object",
                                                      "json_build_array",
                                                      "jsonb_build_object",
                                                      "jsonb_build_array",
                                                      "to_json",
                                                      "to_jsonb",
                                                      "int4range",
                                                      "int8range",
                                                      "numrange",
                                                      "daterange",
                                                      "tsrange",
                                                      "tstzrange",
                                                      "age",
                                                      "txid_current",
                                                      "inet_client_addr",
                                                      "to_tsvector"};

bool among(std::string_view name, const auto& names) {
  return std::ranges::find(names, name) != names.end();
}

std::string plain(const std::string& call) {
  const std::size_t dot = call.rfind('.');
  std::string name = dot == std::string::npos ? call : call.substr(dot + 1);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name;
}

std::string written(const TypeName& type) {
  return type.schema.empty() ? type.name : type.schema + "." + type.name;
}

bool is_builtin(const TypeName& type) {
  static constexpr std::array<std::string_view, 47> kBuiltin = {
      "smallint",  "integer",  "bigint",    "real",        "double precision",
      "numeric",   "boolean",  "text",      "varchar",     "char",
      "bytea",     "uuid",     "json",      "jsonb",       "date",
      "time",      "timetz",   "timestamp", "timestamptz", "interval",
      "money",     "inet",     "cidr",      "macaddr",     "macaddr8",
      "bit",       "varbit",   "xml",       "point",       "line",
      "lseg",      "box",      "path",      "polygon",     "circle",
      "tsvector",  "tsquery",  "oid",       "name",        "int4range",
      "int8range", "numrange", "tsrange",   "tstzrange",   "daterange",
      "citext",    "regclass"};
  return type.schema.empty() && (among(type.name, kBuiltin) || among(type.name, kSerials));
}

// A CHECK alone proves no bounds: those say of each column of the key too that it is not NULL.
bool has_proof(const LintSchema::Table& partition) {
  return std::ranges::any_of(partition.checks, [&](const auto& check) {
    const std::vector<std::string> sure = columns_not_null(check.second);
    bool names_column = false;
    for (sql::Words words(kLexicalRules, check.second); !words.at_end(); words.take()) {
      if (!words.at_name()) continue;
      const auto column = partition.columns.find(folded(words.peek()));
      if (column == partition.columns.end()) continue;
      names_column = true;
      if (!column->second.not_null && std::ranges::find(sure, column->first) == sure.end()) {
        return false;
      }
    }
    return names_column;
  });
}

}  // namespace

const LintSchema::Table* LintReader::known(const std::string& name) const {
  if (schema_ == nullptr) return nullptr;
  const LintSchema::Table& table = schema_->table(name);
  return table.exists ? &table : nullptr;
}

std::optional<LintSchema::Domain> LintReader::domain(const TypeName& type) const {
  if (is_builtin(type)) return std::nullopt;
  const std::string name = written(type);
  if (world_.is_new_type(name)) {
    const std::optional<bool> constrained = world_.domain_is_constrained(world_.name(name));
    if (!constrained) return std::nullopt;
    return LintSchema::Domain{*constrained, {}};
  }
  return schema_ == nullptr ? std::nullopt : schema_->domain(name);
}

void LintReader::alter_table(const sql::Outline& outline) {
  const std::vector<TableAction> actions = table_actions(outline.rest, now_.text);
  for (const TableAction& action : actions) act(outline.name, action, actions);
}

void LintReader::act(const std::string& table, const TableAction& action,
                     const std::vector<TableAction>& all) {
  look_at_name(action.constraint);
  look_at_name(action.new_name);
  if (action.kind == Kind::attach) return attach(table, action);
  if (!in_use(table)) return note_new_table(table, action);
  switch (action.kind) {
    case Kind::add_column:
      return add_column(table, action);
    case Kind::drop_column:
      return find(Rule::drop_column, action.offset,
                  "the values of " + table + "." + action.column + " are gone");
    case Kind::alter_type:
      return change_type(table, action);
    case Kind::set_not_null:
    case Kind::add_not_null:
      return set_not_null(table, action, all);
    case Kind::drop_not_null:
      return find(Rule::drop_not_null, action.offset, table + "." + action.column + " can be NULL");
    case Kind::set_expression:
      return find(Rule::add_column_generated, action.offset,
                  "SET EXPRESSION rewrites " + table + " if the column is stored");
    case Kind::add_check:
    case Kind::add_foreign_key:
      return add_constraint(table, action);
    case Kind::add_unique:
    case Kind::add_primary_key:
      return add_key(table, action);
    case Kind::add_exclude:
      return find(Rule::exclude, action.offset,
                  "the index of the constraint is built while nobody can use " + table);
    case Kind::drop_constraint: {
      const LintSchema::Table* found = known(table);
      world_.drop_constraint(table, action.constraint);
      const bool key = found != nullptr && found->foreign_keys.contains(action.constraint);
      return find(Rule::drop_foreign_key, key ? LintSeverity::warning : LintSeverity::note,
                  action.offset,
                  key ? "the foreign key " + action.constraint +
                            " is gone, and the table it references is locked for that"
                      : "the constraint " + action.constraint + " is gone");
    }
    case Kind::validate:
      if (world_.in_transaction &&
          (world_.added_here(table, action.constraint) || !world_.held.empty())) {
        find(Rule::validate_same_transaction, action.offset,
             "all rows of " + table + " are read while the lock that the transaction has on " +
                 (world_.held.empty() ? table : world_.held) + " is held");
      }
      return world_.validate(table, action.constraint);
    case Kind::rename_table:
    case Kind::set_schema:
      find(Rule::rename_table, action.offset,
           table + (action.kind == Kind::rename_table ? " is called " : " moves to the schema ") +
               action.new_name + " from then on");
      return action.kind == Kind::rename_table ? world_.rename(table, action.new_name)
                                               : world_.move(table, action.new_name);
    case Kind::rename_column:
      return find(Rule::rename_column, action.offset,
                  table + "." + action.column + " is called " + action.new_name + " from then on");
    case Kind::detach:
      return detach(table, action);
    case Kind::set_logged:
    case Kind::set_tablespace:
    case Kind::set_access_method:
      return find(Rule::table_rewrite, action.offset, table + " is written anew");
    default:
      return;
  }
}

// Nobody uses it, but what it refers to may be in use.
void LintReader::note_new_table(const std::string& table, const TableAction& action) {
  if (world_.is_absent(table)) return;
  if (action.kind == Kind::rename_table) return world_.rename(table, action.new_name);
  if (action.kind == Kind::set_schema) return world_.move(table, action.new_name);
  const std::string& target =
      action.kind == Kind::add_column ? action.definition.references : action.target;
  const bool key = action.kind == Kind::add_foreign_key || action.kind == Kind::add_column;
  if (key && in_use(target)) {
    find(Rule::references_in_use, action.offset,
         "the new foreign key keeps writers of " + target + " out until the transaction ends");
  }
}

void LintReader::look_at_column(const ColumnText& column, std::size_t at) {
  const TypeName& type = column.type;
  look_at_name(column.name);
  const std::string is = column.name + " is of type ";
  if (type.name == "json") find(Rule::column_json, at, is + "json");
  if (type.name == "char" && !type.modifiers.empty()) find(Rule::column_char, at, is + "char");
  if (type.name == "money") find(Rule::column_money, at, is + "money");
  if (type.name == "timestamp") find(Rule::column_timestamp, at, is + "timestamp");
  if (among(type.name, kSerials)) find(Rule::column_serial, at, is + type.name);
  const bool small = type.name == "integer" || type.name == "smallint" || type.name == "serial" ||
                     type.name == "smallserial";
  if (column.primary_key && small) {
    find(Rule::small_key, at, "the key " + column.name + " is of type " + type.name);
  }
}

void LintReader::add_column(const std::string& table, const TableAction& action) {
  const ColumnText& column = action.definition;
  const bool serial = among(column.type.name, kSerials);
  const std::string name = table + "." + column.name;
  const std::optional<LintSchema::Domain> domain_of_type = domain(column.type);
  columns_added_.insert(world_.name(table).name + "." + column.name);
  look_at_column(column, action.offset);
  if (serial || column.identity || column.stored) {
    find(Rule::add_column_generated, action.offset,
         table + " is rewritten to give every row a value of " + column.name);
  } else if (!column.default_value.empty()) {
    look_at_default(action);
  }
  if (domain_of_type && domain_of_type->constrained) {
    find(Rule::add_column_domain, action.offset,
         table + " is rewritten, because the domain " + column.type.name + " has a constraint");
  } else if (!domain_of_type && schema_ == nullptr && !is_builtin(column.type) &&
             !world_.is_new_type(written(column.type))) {
    find(Rule::add_column_domain, LintSeverity::note, action.offset,
         "if " + column.type.name + " is a domain with a constraint, " + table +
             " is rewritten: without a database this cannot be told");
  }
  const bool given = serial || column.identity || column.stored || column.virtual_ ||
                     !column.default_value.empty();
  if (column.unique || column.primary_key) {
    find(Rule::add_column_unique, action.offset,
         "the index of " + name + " is built while nobody can use the table");
  }
  if ((column.not_null || column.primary_key) && !given) {
    find(Rule::add_column_not_null, action.offset,
         name + " is NOT NULL without a default: this fails if " + table + " has a row");
  }
  if (!column.check.empty() || (column.virtual_ && column.not_null)) {
    find(Rule::check, action.offset, "all rows of " + table + " are read to check " + column.name);
  }
  if (column.references.empty()) return;
  const bool in_use_too = in_use(column.references);
  if (!column.default_value.empty() && in_use_too) {
    find(Rule::foreign_key, action.offset,
         "all rows of " + table + " are looked up in " + column.references);
  } else if (in_use_too) {
    find(Rule::references_in_use, action.offset,
         "the new foreign key keeps writers of " + column.references +
             " out until the transaction ends");
  }
}

void LintReader::look_at_default(const TableAction& action) {
  const ColumnText& column = action.definition;
  std::string unknown;
  for (const std::string& call : query_names(column.default_value).calls) {
    const std::string name = plain(call);
    const bool is_volatile = among(name, kVolatile);
    if (!is_volatile && among(name, kSteady)) continue;
    using Volatility = LintSchema::Volatility;
    const Volatility told = is_volatile          ? Volatility::volatile_
                            : schema_ == nullptr ? Volatility::unknown
                                                 : schema_->volatility(call);
    if (told == Volatility::volatile_) {
      return find(Rule::add_column_default, action.offset,
                  "every row gets its own " + call + "(), so the table is rewritten");
    }
    if (told == Volatility::unknown || told == Volatility::inlined) unknown = call;
  }
  if (unknown.empty()) return;
  find(Rule::add_column_default, LintSeverity::warning, action.offset,
       "if " + unknown + "() is volatile the table is rewritten" +
           (schema_ == nullptr ? ": without a database this cannot be told" : ""));
}

void LintReader::change_type(const std::string& table, const TableAction& action) {
  const LintSchema::Column* column =
      schema_ == nullptr ? nullptr : schema_->column(table, action.column);
  LintSetting utc = world_.utc;
  if (utc == LintSetting::unset && schema_ != nullptr) {
    utc = schema_->utc() ? LintSetting::on : LintSetting::off;
  }
  const TypeChange change = type_change(action, column, utc, domain(action.type));
  if (change.why.empty()) return;
  find(Rule::column_type, change.sure ? LintSeverity::error : LintSeverity::warning, action.offset,
       "the type of " + table + "." + action.column + ": " + change.why +
           (change.sure ? "" : "; without a database this cannot be told"));
}

void LintReader::set_not_null(const std::string& table, const TableAction& action,
                              const std::vector<TableAction>& all) {
  if (action.not_valid) return;
  // What the same statement drops is gone before it could prove anything.
  std::set<std::string> gone = world_.dropped_constraints();
  const std::size_t before = gone.size();
  for (const TableAction& other : all) {
    if (other.kind != Kind::drop_constraint) continue;
    gone.insert(other.constraint);
    world_.drop_constraint(table, other.constraint);
  }
  if (world_.not_null_is_promised(table, action.column)) return;
  const std::string read =
      "all rows of " + table + " are read to see that " + action.column + " is nowhere NULL";
  if (const LintSchema::Column* column =
          schema_ == nullptr ? nullptr : schema_->column(table, action.column)) {
    if (column->not_null || schema_->proves_not_null(table, action.column, gone)) return;
    return find(Rule::set_not_null, action.offset, read);
  }
  const bool added = columns_added_.contains(world_.name(table).name + "." + action.column);
  if (added || gone.size() > before) {
    return find(Rule::set_not_null, action.offset, read);
  }
  find(Rule::set_not_null, LintSeverity::warning, action.offset,
       read + ", unless a valid CHECK says so: without a database this cannot be told");
}

void LintReader::add_constraint(const std::string& table, const TableAction& action) {
  const bool lazy = action.not_valid || action.not_enforced;
  if (action.not_valid) world_.add_unvalidated(table, action.constraint);
  if (action.kind == Kind::add_check) {
    for (const std::string& column : columns_not_null(action.expression)) {
      world_.promise_not_null(table, action.constraint, column, !lazy);
    }
    if (!lazy) {
      find(Rule::check, action.offset, "all rows of " + table + " are read to check them");
    }
    return;
  }
  if (!lazy) {
    return find(Rule::foreign_key, action.offset,
                "all rows of " + table + " are looked up in " + action.target +
                    " while writers of both wait");
  }
  const LintSchema::Table* found = known(table);
  if (found != nullptr && found->partitioned && schema_->version() < 180000) {
    find(Rule::foreign_key, action.offset,
         "before version 18 a foreign key of a partitioned table cannot be NOT VALID");
  }
}

void LintReader::add_key(const std::string& table, const TableAction& action) {
  const bool primary = action.kind == Kind::add_primary_key;
  if (!action.using_index) {
    return find(primary ? Rule::primary_key : Rule::unique_constraint, action.offset,
                "the index of the constraint is built while nobody can use " + table);
  }
  const LintSchema::Table* found = known(table);
  if (!primary || found == nullptr) return;
  for (const auto& [name, unused] : schema_->table(action.target).columns) {
    const auto column = found->columns.find(name);
    if (column == found->columns.end() || column->second.not_null) continue;
    find(Rule::primary_key, action.offset,
         "all rows of " + table + " are read, because " + name + " may be NULL");
  }
}

void LintReader::attach(const std::string& table, const TableAction& action) {
  const LintSchema::Table* parent = known(table);
  if (in_use(table) && parent != nullptr && parent->has_default_partition) {
    find(Rule::attach_default, action.offset,
         "the default partition of " + table + " is read to see that nothing in it belongs to " +
             action.target);
  }
  if (!in_use(action.target)) return;
  const LintSchema::Table* partition = known(action.target);
  if (partition != nullptr) {
    if (parent != nullptr && !std::ranges::includes(partition->indexes, parent->indexes)) {
      find(Rule::attach_partition, action.offset,
           action.target + " lacks an index that " + table + " has: it is built meanwhile");
    }
    if (action.is_default || !has_proof(*partition)) {
      find(Rule::attach_partition, action.offset,
           "all rows of " + action.target +
               " are read, because no CHECK says that they belong "
               "there");
    }
    return;
  }
  find(Rule::attach_partition, LintSeverity::warning, action.offset,
       "all rows of " + action.target +
           " are read, unless a CHECK says that they belong there: without a database this cannot "
           "be told");
}

void LintReader::detach(const std::string& table, const TableAction& action) {
  sql::Words words(kLexicalRules, action.text);
  while (!words.at_end() && !words.peek().is("finalize")) words.take();
  if (!words.at_end()) return;
  if (!action.concurrently) {
    return find(Rule::detach_partition, action.offset,
                "nobody can use " + table + " while the partition is detached");
  }
  const LintSchema::Table* parent = known(table);
  if (parent != nullptr && parent->has_default_partition) {
    find(Rule::detach_partition, action.offset,
         "DETACH CONCURRENTLY is refused, because " + table + " has a default partition");
  }
}

}  // namespace gander::driver::postgres
