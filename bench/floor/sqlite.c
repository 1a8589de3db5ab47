/* SPDX-License-Identifier: MIT
 *
 * The least that applying a directory of SQL files to SQLite can cost: the C API and nothing else.
 * No checks, no checksums, no history: what a migration tool is compared with, not one to use.
 *
 *   sqlite apply DB DIR each|all     runs the Up sections; a commit for each file, or one in all
 *   sqlite status DB DIR             lists every file and when it was applied
 *   sqlite stream DB DIR each|all    as apply, with a window of 1 MiB on each file
 *
 * An Up section is what stands before the line "-- +goose Down"; the annotations are comments to
 * SQLite. `stream` finds statements by a `;` outside quotes and comments, which is all that the
 * seeds of bench/generate.py need.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char kDown[] = "\n-- +goose Down";
enum { kWindow = 1 << 20 };

typedef struct {
  long long version;
  char at[20];
} Applied;

static sqlite3* database;

static void fail(const char* where) {
  fprintf(stderr, "%s: %s\n", where, database == NULL ? "failed" : sqlite3_errmsg(database));
  exit(1);
}

static void execute(const char* sql) {
  if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql);
}

/* Given a length instead of the closing NUL, SQLite would copy the rest for each statement. */
static void run_text(const char* sql) {
  while (*sql != '\0') {
    sqlite3_stmt* statement = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, &sql) != SQLITE_OK) fail("prepare");
    if (statement == NULL) continue;
    while (sqlite3_step(statement) == SQLITE_ROW) {
    }
    if (sqlite3_finalize(statement) != SQLITE_OK) fail("step");
  }
}

static void run_file(const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  char* text = malloc((size_t)status.st_size + 1);
  if (text == NULL || read(file, text, (size_t)status.st_size) != status.st_size) fail(path);
  text[status.st_size] = '\0';
  close(file);
  char* down = strstr(text, kDown);
  if (down != NULL) *down = '\0';
  run_text(text);
  free(text);
}

/* The first `;` in code at or after *at, or NULL; *quote carries what is open from call to call. */
static char* find_end(char** at, const char* end, char* quote) {
  char* p = *at;
  while (p < end) {
    if (*quote != 0) {
      char* closing = memchr(p, *quote, (size_t)(end - p));
      if (closing == NULL) break;
      *quote = 0;
      p = closing + 1;
    } else if (*p == ';') {
      *at = p + 1;
      return p;
    } else if (*p == '\'' || *p == '"') {
      *quote = *p++;
    } else if (*p == '-' && p[1] == '-') {
      *quote = '\n';
    } else {
      ++p;
    }
  }
  *at = (char*)end;
  return NULL;
}

static void run_stream(const char* path) {
  const int file = open(path, O_RDONLY);
  if (file < 0) fail(path);
  size_t room = kWindow, filled = 0;
  char *text = malloc(room + 1), *begin = text, *at = text, quote = 0;
  for (;;) {
    const size_t kept = filled - (size_t)(begin - text), seen = (size_t)(at - begin);
    memmove(text, begin, kept);
    if (kept == room) text = realloc(text, (room *= 2) + 1);
    if (text == NULL) fail("memory");
    begin = text, at = text + seen, filled = kept;
    const ssize_t count = read(file, text + filled, room - filled);
    if (count < 0) fail(path);
    filled += (size_t)count;
    text[filled] = '\0';
    for (char* end; (end = find_end(&at, text + filled, &quote)) != NULL; begin = at) {
      while (begin[0] == '\n' && begin[1] == '\n') ++begin;
      if (strncmp(begin, kDown, sizeof kDown - 1) == 0) {
        close(file);
        free(text);
        return;
      }
      const char after = *at;
      *at = '\0';
      run_text(begin);
      *at = after;
    }
    if (count == 0) break;
  }
  run_text(begin);
  close(file);
  free(text);
}

static Applied* read_applied(size_t* count) {
  sqlite3_stmt* query = NULL;
  size_t room = 1024;
  Applied* rows = malloc(room * sizeof *rows);
  *count = 0;
  execute("CREATE TABLE IF NOT EXISTS versions (version INTEGER PRIMARY KEY, at TEXT NOT NULL)");
  if (sqlite3_prepare_v2(database, "SELECT version, at FROM versions ORDER BY version", -1, &query,
                         NULL) != SQLITE_OK) {
    fail("versions");
  }
  while (sqlite3_step(query) == SQLITE_ROW) {
    if (*count == room) rows = realloc(rows, (room *= 2) * sizeof *rows);
    Applied* row = &rows[(*count)++];
    row->version = sqlite3_column_int64(query, 0);
    snprintf(row->at, sizeof row->at, "%s", (const char*)sqlite3_column_text(query, 1));
  }
  sqlite3_finalize(query);
  return rows;
}

static int is_sql(const struct dirent* entry) {
  const char* dot = strrchr(entry->d_name, '.');
  return dot != NULL && strcmp(dot, ".sql") == 0;
}

int main(int argc, char** argv) {
  if (argc < 4) return fputs("usage: see the head of sqlite.c\n", stderr), 2;
  const int status = strcmp(argv[1], "status") == 0, stream = strcmp(argv[1], "stream") == 0;
  const int each = argc > 4 && strcmp(argv[4], "each") == 0;
  if (sqlite3_open(argv[2], &database) != SQLITE_OK) fail("open");
  size_t applied_count = 0, next = 0;
  if (!each && !status) execute("BEGIN");
  Applied* applied = read_applied(&applied_count);
  struct dirent** files;
  const int file_count = scandir(argv[3], &files, is_sql, alphasort);
  if (file_count < 0) fail(argv[3]);
  sqlite3_stmt* record = NULL;
  for (int i = 0; i < file_count; ++i) {
    const char* name = files[i]->d_name;
    const long long version = atoll(name);
    while (next < applied_count && applied[next].version < version) ++next;
    const int known = next < applied_count && applied[next].version == version;
    if (status) printf("%-19s  %s\n", known ? applied[next].at : "pending", name);
    if (status || known) continue;
    if (record == NULL &&
        sqlite3_prepare_v2(database, "INSERT INTO versions VALUES (?, datetime('now'))", -1,
                           &record, NULL) != SQLITE_OK) {
      fail("versions");
    }
    if (each) execute("BEGIN");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", argv[3], name);
    (stream ? run_stream : run_file)(path);
    sqlite3_bind_int64(record, 1, version);
    if (sqlite3_step(record) != SQLITE_DONE) fail("record");
    sqlite3_reset(record);
    if (each) execute("COMMIT");
  }
  if (!each && !status) execute("COMMIT");
  sqlite3_finalize(record);
  sqlite3_close(database);
  return 0;
}
