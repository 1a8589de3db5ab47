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
#include "src/schema/compare.h"
#include "src/schema/migration.h"

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

std::vector<std::string> MigrationRunner::Impl::differences_from(
    const std::vector<Migration>& migrations) {
  const schema::Snapshot there = read_schema(database(), false);
  return texts_of(schema::compare(made_by(migrations), there));
}

// What is not the same when this text makes it.
std::vector<std::string> MigrationRunner::Impl::try_out(const std::string& name,
                                                        const std::string& text,
                                                        const schema::Snapshot& wanted) {
  const Source source = in_memory({{name, text}});
  return texts_of(schema::compare(wanted, made_by(source::list(source))));
}

SchemaMigration MigrationRunner::Impl::baseline() {
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
  SchemaMigration made;
  made.text = schema::migration(
      there, dialect().grammar().lexical,
      {.comment = comment("The schema that was there before the first migration. Databases that "
                          "had it have this one") +
                  comment("recorded as applied; new ones run it."),
       .statements_per_transaction = dialect().objects_per_transaction()});
  made.differences = try_out("1_baseline.sql", made.text, there);
  return made;
}

// Tables with rows, which a schema does not hold.
std::vector<std::string> MigrationRunner::Impl::tables_with_rows(run::Database& database,
                                                                 const schema::Snapshot& snapshot) {
  std::vector<std::string> tables;
  for (const schema::Object& object : snapshot.objects) {
    if (object.id.kind != "table") continue;
    bool some = false;
    database.connection().visit("SELECT 1 FROM " + object.id.name + " LIMIT 1",
                                [&](const driver::Row&) { some = true; });
    if (some) tables.push_back(object.id.name);
  }
  return tables;
}

SchemaMigration MigrationRunner::Impl::squash(std::int64_t version) {
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
  {
    ScratchDatabase scratch = make_scratch();
    run_on(scratch, tasks.tasks);
    wanted = read_schema(scratch.database(), false);
    made.rows = tables_with_rows(scratch.database(), wanted);
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
  made.text =
      schema::migration(wanted, dialect().grammar().lexical,
                        {.comment = std::move(head),
                         .statements_per_transaction = dialect().objects_per_transaction()});
  made.differences = try_out(std::to_string(version) + "_squash.sql", made.text, wanted);
  return made;
}

SchemaMigration MigrationRunner::baseline() {
  return only_errors([&] { return impl_->baseline(); });
}

SchemaMigration MigrationRunner::squash(std::int64_t version) {
  return only_errors([&] { return impl_->squash(version); });
}

}  // namespace gander
