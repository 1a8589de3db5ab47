// SPDX-License-Identifier: MIT
// Rehearsals, of gander/c.h: the operation and its getters.
#include <optional>
#include <utility>

#include "src/c/guard.h"

namespace {

using gander::c::make;
using gander::c::runner_of;

template <typename Element>
const Element* at(const std::vector<Element>& list, size_t index) noexcept {
  return index < list.size() ? &list[index] : nullptr;
}

const gander::RehearsedMigration* migration(const gander_rehearsal* rehearsal,
                                            size_t index) noexcept {
  return rehearsal == nullptr ? nullptr : at(rehearsal->value.migrations, index);
}

const gander::RehearsedStatement* statement_of(const gander_rehearsal* rehearsal, size_t index,
                                               size_t statement) noexcept {
  const gander::RehearsedMigration* found = migration(rehearsal, index);
  return found == nullptr ? nullptr : at(found->statements, statement);
}

const gander::RehearsedLock* lock_of(const gander_rehearsal* rehearsal, size_t index,
                                     size_t statement, size_t lock) noexcept {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? nullptr : at(found->locks, lock);
}

}  // namespace

int gander_runner_rehearse(gander_runner* runner, int rows, const char* on_url,
                           gander_rehearsal** rehearsal, gander_error** error) {
  return make(rehearsal, error, [&] {
    std::optional<gander::Target> on;
    if (on_url != nullptr) on.emplace(gander::open(on_url));
    return runner_of(runner).rehearse({.rows = rows != 0, .on = on ? &*on : nullptr});
  });
}

void gander_rehearsal_free(gander_rehearsal* rehearsal) { delete rehearsal; }

const char* gander_rehearsal_copy(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr ? "" : gander::rehearsal_copy_name(rehearsal->value.copy);
}

const char* gander_rehearsal_server(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr ? "" : rehearsal->value.server.c_str();
}

int64_t gander_rehearsal_version(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr ? 0 : rehearsal->value.version;
}

int64_t gander_rehearsal_version_after(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr ? 0 : rehearsal->value.version_after;
}

size_t gander_rehearsal_note_count(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr ? 0 : rehearsal->value.notes.size();
}

const char* gander_rehearsal_note(const gander_rehearsal* rehearsal, size_t index) {
  const std::string* found = rehearsal == nullptr ? nullptr : at(rehearsal->value.notes, index);
  return found == nullptr ? "" : found->c_str();
}

const gander_error* gander_rehearsal_error(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr || !rehearsal->error ? nullptr : &*rehearsal->error;
}

size_t gander_rehearsal_count(const gander_rehearsal* rehearsal) {
  return rehearsal == nullptr ? 0 : rehearsal->value.migrations.size();
}

int64_t gander_rehearsal_migration_version(const gander_rehearsal* rehearsal, size_t index) {
  const gander::RehearsedMigration* found = migration(rehearsal, index);
  return found == nullptr ? 0 : found->version;
}

const char* gander_rehearsal_migration_name(const gander_rehearsal* rehearsal, size_t index) {
  const gander::RehearsedMigration* found = migration(rehearsal, index);
  return found == nullptr ? "" : found->name.c_str();
}

int64_t gander_rehearsal_migration_duration(const gander_rehearsal* rehearsal, size_t index) {
  const gander::RehearsedMigration* found = migration(rehearsal, index);
  return found == nullptr ? 0 : found->duration.count();
}

int64_t gander_rehearsal_migration_written(const gander_rehearsal* rehearsal, size_t index) {
  const gander::RehearsedMigration* found = migration(rehearsal, index);
  return found == nullptr ? 0 : found->written;
}

size_t gander_rehearsal_statement_count(const gander_rehearsal* rehearsal, size_t index) {
  const gander::RehearsedMigration* found = migration(rehearsal, index);
  return found == nullptr ? 0 : found->statements.size();
}

int64_t gander_rehearsal_statement_line(const gander_rehearsal* rehearsal, size_t index,
                                        size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? 0 : found->line;
}

const char* gander_rehearsal_statement_sql(const gander_rehearsal* rehearsal, size_t index,
                                           size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? "" : found->sql.c_str();
}

int64_t gander_rehearsal_statement_duration(const gander_rehearsal* rehearsal, size_t index,
                                            size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? 0 : found->duration.count();
}

int64_t gander_rehearsal_statement_rows(const gander_rehearsal* rehearsal, size_t index,
                                        size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? 0 : found->rows.value_or(-1);
}

size_t gander_rehearsal_rewritten_count(const gander_rehearsal* rehearsal, size_t index,
                                        size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? 0 : found->rewritten.size();
}

const char* gander_rehearsal_rewritten(const gander_rehearsal* rehearsal, size_t index,
                                       size_t statement, size_t rewritten) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  const gander::RewrittenRelation* one =
      found == nullptr ? nullptr : at(found->rewritten, rewritten);
  return one == nullptr ? "" : one->relation.c_str();
}

size_t gander_rehearsal_lock_count(const gander_rehearsal* rehearsal, size_t index,
                                   size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? 0 : found->locks.size();
}

const char* gander_rehearsal_lock_relation(const gander_rehearsal* rehearsal, size_t index,
                                           size_t statement, size_t lock) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  return found == nullptr ? "" : found->relation.c_str();
}

const char* gander_rehearsal_lock_original(const gander_rehearsal* rehearsal, size_t index,
                                           size_t statement, size_t lock) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  return found == nullptr ? "" : found->original.c_str();
}

const char* gander_rehearsal_lock_mode(const gander_rehearsal* rehearsal, size_t index,
                                       size_t statement, size_t lock) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  return found == nullptr ? "" : found->mode.c_str();
}

const char* gander_rehearsal_lock_stops(const gander_rehearsal* rehearsal, size_t index,
                                        size_t statement, size_t lock) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  return found == nullptr ? "" : gander::lock_stops_name(found->stops);
}

int64_t gander_rehearsal_lock_held(const gander_rehearsal* rehearsal, size_t index,
                                   size_t statement, size_t lock) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  return found == nullptr ? 0 : found->held.count();
}

size_t gander_rehearsal_in_the_way_count(const gander_rehearsal* rehearsal, size_t index,
                                         size_t statement, size_t lock) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  return found == nullptr ? 0 : found->in_the_way.size();
}

const char* gander_rehearsal_in_the_way(const gander_rehearsal* rehearsal, size_t index,
                                        size_t statement, size_t lock, size_t session) {
  const gander::RehearsedLock* found = lock_of(rehearsal, index, statement, lock);
  const gander::LockInTheWay* one = found == nullptr ? nullptr : at(found->in_the_way, session);
  return one == nullptr ? "" : one->session.c_str();
}

size_t gander_rehearsal_waits_for_count(const gander_rehearsal* rehearsal, size_t index,
                                        size_t statement) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  return found == nullptr ? 0 : found->waits_for.size();
}

const char* gander_rehearsal_waits_for(const gander_rehearsal* rehearsal, size_t index,
                                       size_t statement, size_t session) {
  const gander::RehearsedStatement* found = statement_of(rehearsal, index, statement);
  const gander::LockInTheWay* one = found == nullptr ? nullptr : at(found->waits_for, session);
  return one == nullptr ? "" : one->session.c_str();
}
