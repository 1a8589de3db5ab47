// SPDX-License-Identifier: MIT
// The schema as a value, of gander/c.h: operations and getters.
#include <utility>

#include "src/c/guard.h"

namespace {

using gander::c::guarded;
using gander::c::make;
using gander::c::require;
using gander::c::runner_of;

template <typename Element>
const Element* at(const std::vector<Element>& list, size_t index) noexcept {
  return index < list.size() ? &list[index] : nullptr;
}

const gander::SchemaDifference* difference(const gander_differences* differences,
                                           size_t index) noexcept {
  return differences == nullptr ? nullptr : at(differences->value, index);
}

const gander::PropertyDifference* property(const gander_differences* differences, size_t index,
                                           size_t number) noexcept {
  const gander::SchemaDifference* found = difference(differences, index);
  return found == nullptr ? nullptr : at(found->properties, number);
}

const gander::VerifiedMigration* migration(const gander_verification* verification,
                                           size_t index) noexcept {
  return verification == nullptr ? nullptr : at(verification->value.migrations, index);
}

const char* text_of(const std::optional<std::string>& text) noexcept {
  return text ? text->c_str() : "";
}

std::vector<std::string> tables_of(const char* const* rows, size_t count) {
  std::vector<std::string> tables;
  for (size_t i = 0; i < count; ++i) {
    require(rows, "the list of tables is null");
    tables.emplace_back(require(rows[i], "the name of a table is null"));
  }
  return tables;
}

}  // namespace

int gander_runner_dump(gander_runner* runner, int grants, int versions, gander_dump** dump,
                       gander_error** error) {
  return make(dump, error, [&] {
    return runner_of(runner).dump({.grants = grants != 0, .versions = versions != 0});
  });
}

int gander_runner_load(gander_runner* runner, const char* sql, const char* file,
                       gander_error** error) {
  return guarded(error, [&] {
    runner_of(runner).load(require(sql, "the SQL text is null"), file == nullptr ? "" : file);
  });
}

int gander_runner_compare(gander_runner* before, gander_runner* after, int grants,
                          gander_differences** differences, gander_error** error) {
  return make(differences, error, [&] {
    const gander::SchemaOptions options{.grants = grants != 0};
    const gander::Schema first = runner_of(before).schema(options);
    return compare_schemas(first, runner_of(after).schema(options)).differences;
  });
}

int gander_runner_drift(gander_runner* runner, int grants, gander_differences** differences,
                        gander_error** error) {
  return make(differences, error,
              [&] { return runner_of(runner).drift({.grants = grants != 0}).differences; });
}

int gander_runner_verify(gander_runner* runner, const char* const* rows, size_t count,
                         gander_verification** verification, gander_error** error) {
  return make(verification, error,
              [&] { return runner_of(runner).verify({.rows = tables_of(rows, count)}); });
}

int gander_runner_baseline(gander_runner* runner, const char* const* rows, size_t count,
                           gander_made** made, gander_error** error) {
  return make(made, error,
              [&] { return runner_of(runner).baseline({.rows = tables_of(rows, count)}); });
}

int gander_runner_squash(gander_runner* runner, int64_t version, const char* const* rows,
                         size_t count, gander_made** made, gander_error** error) {
  return make(made, error,
              [&] { return runner_of(runner).squash(version, {.rows = tables_of(rows, count)}); });
}

void gander_made_free(gander_made* made) { delete made; }

const char* gander_made_text(const gander_made* made) {
  return made == nullptr ? "" : made->value.text.c_str();
}

size_t gander_made_difference_count(const gander_made* made) {
  return made == nullptr ? 0 : made->value.differences.size();
}

const char* gander_made_difference(const gander_made* made, size_t index) {
  if (index >= gander_made_difference_count(made)) return nullptr;
  return made->value.differences[index].c_str();
}

size_t gander_made_table_count(const gander_made* made) {
  return made == nullptr ? 0 : made->value.rows.size();
}

const char* gander_made_table(const gander_made* made, size_t index) {
  return index >= gander_made_table_count(made) ? nullptr : made->value.rows[index].c_str();
}

void gander_dump_free(gander_dump* dump) { delete dump; }

const char* gander_dump_sql(const gander_dump* dump) {
  return dump == nullptr ? "" : dump->value.c_str();
}

void gander_differences_free(gander_differences* differences) { delete differences; }

size_t gander_differences_count(const gander_differences* differences) {
  return differences == nullptr ? 0 : differences->value.size();
}

const char* gander_differences_change(const gander_differences* differences, size_t index) {
  const gander::SchemaDifference* found = difference(differences, index);
  return found == nullptr ? "" : gander::schema_change_name(found->what);
}

const char* gander_differences_description(const gander_differences* differences, size_t index) {
  const std::string* found =
      differences == nullptr ? nullptr : at(differences->descriptions, index);
  return found == nullptr ? "" : found->c_str();
}

size_t gander_differences_property_count(const gander_differences* differences, size_t index) {
  const gander::SchemaDifference* found = difference(differences, index);
  return found == nullptr ? 0 : found->properties.size();
}

const char* gander_differences_property_name(const gander_differences* differences, size_t index,
                                             size_t number) {
  const gander::PropertyDifference* found = property(differences, index, number);
  return found == nullptr ? "" : found->name.c_str();
}

const char* gander_differences_property_before(const gander_differences* differences, size_t index,
                                               size_t number) {
  const gander::PropertyDifference* found = property(differences, index, number);
  return found == nullptr ? "" : text_of(found->before);
}

const char* gander_differences_property_after(const gander_differences* differences, size_t index,
                                              size_t number) {
  const gander::PropertyDifference* found = property(differences, index, number);
  return found == nullptr ? "" : text_of(found->after);
}

void gander_verification_free(gander_verification* verification) { delete verification; }

int gander_verification_ok(const gander_verification* verification) {
  return verification != nullptr && verification->value.ok() ? 1 : 0;
}

size_t gander_verification_count(const gander_verification* verification) {
  return verification == nullptr ? 0 : verification->value.migrations.size();
}

int64_t gander_verification_version(const gander_verification* verification, size_t index) {
  const gander::VerifiedMigration* found = migration(verification, index);
  return found == nullptr ? 0 : found->version;
}

const char* gander_verification_name(const gander_verification* verification, size_t index) {
  const gander::VerifiedMigration* found = migration(verification, index);
  return found == nullptr ? "" : found->name.c_str();
}

const char* gander_verification_verdict(const gander_verification* verification, size_t index) {
  const gander::VerifiedMigration* found = migration(verification, index);
  return found == nullptr ? "" : gander::verdict_name(found->verdict);
}

const char* gander_verification_detail(const gander_verification* verification, size_t index) {
  const gander::VerifiedMigration* found = migration(verification, index);
  return found == nullptr ? "" : found->detail.c_str();
}

const gander_differences* gander_verification_differences(const gander_verification* verification,
                                                          size_t index) {
  const gander_differences* found =
      verification == nullptr ? nullptr : at(verification->differences, index);
  return found == nullptr || found->value.empty() ? nullptr : found;
}

const gander_error* gander_verification_error(const gander_verification* verification,
                                              size_t index) {
  const std::optional<gander_error>* found =
      verification == nullptr ? nullptr : at(verification->errors, index);
  return found == nullptr || !*found ? nullptr : &**found;
}
