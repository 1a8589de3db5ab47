// SPDX-License-Identifier: MIT
// MigrationRunner::baseline() and squash(): a schema as the text of one migration, tried out before
// anybody sees it; and what mark() asks, whether the database is what migrations make.
#include <algorithm>
#include <utility>

#include "gander/schema.h"
#include "src/base/user_code.h"
#include "src/check/checksum.h"
#include "src/check/squash.h"
#include "src/runner/impl.h"
#include "src/runner/scope.h"
#include "src/runner/table_rows.h"
#include "src/schema/compare.h"
#include "src/schema/migration.h"
#include "src/schema/rows.h"

namespace gander {
namespace {

using source::Migration;
using Kind = plan::Request::Kind;

// "index by_hand of orders is in it and should not be". The place of a column is no such thing: no
// hand can put one in between.
std::vector<std::string> texts_of(const SchemaComparison& comparison) {
  std::vector<std::string> texts;
  for (const SchemaDifference& difference : comparison.differences) {
    if (difference.order_only) continue;
    std::string text = difference.description();
    switch (difference.what) {
      case SchemaDifference::Kind::added:
        text += " is there, and no migration makes it";
        break;
      case SchemaDifference::Kind::removed:
        text += " is missing";
        break;
      case SchemaDifference::Kind::changed:
        text += " is another one";
        for (const PropertyDifference& property : difference.properties) {
          text += (&property == &difference.properties.front() ? ": " : ", ") + property.name;
        }
        break;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

void refuse_functions(const std::vector<Migration>& migrations) {
  for (const Migration& migration : migrations) {
    if (migration.kind == source::Kind::sql) continue;
    throw Error(ErrorCode::unsupported,
                migration.name + " is a function, which is not called to find out what it makes",
                "leave it out");
  }
}

bool same_steps(const schema::Object& a, const schema::Object& b) {
  return std::ranges::equal(a.steps, b.steps, {}, &schema::Step::sql, &schema::Step::sql);
}

std::string comment(std::string_view line) { return "-- " + std::string(line) + "\n"; }

}  // namespace

run::Tasks MigrationRunner::Impl::tasks_of(const std::vector<Migration>& migrations) {
  refuse_functions(migrations);
  if (migrations.empty()) return {};
  return run::prepare(plan::make({.kind = Kind::up}, migrations, {}), dialect(), variables(), true,
                      options_.exact_annotations);
}

schema::Snapshot MigrationRunner::Impl::made_by(const std::vector<Migration>& migrations) {
  const run::Tasks tasks = tasks_of(migrations);
  ScratchDatabase scratch = make_scratch();
  run_on(scratch, tasks.tasks);
  return read_schema(scratch.database(), false);
}

std::vector<std::string> MigrationRunner::Impl::differences_from(const schema::Snapshot& made) {
  return texts_of(schema::compare(made, read_schema(database(), false)));
}

// What is not the same when this text makes it.
std::vector<std::string> MigrationRunner::Impl::try_out(const std::string& name,
                                                        const std::string& text,
                                                        const schema::Snapshot& wanted,
                                                        const std::vector<schema::Object>& rows) {
  const Source source = in_memory({{name, text}});
  const std::vector<Migration> migration = source::list(source);
  const run::Tasks tasks = tasks_of(migration);
  ScratchDatabase scratch = make_scratch();
  run_on(scratch, tasks.tasks);
  std::vector<std::string> texts =
      texts_of(schema::compare(wanted, read_schema(scratch.database(), false)));
  std::vector<std::string> tables;
  for (const schema::Object& one : rows) tables.push_back(one.id.name);
  if (!texts.empty() || tables.empty()) return texts;
  const std::vector<schema::Object> made = catalogue(scratch.database()).rows(tables);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i < made.size() && same_steps(made[i], rows[i])) continue;
    texts.push_back("the rows of " + tables[i] + " are not the same");
  }
  return texts;
}

SchemaMigration MigrationRunner::Impl::baseline(const SchemaMigrationOptions& options) {
  const Scope scope(*this);
  require_database();
  database().store().load();
  const std::vector<std::int64_t> versions = database().store().applied().newest_first();
  if (!versions.empty()) {
    throw Error(ErrorCode::usage,
                "the database has applied migrations already, the last one is version " +
                    std::to_string(versions.front()),
                "a baseline is the first migration of a database that was made by hand");
  }
  const schema::Snapshot there = read_schema(database(), false);
  if (there.objects.empty()) {
    throw Error(ErrorCode::usage, "the database is empty: there is no schema to begin with",
                "write the first migration by hand");
  }
  const std::vector<schema::Object> rows = rows_named(catalogue(database()), there, options.rows);
  schema::Snapshot whole = there;
  schema::add_rows(rows, &whole);
  SchemaMigration made;
  made.text = schema::migration(
      whole, dialect().grammar().lexical,
      {.comment = comment("The schema that was there before the first migration. Databases that "
                          "had it have this one") +
                  comment("recorded as applied; new ones run it."),
       .statements_per_transaction = dialect().objects_per_transaction()});
  made.differences = try_out("1_baseline.sql", made.text, there, rows);
  return made;
}

SchemaMigration MigrationRunner::Impl::squash(std::int64_t version,
                                              const SchemaMigrationOptions& options) {
  const Scope scope(*this);
  std::vector<Migration> migrations = source::list(source_);
  if (plan::find(migrations, version) == nullptr) {
    throw Error(ErrorCode::not_found,
                "version " + std::to_string(version) + " has no migration in the source",
                "`MigrationRunner::status()` lists the versions");
  }
  std::erase_if(migrations, [&](const Migration& one) { return one.version > version; });
  const run::Tasks tasks = tasks_of(migrations);
  SchemaMigration made;
  schema::Snapshot wanted;
  std::vector<schema::Object> rows;
  {
    ScratchDatabase scratch = make_scratch();
    run_on(scratch, tasks.tasks);
    wanted = read_schema(scratch.database(), false);
    driver::Catalogue& there = catalogue(scratch.database());
    rows = rows_named(there, wanted, options.rows);
    for (std::string& table : there.filled_tables(wanted)) {
      const auto is_it = [&](const schema::Object& one) { return one.id.name == table; };
      if (std::ranges::none_of(rows, is_it)) made.rows.push_back(std::move(table));
    }
  }
  std::string head =
      comment(
          "In the place of the migrations that are named here: version, SHA-256 of the text, "
          "name. A database") +
      comment(
          "that has applied all of them needs nothing of this one. Leave these lines as they "
          "are.");
  for (const Migration& migration : migrations) {
    // What one stands for that was squashed before, this one stands for.
    std::vector<check::Replaced> before = check::replaced_by(migration);
    for (check::Replaced& replaced : before) {
      replaced.covered = true;
      if (replaced.version != migration.version) head += check::replaces_line(replaced);
    }
    head += check::replaces_line(
        {migration.version, check::checksum(*migration.open()), migration.name});
  }
  schema::Snapshot whole = wanted;
  schema::add_rows(rows, &whole);
  made.text =
      schema::migration(whole, dialect().grammar().lexical,
                        {.comment = std::move(head),
                         .statements_per_transaction = dialect().objects_per_transaction()});
  made.differences = try_out(std::to_string(version) + "_squash.sql", made.text, wanted, rows);
  return made;
}

SchemaMigration MigrationRunner::baseline(const SchemaMigrationOptions& options) {
  return only_errors([&] { return impl_->baseline(options); });
}

SchemaMigration MigrationRunner::squash(std::int64_t version,
                                        const SchemaMigrationOptions& options) {
  return only_errors([&] { return impl_->squash(version, options); });
}

}  // namespace gander
