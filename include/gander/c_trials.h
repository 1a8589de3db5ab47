// SPDX-License-Identifier: MIT
// Trials for C: migrations that are tried out on another database than the runner's own. A part of
// gander/c.h, whose conventions hold.
#pragma once

#include "gander/c.h"

#ifdef __cplusplus
extern "C" {
#endif

// Each migration up, down and up again in a scratch database: MigrationRunner::verify(). `rows`:
// the `count` tables whose rows count, too; NULL with 0: none. What is wrong with a migration is no
// failure but in *verification.
GANDER_EXPORT int gander_runner_verify(gander_runner* runner, const char* const* rows, size_t count,
                                       gander_verification** verification, gander_error** error);
// What is pending on a copy of the database: MigrationRunner::rehearse(). `rows`: on a server, copy
// them, too. `on_url`: a copy that is there already, which is migrated for real; NULL: one is made,
// and dropped in the end. What a migration fails with is no failure but in *rehearsal.
GANDER_EXPORT int gander_runner_rehearse(gander_runner* runner, int rows, const char* on_url,
                                         gander_rehearsal** rehearsal, gander_error** error);

// --- gander_verification: whether every Down takes its migration back -------------------------

GANDER_EXPORT void gander_verification_free(gander_verification* verification);
// 1: none is bad, and all were tried.
GANDER_EXPORT int gander_verification_ok(const gander_verification* verification);
// The migrations, by version.
GANDER_EXPORT size_t gander_verification_count(const gander_verification* verification);
GANDER_EXPORT int64_t gander_verification_version(const gander_verification* verification,
                                                  size_t index);
GANDER_EXPORT const char* gander_verification_name(const gander_verification* verification,
                                                   size_t index);
// "good", "irreversible", "bad" or "unchecked".
GANDER_EXPORT const char* gander_verification_verdict(const gander_verification* verification,
                                                      size_t index);
GANDER_EXPORT const char* gander_verification_detail(const gander_verification* verification,
                                                     size_t index);
// What its Down or its second Up has made otherwise, and the error of a statement that failed. Both
// belong to the verification; NULL: there is none.
GANDER_EXPORT const gander_differences* gander_verification_differences(
    const gander_verification* verification, size_t index);
GANDER_EXPORT const gander_error* gander_verification_error(const gander_verification* verification,
                                                            size_t index);

// --- gander_rehearsal: what the pending migrations did to a copy ------------------------------
//
// Migrations, their statements, the locks of a statement, and who is in the way of a lock are lists
// within each other.

GANDER_EXPORT void gander_rehearsal_free(gander_rehearsal* rehearsal);
// "schema" (a copy without rows), "rows" or "given".
GANDER_EXPORT const char* gander_rehearsal_copy(const gander_rehearsal* rehearsal);
GANDER_EXPORT const char* gander_rehearsal_server(const gander_rehearsal* rehearsal);
// Of the database, and of the copy in the end.
GANDER_EXPORT int64_t gander_rehearsal_version(const gander_rehearsal* rehearsal);
GANDER_EXPORT int64_t gander_rehearsal_version_after(const gander_rehearsal* rehearsal);
// What is to be known of the figures, a sentence each.
GANDER_EXPORT size_t gander_rehearsal_note_count(const gander_rehearsal* rehearsal);
GANDER_EXPORT const char* gander_rehearsal_note(const gander_rehearsal* rehearsal, size_t index);
// What the run would fail with; belongs to the rehearsal; NULL: nothing.
GANDER_EXPORT const gander_error* gander_rehearsal_error(const gander_rehearsal* rehearsal);

// In the order in which they ran; the last one is the one that failed, if one has.
GANDER_EXPORT size_t gander_rehearsal_count(const gander_rehearsal* rehearsal);
GANDER_EXPORT int64_t gander_rehearsal_migration_version(const gander_rehearsal* rehearsal,
                                                         size_t index);
GANDER_EXPORT const char* gander_rehearsal_migration_name(const gander_rehearsal* rehearsal,
                                                          size_t index);
GANDER_EXPORT int64_t gander_rehearsal_migration_duration(const gander_rehearsal* rehearsal,
                                                          size_t index);
// Bytes of WAL of the whole server meanwhile, or of pages (SQLite).
GANDER_EXPORT int64_t gander_rehearsal_migration_written(const gander_rehearsal* rehearsal,
                                                         size_t index);

// Those that succeeded.
GANDER_EXPORT size_t gander_rehearsal_statement_count(const gander_rehearsal* rehearsal,
                                                      size_t index);
GANDER_EXPORT int64_t gander_rehearsal_statement_line(const gander_rehearsal* rehearsal,
                                                      size_t index, size_t statement);
GANDER_EXPORT const char* gander_rehearsal_statement_sql(const gander_rehearsal* rehearsal,
                                                         size_t index, size_t statement);
GANDER_EXPORT int64_t gander_rehearsal_statement_duration(const gander_rehearsal* rehearsal,
                                                          size_t index, size_t statement);
// Changed by it; -1: not known.
GANDER_EXPORT int64_t gander_rehearsal_statement_rows(const gander_rehearsal* rehearsal,
                                                      size_t index, size_t statement);
// The tables and indexes that have another file since.
GANDER_EXPORT size_t gander_rehearsal_rewritten_count(const gander_rehearsal* rehearsal,
                                                      size_t index, size_t statement);
GANDER_EXPORT const char* gander_rehearsal_rewritten(const gander_rehearsal* rehearsal,
                                                     size_t index, size_t statement,
                                                     size_t rewritten);

// Taken by it, on what was there before the migration.
GANDER_EXPORT size_t gander_rehearsal_lock_count(const gander_rehearsal* rehearsal, size_t index,
                                                 size_t statement);
GANDER_EXPORT const char* gander_rehearsal_lock_relation(const gander_rehearsal* rehearsal,
                                                         size_t index, size_t statement,
                                                         size_t lock);
// Its name in the database itself; "": a migration before this one makes it.
GANDER_EXPORT const char* gander_rehearsal_lock_original(const gander_rehearsal* rehearsal,
                                                         size_t index, size_t statement,
                                                         size_t lock);
// "ACCESS EXCLUSIVE".
GANDER_EXPORT const char* gander_rehearsal_lock_mode(const gander_rehearsal* rehearsal,
                                                     size_t index, size_t statement, size_t lock);
// "nobody", "changes" (of the schema), "writers" or "everybody".
GANDER_EXPORT const char* gander_rehearsal_lock_stops(const gander_rehearsal* rehearsal,
                                                      size_t index, size_t statement, size_t lock);
// From its statement to the end of the transaction.
GANDER_EXPORT int64_t gander_rehearsal_lock_held(const gander_rehearsal* rehearsal, size_t index,
                                                 size_t statement, size_t lock);
// Sessions of the database itself that have a lock which excludes this one: "pid 4711 (...)".
GANDER_EXPORT size_t gander_rehearsal_in_the_way_count(const gander_rehearsal* rehearsal,
                                                       size_t index, size_t statement, size_t lock);
GANDER_EXPORT const char* gander_rehearsal_in_the_way(const gander_rehearsal* rehearsal,
                                                      size_t index, size_t statement, size_t lock,
                                                      size_t session);

// Sessions of the database itself for the end of whose transactions the statement waits, keeping
// nobody out (CONCURRENTLY).
GANDER_EXPORT size_t gander_rehearsal_waits_for_count(const gander_rehearsal* rehearsal,
                                                      size_t index, size_t statement);
GANDER_EXPORT const char* gander_rehearsal_waits_for(const gander_rehearsal* rehearsal,
                                                     size_t index, size_t statement,
                                                     size_t session);

#ifdef __cplusplus
}
#endif
